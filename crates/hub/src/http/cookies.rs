//! The hub's cookies: names, paths and flags of the contract; the contents are ours.

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;

/// Proof of a session. HttpOnly, the hub's path only.
pub const LOGIN: &str = "jupyterhub-hub-login";
/// Ties the tokens of one browser together, so that logging out ends them all.
pub const SESSION_ID: &str = "jupyterhub-session-id";
pub const XSRF: &str = "_xsrf";
/// Begins the names of the cookies that somebody has while they sign in elsewhere.
pub const NOTE: &str = "perijove-away-";
/// The language that was chosen in this browser, for pages that are for nobody in particular.
pub const LANGUAGE: &str = "perijove-language";
/// Whether this browser's pages are light or dark, where somebody has chosen.
pub const THEME: &str = "perijove-theme";
/// What was put aside of what the hub tells, see [`crate::announcements::key`].
pub const ASIDE: &str = "perijove-aside";
/// The session of whoever acts as somebody else meanwhile.
pub const OWN: &str = "perijove-own";
/// No longer set, but still cleared.
pub const SERVICES: &str = "jupyterhub-services";

/// For what somebody has chosen in this browser.
const CHOICE_AGE: SignedDuration = SignedDuration::from_hours(365 * 24);

pub const THEMES: [&str; 2] = ["light", "dark"];

/// All values of a cookie, in order: a sibling site may have tossed one of the same name before ours.
pub fn all<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(move |pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .map(|value| value.trim_matches('"'))
}

/// What was chosen in this browser.
#[must_use]
pub fn theme(headers: &HeaderMap) -> Option<&'static str> {
    THEMES
        .into_iter()
        .find(|theme| all(headers, THEME).next() == Some(theme))
}

/// All values of cookies whose names begin like this.
pub fn beginning<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(move |pair| Some(pair.trim().strip_prefix(name)?.split_once('=')?.1))
}

/// How cookies are set on this request's connection.
#[derive(Debug, Clone)]
pub struct Jar {
    pub base_url: String,
    pub secure: bool,
}

impl Jar {
    #[must_use]
    pub fn login(&self, secret: &str, age: SignedDuration) -> HeaderValue {
        // In quotes, as JupyterHub's is: some programs take it out of them without looking.
        self.set(LOGIN, &format!("\"{secret}\""), &self.hub(), Some(age), true)
    }

    #[must_use]
    pub fn session_id(&self, id: &str) -> HeaderValue {
        self.set(SESSION_ID, id, &self.base_url, None, true)
    }

    #[must_use]
    pub fn xsrf(&self, token: &str, signed_in: bool) -> HeaderValue {
        let age = (!signed_in).then(|| SignedDuration::from_hours(1));
        self.set(XSRF, token, &self.hub(), age, false)
    }

    /// The tag of a language that there is; without one it is forgotten.
    #[must_use]
    pub fn language(&self, tag: Option<&str>) -> HeaderValue {
        let age = tag.map_or(SignedDuration::ZERO, |_| CHOICE_AGE);
        self.set(LANGUAGE, tag.unwrap_or_default(), &self.hub(), Some(age), true)
    }

    /// `light` or `dark`.
    #[must_use]
    pub fn theme(&self, theme: &str) -> HeaderValue {
        self.set(THEME, theme, &self.hub(), Some(CHOICE_AGE), true)
    }

    /// Numbers, dots and dashes.
    #[must_use]
    pub fn aside(&self, keys: &str) -> HeaderValue {
        self.set(ASIDE, keys, &self.hub(), Some(CHOICE_AGE), true)
    }

    /// What [`Jar::login`] is given back from later; without anything it is forgotten.
    #[must_use]
    pub fn own(&self, secret: Option<&str>, age: SignedDuration) -> HeaderValue {
        self.set(OWN, secret.unwrap_or_default(), &self.hub(), Some(age), true)
    }

    /// What is kept while somebody signs in elsewhere. It comes back with a page of another site.
    #[must_use]
    pub fn note(&self, label: &str, sealed: &str, age: SignedDuration) -> HeaderValue {
        self.set(&format!("{NOTE}{label}"), sealed, &self.hub(), Some(age), true)
    }

    /// The same, where it comes back with a form of another site. Browsers send it along only where the connection is
    /// safe; elsewhere the page that they get then sends the form again, from here.
    #[must_use]
    pub fn note_for_forms(&self, label: &str, sealed: &str, age: SignedDuration) -> HeaderValue {
        let cookie = self.note(label, sealed, age);
        let text = cookie.to_str().unwrap_or_default();
        match self.secure {
            true => HeaderValue::try_from(text.replace("SameSite=Lax", "SameSite=None")).unwrap_or(cookie),
            false => cookie,
        }
    }

    #[must_use]
    pub fn forget_note(&self, label: &str) -> HeaderValue {
        self.set(
            &format!("{NOTE}{label}"),
            "",
            &self.hub(),
            Some(SignedDuration::ZERO),
            true,
        )
    }

    /// What logging out sends.
    #[must_use]
    pub fn clear_all(&self) -> Vec<HeaderValue> {
        let services = format!("{}services", self.base_url);
        [
            (LOGIN, self.hub()),
            (XSRF, self.hub()),
            (SESSION_ID, self.base_url.clone()),
            (SERVICES, services),
        ]
        .into_iter()
        .map(|(name, path)| self.set(name, "", &path, Some(SignedDuration::ZERO), true))
        .collect()
    }

    fn hub(&self) -> String {
        format!("{}hub/", self.base_url)
    }

    fn set(&self, name: &str, value: &str, path: &str, age: Option<SignedDuration>, http_only: bool) -> HeaderValue {
        let mut cookie = format!("{name}={value}; Path={path}; SameSite=Lax");
        if let Some(age) = age {
            cookie += &format!("; Max-Age={}", age.as_secs());
        }
        if http_only {
            cookie += "; HttpOnly";
        }
        if self.secure {
            cookie += "; Secure";
        }
        // Names and values are ours: letters, digits, dashes and quotes. A base URL is checked by the configuration.
        HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_cookie_of_a_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; _xsrf=tossed; _xsrfx=no"));
        headers.append(header::COOKIE, HeaderValue::from_static("_xsrf=\"ours\""));
        assert_eq!(all(&headers, XSRF).collect::<Vec<_>>(), ["tossed", "ours"]);
    }
}
