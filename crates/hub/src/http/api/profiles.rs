//! `GET /hub/api/profiles`, `GET /hub/api/users/{user}/entitlements`: what may be started, and how much of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use perijove_model::entitlement::Quantity;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::{Limits, Plan};
use perijove_store::users::{self, User};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::models::Time;
use super::refusals::NotFound;
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::offers::words::{quantity, told};
use crate::offers::{self, Card, Standing};

const QUANTITIES: [Quantity; 6] = [
    Quantity::Servers,
    Quantity::Cpu,
    Quantity::Memory,
    Quantity::Storage,
    Quantity::Gpus,
    Quantity::Time,
];

/// A profile that somebody may start.
#[derive(Serialize, ToSchema)]
pub struct ProfileModel {
    slug: String,
    name: String,
    description: String,
    picture: String,
    /// It is started where nobody chooses.
    default: bool,
    /// The page that it opens with.
    default_url: Option<String>,
    environment: Option<String>,
    image: Option<String>,
    limits: LimitsModel,
    choices: Vec<ChoiceModel>,
}

/// What a server gets where nothing is chosen: cores, bytes. `null` is no limit.
#[derive(Serialize, ToSchema)]
struct LimitsModel {
    cpu: Option<f64>,
    cpu_guarantee: Option<f64>,
    memory: Option<u64>,
    memory_guarantee: Option<u64>,
    processes: Option<u32>,
    storage: Option<u64>,
    gpu: u32,
}

/// A choice within a profile: send `{"profile": SLUG, CHOICE: OPTION}`.
#[derive(Serialize, ToSchema)]
struct ChoiceModel {
    slug: String,
    name: String,
    default: String,
    options: Vec<OptionModel>,
    /// A text that matches it may be sent instead of an option.
    pattern: Option<String>,
    /// What the text is for.
    sets: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct OptionModel {
    slug: String,
    name: String,
}

/// What somebody may start, what they may use, and what they use.
#[derive(Serialize, ToSchema)]
pub struct EntitlementsModel {
    user: String,
    /// Empty where there are no profiles, or none for this person.
    profiles: Vec<ProfileModel>,
    /// By name: `servers`, `cpu` (cores), `memory` and `storage` (bytes), `gpu`, `hours` (this month).
    #[schema(value_type = Object)]
    quotas: BTreeMap<&'static str, QuotaModel>,
    /// Since when hours are counted.
    hours_since: Time,
    /// Servers that use something now.
    servers: Vec<UseModel>,
    /// What the members of the person's groups may have together.
    groups: Vec<GroupUseModel>,
}

/// How much of something: a number. `allowed` is `null` where there is no limit.
#[derive(Serialize, ToSchema)]
struct QuotaModel {
    #[schema(value_type = Option<f64>)]
    allowed: Option<Value>,
    #[schema(value_type = f64)]
    used: Value,
}

#[derive(Serialize, ToSchema)]
struct UseModel {
    /// Empty for the default server.
    name: String,
    display_name: String,
    profile: Option<String>,
    stopping: bool,
    cpu: Option<f64>,
    memory: Option<u64>,
    gpu: u32,
}

#[derive(Serialize, ToSchema)]
struct GroupUseModel {
    group: String,
    #[schema(value_type = Object)]
    quotas: BTreeMap<&'static str, QuotaModel>,
}

/// Tell what the caller may start, with what that gives and what is used of it.
#[utoipa::path(
    get,
    path = "/profiles",
    tag = "servers",
    responses((status = 200, description = "What the caller may start", body = EntitlementsModel), NotFound),
    security(("token" = ["read:servers"])),
)]
pub async fn list(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<EntitlementsModel>> {
    let Some(own) = principal.user() else {
        let words = "A service starts nothing for itself. Ask for the entitlements of somebody.";
        return Err(HttpError::forbidden(words));
    };
    principal
        .require(&hub.store, &[Scope::ReadServers], Resource::User(&own.name))
        .await?;
    // As it is now: the principal's may be some seconds old.
    let own = users::by_id(&hub.store, own.id)
        .await?
        .ok_or_else(HttpError::not_found)?;
    model(&hub, &own).await.map(Json)
}

/// Tell what somebody may start and use, and what they use.
#[utoipa::path(
    get,
    path = "/users/{user}/entitlements",
    tag = "servers",
    params(("user" = String, Path, description = "A user's name")),
    responses((status = 200, description = "What they may have", body = EntitlementsModel), NotFound),
    security(("token" = ["read:servers"])),
)]
pub async fn of_user(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<EntitlementsModel>> {
    principal
        .require(&hub.store, &[Scope::ReadServers], Resource::User(&name))
        .await?;
    let user = users::by_name(&hub.store, &name).await?;
    model(&hub, &user.ok_or_else(HttpError::not_found)?).await.map(Json)
}

async fn model(hub: &Hub, user: &User) -> Result<EntitlementsModel> {
    let (person, cards) = offers::to(hub, &hub.store, user).await?;
    let standing = offers::standing(hub, &hub.store, &person).await?;
    let group = |group: &offers::GroupUse| GroupUseModel {
        group: group.group.clone(),
        quotas: group
            .allowed
            .iter()
            .map(|(what, allowed)| {
                let used = group.used.get(what).copied().unwrap_or(0);
                (quantity(*what), quota(*what, Some(*allowed), used))
            })
            .collect(),
    };
    Ok(EntitlementsModel {
        user: user.name.clone(),
        profiles: cards.into_iter().map(profile).collect(),
        quotas: quotas(&standing),
        hours_since: Time(standing.since),
        servers: standing.uses.iter().map(in_use).collect(),
        groups: standing.groups.iter().map(group).collect(),
    })
}

fn quotas(standing: &Standing) -> BTreeMap<&'static str, QuotaModel> {
    let one = |what| {
        (
            quantity(what),
            quota(what, standing.entitled.most(what), standing.used(what)),
        )
    };
    QUANTITIES.into_iter().map(one).collect()
}

