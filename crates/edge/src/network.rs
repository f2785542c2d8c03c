//! Which peers are trusted: an address, or a network such as `10.0.0.0/8`.

use std::{net::IpAddr, str::FromStr};

/// A network: all addresses that share its first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an address or network: write 10.1.2.3, 10.0.0.0/8 or fd00::/8")]
pub struct NetworkError(String);

impl Network {
    /// This machine and the networks that nobody outside can send from.
    #[must_use]
    pub fn private() -> Vec<Self> {
        let v4 = [
            ([10, 0, 0, 0], 8),
            ([172, 16, 0, 0], 12),
            ([192, 168, 0, 0], 16),
            ([100, 64, 0, 0], 10),
            ([169, 254, 0, 0], 16),
        ];
        let v6 = [([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10)];
        let v4 = v4.map(|(address, prefix)| Self {
            address: IpAddr::from(address),
            prefix,
        });
        let v6 = v6.map(|(address, prefix)| Self {
            address: IpAddr::from(address),
            prefix,
        });
        Self::loopback().into_iter().chain(v4).chain(v6).collect()
    }

    /// This machine.
    #[must_use]
    pub fn loopback() -> Vec<Self> {
        let v4 = Self {
            address: IpAddr::from([127, 0, 0, 0]),
            prefix: 8,
        };
        let v6 = Self {
            address: IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
            prefix: 128,
        };
        vec![v4, v6]
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other, width) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u128::from(own.to_bits()), u128::from(other.to_bits()), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let ignored = width - u32::from(self.prefix);
        (own ^ other).checked_shr(ignored).unwrap_or(0) == 0
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let error = || NetworkError(text.chars().take(80).collect());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| error())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return Err(error());
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn contains_its_addresses_and_no_others() {
        assert!(has("10.0.0.0/8", "10.200.3.4"));
        assert!(!has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("10.1.2.3", "10.1.2.3"));
        assert!(!has("10.1.2.3", "10.1.2.4"));
        assert!(has("0.0.0.0/0", "8.8.8.8"));
        assert!(has("::/0", "fe80::1"));
        assert!(
            has("127.0.0.1", "::ffff:127.0.0.1"),
            "a mapped address is the address it maps"
        );
        assert!(!has("::/0", "8.8.8.8"));
    }

    #[test]
    fn refuses_what_is_no_network() {
        for text in ["", "10.0.0.0/33", "::/129", "host", "10.0.0.0/", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
