//! `/hub/api/invitations`: links with which whoever has them makes an account.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::links::{self, Link};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Body;
use super::models::Time;
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::accounts::invitations::{self, USUAL_LIFE, Wanted};
use crate::audit::Actor;
use crate::http::error::{HttpError, Result, short};
use crate::http::language;
use crate::http::visitor::Principal;

/// Invitations that can be followed.
#[derive(Serialize, ToSchema)]
pub struct InvitationList {
    /// The oldest first, without their links.
    invitations: Vec<InvitationModel>,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationModel {
    id: i64,
    created: Time,
    expires_at: Time,
    /// How often it can still be used.
    uses_left: i64,
    /// Groups that whoever follows it is put into.
    groups: Vec<String>,
    /// Where it was sent.
    email: Option<String>,
    /// Who has made it.
    made_by: String,
}

impl From<Link> for InvitationModel {
    fn from(link: Link) -> Self {
        Self {
            id: link.id,
            created: Time(link.created),
            expires_at: Time(link.expires_at),
            uses_left: link.uses,
            groups: link.groups,
            email: link.email,
            made_by: link.made_by,
        }
    }
}

/// A new invitation with its link, which is told this once.
#[derive(Serialize, ToSchema)]
pub struct NewInvitation {
    #[serde(flatten)]
    invitation: InvitationModel,
    url: String,
}

#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedInvitation {
    /// In seconds; a week if it is not said.
    #[schema(minimum = 60, maximum = 7_776_000)]
    expires_in: Option<i64>,
    /// How many people can follow it; one if it is not said.
    #[schema(minimum = 1, maximum = 1000)]
    uses: Option<i64>,
    /// Names of groups that whoever follows it is put into.
    groups: Vec<String>,
    /// It is sent there, and can be used once.
    email: Option<String>,
}

/// Whoever may make people may invite them.
pub async fn may_invite(hub: &Hub, principal: &Principal) -> Result<()> {
    principal
        .require(&hub.store, &[Scope::AdminUsers], Resource::Everything)
        .await
}

/// Nobody puts people into groups by an invitation whom they could not put there themselves.
pub async fn may_give(hub: &Hub, principal: &Principal, groups: &[String]) -> Result<()> {
    for group in groups {
        principal
            .require(&hub.store, &[Scope::Groups], Resource::Group(group))
            .await?;
    }
    Ok(())
}

/// List the invitations that can be followed.
#[utoipa::path(
    get,
    path = "/invitations",
    tag = "users",
    responses((status = 200, description = "The invitations", body = InvitationList)),
    security(("token" = ["admin:users"])),
)]
pub async fn list(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<InvitationList>> {
    may_invite(&hub, &principal).await?;
    let found = links::invitations(&hub.store, hub.clock.now()).await?;
    Ok(Json(InvitationList {
        invitations: found.into_iter().map(InvitationModel::from).collect(),
    }))
}

/// Make an invitation: whoever follows its link chooses a name and a password.
#[utoipa::path(
    post,
    path = "/invitations",
    tag = "users",
    request_body = WantedInvitation,
    responses((status = 201, description = "The invitation", body = NewInvitation), BadRequest, Conflict),
    security(("token" = ["admin:users"]), ("token" = ["admin:users", "groups"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    principal: Principal,
    headers: HeaderMap,
    body: Body<WantedInvitation>,
) -> Result<(StatusCode, Json<NewInvitation>)> {
    may_invite(&hub, &principal).await?;
    let wanted = body.given()?.unwrap_or_default();
    may_give(&hub, &principal, &wanted.groups).await?;
    let wanted = Wanted {
        life: wanted.expires_in.unwrap_or(USUAL_LIFE),
        uses: wanted.uses.unwrap_or(1),
        groups: wanted.groups,
        email: wanted.email,
        language: Some(language::words(&hub, &headers, None).tag().to_owned()),
    };
    let made = invitations::make(&hub, &wanted, &Actor::from(&principal)).await?;
    let invitation = NewInvitation {
        invitation: made.link.into(),
        url: made.url,
    };
    Ok((StatusCode::CREATED, Json(invitation)))
}

/// Revoke an invitation: its link leads nowhere from then on.
#[utoipa::path(
    delete,
    path = "/invitations/{id}",
    tag = "users",
    params(("id" = i64, Path, description = "An invitation's id")),
    responses((status = 204, description = "It is revoked"), NotFound),
    security(("token" = ["admin:users"])),
)]
pub async fn revoke(State(hub): State<Arc<Hub>>, Path(id): Path<String>, principal: Principal) -> Result<StatusCode> {
    may_invite(&hub, &principal).await?;
    let none = || HttpError::new(StatusCode::NOT_FOUND, format!("No such invitation: {}", short(&id)));
    // No larger number fits into the column.
    let number: i32 = id.parse().map_err(|_| none())?;
    match invitations::revoke(&hub, number.into(), &Actor::from(&principal)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(none()),
    }
}
