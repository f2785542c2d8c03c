//! Accounts that others left: NativeAuthenticator's table, once, at the first start over its database.

use std::collections::BTreeSet;

use perijove_auth::password;
use perijove_model::{Clock, Rng, UserName};
use perijove_store::signups::{self, Signup};
use perijove_store::users_info::{self, Info};
use perijove_store::{Store, StoreError, Tx, meta, native};
use serde_json::json;

use super::OLD_HASHES;
use crate::audit::{self, Act, Actor};
use crate::keys::Keys;
use crate::people;

/// When it was done.
const DONE: &str = "native_authenticator_imported";
/// NativeAuthenticator's cost, held against a random password: what a name costs that might have such a hash.
const DECOY: &str = "$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewKyNiGSXWzQ9jKm";

/// What an import needs.
pub struct Importer<'a> {
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub rng: &'a dyn Rng,
    pub keys: &'a Keys,
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// They sign in with the password they had.
    pub accounts: usize,
    /// They wait for approval, as they did.
    pub waiting: usize,
    /// They have a password here already.
    pub there: usize,
    /// Their name or hash can't be used.
    pub unusable: usize,
}

impl Importer<'_> {
    /// Takes over the accounts of NativeAuthenticator, if its table is there and that was not done before.
    pub async fn native(&self) -> Result<Option<Taken>, StoreError> {
        if meta::get(self.store, DONE).await?.is_some() || !users_info::is_there(self.store, self.store).await? {
            return Ok(None);
        }
        let tx = self.store.begin().await?;
        let (mut taken, mut seen, mut last) = (Taken::default(), BTreeSet::new(), 0);
        loop {
            let page = users_info::page(&tx, last).await?;
            let Some(end) = page.last().map(|info| info.id) else {
                break;
            };
            last = end;
            for info in page {
                self.take(&tx, info, &mut seen, &mut taken).await?;
            }
        }
        self.done(&tx, DONE, "NativeAuthenticator", taken).await?;
        tx.commit().await?;
        Ok(Some(taken))
    }

    /// Takes over names and hashes that somebody has brought along, and notes by `mark` that it was done. Who has a password
    /// keeps it.
    pub async fn hashes(&self, from: &str, mark: &str, hashes: Vec<(String, String)>) -> Result<Taken, StoreError> {
        let tx = self.store.begin().await?;
        let (mut taken, mut seen) = (Taken::default(), BTreeSet::new());
        for (name, hash) in hashes {
            let info = Info {
                id: 0,
                name,
                hash,
                is_authorized: true,
                email: None,
                otp_secret: None,
                has_2fa: false,
            };
            self.take(&tx, info, &mut seen, &mut taken).await?;
        }
        self.done(&tx, mark, from, taken).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// The first of a name counts: that is whom NativeAuthenticator lets in.
    async fn take(
        &self,
        tx: &Tx,
        info: Info,
        seen: &mut BTreeSet<UserName>,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let name = match UserName::normalise(&info.name) {
            Ok(name) if password::is_readable(&info.hash) => name,
            _ => {
                taken.unusable += 1;
                return Ok(());
            }
        };
        if !seen.insert(name.clone()) {
            return Ok(());
        }
        let there = native::find(tx, name.as_str()).await?.is_some();
        let now = self.clock.now();
        match (there, info.is_authorized) {
            (true, _) => taken.there += 1,
            (false, false) => {
                let waiting = Signup {
                    name: name.to_string(),
                    hash: info.hash,
                    email: info.email,
                    address: String::new(),
                    language: None,
                    created: now,
                };
                taken.waiting += usize::from(signups::add(tx, &waiting).await?);
            }
            (false, true) => {
                let user = people::ensure(tx, self.clock, self.rng, &name, false).await?;
                native::set(tx, user.id, &info.hash, now).await?;
                native::describe(tx, user.id, true, info.email.as_deref()).await?;
                let secret = info.otp_secret.filter(|_| info.has_2fa);
                if let Some(sealed) = secret.and_then(|secret| self.keys.seal(&secret)) {
                    native::propose_otp(tx, user.id, &sealed).await?;
                    native::confirm_otp(tx, user.id, &sealed, 0, now).await?;
                }
                taken.accounts += 1;
            }
        }
        Ok(())
    }

    async fn done(&self, tx: &Tx, mark: &str, from: &str, taken: Taken) -> Result<(), StoreError> {
        meta::set(tx, mark, &self.clock.now().to_string()).await?;
        if taken.accounts + taken.waiting > 0 {
            meta::set(tx, OLD_HASHES, DECOY).await?;
        }
        let Taken {
            accounts,
            waiting,
            there,
            unusable,
        } = taken;
        let detail = json!({ "accounts": accounts, "waiting": waiting, "there": there, "unusable": unusable });
        audit::write(tx, self.clock, &Actor::hub(), Act::AccountsTakenOver, from, detail).await?;
        tracing::info!(
            from,
            accounts,
            waiting,
            there,
            unusable,
            "took over accounts with their passwords"
        );
        Ok(())
    }
}
