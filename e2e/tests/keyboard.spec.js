// Every page and everything that can be done on it, by the keyboard alone: light and dark, on a telephone and on a wide screen.
// First all pages with all samples (`perijove web gallery`): Tab comes to everything, in the order of the page, and back, and
// one sees where one is. Then a hub, on which everything is done. In the end nothing is left of what the pages offer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "@playwright/test";
import { Keys, LOOKS, test } from "../lib/keyboard.js";
import { byProgram, changed } from "../lib/program.js";
import { Provider, isThere as oidcIsThere } from "../lib/oidc.js";
import { Perijove, freePorts } from "../lib/perijove.js";
import { Platform } from "../lib/platform.js";
import { Postbox, isThere as mailIsThere } from "../lib/postbox.js";
import account, { ada, grace } from "../walks/account.js";
import admin from "../walks/admin.js";
import front from "../walks/front.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/keyboard`;
const binary = process.env.PERIJOVE_BINARY ?? "../target/debug/perijove";

/** What is not done on this hub, and why. */
const ELSEWHERE = {
  "logout page": "this hub leads from there to the sign-in page; the page has one link",
  "stop_pending page": "it is gone when the server has stopped; the page has one link",
  "error summary “For whoever helps you”": "only where a provider of sign-in has refused and said why",
  "account form somewhere": "so the sample calls it; here it is the form that leads to the provider",
  "spawn summary “Last lines that the server wrote”": "only where a start fails before its progress is shown",
  "usage summary “As a table”": "only where a hub has run for a while",
};

/** What the pages offer, and what of it was operated. */
const offered = new Set();
const done = new Set();

test.describe.configure({ mode: "serial" });
// A trace of thousands of keys takes longer than they do.
test.use({ trace: "off", screenshot: "only-on-failure" });

