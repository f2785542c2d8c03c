//! A proxy in front has signed people in already and says in a header who they are.
//!
//! Anybody can write a header, so whose word it is counts more than what it says: it must come from an address that is
//! trusted for this, with a secret that only the proxy has, or with a certificate that the edge has seen; where several
//! are set, with all of them. What came by our edge came from whom the edge names, and the edge shows that it is the edge:
//! a server that asks the hub directly can't.

use std::net::IpAddr;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use perijove_model::Secret;
use serde_json::{Map, Value};

use crate::{Answer, AuthError, Authenticator, Identity, Member, Offer, Refusal, Rules};

/// With which the edge shows that it is the edge.
const PROOF: HeaderName = HeaderName::from_static("x-perijove-edge");
/// With which a proxy shows that it is the one. The edge hands it to nobody but the hub.
const SECRET: HeaderName = HeaderName::from_static("x-perijove-proxy-secret");
/// In which the edge tells the names in the client's certificate, with commas between them.
const CLIENT: HeaderName = HeaderName::from_static("x-perijove-client");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Longer words are no names, of people or of groups.
const LONGEST: usize = 255;
const MOST_GROUPS: usize = 500;

/// Who is believed, and what is read.
#[derive(Debug, Clone)]
pub struct Settings {
    pub user: HeaderName,
    /// Names of groups with commas between them.
    pub groups: Option<HeaderName>,
    pub email: Option<HeaderName>,
    /// What else is kept, by what it is called then.
    pub claims: Vec<(String, HeaderName)>,
    /// Proxies, by their addresses.
    pub from: Vec<IpNet>,
    /// What they show besides.
    pub secret: Option<Secret>,
    /// What their certificates call them, in small letters; `*` is any.
    pub certificates: Vec<String>,
    /// Where signing out goes on.
    pub logout_url: Option<String>,
    /// What the edge shows; `None` where there is none.
    pub edge: Option<Secret>,
}

#[derive(Debug)]
pub struct Header {
    name: String,
    settings: Settings,
    rules: Rules,
}

impl Header {
    #[must_use]
    pub fn new(name: &str, settings: Settings, rules: Rules) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            rules,
        }
    }

    /// Why this request's header counts for nothing.
    fn distrusts(&self, headers: &HeaderMap, peer: IpAddr) -> Option<&'static str> {
        let Settings {
            from,
            secret,
            certificates,
            ..
        } = &self.settings;
        if from.is_empty() && secret.is_none() && certificates.is_empty() {
            return Some("header from nobody in particular");
        }
        if let Some(secret) = secret
            && only(headers, &SECRET).map(Secret::new).as_ref() != Some(secret)
        {
            return Some("header without the secret");
        }
        if !certificates.is_empty() && !self.has_certificate(headers) {
            return Some("header without a certificate");
        }
        if from.is_empty() {
            return None;
        }
        match self.source(headers, peer) {
            Some(source) if from.iter().any(|net| net.contains(&source)) => None,
            Some(_) => Some("header from another address"),
            None => Some("header with a forged way"),
        }
    }

    /// Only the edge's word tells of a certificate.
    fn has_certificate(&self, headers: &HeaderMap) -> bool {
        let by_edge = only(headers, &PROOF).map(Secret::new);
        if by_edge.is_none() || self.settings.edge != by_edge {
            return false;
        }
        let shown = only(headers, &CLIENT);
        let named = |wanted: &String| {
            shown.is_some_and(|shown| wanted == "*" || shown.split(',').any(|name| name.trim() == wanted))
        };
        self.settings.certificates.iter().any(named)
    }

    /// Who has sent this, be it to the edge or to the hub.
    fn source(&self, headers: &HeaderMap, peer: IpAddr) -> Option<IpAddr> {
        if !headers.contains_key(&PROOF) {
            return Some(peer.to_canonical());
        }
        let shown = only(headers, &PROOF).map(Secret::new)?;
        if self.settings.edge.as_ref() != Some(&shown) {
            return None;
        }
        // The edge writes its own peer behind all that it was told.
        let told = headers.get_all(&FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
        let last: IpAddr = told.rsplit(',').next()?.trim().parse().ok()?;
        Some(last.to_canonical())
    }

    fn identity(&self, name: &str, headers: &HeaderMap) -> Identity {
        let groups = self.settings.groups.as_ref().map(|header| groups(headers, header));
        let email = self.settings.email.as_ref().and_then(|header| only(headers, header));
        let user_info = email.filter(|email| email.len() <= LONGEST).map(|email| {
            let info = Map::from_iter([("email".to_owned(), Value::from(email))]);
            Value::Object(info)
        });
        let claims = self.settings.claims.iter();
        let claims = claims.filter_map(|(name, header)| Some((name.clone(), Value::from(only(headers, header)?))));
        let claims: Map<String, Value> = claims
            .filter(|(_, value)| value.as_str().is_some_and(|text| text.len() <= LONGEST))
            .collect();
        Identity {
            name: name.to_owned(),
            groups,
            auth_state: (!self.settings.claims.is_empty()).then_some(Value::Object(claims)),
            user_info,
            ..Identity::default()
        }
    }
}

