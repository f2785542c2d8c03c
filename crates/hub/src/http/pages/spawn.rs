//! `/hub/spawn[/USER[/SERVER]]`: asks for options where there is a form, starts a server, and leads to its way up.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use perijove_model::scopes::Scope;
use perijove_model::server::{Pending, Phase};
use perijove_spawn::{SpawnError, State as Object};
use perijove_store::spawners::Failure;
use perijove_web::pages::{Named, ProfileCard, Spawn};
use serde_json::{Value, json};

use super::next;
use super::spawn_options::{self, LOOK};
use super::spawn_pending::not_running;
use super::whose::{Whose, tail};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::offers;
use crate::servers::{self, Start};

/// What fails this soon is told at once, without the page of the way up.
const SOON: Duration = Duration::from_secs(1);

pub async fn own(state: State<Arc<Hub>>, uri: OriginalUri, visitor: Visitor, request: Request) -> Result<Response> {
    let name = match super::signed_in(&state, &visitor, &uri) {
        Ok(principal) => principal.name().to_owned(),
        Err(elsewhere) => return Ok(elsewhere),
    };
    open(state, uri, visitor, &name, "", request).await
}

pub async fn default(
    state: State<Arc<Hub>>,
    uri: OriginalUri,
    Path(user): Path<String>,
    visitor: Visitor,
    request: Request,
) -> Result<Response> {
    open(state, uri, visitor, &user, "", request).await
}

pub async fn named(
    state: State<Arc<Hub>>,
    uri: OriginalUri,
    Path((user, server)): Path<(String, String)>,
    visitor: Visitor,
    request: Request,
) -> Result<Response> {
    open(state, uri, visitor, &user, &server, request).await
}

async fn open(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    visitor: Visitor,
    user: &str,
    server: &str,
    request: Request,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let visit = Visit {
        hub: &hub,
        visitor: &visitor,
        principal,
        whose: Whose::read(&hub, principal, user, server, Scope::Servers).await?,
        headers: request.headers().clone(),
        uri: &uri,
    };
    match *request.method() {
        Method::POST => visit.post(Form::from_request(request, &()).await?).await,
        _ => visit.get().await,
    }
}

/// Somebody at the door of a server.
struct Visit<'a> {
    hub: &'a Arc<Hub>,
    visitor: &'a Visitor,
    principal: &'a Principal,
    whose: Whose,
    headers: HeaderMap,
    uri: &'a Uri,
}

/// Why there is no server: what was wished could not be granted, or the start has failed.
enum Failed {
    Refused(HttpError),
    /// With the last lines that the server wrote.
    Start(StatusCode, String, Vec<String>),
}