test("Tab comes to everything on every page, and one sees where one is", async ({ browser }) => {
  const gallery = spawn(binary, ["web", "gallery", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  for (const stream of [gallery.stdout, gallery.stderr]) stream.on("data", (text) => { told += text; });
  await expect.poll(() => told).toMatch(/http:\/\/[\d.:]+/);
  const [address] = told.match(/http:\/\/[\d.:]+/);
  const context = await browser.newContext();
  // Nothing goes on by itself.
  await context.addInitScript(() => { HTMLFormElement.prototype.submit = HTMLFormElement.prototype.requestSubmit = () => {}; });
  const keys = await Keys.of(context);
  const { page } = keys;
  await page.clock.install();
  await page.goto(address);
  await page.clock.pauseAt(Date.now() + 60_000);
  const names = await page.locator("a[href*='page=']").evaluateAll((all) => all.map((link) => new URL(link.href).searchParams.get("page")));
  expect(names.length).toBeGreaterThan(50);
  const [problems, kinds, pages] = [[], new Set(), new Set()];
  for (const name of names) {
    await page.goto(`${address}/hub/${name}.en.light`);
    await page.evaluate(() => { for (const each of document.querySelectorAll("details")) each.open = true; });
    const found = await page.evaluate(() => ({ actions: keys.actions(), kinds: keys.kinds(), page: document.body.dataset.page }));
    for (const action of found.actions.filter((each) => !each.startsWith("gallery "))) offered.add(action);
    // Whatever has nothing that another sample of the page did not have needs no second look.
    const fresh = found.kinds.filter((kind) => !kinds.has(kind));
    for (const kind of fresh) kinds.add(kind);
    const looks = pages.has(found.page) ? LOOKS.slice(0, 2) : LOOKS;
    pages.add(found.page);
    for (const look of fresh.length ? looks : []) {
      const [[scheme, width], forward] = [look, look !== LOOKS[1]];
      await page.setViewportSize({ width, height: 800 });
      await page.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, scheme);
      const way = `${name}, ${scheme}, ${width}, ${forward ? "forward" : "back"}`;
      problems.push(...(await keys.around(forward)).map((problem) => `${way}: ${problem}`));
    }
  }
  await context.close();
  gallery.kill();
  await once(gallery, "exit");
  expect(problems).toEqual([]);
});

/** A server that is there at once, and takes its time to start or to fail where that is what is tried. */
const server = "import os, http.server as h; from urllib.parse import urlparse as p; "
  + "u = p(os.environ['JUPYTERHUB_SERVICE_URL']); h.HTTPServer((u.hostname, u.port), h.SimpleHTTPRequestHandler).serve_forever()";
const reports = { client: "service-reports", token: "token-of-the-reports", callback: "/services/reports/oauth_callback" };
// Ten minutes from now, as a clock on the wall of Greenwich shows it: near enough to be told of, not to come.
const stops = new Date(Date.now() + 10 * 60 * 1000).toISOString().slice(11, 16);
const settings = ({ issuer, mail, platform }) => `
[[profile]]
name = "Plain"
slug = "plain"
cmd = ["python3", "-c", "${server}"]
[[profile]]
name = "Slow"
slug = "slow"
cmd = ["sh", "-c", "echo 'reading the catalogue of stars'; exec sleep 60"]
[[profile.choice]]
name = "Size"
slug = "size"
[[profile.choice.option]]
name = "Usual"
slug = "usual"
[[profile.choice.option]]
name = "Roomy"
slug = "roomy"
env = { ROOM = "much" }
[[profile]]
name = "Broken"
slug = "broken"
cmd = ["sh", "-c", "sleep 5; echo 'no stars tonight' >&2; exit 3"]
[[group]]
name = "researchers"
users = ["ada"]
[[role]]
name = "user"
scopes = ["self", "shares!user", "read:users:name", "read:groups:name", "access:services"]
[[service]]
name = "reports"
url = "http://127.0.0.1:9"
api_token = "${reports.token}"
[culler]
enabled = true
every = "2s"
warn_before = "20m"
schedule = ["${stops}"]
[mail]
url = "smtp://localhost:${mail}"
insecure = true
from = "Notebooks <hub@example.org>"
[[auth]]
kind = "native"
enable_signup = true
allow_2fa = true
[[auth]]
kind = "oauth"
name = "campus"
label = "Campus"
issuer = "${issuer}"
client_id = "hub"
client_secret = "secret-of-the-hub"
allow_all = true
${platform}
`;

test.describe("on a hub", () => {
  test.skip(() => !mailIsThere() || !oidcIsThere(), "there is no mail server or no OpenID Connect provider: scripts/test.sh environments prepares them");

  /** What walks are given. */
  const given = { reports, ada, grace, at: (path) => `${given.perijove.url}/hub/${path}` };
  test.beforeAll(async ({ browser }) => {
    const [hub, mail, campus, course] = await freePorts(4);
    given.postbox = await Postbox.open(mail);
    given.platform = await Platform.open(course, `http://127.0.0.1:${hub}`);
    given.provider = await Provider.start(campus, `http://127.0.0.1:${hub}/`);
    given.perijove = await Perijove.fresh(artifacts, "", "", settings({
      issuer: `http://127.0.0.1:${campus}`, mail, platform: given.platform.section,
    }), hub);
    await changed(given.perijove.config, "[hub]\n", '[hub]\nallow_named_servers = true\nimplicit_spawn_seconds = "60s"\n');
    await given.perijove.start();
    given.visitor = async () => Keys.of(await browser.newContext(), done);
    given.keys = await given.visitor();
    given.someone = await given.visitor();
    given.page = given.keys.page;
    given.context = given.page.context();
    Object.assign(given, byProgram(given.perijove, browser));
  });
  test.afterAll(async () => {
    for (const one of [given.keys, given.someone]) await one?.page.context().close();
    await given.perijove?.dispose();
    given.provider?.stop();
    given.postbox?.stop();
    given.platform?.stop();
  });
  test.afterEach(async ({}, { status, expectedStatus }) => {
    if (status === expectedStatus) await given.keys.kept();
  });

  [...account, ...front, ...admin].forEach(([name, walk], number) => {
    test(name, async () => {
      await given.keys.look(LOOKS[number % LOOKS.length]);
      await walk(given);
    });
  });

  test("nothing that pages offer is left", async () => {
    const left = [...offered].filter((each) => !done.has(each) && !(each in ELSEWHERE)).sort();
    expect(left, "walk it in e2e/walks/, or say in ELSEWHERE why not").toEqual([]);
    const needless = Object.keys(ELSEWHERE).filter((each) => done.has(each) || !offered.has(each));
    expect(needless, "no longer elsewhere").toEqual([]);
  });
});
