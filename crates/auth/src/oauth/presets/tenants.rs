//! Microsoft Entra, which signs for many tenants at once.

use async_trait::async_trait;

use super::super::preset::{Asks, Person, Preset, Trouble};

pub struct Tenants {
    /// Not one tenant's own address: `common`, `organizations`, `consumers`.
    pub many: bool,
}

#[async_trait]
impl Preset for Tenants {
    fn has_many_tenants(&self) -> bool {
        self.many
    }

    async fn complete(&self, person: &mut Person, _: &Asks<'_>) -> Result<(), Trouble> {
        // Who is in more groups than fit has a link there instead, and nobody knows in which.
        if person.user.contains_key("_claim_names") {
            tracing::warn!(
                "somebody is in more groups than fit into a token: let Entra give only those of the application"
            );
            person.groups = None;
        }
        Ok(())
    }
}
