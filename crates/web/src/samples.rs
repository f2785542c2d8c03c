//! Every template with every sample: for tests, for the gallery, and to check a site's own templates.

use crate::common::{AdminLink, Common, ServiceLink, Viewer};
use crate::pages::{
    AcceptShare, Account, Admin, AdminProfiles, AdminServices, AllShares, AllTokens, Announcements, AuditLog,
    ChangePassword, Confirm, Device, Error, Forgot, Gallery, Group, Groups, Health, Home, Invitations, Login, Logout,
    NotRunning, OauthConfirm, Onward, Role, Roles, Servers, Settings, Setup, ShareServer, ShutDown, SignUp, Someone,
    Spawn, SpawnPending, StopPending, Tokens, Usage, Waiting,
};
use crate::render::{Page, PageError, Pages};
use crate::told::{Told, markdown};

/// A page rendered from one of its samples.
#[derive(Debug, Clone)]
pub struct Sample {
    /// `home-2`: the page, and which of its samples.
    pub name: String,
    pub template: &'static str,
    pub html: String,
}

/// Renders all of them, or says which template fails and where.
pub fn render_samples(pages: &Pages) -> Result<Vec<Sample>, PageError> {
    render_samples_in(pages, "", None)
}

/// The same in one of the languages, and light or dark.
pub fn render_samples_in(pages: &Pages, language: &str, theme: Option<&'static str>) -> Result<Vec<Sample>, PageError> {
    gather(pages, language, theme, None)
}

/// The one of this name.
pub fn render_sample_in(
    pages: &Pages,
    language: &str,
    theme: Option<&'static str>,
    name: &str,
) -> Result<Option<Sample>, PageError> {
    Ok(gather(pages, language, theme, Some(name))?.pop())
}

/// What is rendered so far, and the name of the one that is asked for; `None`: all are.
struct Gathered<'a> {
    only: Option<&'a str>,
    samples: Vec<Sample>,
}

fn gather(
    pages: &Pages,
    language: &str,
    theme: Option<&'static str>,
    only: Option<&str>,
) -> Result<Vec<Sample>, PageError> {
    let speaking = |common: Common| Common {
        language: language.to_owned(),
        theme,
        ..common
    };
    let (visitor, member) = (speaking(Common::visitor_sample()), speaking(Common::member_sample()));
    let admin = speaking(Common::admin_sample());
    let mut all = Gathered {
        only,
        samples: Vec::new(),
    };
    add::<Login>(pages, &visitor, &mut all)?;
    add::<Setup>(pages, &visitor, &mut all)?;
    add::<SignUp>(pages, &visitor, &mut all)?;
    add::<Forgot>(pages, &visitor, &mut all)?;
    add::<Confirm>(pages, &visitor, &mut all)?;
    add::<Logout>(pages, &visitor, &mut all)?;
    add::<Home>(pages, &member, &mut all)?;
    add::<Spawn>(pages, &member, &mut all)?;
    add::<SpawnPending>(pages, &member, &mut all)?;
    add::<StopPending>(pages, &member, &mut all)?;
    add::<NotRunning>(pages, &member, &mut all)?;
    add::<OauthConfirm>(pages, &member, &mut all)?;
    add::<Onward>(pages, &visitor, &mut all)?;
    add::<AcceptShare>(pages, &member, &mut all)?;
    add::<ShareServer>(pages, &member, &mut all)?;
    add::<Tokens>(pages, &member, &mut all)?;
    add::<Account>(pages, &member, &mut all)?;
    add::<ChangePassword>(pages, &member, &mut all)?;
    add::<Device>(pages, &member, &mut all)?;
    add::<Waiting>(pages, &member, &mut all)?;
    add::<Invitations>(pages, &member, &mut all)?;
    add::<Admin>(pages, &admin, &mut all)?;
    add::<Servers>(pages, &admin, &mut all)?;
    add::<Health>(pages, &admin, &mut all)?;
    add::<AuditLog>(pages, &admin, &mut all)?;
    add::<AllTokens>(pages, &admin, &mut all)?;
    add::<AllShares>(pages, &admin, &mut all)?;
    add::<AdminServices>(pages, &admin, &mut all)?;
    add::<AdminProfiles>(pages, &admin, &mut all)?;
    add::<Settings>(pages, &admin, &mut all)?;
    add::<ShutDown>(pages, &admin, &mut all)?;
    add::<Roles>(pages, &admin, &mut all)?;
    add::<Role>(pages, &admin, &mut all)?;
    add::<Announcements>(pages, &admin, &mut all)?;
    add::<Someone>(pages, &admin, &mut all)?;
    add::<Usage>(pages, &admin, &mut all)?;
    add::<Groups>(pages, &admin, &mut all)?;
    add::<Group>(pages, &admin, &mut all)?;
    add::<Error>(pages, &member, &mut all)?;
    add::<Gallery>(pages, &visitor, &mut all)?;
    add_one(
        pages,
        &speaking(Common::nasty_sample()),
        &Home::default(),
        "announcement",
        &mut all,
    )?;
    add_one(
        pages,
        &visitor,
        &Error {
            status_code: 502,
            ..Error::default()
        },
        "error-visitor",
        &mut all,
    )?;
    Ok(all.samples)
}

