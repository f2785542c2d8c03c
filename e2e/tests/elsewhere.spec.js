// Signing in elsewhere, by a real OpenID Connect provider: the way there and back, a way that is broken off, and linking.
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { account, login, setup } from "../lib/pages.js";
import { Perijove, freePorts } from "../lib/perijove.js";
import { Provider, isThere } from "../lib/oidc.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/elsewhere`;
const look = looks(artifacts);

test.skip(() => !isThere(), "there is no OpenID Connect provider: scripts/test.sh environments prepares it");

let perijove;
let provider;
let issuer;
test.beforeAll(async () => {
  const [port] = await freePorts(1);
  issuer = `http://127.0.0.1:${port}`;
  perijove = await Perijove.fresh(artifacts, "", "", `
[[auth]]
kind = "oauth"
name = "campus"
label = "Campus"
issuer = "${issuer}"
client_id = "hub"
client_secret = "secret-of-the-hub"
allowed_users = ["ann"]

[[auth]]
kind = "native"
`);
  provider = await Provider.start(port, `${perijove.url}/`);
  await perijove.start();
});
test.afterAll(async () => {
  provider?.stop();
  await perijove?.dispose();
});

test("somebody of another site comes in, somebody else does not", async ({ browser }) => {
  const at = (path) => `${perijove.url}/hub/${path}`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(at("login?next=/hub/account"));
  await look(page, "login");
  await page.getByRole("link", { name: "Sign in with Campus" }).click();
  await Provider.signIn(page, "ann");
  await expect(page).toHaveURL(at("account"));
  await expect(account.sessions(page)).toHaveCount(1);
  await expect(account.linked(page)).toContainText("campus: ann");
  await look(page, "account");
  await context.close();

  const others = await browser.newContext({ locale: "de" });
  const other = await others.newPage();
  await other.goto(at("login"));
  await other.getByRole("link", { name: "Mit Campus anmelden" }).click();
  await Provider.signIn(other, "bob");
  await expect(login.error(other)).toHaveText(/keinen Zugang zu diesem Hub/);
  await look(other, "no-access-de");

  await fetch(`${issuer}/test/faults`, { method: "POST", body: '{"access_denied":true}' });
  await other.getByRole("link", { name: "Mit Campus anmelden" }).click();
  await expect(login.error(other)).toHaveText(/Campus wurde dort abgebrochen/);
  await others.close();
});

test("whoever is signed in links the other site to their account, and comes back by it", async ({ browser }) => {
  const at = (path) => `${perijove.url}/hub/${path}`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(perijove.setupLink());
  await setup.fill(page, "ada", "a-first-program-1843");
  await setup.submit(page);
  await page.goto(at("account"));
  await page.getByRole("button", { name: "Link: Sign in with Campus" }).click();
  await Provider.signIn(page, "bob");
  await expect(page).toHaveURL(at("account"));
  await expect(account.linked(page)).toContainText("campus: bob");
  await look(page, "linked");
  await page.goto(at("logout"));
  await page.goto(at("login?next=/hub/account"));
  await page.getByRole("link", { name: "Sign in with Campus" }).click();
  if (await page.locator("input[name=login]").isVisible()) await Provider.signIn(page, "bob");
  await expect(page.locator(".who")).toHaveText("ada");
  await context.close();
});
