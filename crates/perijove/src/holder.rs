//! Who has an address that we wanted? Looked up in /proc, as far as this account may look.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::problem::Problem;

/// Why `key` can't be listened on, and what to change.
pub fn explain(what: &str, address: SocketAddr, key: &str, error: io::Error) -> Problem {
    let hint = format!("set `{key}` to another address");
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            let who = holder(address).unwrap_or_else(|| "another program".to_owned());
            Problem::new(format!("{what} can't listen on {address}: {who} is there already"))
                .try_this(format!("stop it, or {hint}"))
        }
        io::ErrorKind::PermissionDenied if address.port() < 1024 => Problem::new(format!(
            "{what} can't listen on {address}: ports below 1024 are for root"
        ))
        .try_this(hint),
        io::ErrorKind::AddrNotAvailable => Problem::new(format!(
            "{what} can't listen on {address}: this machine has no such address"
        ))
        .try_this(hint),
        _ => Problem::new(format!("{what} can't listen on {address}"))
            .because(error)
            .try_this(hint),
    }
    .of_usage()
}

/// `NAME (process PID)` of whoever listens there.
fn holder(address: SocketAddr) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .find_map(|table| listener(&fs::read_to_string(table).ok()?, address))?;
    let wanted = format!("socket:[{inode}]");
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        // Those of other accounts can't be looked into.
        let Ok(open) = fs::read_dir(entry.path().join("fd")) else {
            continue;
        };
        let has = |fd: fs::DirEntry| fs::read_link(fd.path()).is_ok_and(|link| link.as_os_str() == wanted.as_str());
        if open.flatten().any(has) {
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
            return Some(format!("{name} (process {pid})"));
        }
    }
    None
}

/// The inode of the socket that listens on the address, or on every address with its port.
fn listener(table: &str, address: SocketAddr) -> Option<String> {
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
        let (ip, port) = local.split_once(':')?;
        let ip = parse_ip(ip)?;
        let same = ip == address.ip() || ip.is_unspecified() || address.ip().is_unspecified();
        (*state == "0A" && u16::from_str_radix(port, 16).ok()? == address.port() && same).then(|| (*inode).to_owned())
    })
}

/// The kernel shows each four bytes as a number of this machine.
fn parse_ip(text: &str) -> Option<IpAddr> {
    let bytes = hex::decode(text).ok()?;
    let word = |bytes: &[u8]| Some(u32::from_be_bytes(bytes.try_into().ok()?).to_ne_bytes());
    match bytes.len() {
        4 => Some(word(&bytes)?.into()),
        16 => {
            let words: Option<Vec<[u8; 4]>> = bytes.chunks(4).map(word).collect();
            Some(<[u8; 16]>::try_from(words?.concat()).ok()?.into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn finds_who_listens() {
        for any in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"] {
            // A machine without IPv6 has nothing to find there.
            let Ok(listener) = TcpListener::bind(any) else { continue };
            let mut address = listener.local_addr().unwrap();
            if address.ip().is_unspecified() {
                address.set_ip([127, 0, 0, 1].into());
            }
            let found = holder(address).unwrap();
            assert!(found.ends_with(&format!("(process {})", std::process::id())), "{found}");
            drop(listener);
            assert_eq!(holder(address), None);
        }
    }
}
