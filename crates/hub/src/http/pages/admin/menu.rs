//! The pages of the administration, and who may open which: what a visitor may not open is not in their menu.

use perijove_model::scopes::{Resource, Scope};
use perijove_web::AdminLink;

use crate::Hub;
use crate::http::error::Result;
use crate::http::pages::allows;
use crate::http::visitor::Principal;

/// One page, and where it is below the prefix.
pub struct Place {
    pub key: &'static str,
    path: &'static str,
    /// Whether the right to open the administration is needed, too. Pages that are there for others as well can do without.
    inner: bool,
    /// Any of these, be it for a few only.
    any: &'static [Scope],
}

const fn inner(key: &'static str, path: &'static str, any: &'static [Scope]) -> Place {
    Place {
        key,
        path,
        inner: true,
        any,
    }
}

const fn open(key: &'static str, path: &'static str, any: &'static [Scope]) -> Place {
    Place {
        inner: false,
        ..inner(key, path, any)
    }
}

pub const PEOPLE: Place = inner("people", "admin", &[Scope::AdminUi]);
pub const SERVERS: Place = inner(
    "servers",
    "admin/servers",
    &[Scope::ReadServers, Scope::StartServers, Scope::DeleteServers],
);
pub const HEALTH: Place = inner("health", "admin/health", &[Scope::ReadHub]);
pub const AUDIT: Place = inner("audit", "admin/audit", &[Scope::ReadAudit]);
pub const TOKENS: Place = inner("tokens", "admin/tokens", &[Scope::ReadTokens]);
pub const SHARES: Place = inner("shares", "admin/shares", &[Scope::ReadShares]);
pub const PROFILES: Place = inner("profiles", "admin/profiles", &[Scope::ReadHub]);
pub const SERVICES: Place = inner(
    "services",
    "admin/services",
    &[Scope::ListServices, Scope::ReadServices, Scope::AdminServices],
);
pub const SETTINGS: Place = inner("settings", "admin/settings", &[Scope::ReadHub]);
pub const SHUTDOWN: Place = inner("shutdown", "admin/shutdown", &[Scope::Shutdown]);

/// In the order of the menu.
const MENU: [Place; 13] = [
    PEOPLE,
    SERVERS,
    open("groups", "admin/groups", &[Scope::ListGroups]),
    open("roles", "admin/roles", &[Scope::ListRoles]),
    PROFILES,
    SERVICES,
    TOKENS,
    SHARES,
    open("usage", "admin/usage", &[Scope::ReadMetrics]),
    open("announcements", "admin/announcements", &[Scope::AdminAnnouncements]),
    AUDIT,
    SETTINGS,
    HEALTH,
];

impl Place {
    pub fn url(&self, hub: &Hub) -> String {
        format!("{}{}", hub.prefix(), self.path)
    }

    pub fn is_for(&self, by: &Principal) -> bool {
        (!self.inner || allows(by, Scope::AdminUi, Resource::Everything))
            && self.any.iter().any(|scope| by.scopes.holds(*scope))
    }

    /// Refuses whoever may not open it.
    pub async fn require(&self, hub: &Hub, by: &Principal) -> Result<()> {
        if self.inner {
            let needed = [Scope::AdminUi];
            by.require(&hub.store, &needed, Resource::Everything).await?;
        }
        match self.is_for(by) {
            true => Ok(()),
            false => by.require(&hub.store, self.any, Resource::Everything).await,
        }
    }
}

/// The menu of this visitor.
pub fn of(hub: &Hub, by: &Principal) -> Vec<AdminLink> {
    let link = |place: &Place| AdminLink {
        key: place.key,
        url: place.url(hub),
    };
    MENU.iter().filter(|place| place.is_for(by)).map(link).collect()
}
