//! People's own environments: what the hub asks a person's own account to do.

use std::sync::Arc;
use std::time::Duration;

use perijove_environments::Error;
use perijove_environments::own::{self, Action, Answer, New, Own, Wish};
use perijove_model::{Plan, Secret, ServerName, UserName};
use perijove_spawn::{ServerKey, ServerSpec, SpawnError};
use perijove_store::homes::State;
use perijove_store::users::User;
use perijove_store::{StoreError, homes};
use serde_json::json;

use crate::Hub;
use crate::homes::known;

/// What only looks, or removes.
const SHORT: Duration = Duration::from_secs(60);
/// Environments that people make at the same time, over this hub; more wait their turn.
pub const AT_ONCE: usize = 4;
/// The program that the person's account runs: this one.
const SELF: &str = "/proc/self/exe";

/// Why something of a person's own can't be done.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    #[error("There is no home yet: start a server once.")]
    NoHome,
    #[error("The home is on its way to or from the trash. Try again in a moment.")]
    HomeMoves,
    #[error("{0}")]
    Backend(#[from] SpawnError),
    #[error("{0}")]
    Tools(#[from] Error),
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Their account has done what it could.
    #[error("{message}")]
    Refused { message: String, refused: bool },
}

/// What somebody has.
pub async fn list(hub: &Hub, user: &User) -> Result<Vec<Own>, OwnError> {
    match ask(hub, user, Action::List, SHORT).await {
        Ok(Answer::List(found)) => Ok(found),
        Ok(other) => done(other).map(|()| Vec::new()),
        Err(OwnError::NoHome) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

pub async fn remove(hub: &Hub, user: &User, name: &str) -> Result<(), OwnError> {
    done(ask(hub, user, Action::Remove(name.to_owned()), SHORT).await?)
}

/// Makes one, and waits for it.
pub async fn make(hub: &Hub, user: &User, new: New) -> Result<(), OwnError> {
    new.check()?;
    let _place = hub.own_builds.acquire().await;
    let patience = hub.config.environments.build_timeout;
    done(ask(hub, user, Action::Make(new), patience).await?)
}

/// Begins to make one, and waits for nothing: how it goes is listed.
pub async fn begin(hub: &Arc<Hub>, user: User, new: New) -> Result<(), OwnError> {
    new.check()?;
    home(hub, &user).await?;
    let hub = Arc::clone(hub);
    hub.tasks.clone().spawn(async move {
        tokio::select! {
            () = hub.stop.cancelled() => {}
            made = make(&hub, &user, new) => if let Err(error) = made {
                tracing::info!(user = user.name, %error, "somebody's own environment was not made");
            }
        }
    });
    Ok(())
}

fn done(answer: Answer) -> Result<(), OwnError> {
    match answer {
        Answer::Done | Answer::List(_) => Ok(()),
        Answer::Failed {
            message, hint, refused, ..
        } => {
            let message = match hint {
                Some(hint) => format!("{message}; {hint}."),
                None => format!("{message}."),
            };
            Err(OwnError::Refused { message, refused })
        }
    }
}

async fn home(hub: &Hub, user: &User) -> Result<perijove_spawn::Home, OwnError> {
    let found = homes::of_user(&hub.store, user.id, hub.spawners.first().name()).await?;
    let home = found.ok_or(OwnError::NoHome)?;
    match home.state {
        State::Live => Ok(known(&home)),
        _ => Err(OwnError::HomeMoves),
    }
}

async fn ask(hub: &Hub, user: &User, action: Action, patience: Duration) -> Result<Answer, OwnError> {
    let home = home(hub, user).await?;
    let keys = &hub.config.environments;
    let (python, uv, env) = hub.environments.tools(matches!(action, Action::Make(_))).await?;
    let wish = Wish {
        home: Default::default(),
        action,
        env: env.clone(),
        python,
        uv,
        most: keys.own_limit,
        largest: keys.own_size.0,
        now: hub.clock.now().to_string(),
    };
    let wish = json!(wish).to_string();
    let name = |error| SpawnError::caused("The name of this person can't be used.", error);
    let spec = ServerSpec {
        key: ServerKey {
            spawner_id: 0,
            generation: 0,
            user: UserName::try_from(user.name.as_str()).map_err(name)?,
            server: ServerName::existing("").map_err(name)?,
        },
        command: vec![SELF.to_owned(), own::COMMAND.to_owned()],
        env: env.into_iter().chain([(own::VARIABLE.to_owned(), wish)]).collect(),
        api_token: Secret::new(""),
        prefix: String::new(),
        options: json!({}),
        plan: Plan::default(),
        home,
        environment: None,
        start_timeout: patience,
    };
    let answer = hub.spawners.first().run_once(&spec, patience).await?;
    let read = serde_json::from_slice(&answer);
    Ok(read.map_err(|error| SpawnError::caused("What the person's account answers is not understood.", error))?)
}
