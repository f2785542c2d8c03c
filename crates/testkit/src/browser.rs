//! A browser without a screen: cookies, forms with their anti-forgery token, redirects one at a time.

use std::sync::Arc;
use std::time::Duration;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::{Client, Method, header};
use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Answer {
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.body))
    }

    /// The body with HTML's escapes undone.
    #[must_use]
    pub fn text(&self) -> String {
        let escapes = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#x27;", "'"),
            ("&#39;", "'"),
            ("&#x2f;", "/"),
        ];
        let text = escapes
            .iter()
            .fold(self.body.clone(), |text, (escape, letter)| text.replace(escape, letter));
        text.replace("&amp;", "&")
    }

    /// A header's text; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// Where a redirect leads to; empty if there is none.
    #[must_use]
    pub fn to(&self) -> &str {
        self.location.as_deref().unwrap_or_default()
    }

    /// The line that sets this cookie, if there is one.
    #[must_use]
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(header::SET_COOKIE);
        lines
            .iter()
            .filter_map(|line| line.to_str().ok())
            .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    }

    /// The value that this cookie is set to; empty if it is not set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> &str {
        let line = self.set_cookie(name).unwrap_or_default();
        let pair = line.split(';').next().unwrap_or_default();
        pair.split_once('=').map_or("", |(_, value)| value)
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

#[derive(Clone)]
pub struct Browser {
    client: Client,
    jar: Arc<Jar>,
    origin: String,
    base_url: String,
    pub name: String,
}

impl Browser {
    /// A browser for the hub at this origin and base URL, which may be one of the real binary.
    #[must_use]
    pub fn new(origin: &str, base_url: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client = Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .user_agent("testkit")
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            client,
            jar,
            origin: origin.to_owned(),
            base_url: base_url.to_owned(),
            name: String::new(),
        }
    }

    /// `hub/home` below the base URL, `/anything`, or a whole address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        match path {
            path if path.starts_with("http") => path.to_owned(),
            path if path.starts_with('/') => format!("{}{path}", self.origin),
            path => format!("{}{}{path}", self.origin, self.base_url),
        }
    }

    /// GET with one more header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        self.send(self.client.get(self.url(path)).header(name, value)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path))).await
    }

    /// GET, following redirects as a browser does.
    pub async fn visit(&self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..20 {
            match answer.location.clone() {
                Some(location) if (300..400).contains(&answer.status) => answer = self.get(&location).await,
                _ => return answer,
            }
        }
        panic!("too many redirects from {path}");
    }

    /// POST of a form of the hub's, with the token that its pages have.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let xsrf = self.xsrf();
        let mut all = vec![("_xsrf", xsrf.as_str())];
        all.extend_from_slice(fields);
        self.send(self.client.post(self.url(path)).form(&all)).await
    }

    /// An API call as the pages' scripts make it.
    pub async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.request(method, self.url(&format!("hub/api/{path}")));
        request = request.header("x-xsrftoken", self.xsrf());
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// An API call with a token and no cookies.
    pub async fn api_with_token(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let client = Client::builder().no_proxy().build().expect("a client");
        let mut request = client.request(method, self.url(&format!("hub/api/{path}")));
        request = request.header(header::AUTHORIZATION, format!("token {token}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.get("hub/login").await;
        let answer = self
            .post_form("hub/login?next=", &[("username", name), ("password", password)])
            .await;
        assert_eq!(answer.status, 302, "{name} signs in: {}", answer.body);
        answer
    }

    /// Tries to sign in, and tells the status that came of it.
    pub async fn sign_in_status(&self, name: &str, password: &str) -> u16 {
        self.get("hub/login").await;
        let fields = [("username", name), ("password", password)];
        self.post_form("hub/login", &fields).await.status
    }

    /// The current anti-forgery token; empty if there is none.
    #[must_use]
    pub fn xsrf(&self) -> String {
        self.cookie("_xsrf").unwrap_or_default()
    }

    /// A cookie as it is sent to the hub's pages.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookie_at("hub/", name)
    }

    /// A cookie as it is sent to this path.
    #[must_use]
    pub fn cookie_at(&self, path: &str, name: &str) -> Option<String> {
        self.cookies(path)
            .split("; ")
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    }

    /// What the header `Cookie` of a request to this path would be.
    #[must_use]
    pub fn cookies(&self, path: &str) -> String {
        let url = self.url(path).parse().expect("a URL");
        let cookies = self.jar.cookies(&url);
        cookies.map_or(String::new(), |cookies| cookies.to_str().expect("ASCII").to_owned())
    }

    /// A request yet to be sent, with this browser's cookies.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let headers = response.headers().clone();
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let location = text(header::LOCATION);
        let status = response.status().as_u16();
        Answer {
            status,
            location,
            body: response.text().await.expect("a body"),
            headers,
        }
    }

    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}
