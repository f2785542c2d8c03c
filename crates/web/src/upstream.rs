//! What sites' own templates know by JupyterHub's names, made from what our pages are given. Templates of ours need none of it.

use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, context};
use perijove_model::escape;

use crate::common::Common;

/// Teaches an environment the methods and functions that JupyterHub's templates call.
pub(crate) fn teach(environment: &mut Environment<'static>) {
    environment.set_formatter(write);
    environment.set_unknown_method_callback(method);
    environment.add_function("url_path_join", |parts: minijinja::value::Rest<String>| join(&parts));
    environment.add_filter("sum", sum);
}

/// Slashes stay: sites write addresses between the quotation marks of a script, where `&#x2f;` is no slash.
fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let text = match value.as_str() {
        Some(text) if !value.is_safe() && *state.auto_escape() == AutoEscape::Html => text,
        _ => return minijinja::escape_formatter(out, state, value),
    };
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
        let (plain, special) = rest.split_at(at);
        out.write_str(plain)?;
        out.write_str(match special.as_bytes().first() {
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'&') => "&amp;",
            Some(b'"') => "&#34;",
            _ => "&#39;",
        })?;
        rest = special.get(1..).unwrap_or_default();
    }
    Ok(out.write_str(rest)?)
}

/// `template` is the page's own name; `page` what it is given.
pub(crate) fn names(template: &str, page: &Value, common: &Common) -> Value {
    let of_page = match template {
        "login.html" => login(page),
        "home.html" => home(page),
        "spawn.html" => context! { spawner => context! {} },
        "spawn_pending.html" | "stop_pending.html" => context! { spawner => named(&get(page, "server_name")) },
        "token.html" => token(page),
        "oauth.html" => oauth(page),
        "admin.html" => context! { server_version => get(page, "version"), api_page_limit => 50 },
        _ => context! {},
    };
    let user = common.user.as_ref().map(|user| {
        context! {
            json_escaped_name => json_escaped(&user.name),
            url => format!("{}user/{}/", site(&common.base_url), escape::segment(&user.name)),
            spawner => context! { options_form => false },
            all_servers => get(page, "servers"),
            ..Value::from(Serde(user)),
        }
    });
    let scopes = common.user.as_ref().map(|user| user.scopes.clone()).unwrap_or_default();
    let services: Vec<Value> = common.services.iter().map(service).collect();
    let announced = announcement_of(template, common);
    context! {
        user,
        services,
        parsed_scopes => scopes.clone(),
        expanded_scopes => scopes,
        admin_access => false,
        ..context! { ..announced, ..of_page }
    }
}

/// All that is told, in one piece of HTML.
pub(crate) fn announcement(common: &Common) -> Option<String> {
    let told: Vec<&str> = common.announcements.iter().map(|told| told.html.as_str()).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// On some pages, what the configuration tells there stands in place of everything else: it is told with the rest.
fn announcement_of(template: &str, common: &Common) -> Value {
    let name = format!("announcement_{}", template.trim_end_matches(".html"));
    let is_configured = common
        .template_vars
        .get(&name)
        .is_some_and(serde_json::Value::is_string);
    Value::from_pairs(announcement(common).filter(|_| is_configured).map(|told| (name, told)))
}

fn get(page: &Value, name: &str) -> Value {
    page.get_attr(name).unwrap_or_default()
}

fn named(name: &Value) -> Value {
    context! { name }
}

fn service(service: &crate::common::ServiceLink) -> Value {
    context! { href => &service.url, ..Value::from(Serde(service)) }
}

/// There is one way in at most: a form, or another site.
fn login(page: &Value) -> Value {
    let code = context! { request_otp => get(page, "request_otp"), otp_prompt => "OTP:" };
    let first = get(page, "redirects")
        .get_item_by_index(0)
        .ok()
        .filter(|first| !first.is_undefined());
    match first.filter(|_| !get(page, "form").is_true()) {
        Some(link) => {
            let label = get(&link, "label").to_string();
            let label = label.strip_prefix("Sign in with ").unwrap_or(&label).to_owned();
            context! { authenticator => code, login_service => label, authenticator_login_url => get(&link, "url") }
        }
        None => context! { authenticator => code, login_service => "" },
    }
}

fn home(page: &Value) -> Value {
    let spawners: Vec<Value> = get(page, "servers")
        .try_iter()
        .into_iter()
        .flatten()
        .map(|card| spawner(&card))
        .collect();
    let is_default = |spawner: &&Value| get(spawner, "name").to_string().is_empty();
    context! {
        default_server => spawners.iter().find(is_default).cloned(),
        spawners,
        named_server_limit_per_user => 0,
        invalid_server_names => Vec::<String>::new(),
    }
}

fn spawner(card: &Value) -> Value {
    let state = get(card, "state").to_string();
    let pending = match state.as_str() {
        "starting" => Some("spawn"),
        "stopping" => Some("stop"),
        _ => None,
    };
    context! {
        name => get(card, "name"),
        display_name => get(card, "display_name"),
        url => get(card, "url"),
        ready => state == "ready",
        active => state == "ready" || pending.is_some(),
        pending,
        last_activity => Value::from(()),
    }
}

fn token(page: &Value) -> Value {
    let rows = |name| get(page, name).try_iter().into_iter().flatten().collect::<Vec<_>>();
    let expirations = rows("expirations").into_iter().map(|line| {
        let text = |name| crate::render::escaped(&get(&line, name).to_string());
        let chosen = if get(&line, "chosen").is_true() {
            " selected"
        } else {
            ""
        };
        format!("<option value=\"{}\"{chosen}>{}</option>", text("value"), text("label"))
    });
    let expirations: String = expirations.collect();
    let tokens = rows("api_tokens")
        .into_iter()
        .map(|row| context! { api_id => get(&row, "id"), ..row });
    let clients = rows("oauth_clients").into_iter();
    let clients = clients.map(|row| context! { tokens => vec![context! { scopes => get(&row, "scopes") }], ..row });
    context! {
        token_expires_in_options_html => Value::from_safe_string(expirations),
        token_expires_in_max_seconds => 0,
        api_tokens => tokens.collect::<Vec<_>>(),
        oauth_clients => clients.collect::<Vec<_>>(),
    }
}

fn oauth(page: &Value) -> Value {
    context! {
        scope_descriptions => get(page, "scopes"),
        oauth_client => context! {
            description => get(page, "client_description"),
            identifier => get(page, "client_id"),
            redirect_uri => get(page, "redirect_host"),
        },
    }
}

/// The site's prefix, from the hub's.
fn site(hub: &str) -> &str {
    hub.strip_suffix("hub/").unwrap_or(hub)
}

/// A name between the quotation marks of a script.
fn json_escaped(name: &str) -> String {
    let quoted = serde_json::Value::from(name).to_string();
    let within = quoted.trim_matches('"');
    within
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\'', "\\u0027")
}

