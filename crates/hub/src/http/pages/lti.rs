//! `/hub/lti13` and `/hub/lti`: people come from a learning platform. The names of methods may follow, where there are
//! several of a kind.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use perijove_config::{Auth, Lti11Auth, LtiAuth};
use perijove_web::escaped;
use perijove_web::pages::Onward;
use serde_json::{Value, json};

use super::{away, next};
use crate::Hub;
use crate::http::cookies;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::signin::elsewhere;

/// Beside what the platform has sent: the hub has sent the browser to send it once more.
const AGAIN: &str = "again";

pub(super) fn router() -> Router<Arc<Hub>> {
    Router::new()
        .route("/lti13/oauth_login", get(begin).post(begin_by_form))
        .route("/lti13/oauth_login/{method}", get(begin).post(begin_by_form))
        .route("/lti13/oauth_callback", post(arrive))
        .route("/lti13/oauth_callback/{method}", post(arrive))
        .route("/lti13/config", get(describe))
        .route("/lti13/config/{method}", get(describe))
        .route("/lti13/jwks", get(keys))
        .route("/lti/launch", post(launch))
        .route("/lti/launch/{method}", post(launch))
        .route("/lti11/config", get(describe_basic))
        .route("/lti11/config/{method}", get(describe_basic))
}

type Named = Option<Path<String>>;

fn name(path: &Named) -> Option<&str> {
    path.as_ref().map(|Path(name)| name.as_str())
}

async fn begin(
    State(hub): State<Arc<Hub>>,
    path: Named,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let fields = away::pairs(&query.unwrap_or_default());
    leave(&hub, name(&path), &headers, &visitor, &fields).await
}

async fn begin_by_form(
    State(hub): State<Arc<Hub>>,
    path: Named,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    leave(&hub, name(&path), &headers, &visitor, &form.into_texts()).await
}

async fn leave(
    hub: &Arc<Hub>,
    name: Option<&str>,
    headers: &HeaderMap,
    visitor: &Visitor,
    fields: &[(String, String)],
) -> Result<Response> {
    let method = elsewhere::of_kind(hub, "lti", name)?;
    let target = fields.iter().find(|(key, _)| key == "target_link_uri");
    let next = target.and_then(|(_, target)| next::local(hub, headers, target));
    // The hub's own address leads to where people go who wanted nothing in particular.
    let next = next.filter(|next| next.trim_end_matches('/') != hub.prefix().trim_end_matches('/'));
    let root = next::root(hub, headers, visitor);
    let leaving = elsewhere::leave(hub, visitor, &*method, &root, fields, next.unwrap_or_default(), None).await?;
    let mut response = found(&leaving.url);
    response.headers_mut().append(header::SET_COOKIE, leaving.cookie);
    Ok(response)
}

async fn arrive(
    State(hub): State<Arc<Hub>>,
    path: Named,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let method = elsewhere::of_kind(&hub, "lti", name(&path))?;
    let fields = form.into_texts();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let note = format!(
        "{}{}",
        cookies::NOTE,
        elsewhere::label(field("state").unwrap_or_default())
    );
    let has_note = cookies::all(&headers, &note).next().is_some();
    if !has_note && field(AGAIN).is_none() {
        // Browsers keep some cookies from forms of other sites. From a page of ours they send them.
        let page = Onward::new(elsewhere::callback(&hub, "", &*method), fields);
        return super::render(&hub, &visitor, StatusCode::OK, &page).await;
    }
    away::back(&hub, &*method, &headers, &visitor, &fields, "").await
}

/// `POST /hub/lti/launch`: all that LTI 1.1 has.
async fn launch(
    State(hub): State<Arc<Hub>>,
    path: Named,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let method = elsewhere::of_kind(&hub, "lti11", name(&path))?;
    let mut fields = away::pairs(&query.unwrap_or_default());
    fields.extend(form.into_texts());
    let wanted = fields.iter().find(|(key, _)| key == "custom_next" || key == "next");
    let onward = wanted.map(|(_, next)| format!("next={}", perijove_model::escape::component(next)));
    away::back(&hub, &*method, &headers, &visitor, &fields, &onward.unwrap_or_default()).await
}

