//! Amounts as people read them.

use perijove_model::Limits;
use perijove_model::entitlement::Quantity;
use perijove_model::plan::size;

/// At most two digits behind the point, and none that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Thousandths of a core, as a number of cores.
#[must_use]
pub fn cores(milli: u64) -> String {
    number(milli as f64 / 1000.0)
}

/// Seconds, as a number of hours.
#[must_use]
pub fn hours(seconds: u64) -> String {
    number(seconds as f64 / 3600.0)
}

/// `2 cores`, `4 GiB of memory`, `3 servers`.
#[must_use]
pub fn amount(quantity: Quantity, amount: u64) -> String {
    match quantity {
        Quantity::Servers if amount == 1 => "1 server".to_owned(),
        Quantity::Servers => format!("{amount} servers"),
        Quantity::Cpu if amount == 1000 => "1 core".to_owned(),
        Quantity::Cpu => format!("{} cores", cores(amount)),
        Quantity::Memory => format!("{} of memory", size(amount)),
        Quantity::Storage => format!("{} of storage", size(amount)),
        Quantity::Gpus if amount == 1 => "1 GPU".to_owned(),
        Quantity::Gpus => format!("{amount} GPUs"),
        Quantity::Time if amount == 3600 => "1 hour".to_owned(),
        Quantity::Time => format!("{} hours", hours(amount)),
    }
}

/// What a server gets, in words: `2 cores`, `4 GiB of memory`.
#[must_use]
pub fn limits(limits: &Limits) -> Vec<String> {
    let some = |quantity, value: Option<u64>| value.map(|value| amount(quantity, value));
    [
        some(Quantity::Cpu, limits.cpu_milli.map(u64::from)),
        some(Quantity::Memory, limits.memory),
        some(Quantity::Storage, limits.storage),
        (limits.gpus > 0).then(|| amount(Quantity::Gpus, limits.gpus.into())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// As programs call it.
#[must_use]
pub fn quantity(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Servers => "servers",
        Quantity::Cpu => "cpu",
        Quantity::Memory => "memory",
        Quantity::Storage => "storage",
        Quantity::Gpus => "gpu",
        Quantity::Time => "hours",
    }
}

/// For programs: cores and hours as numbers with a fraction, sizes in bytes.
#[must_use]
pub fn told(quantity: Quantity, amount: u64) -> serde_json::Value {
    match quantity {
        Quantity::Cpu => (amount as f64 / 1000.0).into(),
        Quantity::Time => (amount as f64 / 3600.0).into(),
        _ => amount.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        for (quantity, value, words) in [
            (Quantity::Cpu, 1000, "1 core"),
            (Quantity::Cpu, 500, "0.5 cores"),
            (Quantity::Cpu, 10_000, "10 cores"),
            (Quantity::Memory, 4 << 30, "4 GiB of memory"),
            (Quantity::Memory, 3 << 29, "1.5 GiB of memory"),
            (Quantity::Memory, 0, "0 bytes of memory"),
            (Quantity::Gpus, 1, "1 GPU"),
            (Quantity::Servers, 2, "2 servers"),
            (Quantity::Time, 5400, "1.5 hours"),
        ] {
            assert_eq!(amount(quantity, value), words);
        }
    }
}
