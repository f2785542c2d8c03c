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
    pub(crate) fn new(origin: &str, base_url: &str) -> Self {
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

    /// The current anti-forgery token; empty if there is none.
    #[must_use]
    pub fn xsrf(&self) -> String {
        self.cookie("_xsrf").unwrap_or_default()
    }

    /// A cookie as it is sent to the hub's pages.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let url = self.url("hub/").parse().expect("a URL");
        let cookies = self.jar.cookies(&url)?;
        let cookies = cookies.to_str().ok()?.to_owned();
        cookies
            .split("; ")
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
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
