//! The PROXY protocol: a proxy that can't change what it carries says before it who connected. Versions 1 and 2, as
//! strict as they are written; only from whom is trusted, and from them always.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use tokio::io::{AsyncRead, AsyncReadExt};

const V2: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
const V1: &[u8] = b"PROXY ";
/// With its end.
const LONGEST_V1: usize = 107;
/// Addresses take 36 bytes at most; what follows them is not looked at.
const LONGEST_V2: usize = 4096;

/// Why there is no client to be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error("no PROXY protocol header: {0}")]
    Missing(&'static str),
    #[error("a wrong PROXY protocol header: {0}")]
    Wrong(&'static str),
    #[error("the connection ended before its PROXY protocol header did: {0}")]
    Io(#[from] io::Error),
}

/// Reads the header, and not one byte more. `None`: the proxy speaks for itself, or does not say for whom.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<IpAddr>, ProxyError> {
    let mut start = [0; V2.len()];
    // Whoever does not begin with it may send less, and wait for an answer.
    stream.read_exact(&mut start[..1]).await?;
    match start[0] {
        b'P' | b'\r' => {}
        _ => return Err(ProxyError::Missing("it begins with something else")),
    }
    stream.read_exact(&mut start[1..]).await?;
    if start == V2 {
        version_2(stream).await
    } else if start.starts_with(V1) {
        version_1(stream, &start).await
    } else {
        Err(ProxyError::Missing("it begins with something else"))
    }
}

async fn version_1(stream: &mut (impl AsyncRead + Unpin), start: &[u8]) -> Result<Option<IpAddr>, ProxyError> {
    let mut line = start.to_vec();
    // Byte by byte: what follows is not ours to take.
    while !line.ends_with(b"\r\n") {
        if line.len() == LONGEST_V1 {
            return Err(ProxyError::Wrong("its line is too long"));
        }
        line.push(stream.read_u8().await?);
    }
    line.truncate(line.len() - 2);
    let line = std::str::from_utf8(&line).map_err(|_| ProxyError::Wrong("it is no text"))?;
    parse_line(line)
}

fn parse_line(line: &str) -> Result<Option<IpAddr>, ProxyError> {
    let rest = line.strip_prefix("PROXY ").unwrap_or_default();
    if rest == "UNKNOWN" || rest.starts_with("UNKNOWN ") {
        return Ok(None);
    }
    let parts: Vec<&str> = rest.split(' ').collect();
    let [kind, source, destination, source_port, destination_port] = parts[..] else {
        return Err(ProxyError::Wrong("it does not have six words"));
    };
    let address = |text: &str| -> Option<IpAddr> {
        match kind {
            "TCP4" => text.parse::<Ipv4Addr>().ok().map(Into::into),
            "TCP6" => text.parse::<Ipv6Addr>().ok().map(Into::into),
            _ => None,
        }
    };
    let (Some(source), Some(_)) = (address(source), address(destination)) else {
        return Err(ProxyError::Wrong("its addresses are not what it says"));
    };
    if !is_port(source_port) || !is_port(destination_port) {
        return Err(ProxyError::Wrong("its ports are no ports"));
    }
    Ok(Some(source))
}

fn is_port(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0')) && text.parse::<u16>().is_ok()
}

async fn version_2(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<IpAddr>, ProxyError> {
    let (version_command, family) = (stream.read_u8().await?, stream.read_u8().await?);
    let length = usize::from(stream.read_u16().await?);
    if length > LONGEST_V2 {
        return Err(ProxyError::Wrong("it is too long"));
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    match version_command {
        // LOCAL: the proxy itself asks, for its own sake.
        0x20 => Ok(None),
        0x21 => addressed(family, &rest),
        _ => Err(ProxyError::Wrong("its version or command is unknown")),
    }
}

fn addressed(family: u8, rest: &[u8]) -> Result<Option<IpAddr>, ProxyError> {
    let short = ProxyError::Wrong("its addresses are cut off");
    match family {
        // TCP over IPv4 and over IPv6: source, destination, both ports.
        0x11 => match rest.first_chunk::<12>() {
            Some(&[a, b, c, d, ..]) => Ok(Some(Ipv4Addr::new(a, b, c, d).into())),
            None => Err(short),
        },
        0x21 => match rest
            .first_chunk::<36>()
            .and_then(|addresses| addresses.first_chunk::<16>())
        {
            Some(source) => Ok(Some(Ipv6Addr::from(*source).into())),
            None => Err(short),
        },
        // Unspecified, or a socket file.
        0x00 | 0x31 => Ok(None),
        _ => Err(ProxyError::Wrong("its kind of address is unknown")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The client, and what was left to read.
    fn said(bytes: &[u8]) -> (Result<Option<IpAddr>, ProxyError>, Vec<u8>) {
        let mut rest = bytes;
        let result = futures_util::FutureExt::now_or_never(read(&mut rest)).unwrap();
        (result, rest.to_vec())
    }

    fn v2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = V2.to_vec();
        bytes.extend([command, family]);
        bytes.extend((body.len() as u16).to_be_bytes());
        bytes.extend(body);
        bytes
    }

    #[test]
    fn headers_name_the_client_and_end_where_they_end() {
        let four = [192, 0, 2, 7, 10, 0, 0, 1, 0x12, 0x34, 0, 80];
        let mut six = [0; 36];
        six[..16].copy_from_slice(&Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7).octets());
        let with_more = [&four[..], &[3, 0, 4, 1, 2, 3, 4]].concat();
        let cases: [(Vec<u8>, Option<&str>); 9] = [
            (b"PROXY TCP4 192.0.2.7 10.0.0.1 4660 80\r\n".to_vec(), Some("192.0.2.7")),
            (b"PROXY TCP6 2001:db8::7 ::1 4660 80\r\n".to_vec(), Some("2001:db8::7")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN ffff:: :: 1 2\r\n".to_vec(), None),
            (v2(0x21, 0x11, &four), Some("192.0.2.7")),
            (v2(0x21, 0x11, &with_more), Some("192.0.2.7")),
            (v2(0x21, 0x21, &six), Some("2001:db8::7")),
            (v2(0x20, 0x00, &[]), None),
            (v2(0x21, 0x00, b"whatever"), None),
        ];
        for (header, client) in cases {
            let (result, rest) = said(&[&header[..], b"GET / HTTP/1.1\r\n"].concat());
            assert_eq!(result.unwrap(), client.map(|text| text.parse().unwrap()), "{header:?}");
            assert_eq!(rest, b"GET / HTTP/1.1\r\n", "{header:?}");
        }
    }

    #[test]
    fn what_is_not_exactly_right_is_refused() {
        let long = [b"PROXY TCP4 ".to_vec(), vec![b'1'; 200]].concat();
        let cases: [&[u8]; 15] = [
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.1 4660\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.1 4660 80 \r\n",
            b"PROXY TCP4  192.0.2.7 10.0.0.1 4660 80\r\n",
            b"PROXY TCP4 2001:db8::7 ::1 4660 80\r\n",
            b"PROXY TCP6 192.0.2.7 10.0.0.1 4660 80\r\n",
            b"PROXY TCP4 192.0.2.07 10.0.0.1 4660 80\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.1 04660 80\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.1 65536 80\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.1 +1 80\r\n",
            b"PROXY UDP4 192.0.2.7 10.0.0.1 1 80\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.1 4660 80\nGET / HTTP/1.1\r\n",
            b"proxy TCP4 192.0.2.7 10.0.0.1 4660 80\r\n",
            b"PROXY UNKNOWNS\r\n",
            &long,
        ];
        for header in cases {
            assert!(said(header).0.is_err(), "{:?}", String::from_utf8_lossy(header));
        }
        for header in [
            v2(0x11, 0x11, &[0; 12]),
            v2(0x22, 0x11, &[0; 12]),
            v2(0x21, 0x11, &[0; 11]),
            v2(0x21, 0x21, &[0; 35]),
            v2(0x21, 0x12, &[0; 12]),
            v2(0x21, 0x11, &[0; 5000]),
        ] {
            assert!(said(&header).0.is_err(), "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_trouble(kind in 0..3, bytes: Vec<u8>) {
            let start: &[u8] = [&V2[..], V1, b""][kind as usize];
            let all = [start, &bytes].concat();
            let (_, rest) = said(&all);
            prop_assert!(all.ends_with(&rest));
        }
    }
}
