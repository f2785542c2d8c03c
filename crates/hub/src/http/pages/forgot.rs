//! `/hub/forgot-password`: whoever has forgotten theirs asks for a link. What they are told, and when, tells nothing of
//! whether there is such an account.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_web::pages::Forgot;

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::Visitor;
use crate::mail::reset;

pub async fn get(State(hub): State<Arc<Hub>>, visitor: Visitor) -> Result<Response> {
    offered(&hub)?;
    super::render(&hub, &visitor, StatusCode::OK, &page(&hub)).await
}

pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, sent: Form) -> Result<Response> {
    offered(&hub)?;
    visitor.xsrf.check_form(sent.text("_xsrf"), &headers, &Method::POST)?;
    let who = sent.text("who").unwrap_or_default().trim();
    if who.is_empty() {
        let page = Forgot {
            error: Some("Type your user name or your mail address.".to_owned()),
            ..page(&hub)
        };
        return super::render(&hub, &visitor, StatusCode::BAD_REQUEST, &page).await;
    }
    reset::ask(&hub, who, visitor.remote, visitor.words.tag()).await?;
    let page = Forgot {
        done: true,
        ..page(&hub)
    };
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

fn offered(hub: &Hub) -> Result<()> {
    match reset::is_offered(hub) {
        true => Ok(()),
        false => Err(HttpError::not_found()),
    }
}

fn page(hub: &Hub) -> Forgot {
    Forgot {
        action: format!("{}forgot-password", hub.prefix()),
        login_url: format!("{}login", hub.prefix()),
        minutes: reset::LIFE.as_mins(),
        ..Forgot::default()
    }
}