/// As the function of that name joins: one slash between two parts.
fn join(parts: &[String]) -> String {
    let inner: Vec<&str> = parts
        .iter()
        .map(|part| part.trim_matches('/'))
        .filter(|part| !part.is_empty())
        .collect();
    let begins = parts.first().is_some_and(|part| part.starts_with('/'));
    let ends = parts.last().is_some_and(|part| part.ends_with('/'));
    let mut joined = inner.join("/");
    if begins {
        joined.insert(0, '/');
    }
    if ends && !joined.ends_with('/') {
        joined.push('/');
    }
    joined
}

/// `sum(attribute="scopes", start=[])`: numbers are added, lists put together.
fn sum(values: Value, options: Kwargs) -> Result<Value, Error> {
    let attribute: Option<String> = options.get("attribute")?;
    let start: Option<Value> = options.get("start")?;
    options.assert_all_used()?;
    let mut parts = Vec::new();
    for value in values.try_iter()? {
        parts.push(match &attribute {
            Some(name) => value.get_attr(name)?,
            None => value,
        });
    }
    if start
        .as_ref()
        .is_some_and(|start| start.kind() == minijinja::value::ValueKind::Seq)
    {
        let lists = start.into_iter().chain(parts).map(|list| list.try_iter());
        let lists = lists.collect::<Result<Vec<_>, _>>()?;
        return Ok(lists.into_iter().flatten().collect());
    }
    let mut total = start.and_then(|start| f64::try_from(start).ok()).unwrap_or(0.0);
    for part in parts {
        total += f64::try_from(part)?;
    }
    // Whole numbers are written as such.
    #[expect(clippy::cast_possible_truncation, reason = "checked")]
    Ok(match total.fract() == 0.0 && total.abs() < 9e15 {
        true => Value::from(total as i64),
        false => Value::from(total),
    })
}

/// Methods of what were objects of Python there.
fn method(state: &mut State<'_, '_>, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    match name {
        // Times end with `Z` here; there, templates add it.
        "isoformat" if value.as_str().is_some() => {
            let text = value.as_str().unwrap_or_default();
            Ok(Value::from(text.strip_suffix('Z').unwrap_or(text)))
        }
        "server_url" if is_user(value) => {
            let server = arguments.first().map(ToString::to_string).unwrap_or_default();
            let base = state
                .lookup("base_url")
                .map(|base| base.to_string())
                .unwrap_or_default();
            let user = escape::segment(&get(value, "name").to_string()).to_string();
            let server = match server.as_str() {
                "" => String::new(),
                server => format!("{}/", escape::segment(server)),
            };
            Ok(Value::from(format!("{}user/{user}/{server}", site(&base))))
        }
        "all_spawners" if is_user(value) => {
            let options = arguments.last().cloned().map(Kwargs::try_from);
            let with_default = match options {
                Some(Ok(options)) => options.get::<Option<bool>>("include_default")?.unwrap_or(true),
                _ => true,
            };
            let cards = get(value, "all_servers");
            let spawners = cards.try_iter().into_iter().flatten().map(|card| spawner(&card));
            Ok(spawners
                .filter(|spawner| with_default || !get(spawner, "name").to_string().is_empty())
                .collect())
        }
        _ => minijinja_contrib::pycompat::unknown_method_callback(state, value, name, arguments).map_err(|error| {
            match error.kind() {
                ErrorKind::UnknownMethod => Error::new(
                    ErrorKind::UnknownMethod,
                    format!("there is no method `{name}` here: what is given to templates are not objects of Python"),
                ),
                _ => error,
            }
        }),
    }
}

fn is_user(value: &Value) -> bool {
    !get(value, "json_escaped_name").is_undefined()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_between_their_quotation_marks() {
        assert_eq!(json_escaped("ada"), "ada");
        assert_eq!(json_escaped("</script>'\"\\"), "\\u003c/script\\u003e\\u0027\\\"\\\\");
    }

    #[test]
    fn paths_are_joined_by_one_slash() {
        let join = |parts: &[&str]| super::join(&parts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(join(&["/hub/", "/spawn", "ada"]), "/hub/spawn/ada");
        assert_eq!(join(&["hub", "spawn/"]), "hub/spawn/");
        assert_eq!(join(&["/", ""]), "/");
    }
}
