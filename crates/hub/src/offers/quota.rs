//! Whether there is room: what somebody may have, what their servers use, and what one more would come to.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use perijove_config::{ByteSize, Config, Entitlement, GroupTotal, Quota};
use perijove_model::entitlement::{Amounts, Entitled, Grant, Most, Quantity};
use perijove_model::{Limits, Plan};
use perijove_store::plans::{self, Running, Whose};
use perijove_store::{Db, StoreError, Tx, gates, spans};

use super::person::Person;
use super::{configured_limits, milli, words};
use crate::Hub;
use crate::servers::Refused;

/// What servers share that run at the same time.
const SHARED: [Quantity; 4] = [Quantity::Servers, Quantity::Cpu, Quantity::Memory, Quantity::Gpus];

/// All of somebody's entitlements together.
#[must_use]
pub fn entitled(config: &Config, person: &Person) -> Entitled {
    let theirs = config.entitlements.iter().filter(|entitlement| person.has(entitlement));
    let grants: Vec<Grant> = theirs.map(grant).collect();
    Entitled::union(&grants)
}

fn grant(entitlement: &Entitlement) -> Grant {
    let size = |size: ByteSize| size.0;
    let quota = [
        (Quantity::Servers, most(entitlement.max_servers, u64::from)),
        (Quantity::Cpu, most(entitlement.cpu, |cores| milli(cores).into())),
        (Quantity::Memory, most(entitlement.memory, size)),
        (Quantity::Storage, most(entitlement.storage, size)),
        (Quantity::Gpus, most(entitlement.gpu, u64::from)),
        (
            Quantity::Time,
            most(entitlement.hours, |hours| (hours * 3600.0).round() as u64),
        ),
    ];
    Grant {
        allow: entitlement.allow_profiles.clone(),
        deny: entitlement.deny_profiles.clone(),
        quota: quota
            .into_iter()
            .filter_map(|(quantity, most)| Some((quantity, most?)))
            .collect(),
    }
}

fn most<T>(quota: Option<Quota<T>>, amount: impl Fn(T) -> u64) -> Option<Most> {
    Some(match quota? {
        Quota::At(value) => Most::At(amount(value)),
        Quota::Unlimited => Most::Unlimited,
    })
}

/// What all members of the person's groups may have together: of several entitlements for one group the largest counts.
fn totals(config: &Config, person: &Person) -> BTreeMap<String, Amounts> {
    let mut totals: BTreeMap<String, Amounts> = BTreeMap::new();
    for entitlement in &config.entitlements {
        let amounts = total(&entitlement.group_total);
        if amounts.is_empty() {
            continue;
        }
        for group in person.groups.iter().filter(|group| entitlement.groups.contains(*group)) {
            let kept = totals.entry(group.clone()).or_default();
            for (quantity, amount) in &amounts {
                let most = kept.entry(*quantity).or_insert(*amount);
                *most = (*most).max(*amount);
            }
        }
    }
    totals
}

fn total(total: &GroupTotal) -> Amounts {
    let amounts = [
        (Quantity::Servers, total.servers.map(u64::from)),
        (Quantity::Cpu, total.cpu.map(|cores| milli(cores).into())),
        (Quantity::Memory, total.memory.map(|size| size.0)),
        (Quantity::Gpus, total.gpu.map(u64::from)),
    ];
    amounts
        .into_iter()
        .filter_map(|(quantity, amount)| Some((quantity, amount?)))
        .collect()
}

/// What a server takes of something that is shared.
fn taken(limits: &Limits, quantity: Quantity) -> u64 {
    match quantity {
        Quantity::Servers => 1,
        Quantity::Cpu => limits.cpu_milli.unwrap_or(0).into(),
        Quantity::Memory => limits.memory.unwrap_or(0),
        Quantity::Gpus => limits.gpus.into(),
        Quantity::Storage | Quantity::Time => 0,
    }
}

/// A server that runs, and what it was given.
#[derive(Debug, Clone)]
pub struct Use {
    pub user: String,
    /// Empty for the default server.
    pub server: String,
    pub called: String,
    pub profile: Option<String>,
    pub stopping: bool,
    pub limits: Limits,
}

impl Use {
    fn of(hub: &Hub, running: Running) -> Self {
        let called = match (running.display_name, running.server.as_str()) {
            (Some(name), _) if !name.is_empty() => name,
            (_, "") => "the default server".to_owned(),
            (_, name) => name.to_owned(),
        };
        let limits = running
            .plan
            .as_ref()
            .map_or_else(|| configured_limits(hub), |plan| plan.limits);
        Self {
            user: running.user_name,
            called,
            server: running.server,
            profile: running.plan.and_then(|plan| plan.profile),
            stopping: running.stopping,
            limits,
        }
    }
}