fn add<P: Page>(pages: &Pages, common: &Common, all: &mut Gathered<'_>) -> Result<(), PageError> {
    let page = P::TEMPLATE.trim_end_matches(".html");
    for (number, sample) in P::samples().iter().enumerate() {
        add_one(pages, common, sample, &format!("{page}-{number}"), all)?;
    }
    Ok(())
}

fn add_one<P: Page>(
    pages: &Pages,
    common: &Common,
    page: &P,
    name: &str,
    all: &mut Gathered<'_>,
) -> Result<(), PageError> {
    if all.only.is_some_and(|only| only != name) {
        return Ok(());
    }
    let html = pages.render(common, page)?;
    all.samples.push(Sample {
        name: name.into(),
        template: P::TEMPLATE,
        html,
    });
    Ok(())
}

impl Common {
    /// Nobody is signed in.
    #[must_use]
    pub fn visitor_sample() -> Self {
        Self {
            base_url: "/hub/".into(),
            login_url: "/hub/login".into(),
            logout_url: "/hub/logout".into(),
            xsrf: "sample-token".into(),
            ..Self::default()
        }
    }

    /// Somebody is signed in.
    #[must_use]
    pub fn member_sample() -> Self {
        Self {
            user: Some(Viewer {
                name: "galileo".into(),
                admin: false,
                admin_ui: false,
                scopes: Vec::new(),
            }),
            ..Self::visitor_sample()
        }
    }

    /// Somebody looks after the hub.
    #[must_use]
    pub fn admin_sample() -> Self {
        let page = |key| AdminLink {
            key,
            url: format!("/hub/admin/{key}"),
        };
        let pages = [
            "people",
            "servers",
            "groups",
            "roles",
            "profiles",
            "services",
            "tokens",
            "shares",
            "usage",
            "announcements",
            "audit",
            "settings",
            "health",
        ];
        Self {
            user: Some(Viewer {
                name: "ada".into(),
                admin: true,
                admin_ui: true,
                scopes: Vec::new(),
            }),
            administration: pages.map(page).into(),
            ..Self::visitor_sample()
        }
    }

    /// Text that a careless template would let through.
    fn nasty_sample() -> Self {
        let nasty = crate::pages::NASTY;
        Self {
            user: Some(Viewer {
                name: nasty.into(),
                admin: true,
                admin_ui: true,
                scopes: Vec::new(),
            }),
            acting: Some(nasty.into()),
            drained: Some(nasty.into()),
            announcements: vec![
                Told::configured("On Sunday from 8 to 9 there will be <a href=\"/news\">no servers</a>.".into()),
                Told {
                    html: markdown(nasty),
                    level: "warning",
                    key: Some(nasty.into()),
                },
                Told {
                    html: markdown("All servers **stop** at noon."),
                    level: "urgent",
                    key: None,
                },
            ],
            services: vec![ServiceLink {
                name: nasty.into(),
                url: format!("/services/{nasty}"),
            }],
            xsrf: nasty.into(),
            ..Self::visitor_sample()
        }
    }
}