/// What a header says that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => std::str::from_utf8(value.as_bytes()).ok(),
        _ => None,
    }
}

fn groups(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter();
    let names = values
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty() && name.len() <= LONGEST);
    names.take(MOST_GROUPS).map(str::to_owned).collect()
}

fn refused(why: &'static str) -> Answer {
    Answer::Refused(Refusal {
        why,
        message: "This request says who it is from, and does not come from where that would count. Sign in by the \
                  address that people use, or ask an administrator."
            .to_owned(),
    })
}

#[async_trait]
impl Authenticator for Header {
    fn kind(&self) -> &'static str {
        "header"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn offer(&self) -> Offer {
        Offer::Unasked
    }

    async fn recognise(&self, headers: &HeaderMap, peer: IpAddr) -> Result<Answer, AuthError> {
        let user = &self.settings.user;
        if !headers.contains_key(user) {
            return Ok(Answer::Unknown);
        }
        if let Some(why) = self.distrusts(headers, peer) {
            tracing::warn!(%peer, header = %user, why, "a header that says who somebody is was not believed");
            return Ok(refused(why));
        }
        match only(headers, user).map(str::trim) {
            Some(name) if !name.is_empty() && name.len() <= LONGEST => Ok(self.identity(name, headers).into()),
            _ => Ok(refused("header that names nobody")),
        }
    }

