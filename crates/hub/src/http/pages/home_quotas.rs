//! What somebody may use in all and uses of it, for the home page.

use perijove_model::entitlement::{Amounts, Quantity};
use perijove_model::plan::size;
use perijove_store::users::User;
use perijove_web::pages::{GroupQuotas, Meter};

use super::home_view::percent;
use crate::Hub;
use crate::http::error::Result;
use crate::offers::{self, GroupUse, Person, words};

/// In the order in which they are shown. How much one's files are is shown by itself.
const SHOWN: [Quantity; 5] = [
    Quantity::Servers,
    Quantity::Cpu,
    Quantity::Memory,
    Quantity::Gpus,
    Quantity::Time,
];

/// The person's own, and those of their groups: only what is limited.
pub async fn of(hub: &Hub, user: &User) -> Result<(Vec<Meter>, Vec<GroupQuotas>)> {
    if hub.config.entitlements.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let person = Person::read(hub, &hub.store, user).await?;
    let standing = offers::standing(hub, &hub.store, &person).await?;
    let own = SHOWN.into_iter().filter_map(|quantity| {
        let most = standing.entitled.most(quantity)?;
        Some(meter(quantity, standing.used(quantity), most))
    });
    let own = own.collect();
    Ok((own, standing.groups.iter().map(group).collect()))
}

fn group(group: &GroupUse) -> GroupQuotas {
    let of = |amounts: &Amounts, quantity| amounts.get(&quantity).copied();
    let quotas = SHOWN.into_iter().filter_map(|quantity| {
        let most = of(&group.allowed, quantity)?;
        Some(meter(quantity, of(&group.used, quantity).unwrap_or(0), most))
    });
    GroupQuotas {
        group: group.group.clone(),
        quotas: quotas.collect(),
    }
}

fn meter(quantity: Quantity, used: u64, most: u64) -> Meter {
    Meter {
        kind: words::quantity(quantity),
        used: plain(quantity, used),
        most: Some(plain(quantity, most)),
        percent: Some(percent(used, most)),
    }
}

/// The number alone, where what it counts stands beside it.
pub fn plain(quantity: Quantity, amount: u64) -> String {
    match quantity {
        _ if amount == 0 => "0".to_owned(),
        Quantity::Cpu => words::cores(amount),
        Quantity::Memory | Quantity::Storage => size(amount),
        Quantity::Time => words::hours(amount),
        Quantity::Servers | Quantity::Gpus => amount.to_string(),
    }
}
