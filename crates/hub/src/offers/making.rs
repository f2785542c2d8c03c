//! A plan, from a profile and what was chosen in it.

use perijove_config::{ProfileMount, ProfileValues, parsed_size};
use perijove_model::{Mount, Plan, ServerName};
use perijove_store::users::User;

use super::choose::{Chosen, Picked};
use super::person::Person;
use super::{configured_limits, milli};
use crate::Hub;

pub(super) fn plan(hub: &Hub, person: &Person, server: &ServerName, chosen: &Chosen<'_>) -> Plan {
    let profile = chosen.profile;
    let mut plan = Plan {
        profile: Some(profile.slug.clone()),
        title: Some(profile.name.clone()),
        limits: configured_limits(hub),
        ..Plan::default()
    };
    let mut mounts: Vec<&ProfileMount> = Vec::new();
    apply(&mut plan, &profile.values, &mut mounts);
    for picked in &chosen.values {
        match picked {
            Picked::Option(_, option) => apply(&mut plan, &option.values, &mut mounts),
            Picked::Text(choice, text) => set(&mut plan, &choice.sets, text),
        }
    }
    let fill = Fill::of(&person.user, server);
    plan.default_url = plan.default_url.map(|url| fill.text(&url, None));
    plan.env.values_mut().for_each(|value| *value = fill.text(value, None));
    plan.mounts = mounts
        .into_iter()
        .flat_map(|mount| fill.mounts(mount, person))
        .collect();
    plan
}

fn apply<'a>(plan: &mut Plan, values: &'a ProfileValues, mounts: &mut Vec<&'a ProfileMount>) {
    if let Some(spawner) = &values.spawner {
        plan.spawner.clone_from(spawner);
    }
    over(&mut plan.environment, values.environment.clone());
    over(&mut plan.image, values.image.clone());
    over(&mut plan.command, values.cmd.clone());
    over(&mut plan.default_url, values.default_url.clone());
    let limits = &mut plan.limits;
    over(&mut limits.cpu_milli, values.cpu.map(milli));
    over(&mut limits.cpu_guarantee_milli, values.cpu_guarantee.map(milli));
    over(&mut limits.memory, values.memory.map(|size| size.0));
    over(&mut limits.memory_guarantee, values.memory_guarantee.map(|size| size.0));
    over(&mut limits.processes, values.processes);
    over(&mut limits.storage, values.storage.map(|size| size.0));
    limits.gpus = values.gpu.unwrap_or(limits.gpus);
    plan.env.extend(values.env.clone());
    mounts.extend(&values.mounts);
}

fn over<T>(kept: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *kept = new;
    }
}

/// What was typed; [`Choice::takes`](perijove_config::Choice::takes) has seen that numbers are numbers.
fn set(plan: &mut Plan, target: &str, text: &str) {
    let limits = &mut plan.limits;
    match target {
        "image" => plan.image = Some(text.to_owned()),
        "environment" => plan.environment = Some(text.to_owned()),
        "default_url" => plan.default_url = Some(text.to_owned()),
        "memory" => over(&mut limits.memory, parsed_size(text).map(|size| size.0)),
        "storage" => over(&mut limits.storage, parsed_size(text).map(|size| size.0)),
        "cpu" => over(&mut limits.cpu_milli, text.parse().ok().map(milli)),
        "gpu" => limits.gpus = text.parse().unwrap_or(limits.gpus),
        other => {
            if let Some(name) = other.strip_prefix("env.") {
                plan.env.insert(name.to_owned(), text.to_owned());
            }
        }
    }
}

/// What stands for the names in braces.
pub(super) struct Fill<'a> {
    pub username: &'a str,
    pub servername: &'a str,
    pub is_admin: bool,
}

impl<'a> Fill<'a> {
    pub fn of(user: &'a User, server: &'a ServerName) -> Self {
        Self {
            username: &user.name,
            servername: server.as_str(),
            is_admin: user.admin,
        }
    }

    /// In one pass, so that a name with braces in it is left alone.
    pub fn text(&self, template: &str, group: Option<&str>) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let known = after
                .split_once('}')
                .and_then(|(name, after)| Some((self.value(name, group)?, after)));
            match known {
                Some((value, after)) => {
                    filled.push_str(value);
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled + rest
    }

    fn value<'v>(&'v self, name: &str, group: Option<&'v str>) -> Option<&'v str> {
        match name {
            "username" => Some(self.username),
            "servername" => Some(self.servername),
            "is_admin" => Some(if self.is_admin { "true" } else { "false" }),
            "group" => group,
            _ => None,
        }
    }

    fn mounts(&self, mount: &ProfileMount, person: &Person) -> Vec<Mount> {
        let wanted = |group: &&String| mount.groups.is_empty() || mount.groups.contains(*group);
        let groups = person.groups.iter().filter(wanted);
        let one = |group: Option<&str>| Mount {
            source: self.text(&mount.source, group),
            target: self.text(&mount.target, group),
            read_only: mount.read_only && !(mount.writable_by_admins && self.is_admin),
            make: None,
        };
        if mount.source.contains("{group}") {
            let names = groups.filter(|group| is_one_directory(group));
            return names.map(|group| one(Some(group))).collect();
        }
        let theirs = mount.groups.is_empty() || groups.count() > 0;
        theirs.then(|| one(None)).into_iter().collect()
    }
}

/// Groups may be called by anything: no name leads out of the directory that it stands in.
pub(super) fn is_one_directory(name: &str) -> bool {
    !name.contains(['/', '\\', '\0']) && !name.chars().all(|c| c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_once() {
        let fill = Fill {
            username: "{servername}",
            servername: "lab",
            is_admin: true,
        };
        assert_eq!(
            fill.text("/data/{username}/{servername}-{is_admin}{x}{", None),
            "/data/{servername}/lab-true{x}{"
        );
        assert_eq!(fill.text("{group}", None), "{group}");
        assert_eq!(fill.text("{group}", Some("class")), "class");
    }

    #[test]
    fn no_group_leads_out() {
        assert!(is_one_directory("class") && is_one_directory(".class"));
        for bad in ["..", "a/b", "../x", "."] {
            assert!(!is_one_directory(bad), "{bad}");
        }
    }
}