async fn uses(hub: &Hub, db: &impl Db, whose: Whose<'_>) -> Result<Vec<Use>, StoreError> {
    let running = plans::running(db, whose).await?;
    Ok(running.into_iter().map(|running| Use::of(hub, running)).collect())
}

fn sum(uses: &[Use], quantity: Quantity) -> u64 {
    uses.iter()
        .map(|one| taken(&one.limits, quantity))
        .fold(0, u64::saturating_add)
}

/// A start that there is no room for.
#[derive(Debug, Clone)]
pub struct Exceeded {
    pub quantity: Quantity,
    /// Whose limit: a group's, or the person's own.
    pub group: Option<String>,
    pub user: String,
    pub allowed: u64,
    pub used: u64,
    pub wanted: u64,
    /// The person's own servers that use it.
    pub by: Vec<Use>,
    /// Servers of other members of the group.
    pub others: usize,
    /// When time is new.
    pub again: Option<Timestamp>,
}

impl Exceeded {
    /// Of the person's own limit, without saying how.
    fn of(person: &Person, quantity: Quantity, allowed: u64) -> Self {
        Self {
            quantity,
            group: None,
            user: person.user.name.clone(),
            allowed,
            used: 0,
            wanted: 0,
            by: Vec::new(),
            others: 0,
            again: None,
        }
    }

    /// Nothing that could be stopped would make room.
    #[must_use]
    pub fn for_good(&self) -> bool {
        self.again.is_none() && self.wanted > self.allowed
    }

    /// The servers that it would help to stop.
    #[must_use]
    pub fn to_stop(&self) -> Vec<&Use> {
        match self.for_good() {
            true => Vec::new(),
            false => self.by.iter().filter(|one| !one.stopping).collect(),
        }
    }
}

impl std::fmt::Display for Exceeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let amount = |value| words::amount(self.quantity, value);
        let who = match &self.group {
            Some(group) => format!("The members of “{group}” together"),
            None => self.user.clone(),
        };
        if let Some(again) = self.again {
            let month = again.strftime("%Y-%m-%d");
            return write!(
                f,
                "{who} may run servers for {} a month, and {} are used. The next month begins on {month}.",
                amount(self.allowed),
                amount(self.used)
            );
        }
        if self.quantity == Quantity::Storage || self.for_good() {
            return write!(
                f,
                "This takes {}, and {who} may have {}. Choose something smaller.",
                amount(self.wanted),
                amount(self.allowed)
            );
        }
        let (allowed, used, wanted) = (amount(self.allowed), amount(self.used), amount(self.wanted));
        let (by, what) = (self.used_by(), self.what_helps());
        match (self.used == 1, self.quantity) {
            (true, Quantity::Servers) => write!(f, "{who} may have {allowed}, {used} is in use by {by}. {what}"),
            (false, Quantity::Servers) => write!(f, "{who} may have {allowed}, {used} are in use by {by}. {what}"),
            (true, _) => write!(
                f,
                "{who} may have {allowed}, {used} is in use by {by}; this would take {wanted} more. {what}"
            ),
            (false, _) => write!(
                f,
                "{who} may have {allowed}, {used} are in use by {by}; this would take {wanted} more. {what}"
            ),
        }
    }
}

impl Exceeded {
    fn used_by(&self) -> String {
        let mut by: Vec<String> = self.by.iter().map(|one| self.told(one)).collect();
        match self.others {
            0 => {}
            1 => by.push("1 server of another member".to_owned()),
            many => by.push(format!("{many} servers of other members")),
        }
        by.join(", ")
    }

    fn what_helps(&self) -> String {
        let stop: Vec<String> = self
            .to_stop()
            .into_iter()
            .map(|one| format!("“{}”", one.called))
            .collect();
        match stop.as_slice() {
            [] if self.by.iter().any(|one| one.stopping) => "One is stopping: try again in a moment.".to_owned(),
            [] => "Try again when one of them has stopped.".to_owned(),
            [one] => format!("Stop {one} first."),
            several => format!("Stop one of these first: {}.", several.join(", ")),
        }
    }

    fn told(&self, one: &Use) -> String {
        let (called, quantity) = (&one.called, self.quantity);
        let amount = || words::amount(quantity, taken(&one.limits, quantity));
        match (quantity, one.stopping) {
            (Quantity::Servers, false) => format!("“{called}”"),
            (Quantity::Servers, true) => format!("“{called}” stopping"),
            (_, false) => format!("“{called}” ({})", amount()),
            (_, true) => format!("“{called}” ({}, stopping)", amount()),
        }
    }
}

