//! Sites' own templates: JupyterHub's, as they come from PyPI, and what a site writes itself.

use std::fs;

use perijove_testkit::{App, Browser};
use perijove_web::{Pages, render_samples};
use reqwest::Method;

use crate::support::environment;

const INLINE: &str = "default-src 'self' 'unsafe-inline'; img-src 'self' data:";

fn part(browser_sees: &str, wanted: &str) {
    assert!(browser_sees.contains(wanted), "{wanted:?} is missing: {browser_sees}");
}

async fn page(browser: &Browser, path: &str, status: u16) -> String {
    browser.get(path).await.expect(status).body
}

#[tokio::test]
async fn jupyterhubs_own_templates_make_pages_that_work() {
    let Some(dir) = environment("test", "JupyterHub's own templates") else {
        return;
    };
    let (templates, statics) = (
        dir.join("share/jupyterhub/templates"),
        dir.join("share/jupyterhub/static"),
    );
    render_samples(&Pages::new(std::slice::from_ref(&templates)).unwrap()).unwrap();

    let toml = format!(
        "[hub]\ntemplate_paths = [{templates:?}]\nstatic_paths = [{statics:?}]\npage_policy = \"{INLINE}\"\n\
         allow_named_servers = true\ntemplate_vars = {{ announcement = \"Maintenance\", announcement_login = \"At the door\" }}\n\
         [[profile]]\nname = \"Small\"\n[[profile]]\nname = \"Large\"\n"
    );
    let app = App::builder().config(&toml).start().await;
    let visitor = app.browser();
    let login = visitor.get("hub/login").await.expect(200);
    assert!(login.header("content-security-policy").contains("'unsafe-inline'"));
    for wanted in [
        "id=\"username_input\"",
        "name=\"_xsrf\"",
        "action=\"/hub/login",
        "At the door",
        "base_url: \"/hub/\"",
    ] {
        part(&login.body, wanted);
    }
    let script = visitor
        .get("hub/static/components/requirejs/require.js")
        .await
        .expect(200);
    assert!(
        script.header("content-type").starts_with("text/javascript"),
        "{}",
        script.header("content-type")
    );
    for outside in [
        "hub/static/..%2ftemplates%2fpage.html",
        "hub/static/%2fetc%2fpasswd",
        "hub/static/components",
    ] {
        let status = visitor.get(outside).await.status;
        assert!([400, 404].contains(&status), "{outside}: {status}");
    }

    let ann = app.sign_in("ann").await;
    let home = page(&ann, "hub/home", 200).await;
    for wanted in ["id=\"start\"", "Add New Server", "user: \"ann\"", "href=\"/hub/token\""] {
        part(&home, wanted);
    }
    assert!(!home.contains("/hub/admin"), "{home}");
    part(
        &page(&app.sign_in("ruth").await, "hub/home", 200).await,
        "href=\"/hub/admin\"",
    );
    // What may be started is a form within theirs.
    let form = page(&ann, "hub/spawn/ann", 200).await;
    part(&form, "value=\"large\"");
    part(&form, "id=\"spawn_form\"");
    ann.post_form("hub/spawn/ann", &[("profile", "large")])
        .await
        .expect(302);
    let running = page(&ann, "hub/home", 200).await;
    part(&running, "id=\"stop\"");
    ann.api(Method::POST, "users/ann/servers/moons", None).await.expect(201);
    part(&page(&ann, "hub/home", 200).await, "href=\"/user/ann/moons/\"");
    let token = page(&ann, "hub/token", 200).await;
    for wanted in [
        "id=\"request-token-form\"",
        "<option value=\"3600\"",
        "data-token-id=",
        "Server at /user/ann/",
    ] {
        part(&token, wanted);
    }
    part(&page(&ann, "hub/nowhere", 404).await, "404 : Not Found");
    ann.api(Method::DELETE, "users/ann/server", None).await;
    part(&page(&ann, "hub/spawn-pending/ann", 200).await, "Launch");

    // What is told at run time stands where they have what the configuration tells, also on the page that has its own.
    let ruth = app.sign_in("ruth").await;
    let told = serde_json::json!({ "text": "**Told** now" });
    ruth.api(Method::POST, "announcements", Some(told)).await.expect(201);
    for path in ["hub/login", "hub/error/404"] {
        let seen = page(&visitor, path, 200).await;
        part(&seen, "<strong>Told</strong> now");
    }
    part(&page(&visitor, "hub/login", 200).await, "At the door");
}

#[tokio::test]
async fn a_site_writes_pages_of_its_own() {
    let site = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(site.path().join(name), text).unwrap();
    write(
        "page.html",
        "{% extends \"templates/page.html\" %}{% block nav_bar_left_items %}{{ super() }}\
         <li><a href=\"{{ url_path_join(prefix, 'static', 'guide.html') }}\">{{ guide.title() }}</a></li>{% endblock %}\
         {% block stylesheet %}{{ super() }}<link rel=\"stylesheet\" href=\"{{ static_url('site.css') }}\">{% endblock %}",
    );
    write(
        "login.html",
        "{% extends \"templates/login.html\" %}{% block main %}<p>{{ motto | upper }}</p>{{ super() }}{% endblock %}",
    );
    write(
        "home.html",
        "{% extends \"page.html\" %}{% block main %}{% for server in user.all_spawners() %}<p>{{ server.name or 'own' }} \
         {% if server.active %}runs{% else %}rests{% endif %} at {{ user.server_url(server.name) }}</p>{% endfor %}\
         {% if 'admin-ui' in expanded_scopes %}boss{% endif %}{% endblock %}",
    );
    let statics = tempfile::tempdir().unwrap();
    fs::write(statics.path().join("site.css"), "body { color: teal }").unwrap();
    let toml = format!(
        "[hub]\ntemplate_paths = [{:?}]\nstatic_paths = [{:?}]\n\
         template_vars = {{ motto = \"per aspera\", guide = \"how to begin\" }}\n",
        site.path(),
        statics.path()
    );
    let app = App::builder().config(&toml).start().await;
    let login = page(&app.browser(), "hub/login", 200).await;
    for wanted in [
        "<p>PER ASPERA</p>",
        "id=\"login_submit\"",
        "/hub/static/site.css?v=",
        "static/guide.html\">How To Begin",
    ] {
        part(&login, wanted);
    }
    let style = app.browser().get("hub/static/site.css").await.expect(200);
    assert!(style.body.contains("teal") && style.header("content-type").starts_with("text/css"));
    let ann = app.sign_in("ann").await;
    part(&page(&ann, "hub/home", 200).await, "<p>own rests at /user/ann/</p>");
    ann.api(Method::POST, "users/ann/server", None).await.expect(201);
    part(&page(&ann, "hub/home", 200).await, "<p>own runs at /user/ann/</p>");
    let ruth = app.sign_in("ruth").await;
    part(&page(&ruth, "hub/home", 200).await, "boss");

    // A mistake: everybody sees the built-in page, and administrators what is wrong.
    write(
        "home.html",
        "{% extends \"page.html\" %}\n{% block main %}{{ user.shout() }}{% endblock %}",
    );
    let seen = page(&ann, "hub/home", 200).await;
    part(&seen, "<server-list");
    assert!(!seen.contains("home.html"), "{seen}");
    let seen = page(&ruth, "hub/home", 200).await;
    part(&seen, "<server-list");
    part(&seen, "home.html, line 2");
}
