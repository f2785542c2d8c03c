//! `/hub/admin/shutdown`: asks once more, then ends this hub as the API does.

use axum::http::StatusCode;
use axum::response::Response;
use perijove_web::pages::ShutDown;

use super::menu;
use crate::Hub;
use crate::http::api::shutdown;
use crate::http::error::Result;
use crate::http::pages::guest::{Guest, Sent};

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, _) = guest.at(&menu::SHUTDOWN).await?;
    guest.show(&page(hub, false)).await
}

pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SHUTDOWN).await?;
    let ticked = |name| form.text(name) == Some("yes");
    let response = guest.answer(StatusCode::ACCEPTED, &page(hub, true)).await?;
    shutdown::begin(hub, by, ticked("servers"), ticked("edge")).await?;
    Ok(response)
}

fn page(hub: &Hub, begun: bool) -> ShutDown {
    ShutDown {
        begun,
        servers: hub.config.hub.cleanup_servers,
        action_url: menu::SHUTDOWN.url(hub),
        back_url: menu::PEOPLE.url(hub),
    }
}