/// What somebody may have and uses, with what their groups may have and use: whether there is room for one more server.
pub struct Room<'a> {
    person: &'a Person,
    entitled: Entitled,
    limits: Amounts,
    own: Vec<Use>,
    groups: Vec<(String, Amounts, Vec<Use>)>,
    /// Seconds that were used this month, and when the next one begins.
    time: Option<(u64, Timestamp)>,
}

/// What a server would take of something that is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub quantity: Quantity,
    pub takes: u64,
    pub used: u64,
    pub allowed: u64,
}

impl<'a> Room<'a> {
    /// `None` if nothing is limited for this person.
    pub async fn read(hub: &Hub, db: &impl Db, person: &'a Person) -> Result<Option<Self>, StoreError> {
        let entitled = entitled(&hub.config, person);
        let totals = totals(&hub.config, person);
        if !entitled.limits_anything() && totals.is_empty() {
            return Ok(None);
        }
        let mut groups = Vec::with_capacity(totals.len());
        for (group, limits) in totals {
            let all = uses(hub, db, Whose::Group(&group)).await?;
            groups.push((group, limits, all));
        }
        let time = match entitled.most(Quantity::Time) {
            Some(_) => Some(hours(hub, db, person.user.id).await?),
            None => None,
        };
        Ok(Some(Self {
            person,
            limits: SHARED
                .into_iter()
                .filter_map(|quantity| Some((quantity, entitled.most(quantity)?)))
                .collect(),
            entitled,
            own: uses(hub, db, Whose::User(person.user.id)).await?,
            groups,
            time: time.map(|(_, used, next)| (used, next)),
        }))
    }

    /// Whether there is room for this plan. A server without a limit of its own gets what is left of its owner's quota: it
    /// could use all of it.
    pub fn fit(&self, plan: &mut Plan) -> Result<(), Exceeded> {
        fit_storage(&self.entitled, self.person, &mut plan.limits)?;
        fill(&self.limits, &self.own, &mut plan.limits);
        room(&self.limits, &self.own, None, self.person, plan)?;
        for (group, limits, all) in &self.groups {
            fill(limits, all, &mut plan.limits);
            room(limits, all, Some(group), self.person, plan)?;
        }
        match (self.entitled.most(Quantity::Time), self.time) {
            (Some(allowed), Some((used, next))) => fit_time(self.person, allowed, used, next),
            _ => Ok(()),
        }
    }

    /// What a server with these limits would take of its person's own quotas.
    #[must_use]
    pub fn costs(&self, limits: &Limits) -> Vec<Cost> {
        let cost = |(quantity, allowed): (&Quantity, &u64)| Cost {
            quantity: *quantity,
            takes: taken(limits, *quantity),
            used: sum(&self.own, *quantity),
            allowed: *allowed,
        };
        let all = self.limits.iter().map(cost);
        all.filter(|cost| cost.takes > 0).collect()
    }
}

/// Whether there is room, with the gates passed so that two starts never both find the last of it.
pub(super) async fn fit(hub: &Hub, tx: &Tx, person: &Person, plan: &mut Plan) -> Result<(), Refused> {
    let totals = totals(&hub.config, person);
    if !entitled(&hub.config, person).limits_anything() && totals.is_empty() {
        return Ok(());
    }
    let mut gates = vec![format!("person {}", person.user.id)];
    gates.extend(totals.keys().map(|group| format!("group {group}")));
    gates::pass(tx, &gates).await?;
    match Room::read(hub, tx, person).await? {
        Some(room) => room.fit(plan).map_err(|why| Refused::Exceeded(Box::new(why))),
        None => Ok(()),
    }
}

/// What is left, for a server that could use all there is.
fn fill(limits: &Amounts, running: &[Use], own: &mut Limits) {
    let left = |quantity| {
        limits
            .get(&quantity)
            .map(|most| most.saturating_sub(sum(running, quantity)))
    };
    if own.memory.is_none() {
        own.memory = left(Quantity::Memory).map(|bytes| bytes.max(1));
    }
    if own.cpu_milli.is_none() {
        own.cpu_milli = left(Quantity::Cpu).map(|cores| u32::try_from(cores).unwrap_or(u32::MAX).max(1));
    }
}

fn room(limits: &Amounts, running: &[Use], group: Option<&str>, person: &Person, plan: &Plan) -> Result<(), Exceeded> {
    for (quantity, allowed) in limits {
        let (used, wanted) = (sum(running, *quantity), taken(&plan.limits, *quantity));
        // What takes none of it has room, even where somebody was given less since.
        if wanted == 0 || used.saturating_add(wanted) <= *allowed {
            continue;
        }
        let using = running.iter().filter(|one| taken(&one.limits, *quantity) > 0);
        let (own, others): (Vec<&Use>, Vec<&Use>) = using.partition(|one| one.user == person.user.name);
        return Err(Exceeded {
            quantity: *quantity,
            group: group.map(str::to_owned),
            user: person.user.name.clone(),
            allowed: *allowed,
            used,
            wanted,
            by: own.into_iter().cloned().collect(),
            others: others.len(),
            again: None,
        });
    }
    Ok(())
}

