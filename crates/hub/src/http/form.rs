//! What a form sends: texts and files, in either encoding that browsers have.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use perijove_spawn::State as Object;
use serde_json::{Value, json};

use crate::http::error::{HttpError, Result};

/// Fields in their order; a key may come several times.
#[derive(Debug, Default)]
pub struct Form {
    texts: Vec<(String, String)>,
    files: Vec<(String, Value)>,
}

impl Form {
    /// The first text of this name.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut texts = self.texts.iter();
        texts.find(|(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    /// All texts in their order.
    #[must_use]
    pub fn into_texts(self) -> Vec<(String, String)> {
        self.texts
    }

    /// All but the anti-forgery token, as options of a server: lists of texts, and lists of files as `NAME_file`.
    #[must_use]
    pub fn options(self) -> Object {
        let texts = self.texts.into_iter().filter(|(key, _)| key != "_xsrf");
        let texts = texts.map(|(key, text)| (key, Value::String(text)));
        let files = self.files.into_iter().map(|(key, file)| (format!("{key}_file"), file));
        lists(texts.chain(files))
    }
}

/// Values by key, each in a list.
pub fn lists(pairs: impl Iterator<Item = (String, Value)>) -> Object {
    let mut lists = Object::new();
    for (key, value) in pairs {
        if let Value::Array(values) = lists.entry(key).or_insert_with(|| json!([])) {
            values.push(value);
        }
    }
    lists
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = HttpError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            return parts(request, state).await;
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| unreadable())?;
        let texts = url::form_urlencoded::parse(&bytes).into_owned().collect();
        Ok(Self {
            texts,
            files: Vec::new(),
        })
    }
}

async fn parts<S: Send + Sync>(request: Request, state: &S) -> Result<Form> {
    let mut parts = Multipart::from_request(request, state)
        .await
        .map_err(|_| unreadable())?;
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        let file = part.file_name().map(str::to_owned);
        let kind = part.content_type().unwrap_or("application/unknown").to_owned();
        let body = part.bytes().await.map_err(|_| unreadable())?;
        match file {
            None => form.texts.push((name, String::from_utf8_lossy(&body).into_owned())),
            // A field for a file that was left empty.
            Some(file) if file.is_empty() && body.is_empty() => {}
            Some(file) => form.files.push((name, as_json(&file, &kind, &body))),
        }
    }
    Ok(form)
}

/// As JupyterHub keeps a file among the options in its database.
fn as_json(name: &str, kind: &str, body: &[u8]) -> Value {
    json!({
        "filename": name,
        "body": { "__jupyterhub_bytes__": true, "data": STANDARD.encode(body) },
        "content_type": kind,
    })
}

fn unreadable() -> HttpError {
    HttpError::bad_request("The form can't be read.")
}
