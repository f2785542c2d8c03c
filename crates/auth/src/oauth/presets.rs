//! The providers that people have, each with its own ways.

pub mod bitbucket;
pub mod cilogon;
pub mod github;
pub mod gitlab;
pub mod globus;
pub mod google;
pub mod mail;
pub mod tenants;

use serde_json::Value;
use url::Url;

use super::preset::{Asks, Trouble};

/// More pages than that are not turned.
const MOST_PAGES: usize = 50;

/// A list of several pages. `next` says where the page after an answer is; it counts only at the same provider, since the
/// token goes there.
async fn pages(
    asks: &Asks<'_>,
    first: Url,
    list: impl Fn(&Value) -> Option<&Vec<Value>>,
    next: impl Fn(&http::HeaderMap, &Value) -> Option<String>,
) -> Result<Vec<Value>, Trouble> {
    let origin = first.origin();
    let mut url = Some(first);
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let Some(page) = url.take() else { break };
        let reply = asks.get(&page).await?;
        let json = reply.good()?;
        all.extend(list(&json).ok_or_else(|| reply.told())?.iter().cloned());
        url = next(&reply.headers, &json)
            .and_then(|next| Url::parse(&next).ok())
            .filter(|next| next.origin() == origin);
    }
    Ok(all)
}
