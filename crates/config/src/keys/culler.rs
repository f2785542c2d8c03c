//! `[culler]`, `[[culler.rule]]`: when servers are stopped that nobody uses.

use std::collections::BTreeSet;
use std::time::Duration;

use super::seconds;
use crate::section::section;
use crate::types::{Busy, Weekly, Zone};

section! {
    /// Stops servers that nobody uses.
    pub struct Culler {
        /// Whether servers are stopped by the hub itself.
        enabled: bool = false;
        /// How often all servers are looked at.
        every: Duration = seconds(600), alias "cull_every";
        /// How long a server may go unused; 0 stops none for that.
        timeout: Duration = seconds(3600);
        /// How long a server may run, used or not; 0 is for ever.
        max_age: Duration = Duration::ZERO;
        /// How long before its end the person is told; 0 tells nobody.
        warn_before: Duration = seconds(300);
        /// When servers are stopped, used or not, that were started before.
        schedule: Vec<Weekly> = Vec::new(), example "[\"Mon-Fri 22:00\"]";
        /// Time zone of `schedule`.
        time_zone: Zone = Zone::default(), example "\"Europe/Berlin\"";
        /// What counts as use besides requests: cells that `kernels` run, open `connections` to kernels,
        /// `terminals` in use, work on the `cpu`.
        keep_when: Vec<Busy> = vec![Busy::Kernels, Busy::Terminals, Busy::Cpu];
        /// Cores that a server must keep busy to count as used.
        cpu_threshold: f64 = 0.1;
        /// Stop servers of people whose `hours` of the month are used up, `enabled` or not: told `warn_before` ahead, and
        /// nobody can put it off. Without it only further starts are refused.
        stop_over_hours: bool = true;
        /// Only write to the log and the audit log what would be stopped.
        dry_run: bool = false;
        /// Stop people's default servers.
        cull_default_servers: bool = true;
        /// Stop named servers.
        cull_named_servers: bool = true;
        /// Delete a named server once it was stopped here.
        remove_named_servers: bool = false;
        /// Delete people, too, who have no server and were not seen for `timeout`, or were made `max_age` ago.
        cull_users: bool = false;
        /// Delete administrators, too; counts only with `cull_users`.
        cull_admin_users: bool = true;
        /// Servers that are asked at the same time.
        concurrency: usize = 10;
        /// What holds for some servers.
        rule: Vec<CullerRule> = Vec::new();
    }

    /// What holds for some servers. The first rule that fits counts; what it leaves out is as in `[culler]`.
    pub struct CullerRule {
        /// Servers of these profiles.
        profiles: BTreeSet<String> = BTreeSet::new(), unset "those of any, or of none", example "[\"gpu\"]";
        /// Servers of members of these groups.
        groups: BTreeSet<String> = BTreeSet::new(), unset "everybody's", example "[\"students\"]";
        /// How long such a server may go unused; 0 stops none for that.
        timeout: Option<Duration> = None, unset "as in `[culler]`", example "\"20m\"";
        /// How long such a server may run, used or not; 0 is for ever.
        max_age: Option<Duration> = None, unset "as in `[culler]`", example "\"8h\"";
        /// When such servers are stopped, used or not.
        schedule: Option<Vec<Weekly>> = None, unset "as in `[culler]`", example "[\"20:00\"]";
        /// Such servers are never stopped.
        never: bool = false;
    }
}