/// The hub asks platforms for nothing that it would have to sign.
async fn keys() -> Json<Value> {
    Json(json!({ "keys": [] }))
}

fn advantage(auth: &Auth) -> Option<&LtiAuth> {
    match auth {
        Auth::Lti(written) => Some(written),
        _ => None,
    }
}

fn basic(auth: &Auth) -> Option<&Lti11Auth> {
    match auth {
        Auth::Lti11(written) => Some(written),
        _ => None,
    }
}

/// What the configuration says of the way of this name, or of the first of its kind.
fn written<'a, T>(
    hub: &'a Hub,
    name: Option<&str>,
    of: impl Fn(&'a Auth) -> Option<&'a T>,
) -> Result<(&'a Auth, &'a T)> {
    let is_meant = |auth: &&Auth| name.is_none_or(|name| auth.name() == name);
    let mut found = hub
        .config
        .auth
        .iter()
        .filter(is_meant)
        .filter_map(|auth| Some((auth, of(auth)?)));
    found.next().ok_or_else(HttpError::not_found)
}

/// `GET /hub/lti13/config`: what a platform wants to know, in the form that Canvas reads.
async fn describe(
    State(hub): State<Arc<Hub>>,
    path: Named,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Json<Value>> {
    let (auth, written) = written(&hub, name(&path), advantage)?;
    let first = elsewhere::of_kind(&hub, "lti", None)?;
    let root = format!("{}{}", next::root(&hub, &headers, &visitor), hub.prefix());
    let end = match first.name() == auth.name() {
        true => String::new(),
        false => format!("/{}", auth.name()),
    };
    let placement = json!({
        "placement": "course_navigation",
        "message_type": "LtiResourceLinkRequest",
        "target_link_uri": root,
        "windowTarget": "_blank",
    });
    Ok(Json(json!({
        "title": written.tool_name,
        "description": written.tool_description,
        "target_link_uri": root,
        "oidc_initiation_url": format!("{root}lti13/oauth_login{end}"),
        "redirect_uris": [format!("{root}lti13/oauth_callback{end}")],
        "public_jwk_url": format!("{root}lti13/jwks"),
        "scopes": [],
        "custom_fields": { "email": "$Person.email.primary", "lms_user_id": "$User.id" },
        "extensions": [{
            "platform": "canvas.instructure.com",
            "privacy_level": "public",
            "settings": { "platform": "canvas.instructure.com", "placements": [placement] },
        }],
    })))
}

/// `GET /hub/lti11/config`: the same in the form of LTI 1.1.
async fn describe_basic(
    State(hub): State<Arc<Hub>>,
    path: Named,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let (auth, written) = written(&hub, name(&path), basic)?;
    let method = elsewhere::of_kind(&hub, "lti11", Some(auth.name()))?;
    let root = next::root(&hub, &headers, &visitor);
    let url = escaped(&elsewhere::callback(&hub, &root, &*method));
    let icon = written
        .config_icon
        .as_ref()
        .map(|icon| format!("<blti:icon>{}</blti:icon>", escaped(icon.as_str())));
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <cartridge_basiclti_link xmlns=\"http://www.imsglobal.org/xsd/imslticc_v1p0\" \
         xmlns:blti=\"http://www.imsglobal.org/xsd/imsbasiclti_v1p0\" xmlns:lticm=\"http://www.imsglobal.org/xsd/imslticm_v1p0\">\
         <blti:title>{}</blti:title><blti:description>{}</blti:description>{}<blti:launch_url>{url}</blti:launch_url>\
         <blti:extensions platform=\"canvas.instructure.com\"><lticm:property name=\"privacy_level\">public</lticm:property>\
         </blti:extensions></cartridge_basiclti_link>\n",
        escaped(&written.config_title),
        escaped(&written.config_description),
        icon.unwrap_or_default(),
    );
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"))];
    Ok((kind, xml).into_response())
}