impl Visit<'_> {
    async fn get(&self) -> Result<Response> {
        if query_value(self.query(), LOOK).is_some() {
            return self.form(None, spawn_options::in_query(self.query())?).await;
        }
        refuse_embedded(&self.headers)?;
        let spawner = self.whose.spawner(self.hub).await?;
        servers::check_name(self.hub, &self.whose.server, spawner.as_ref())?;
        match spawner.map(|spawner| spawner.run.phase) {
            Some(Phase::Ready) => return Ok(found(&self.ready_url())),
            Some(phase) if phase.is_active() => return Ok(found(&self.pending_url())),
            _ => {}
        }
        let has_form = self.has_form();
        match spawn_options::in_query(self.query())? {
            None if has_form && !self.needs_no_choice().await? => self.form(None, None).await,
            None => match self.start(self.only_profile().await?).await {
                Err(failed) => self.told(failed).await,
                Ok(response) => Ok(response),
            },
            Some(fields) => match self.start_with(fields.clone()).await {
                Err(failed) if has_form => self.form(Some(failed), Some(fields)).await,
                Err(failed) => self.told(failed).await,
                Ok(response) => Ok(response),
            },
        }
    }

    async fn post(&self, form: Form) -> Result<Response> {
        let in_address = query_value(self.query(), "_xsrf");
        let xsrf = form.text("_xsrf").or(in_address.as_deref());
        self.visitor.xsrf.check_form(xsrf, &self.headers, &Method::POST)?;
        let name = self.whose.log_name();
        if let Some(spawner) = self.whose.spawner(self.hub).await? {
            match (spawner.run.phase, spawner.run.phase.pending()) {
                (Phase::Ready, _) => return Err(HttpError::bad_request(format!("{name} is already running"))),
                (_, Some(Pending::Spawn)) => return Err(HttpError::bad_request(format!("{name} is pending spawn"))),
                (_, Some(Pending::Stop)) => return Err(HttpError::bad_request(format!("{name} is pending stop"))),
                _ => {}
            }
        }
        let fields = form.options();
        let started = match fields.is_empty() && (!self.has_form() || self.needs_no_choice().await?) {
            true => self.start(self.only_profile().await?).await,
            false => self.start_with(fields.clone()).await,
        };
        match started {
            Err(failed) if self.has_form() => self.form(Some(failed), Some(fields)).await,
            Err(failed) => self.told(failed).await,
            Ok(response) => Ok(response),
        }
    }

    async fn start_with(&self, fields: Object) -> std::result::Result<Response, Failed> {
        let given = Value::Object(fields.clone());
        let whose = (&self.whose.user, &self.whose.server);
        let backend = offers::backend(self.hub, &self.hub.store, whose, &given).await?;
        let options = backend.read_options(fields)?;
        self.start(Some(Value::Object(options))).await
    }

    async fn start(&self, options: Option<Value>) -> std::result::Result<Response, Failed> {
        let display_name = query_value(self.query(), "display_name");
        let start = Start {
            by: Some(self.principal),
            user: &self.whose.user,
            server: &self.whose.server,
            options,
            display_name: display_name.as_deref(),
        };
        let begun = servers::request_start(self.hub, start).await?;
        let on_its_way = |phase: Phase| phase.pending() == Some(Pending::Spawn);
        let spawner = servers::wait(self.hub, begun.spawner_id, SOON, |s| !on_its_way(s.run.phase)).await?;
        match spawner.map(|spawner| spawner.run) {
            Some(run) if run.phase == Phase::Failed => Err(match run.failure {
                Some(failure) => Failed::Start(super::spawn_pending::status(&failure), failure.message, failure.log),
                None => Failed::Start(StatusCode::INTERNAL_SERVER_ERROR, "Spawn failed".to_owned(), Vec::new()),
            }),
            _ => Ok(found(&self.pending_url())),
        }
    }

    fn has_form(&self) -> bool {
        !self.hub.config.spawner.options_form.is_empty() || !self.hub.config.profiles.is_empty()
    }

    /// One profile without choices, and no fields of the site's own: there is nothing to ask.
    async fn needs_no_choice(&self) -> Result<bool> {
        Ok(self.only_profile().await?.is_some())
    }

    async fn only_profile(&self) -> Result<Option<Value>> {
        let config = &self.hub.config;
        if config.profiles.is_empty() || !config.spawner.options_form.is_empty() {
            return Ok(None);
        }
        let (_, cards) = offers::to(self.hub, &self.hub.store, &self.whose.user).await?;
        Ok(match cards.as_slice() {
            [only] if only.profile.choice.is_empty() => Some(json!({ "profile": only.profile.slug })),
            _ => None,
        })
    }

    /// What may be chosen.
    async fn profiles(&self, chosen: Option<Object>) -> Result<Vec<ProfileCard>> {
        match self.hub.config.profiles.is_empty() {
            true => Ok(Vec::new()),
            false => {
                let chosen = chosen.filter(|chosen| !chosen.is_empty()).map(Value::Object);
                spawn_options::profiles(self.hub, &self.whose, chosen).await
            }
        }
    }

    /// With what was chosen, or would be.
    async fn form(&self, failed: Option<Failed>, chosen: Option<Object>) -> Result<Response> {
        let (status, error_message, log) = match failed {
            None => (StatusCode::OK, None, Vec::new()),
            Some(Failed::Start(status, message, log)) => (status, Some(message), log),
            Some(Failed::Refused(error)) if error.status == StatusCode::SERVICE_UNAVAILABLE => return Err(error),
            Some(Failed::Refused(error)) => (error.status, error.message, Vec::new()),
        };
        let query = next::carry("", self.query(), &["_xsrf", LOOK]);
        let join = if query.is_empty() { '?' } else { '&' };
        let profiles = self.profiles(chosen).await?;
        let (link_path, link_is_own) = self.link_path();
        let page = Spawn {
            for_user: Named::new(self.whose.user.name.clone()),
            spawner_options_form: Some(self.hub.config.spawner.options_form.clone()).filter(|form| !form.is_empty()),
            link: spawn_options::link(&link_path, &profiles),
            link_path,
            link_is_own,
            profiles,
            advice: error_message.as_ref().and_then(|message| advice(status, message, &log)),
            failed_log: log,
            error_message,
            url: format!("{}{query}{join}_xsrf={}", self.uri.path(), self.visitor.xsrf.token()),
        };
        super::render(self.hub, self.visitor, status, &page).await
    }

    /// Where links to this page lead that anybody may use for a server of their own, or only those who may start this one.
    fn link_path(&self) -> (String, bool) {
        let own = !self.whose.server.is_default() || self.principal.name() != self.whose.user.name;
        let prefix = self.hub.prefix();
        match own {
            true => (format!("{prefix}spawn/{}", self.whose.tail()), true),
            false => (format!("{prefix}spawn"), false),
        }
    }

    /// Without a form to try again with.
    async fn told(&self, failed: Failed) -> Result<Response> {
        match failed {
            Failed::Refused(error) => Err(error),
            Failed::Start(status, message, log) => {
                let (_, mut page) = not_running(self.hub, &self.whose, None, self.next().as_deref());
                page.failed = true;
                page.advice = advice(status, &message, &log);
                page.failed_message = Some(message);
                page.failed_log = log;
                super::render(self.hub, self.visitor, status, &page).await
            }
        }
    }

    fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    fn next(&self) -> Option<String> {
        let next = query_value(self.query(), "next")?;
        next::local(self.hub, &self.headers, &next)
    }

    fn ready_url(&self) -> String {
        next::onward(self.hub, &self.headers, self.query(), &self.whose.url(self.hub))
    }

    fn pending_url(&self) -> String {
        let plain = pending_url(self.hub, &self.whose, None);
        let url = next::carry(&plain, self.query(), &["next", "display_name", "_xsrf"]);
        match self.next() {
            Some(next) => {
                let join = if url.contains('?') { '&' } else { '?' };
                format!("{url}{join}next={}", perijove_model::escape::component(&next))
            }
            None => url,
        }
    }
}