fn fit_storage(entitled: &Entitled, person: &Person, limits: &mut Limits) -> Result<(), Exceeded> {
    let Some(allowed) = entitled.most(Quantity::Storage) else {
        return Ok(());
    };
    let wanted = *limits.storage.get_or_insert(allowed);
    match wanted <= allowed {
        true => Ok(()),
        false => Err(Exceeded {
            wanted,
            ..Exceeded::of(person, Quantity::Storage, allowed)
        }),
    }
}

fn fit_time(person: &Person, allowed: u64, used: u64, next: Timestamp) -> Result<(), Exceeded> {
    match used < allowed {
        true => Ok(()),
        false => Err(Exceeded {
            used,
            again: Some(next),
            ..Exceeded::of(person, Quantity::Time, allowed)
        }),
    }
}

/// When the hours that somebody may have are used up if what runs goes on, and how many seconds those are; nothing where
/// there is no such limit, or the next month begins before.
pub async fn hours_used_up(
    hub: &Hub,
    db: &impl Db,
    person: &Person,
    now: Timestamp,
) -> Result<Option<(Timestamp, u64)>, StoreError> {
    let Some(allowed) = entitled(&hub.config, person).most(Quantity::Time) else {
        return Ok(None);
    };
    let (_, used, next) = hours(hub, db, person.user.id).await?;
    // Each server counts for itself.
    let servers = plans::running(db, Whose::User(person.user.id)).await?.len().max(1);
    let left = Duration::from_secs(allowed.saturating_sub(used)) / u32::try_from(servers).unwrap_or(u32::MAX);
    let at = SignedDuration::try_from(left)
        .ok()
        .and_then(|left| now.checked_add(left).ok());
    Ok(at.filter(|at| *at < next).map(|at| (at, allowed)))
}

/// Since when this month counts, the seconds used in it, and when the next one begins.
async fn hours(hub: &Hub, db: &impl Db, user_id: i64) -> Result<(Timestamp, u64, Timestamp), StoreError> {
    let now = hub.clock.now();
    let (since, next) = month(now);
    let used = spans::used(db, user_id, since, now).await?;
    Ok((since, u64::try_from(used.as_secs()).unwrap_or(0), next))
}

/// The beginning of this month and of the next one, in UTC.
fn month(now: Timestamp) -> (Timestamp, Timestamp) {
    let first = now.to_zoned(TimeZone::UTC).date().first_of_month();
    let begin = |date: jiff::civil::Date| date.to_zoned(TimeZone::UTC).map_or(now, |zoned| zoned.timestamp());
    let next = first.last_of_month().tomorrow().unwrap_or(first);
    (begin(first), begin(next))
}

/// How somebody stands: what they may have and what they use.
pub struct Standing {
    pub entitled: Entitled,
    pub uses: Vec<Use>,
    pub since: Timestamp,
    /// Seconds.
    pub time: u64,
    pub groups: Vec<GroupUse>,
}

/// How a group stands.
pub struct GroupUse {
    pub group: String,
    pub allowed: Amounts,
    pub used: Amounts,
}

impl Standing {
    #[must_use]
    pub fn used(&self, quantity: Quantity) -> u64 {
        match quantity {
            Quantity::Time => self.time,
            quantity => sum(&self.uses, quantity),
        }
    }
}

pub async fn standing(hub: &Hub, db: &impl Db, person: &Person) -> Result<Standing, StoreError> {
    let (since, time, _) = hours(hub, db, person.user.id).await?;
    let mut groups = Vec::new();
    for (group, allowed) in totals(&hub.config, person) {
        let all = uses(hub, db, Whose::Group(&group)).await?;
        let used = allowed
            .keys()
            .map(|quantity| (*quantity, sum(&all, *quantity)))
            .collect();
        groups.push(GroupUse { group, allowed, used });
    }
    Ok(Standing {
        entitled: entitled(&hub.config, person),
        uses: uses(hub, db, Whose::User(person.user.id)).await?,
        since,
        time,
        groups,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_of_the_calendar() {
        let month = |now: &str| {
            let (first, next) = month(now.parse().unwrap());
            format!("{first} {next}")
        };
        assert_eq!(
            month("2026-11-21T08:00:00Z"),
            "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z"
        );
        assert_eq!(
            month("2026-12-31T23:59:59Z"),
            "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z"
        );
        assert_eq!(
            month("2028-02-01T00:00:00Z"),
            "2028-02-01T00:00:00Z 2028-03-01T00:00:00Z"
        );
    }
}
