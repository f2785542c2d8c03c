use super::super::presets::bitbucket::Bitbucket;
use super::super::presets::github::GitHub;
use super::super::presets::globus::Globus;
use super::super::presets::tenants::Tenants;
use super::*;

/// Somebody who signs in where there is no OpenID Connect.
pub(super) async fn plain(fake: &Fake, preset: Box<dyn Preset>, user: Value, scope: &str) -> Result<Answer, AuthError> {
    let mut settings = settings(fake, preset);
    settings.issuer = None;
    settings.scope = vec!["read:org".into()];
    settings.username = "login".into();
    settings.groups = None;
    settings.given = Given {
        authorize: Some(fake.at("/authorize")),
        token: Some(fake.at("/token")),
        userdata: Some(fake.at("/user")),
        ..Given::default()
    };
    let method = started(settings, &Arc::default());
    let departure = method.depart(&begin()).await.unwrap();
    fake.says("POST /token", json!({ "access_token": "t", "scope": scope }));
    fake.says("GET /user", user);
    arrive(&method, &departure).await
}

fn github(fake: &Fake, organizations: &[&str], teams: bool) -> Box<dyn Preset> {
    Box::new(GitHub {
        api: fake.at("/api"),
        organizations: organizations.iter().map(ToString::to_string).collect(),
        teams,
    })
}

#[tokio::test]
async fn github_organisations_and_teams() {
    let fake = Fake::start().await;
    let user = json!({ "login": "Ann", "id": 7, "email": "a@example.org" });
    fake.answers("GET /api/orgs/lab/members/Ann", 204, json!(null));
    fake.answers("GET /api/orgs/campus/teams/staff/members/Ann", 204, json!(null));
    for (organizations, allowed) in [
        (vec!["lab"], true),
        (vec!["campus:staff"], true),
        (vec!["campus"], false),
        (vec!["campus:operators"], false),
        (vec!["campus", "lab"], true),
        (vec!["../../user/repos?x="], false),
        (vec![], false),
    ] {
        let answer = plain(&fake, github(&fake, &organizations, false), user.clone(), "read:org").await;
        assert_eq!(known(answer).allowed, allowed, "{organizations:?}");
    }
}

#[tokio::test]
async fn github_pages_of_teams_and_an_address_that_is_not_public() {
    let fake = Fake::start().await;
    let team = |slug: &str| json!({ "slug": slug, "organization": { "login": "lab" } });
    let link = format!(
        "<{}>; rel=\"next\", <{}>; rel=\"last\"",
        fake.at("/api/user/teams?page=2"),
        fake.at("/x")
    );
    let first = (200, json!([team("a")]), Some(link));
    // A token goes to nobody else.
    let elsewhere = Fake::start().await;
    let astray = format!("<{}>; rel=\"next\"", elsewhere.at("/api/user/teams?page=3"));
    let second = (200, json!([team("b")]), Some(astray));
    {
        let mut script = fake.script.lock().unwrap();
        script.answers.insert("GET /api/user/teams?per_page=100".into(), first);
        script.answers.insert("GET /api/user/teams?page=2".into(), second);
    }
    let addresses = json!([
        { "email": "unchecked@example.org", "primary": true, "verified": false },
        { "email": "ann@example.org", "primary": true, "verified": true },
    ]);
    fake.says("GET /api/user/emails", addresses);
    let user = json!({ "login": "ann", "id": 7, "email": null });
    let identity = known(plain(&fake, github(&fake, &[], true), user, "read:org,user:email").await);
    assert_eq!(identity.groups, Some(vec!["lab:a".into(), "lab:b".into()]));
    let state = identity.auth_state.unwrap();
    assert_eq!(state["oauth_user"]["email"], "ann@example.org");
    assert_eq!(state["teams"].as_array().unwrap().len(), 2);
    assert!(elsewhere.script.lock().unwrap().asked.is_empty());
}