impl From<SpawnError> for Failed {
    /// What somebody typed is no failure of the hub: the form comes again, as it came before.
    fn from(error: SpawnError) -> Self {
        let status = match StatusCode::from_u16(error.status) {
            Ok(status) if status.is_client_error() => status,
            _ => StatusCode::OK,
        };
        Self::Start(status, error.message, Vec::new())
    }
}

impl From<servers::Refused> for Failed {
    fn from(refused: servers::Refused) -> Self {
        Self::Refused(refused.into())
    }
}

impl From<perijove_store::StoreError> for Failed {
    fn from(error: perijove_store::StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// What can be done about a start that has failed.
fn advice(status: StatusCode, message: &str, log: &[String]) -> Option<String> {
    let failure = Failure {
        status: status.as_u16(),
        reason: String::new(),
        message: message.to_owned(),
        html: None,
        log: log.to_vec(),
        cancelled: false,
    };
    servers::advice(&failure).map(str::to_owned)
}

/// The way-up page of a server, which leads on to `next`.
pub fn pending_url(hub: &Hub, whose: &Whose, next: Option<&str>) -> String {
    let query = next
        .map(|next| format!("?next={}", perijove_model::escape::component(next)))
        .unwrap_or_default();
    format!(
        "{}spawn-pending/{}{query}",
        hub.prefix(),
        tail(&whose.user.name, whose.server.as_str())
    )
}

/// A link may start a server; an image or a frame of a page elsewhere may not.
fn refuse_embedded(headers: &HeaderMap) -> Result<()> {
    let mode = headers.get("sec-fetch-mode").map(|mode| mode.as_bytes());
    match mode {
        None | Some(b"navigate") => Ok(()),
        Some(_) => Err(HttpError::forbidden(
            "A server is started from a page or a link, not from within another page.",
        )),
    }
}