    async fn leave(&self, _: &Member<'_>, _: &str) -> Option<String> {
        self.settings.logout_url.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGE: &str = "shown by the edge";
    const PROXY: &str = "10.0.0.5";

    fn settings() -> Settings {
        Settings {
            user: HeaderName::from_static("x-auth-request-user"),
            groups: Some(HeaderName::from_static("x-auth-request-groups")),
            email: Some(HeaderName::from_static("x-auth-request-email")),
            claims: vec![(
                "department".into(),
                HeaderName::from_static("x-auth-request-department"),
            )],
            from: vec!["10.0.0.5/32".parse().unwrap()],
            secret: None,
            certificates: Vec::new(),
            logout_url: Some("/oauth2/sign_out".to_owned()),
            edge: Some(Secret::new(EDGE)),
        }
    }

    fn with_secret(from: &[&str]) -> Settings {
        Settings {
            from: from.iter().map(|net| net.parse().unwrap()).collect(),
            secret: Some(Secret::new("between the proxy and the hub")),
            ..settings()
        }
    }

    async fn ask(settings: Settings, peer: &str, headers: &[(&'static str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let method = Header::new("header", settings, Rules::default());
        method.recognise(&map, peer.parse().unwrap()).await.unwrap()
    }

    fn name(answer: Answer) -> String {
        match answer {
            Answer::Known(identity) => identity.name,
            other => panic!("{other:?}"),
        }
    }

    fn why(answer: Answer) -> &'static str {
        match answer {
            Answer::Refused(refusal) => refusal.why,
            other => panic!("{other:?}"),
        }
    }

    const USER: (&str, &str) = ("x-auth-request-user", "ann");
    const BY_EDGE: (&str, &str) = ("x-perijove-edge", EDGE);
    const GIVEN: (&str, &str) = ("x-perijove-proxy-secret", "between the proxy and the hub");

    #[tokio::test]
    async fn a_trusted_proxy_is_believed_beside_the_edge_and_behind_it() {
        assert_eq!(name(ask(settings(), PROXY, &[USER]).await), "ann");
        let chain = ("x-forwarded-for", "192.0.2.7, 10.0.0.5");
        let by_edge = [USER, BY_EDGE, ("x-forwarded-for", "192.0.2.7"), chain];
        assert_eq!(name(ask(settings(), "127.0.0.1", &by_edge).await), "ann");
        let mapped = [USER, BY_EDGE, ("x-forwarded-for", "::ffff:10.0.0.5")];
        assert_eq!(name(ask(settings(), "127.0.0.1", &mapped).await), "ann");
    }

    #[tokio::test]
    async fn a_server_that_asks_the_hub_directly_can_not_say_who_it_is() {
        // Seed 004: every pod can reach the hub.
        let forged = ("x-forwarded-for", PROXY);
        for headers in [&[USER][..], &[USER, forged]] {
            assert_eq!(
                why(ask(settings(), "10.2.0.9", headers).await),
                "header from another address"
            );
        }
        let guess = [USER, forged, ("x-perijove-edge", "a guess")];
        assert_eq!(
            why(ask(settings(), "10.2.0.9", &guess).await),
            "header with a forged way"
        );
        let twice = [USER, forged, BY_EDGE, BY_EDGE];
        assert_eq!(
            why(ask(settings(), "10.2.0.9", &twice).await),
            "header with a forged way"
        );
        // The same through the edge, which names the server as who has asked.
        let through = [USER, BY_EDGE, ("x-forwarded-for", "10.0.0.5, 10.2.0.9")];
        assert_eq!(
            why(ask(settings(), "127.0.0.1", &through).await),
            "header from another address"
        );
    }

    #[tokio::test]
    async fn the_edge_itself_is_nobodys_proxy() {
        // Where its address is trusted as well, by mistake, others still are not.
        let wide = Settings {
            from: vec!["127.0.0.0/8".parse().unwrap()],
            ..settings()
        };
        let through = [USER, BY_EDGE, ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(
            why(ask(wide, "127.0.0.1", &through).await),
            "header from another address"
        );
    }

    #[tokio::test]
    async fn a_secret_counts_wherever_it_comes_from_and_with_an_address_both_must_hold() {
        assert_eq!(name(ask(with_secret(&[]), "10.2.0.9", &[USER, GIVEN]).await), "ann");
        for wrong in [
            &[USER][..],
            &[USER, ("x-perijove-proxy-secret", "a guess")],
            &[USER, GIVEN, GIVEN],
        ] {
            assert_eq!(
                why(ask(with_secret(&[]), "10.2.0.9", wrong).await),
                "header without the secret"
            );
        }
        let both = with_secret(&["10.0.0.5/32"]);
        assert_eq!(
            why(ask(both.clone(), "10.2.0.9", &[USER, GIVEN]).await),
            "header from another address"
        );
        assert_eq!(name(ask(both, PROXY, &[USER, GIVEN]).await), "ann");
    }

    #[tokio::test]
    async fn a_certificate_counts_if_the_edge_has_seen_it() {
        let by_name = |names: &[&str]| Settings {
            from: Vec::new(),
            certificates: names.iter().map(|name| (*name).to_owned()).collect(),
            ..settings()
        };
        let shown = ("x-perijove-client", "proxy.example.org, other");
        for names in [&["proxy.example.org"][..], &["*"], &["no", "other"]] {
            assert_eq!(
                name(ask(by_name(names), "127.0.0.1", &[USER, BY_EDGE, shown]).await),
                "ann"
            );
        }
        let nobody = ("x-perijove-client", "");
        let guess = ("x-perijove-edge", "a guess");
        for wrong in [
            &[USER][..],
            &[USER, shown],
            &[USER, BY_EDGE],
            &[USER, guess, shown],
            &[USER, BY_EDGE, shown, shown],
            &[USER, BY_EDGE, ("x-perijove-client", "proxy.example.org.evil")],
            &[USER, BY_EDGE, nobody],
        ] {
            assert_eq!(
                why(ask(by_name(&["proxy.example.org"]), "127.0.0.1", wrong).await),
                "header without a certificate"
            );
        }
        let both = Settings {
            from: vec!["10.0.0.5/32".parse().unwrap()],
            ..by_name(&["*"])
        };
        let elsewhere = [USER, BY_EDGE, shown, ("x-forwarded-for", "10.2.0.9")];
        assert_eq!(
            why(ask(both, "127.0.0.1", &elsewhere).await),
            "header from another address"
        );
    }

    #[tokio::test]
    async fn nobody_is_believed_where_nothing_says_who_is() {
        let open = Settings {
            from: Vec::new(),
            ..settings()
        };
        assert_eq!(why(ask(open, PROXY, &[USER]).await), "header from nobody in particular");
    }

    #[tokio::test]
    async fn it_names_one_person_or_nobody() {
        assert_eq!(ask(settings(), PROXY, &[]).await, Answer::Unknown);
        let long = "a".repeat(1 << 20);
        for headers in [
            &[USER, USER][..],
            &[("x-auth-request-user", "  ")],
            &[("x-auth-request-user", long.as_str())],
        ] {
            assert_eq!(why(ask(settings(), PROXY, headers).await), "header that names nobody");
        }
    }

    #[tokio::test]
    async fn groups_and_mail_come_along() {
        let headers = [
            USER,
            ("x-auth-request-groups", "staff, ,role:teacher"),
            ("x-auth-request-groups", "all"),
            ("x-auth-request-email", "ann@example.org"),
            ("x-auth-request-department", "physics"),
        ];
        let Answer::Known(identity) = ask(settings(), PROXY, &headers).await else {
            panic!("the proxy is trusted");
        };
        let groups = ["staff", "role:teacher", "all"].map(str::to_owned).to_vec();
        assert_eq!(identity.groups, Some(groups));
        assert_eq!(identity.auth_state, Some(serde_json::json!({"department": "physics"})));
        assert_eq!(
            identity.user_info,
            Some(serde_json::json!({"email": "ann@example.org"}))
        );
    }
}