#[tokio::test]
async fn bitbucket_workspaces() {
    let fake = Fake::start().await;
    let next = fake.text("/api/workspaces?role=member&page=2");
    fake.says(
        "GET /api/workspaces?role=member",
        json!({ "values": [{ "slug": "one", "name": "lab" }], "next": next }),
    );
    fake.says(
        "GET /api/workspaces?role=member&page=2",
        json!({ "values": [{ "slug": "two" }] }),
    );
    for (wanted, allowed) in [("two", true), ("one", true), ("lab", false)] {
        let preset = Box::new(Bitbucket {
            api: fake.at("/api"),
            workspaces: vec![wanted.into()],
        });
        let user = json!({ "login": "ann", "account_id": "x" });
        let identity = known(plain(&fake, preset, user, "account").await);
        assert_eq!(identity.allowed, allowed, "{wanted}");
    }
}

#[tokio::test]
async fn globus_groups_and_tokens() {
    let openid = Openid::with(Box::new(globus(&Fake::start().await, None)), |_| {}).await;
    let groups = openid.fake.at("/groups");
    let mut own = globus(&openid.fake, Some("example.org"));
    own.groups_url = groups;
    let method = started(settings(&openid.fake, Box::new(own)), &openid.clock);
    let departure = method.depart(&begin()).await.unwrap();
    let id = openid
        .signer
        .sign(&openid.claims(&json!({ "nonce": departure.keep["nonce"] })));
    openid.fake.says(
        "GET /userinfo",
        json!({ "sub": "1", "preferred_username": "ann@example.org" }),
    );
    openid.fake.says("GET /groups", json!([{ "id": "g-1" }]));
    let token = |server: &str, token: &str| json!({ "resource_server": server, "access_token": token });
    let mut answer = token("auth.globus.org", "a");
    answer["id_token"] = json!(id);
    answer["other_tokens"] = json!([
        token("groups.api.globus.org", "g"),
        token("transfer.api.globus.org", "t")
    ]);
    openid.fake.says("POST /token", answer);
    let identity = known(arrive(&method, &departure).await);
    assert_eq!(
        (identity.name.as_str(), identity.groups),
        ("ann", Some(vec!["g-1".to_owned()]))
    );
    assert_eq!(openid.fake.asked("GET /groups")[0].proof, "Bearer g");
    let state = identity.auth_state.unwrap();
    let kept: Vec<&String> = state["tokens"].as_object().unwrap().keys().collect();
    assert_eq!(kept, ["transfer.api.globus.org"]);
    assert_eq!(method.settings.preset.tokens(&state), ["t"]);
}

pub(super) fn globus(fake: &Fake, identity_provider: Option<&str>) -> Globus {
    Globus {
        identity_provider: identity_provider.map(str::to_owned),
        username_claim: "preferred_username".into(),
        groups_url: fake.at("/groups"),
        exclude_tokens: vec!["auth.globus.org".into(), "groups.api.globus.org".into()],
    }
}

#[tokio::test]
async fn entra_signs_for_many_tenants_and_says_so() {
    let openid = Openid::with(Box::new(Tenants { many: true }), |settings| {
        settings.userdata_from_id_token = true
    })
    .await;
    let template = format!("{}/{{tenantid}}/v2.0", issuer(&openid.fake));
    let document = json!({
        "issuer": template, "authorization_endpoint": openid.fake.text("/authorize"),
        "token_endpoint": openid.fake.text("/token"), "jwks_uri": openid.fake.text("/keys"),
    });
    openid.fake.says("GET /.well-known/openid-configuration", document);
    let of = |tenant: &str| format!("{}/{tenant}/v2.0", issuer(&openid.fake));
    let said =
        |iss: String, tid: &str| json!({ "iss": iss, "tid": tid, "preferred_username": "ann@a.org", "groups": ["g"] });
    let identity = known(openid.journey(json!({}), said(of("t-1"), "t-1")).await);
    assert_eq!(identity.groups, Some(vec!["g".to_owned()]));
    refusal(openid.journey(json!({}), said(of("t-2"), "t-1")).await);
    // More groups than fit: nobody knows which.
    let mut many = said(of("t-1"), "t-1");
    many["_claim_names"] = json!({ "groups": "src1" });
    assert_eq!(known(openid.journey(json!({}), many).await).groups, None);
}
