//! Requested -> Prepared: the server's row, its token and its OAuth client, in one transaction.

use perijove_model::names::{oauth_client_id, server_path};
use perijove_model::server::Phase;
use perijove_model::{Secret, token};
use perijove_spawn::Home;
use perijove_store::homes::State;
use perijove_store::spawners::{self, Spawner};
use perijove_store::tokens::{NewToken, Owner};
use perijove_store::{Tx, notices, oauth, roles, spans, tokens};

use super::drive::{Driver, Halt, Stepped};
use super::requests;
use crate::{Hub, homes};

/// The client that plain API tokens belong to.
const PLAIN: &str = "jupyterhub";

impl Driver<'_> {
    /// Gives the token in clear, for the process that is about to start.
    pub(super) async fn prepare(&self, spawner: &Spawner) -> Stepped<Secret> {
        let hub = self.hub;
        self.forget_last_run(spawner).await?;
        let home = self.have_home(spawner).await?;
        let kept = self.backend(spawner)?.kept_token(&self.key(spawner)?, &home).await?;
        let (secret, hashed) = match kept {
            Some(secret) => {
                let hashed = token::hash_random(&secret, hub.rng.as_ref());
                (secret, hashed)
            }
            None => token::generate(hub.rng.as_ref()),
        };
        let client_secret = token::hash_chosen(&secret, hub.rng.as_ref());
        let now = hub.clock.now();

        let tx = hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Prepared).await?;
        clear_contract(hub, &tx, spawner).await?;
        notices::clear_but(&tx, self.id, homes::room::NOTICE).await?;
        tokens::create(
            &tx,
            &NewToken {
                owner: Owner::User(spawner.user_id),
                hashed: &hashed,
                client_id: PLAIN,
                session_id: None,
                expires_at: None,
                note: &note(hub, spawner),
                scopes: &token_scopes(hub, &tx, spawner).await?,
            },
            now,
        )
        .await?;
        let path = path(hub, spawner);
        let client_id = free_client_id(&tx, spawner).await?;
        oauth::put_client(
            &tx,
            &oauth::NewClient {
                identifier: &client_id,
                description: &note(hub, spawner),
                secret: &client_secret.hashed,
                redirect_uri: &format!("{path}oauth_callback"),
                allowed_scopes: &allowed_scopes(hub, spawner),
            },
        )
        .await?;
        spawners::set_prepared(&tx, self.id, &path, &client_id, now).await?;
        tx.commit().await?;

        self.reached(spawner, Phase::Prepared);
        Ok(secret)
    }

    /// Outside the transaction: a disk that does not answer must hold up nobody else.
    async fn have_home(&self, spawner: &Spawner) -> Stepped<Home> {
        let user = self.key(spawner)?.user;
        let backend = self.backend(spawner)?;
        match homes::ensure(self.hub, backend.as_ref(), spawner.user_id, &user).await {
            Ok(home) if home.state == State::Live => Ok(homes::known(&home)),
            Ok(_) => Err(Halt::failed(
                "Your files are being brought back. Start the server again in a moment.",
            )),
            Err(homes::NoHome::Store(error)) => Err(error.into()),
            Err(homes::NoHome::Place(error)) => {
                tracing::error!(server = requests::log_name(spawner), %error, "somebody can't be given a home");
                Err(Halt::failed(
                    "The place for your files can't be used. An administrator finds out why in the hub's log.",
                ))
            }
        }
    }

    /// Its log was kept until now, for whoever wants to know why it ended. Of this run there is nothing yet: what goes
    /// by its key belonged to a server that is gone, since SQLite gives a deleted row's id to the next one.
    async fn forget_last_run(&self, spawner: &Spawner) -> Stepped {
        let key = self.key(spawner)?;
        let mut outcome = Ok(());
        for backend in self.hub.spawners.all() {
            outcome = outcome.and(backend.clear_up(&key).await);
        }
        if let Err(error) = outcome {
            tracing::warn!(server = requests::log_name(spawner), %error, "something of the last run is left over");
        }
        Ok(())
    }
}

/// Deletes what the hub keeps for a running server: its row, its tokens, its OAuth client. The tokens are found by
/// whose they are and not by a remembered one, so none is left behind whoever made it.
pub(super) async fn clear_contract(hub: &Hub, tx: &Tx, spawner: &Spawner) -> Stepped {
    spawners::clear_server(tx, spawner.id).await?;
    spans::end(tx, spawner.id, hub.clock.now()).await?;
    tokens::delete_server_tokens(tx, spawner.user_id, &note(hub, spawner)).await?;
    let usual = usual_client_id(spawner);
    let other = spawner.oauth_client_id.as_ref().filter(|own| **own != usual);
    for client_id in other.into_iter().chain([&usual]) {
        oauth::delete_client_of_server(tx, client_id, spawner.id).await?;
    }
    Ok(())
}

pub(super) fn path(hub: &Hub, spawner: &Spawner) -> String {
    server_path(hub.config.hub.base_url.as_str(), &spawner.user_name, &spawner.name)
}

fn usual_client_id(spawner: &Spawner) -> String {
    oauth_client_id(&spawner.user_name, &spawner.name)
}

/// By the contract's rule the server `lee` of `ann` and the default server of `ann-lee` have the same id. Whoever comes
/// second gets one that no name leads to, or the one would end the other's sign-ins.
async fn free_client_id(tx: &Tx, spawner: &Spawner) -> Stepped<String> {
    let usual = usual_client_id(spawner);
    Ok(match spawners::client_is_anothers(tx, &usual, spawner.id).await? {
        true => format!("{usual}+{}", spawner.id),
        false => usual,
    })
}

fn note(hub: &Hub, spawner: &Spawner) -> String {
    format!("Server at {}", path(hub, spawner))
}

/// What the server may ask of its visitors: above all, access to itself.
fn allowed_scopes(hub: &Hub, spawner: &Spawner) -> Vec<String> {
    let mut scopes = hub.config.spawner.oauth_client_allowed_scopes.clone();
    scopes.push(format!("access:servers!server={}/{}", spawner.user_name, spawner.name));
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// As written, filters completed. What of it the owner may pass on is decided at each request.
async fn token_scopes(hub: &Hub, tx: &Tx, spawner: &Spawner) -> Stepped<Vec<String>> {
    let configured = &hub.config.spawner.server_token_scopes;
    let raw = match configured.is_empty() {
        true => roles::scopes_of_role(tx, "server").await?.unwrap_or_default(),
        false => configured.clone(),
    };
    Ok(complete(raw, &spawner.user_name, &spawner.name))
}

fn complete(raw: Vec<String>, user: &str, server: &str) -> Vec<String> {
    const ACTIVITY: &str = "users:activity!user";
    let mut scopes: Vec<String> = raw
        .into_iter()
        .map(|scope| match scope.ends_with("!server") {
            true => format!("{scope}={user}/{server}"),
            false => scope,
        })
        .collect();
    // Without it the hub would take a busy server for an idle one.
    if !scopes
        .iter()
        .any(|scope| [ACTIVITY, "users:activity", "inherit"].contains(&scope.as_str()))
    {
        scopes.push(ACTIVITY.to_owned());
    }
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_completed_as_jupyterhub_does() {
        let role = ["users:activity!user", "access:servers!server"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(
            complete(role, "ann", ""),
            ["access:servers!server=ann/", "users:activity!user"]
        );
        assert_eq!(
            complete(vec!["read:users:name!server".into()], "ann", "gpu"),
            ["read:users:name!server=ann/gpu", "users:activity!user"]
        );
        assert_eq!(complete(vec!["inherit".into()], "ann", ""), ["inherit"]);
    }
}
