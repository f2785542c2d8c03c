//! What stands on top of a page, and how somebody puts it aside in their browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use perijove_store::announcements::{self as rows, Announcement};
use perijove_web::{Told, markdown};

use super::found;
use super::known::{Known, earliest};
use super::pages::next;
use super::visitor::{Principal, Visitor};
use crate::Hub;
use crate::announcements::{Looker, is_for, key, put_aside};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;

/// All that stand or are to stand.
pub type Open = Known<(), Arc<[Announcement]>>;

/// For whoever looks at this page. Nobody goes without a page because of it.
pub async fn shown(hub: &Hub, visitor: &Visitor, signs_in: bool) -> Vec<Told> {
    let open = match open(hub).await {
        Ok(open) => open,
        Err(error) => {
            tracing::debug!(message = error.message, "announcements can't be read now");
            return Vec::new();
        }
    };
    let looker = Looker {
        groups: visitor
            .in_browser()
            .map(|principal: &Principal| principal.groups.as_slice()),
        signs_in,
        aside: &visitor.aside,
    };
    let now = hub.clock.now();
    let theirs = open.iter().filter(|one| is_for(one, &looker, now));
    theirs
        .map(|one| Told {
            html: markdown(&one.wanted.text),
            level: one.wanted.level.as_str(),
            key: key(one),
        })
        .collect()
}

async fn open(hub: &Hub) -> Result<Arc<[Announcement]>> {
    let (epoch, now) = (hub.store.epoch(), hub.clock.now());
    if let Some(known) = hub.announcements.get(epoch, &(), now) {
        return Ok(known);
    }
    let open: Arc<[Announcement]> = rows::open(&hub.store, now).await?.into();
    hub.announcements
        .put(epoch, (), Arc::clone(&open), earliest(now, [None, None]));
    Ok(open)
}

/// `POST /hub/announcements`: this browser's person has read it.
pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, form: Form) -> Result<Response> {
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let aside = put_aside(&visitor.aside, form.text("key").unwrap_or_default());
    let aside = aside.ok_or_else(|| HttpError::bad_request("There is no such announcement."))?;
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok());
    let back = from.and_then(|from| next::local(&hub, &headers, from));
    let mut response = found(&back.unwrap_or_else(|| hub.prefix()));
    response
        .headers_mut()
        .append(header::SET_COOKIE, visitor.jar.aside(&aside));
    Ok(response)
}