fn quota(what: Quantity, allowed: Option<u64>, used: u64) -> QuotaModel {
    QuotaModel {
        allowed: allowed.map(|allowed| told(what, allowed)),
        used: told(what, used),
    }
}

fn in_use(one: &offers::Use) -> UseModel {
    UseModel {
        name: one.server.clone(),
        display_name: one.called.clone(),
        profile: one.profile.clone(),
        stopping: one.stopping,
        cpu: one.limits.cpu(),
        memory: one.limits.memory,
        gpu: one.limits.gpus,
    }
}

fn profile(card: Card) -> ProfileModel {
    let Card {
        profile, default, plan, ..
    } = card;
    let choices = profile.choice.into_iter().map(|choice| ChoiceModel {
        sets: choice.pattern.is_some().then(|| choice.sets.clone()),
        pattern: choice.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
        slug: choice.slug,
        name: choice.name,
        default: choice.default,
        options: choice
            .option
            .into_iter()
            .map(|option| OptionModel {
                slug: option.slug,
                name: option.name,
            })
            .collect(),
    });
    let Plan {
        default_url,
        environment,
        image,
        limits,
        ..
    } = plan;
    ProfileModel {
        choices: choices.collect(),
        slug: profile.slug,
        name: profile.name,
        description: profile.description,
        picture: profile.picture,
        default,
        default_url,
        environment,
        image,
        limits: limits_model(&limits),
    }
}

fn limits_model(limits: &Limits) -> LimitsModel {
    LimitsModel {
        cpu: limits.cpu(),
        cpu_guarantee: limits.cpu_guarantee(),
        memory: limits.memory,
        memory_guarantee: limits.memory_guarantee,
        processes: limits.processes,
        storage: limits.storage,
        gpu: limits.gpus,
    }
}
