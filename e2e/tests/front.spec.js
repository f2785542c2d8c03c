// The front door: what is offered and what it takes, a start that takes a while and one that fails, and the home page with
// what servers use now. In light and dark, on a telephone and a wide screen, with the keyboard, and without JavaScript.
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { front, home, pending, setup } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/front`;
const look = looks(artifacts);
const person = { name: "ada", password: "a-first-program-1843" };
const profiles = `
[[profile]]
name = "Everyday"
slug = "everyday"
description = "Python with the usual packages, for notes and small data."
cpu = 1
memory = "2G"
[[profile]]
name = "Large data"
slug = "large"
description = "For tables that do not fit elsewhere. Takes a while to start."
cpu = 2
memory = "4G"
cmd = ["sh", "-c", "echo 'reading the catalogue of stars'; sleep 7; exec jupyterhub-singleuser"]
[[profile.choice]]
name = "Size"
slug = "size"
[[profile.choice.option]]
name = "Usual"
slug = "usual"
[[profile.choice.option]]
name = "Huge"
slug = "huge"
memory = "16G"
[[profile]]
name = "Experimental"
slug = "experimental"
cmd = ["sh", "-c", "echo \\"OSError: [Errno 28] No space left on device: '/home/ada/.local'\\" >&2; exit 3"]
[[entitlement]]
cpu = 4
memory = "8G"
max_servers = 3
hours = 40
[[role]]
name = "user"
scopes = ["self", "shares!user", "read:users:name", "read:groups:name", "access:services"]
[[service]]
name = "gallery"
url = "http://127.0.0.1:9"
`;

let perijove;
let page;
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  perijove = await Perijove.fresh(artifacts, "", "", profiles);
  await writeNamed();
  await perijove.start();
  page = await (await browser.newContext()).newPage();
  await page.goto(perijove.setupLink());
  await setup.fill(page, person.name, person.password);
  await setup.submit(page);
  await expect(page).not.toHaveURL(/token=/);
});
test.afterAll(async () => {
  await page?.context().close();
  await perijove?.dispose();
});

/** Named servers are asked for in [hub], which stands first. */
async function writeNamed() {
  const { readFile, writeFile } = await import("node:fs/promises");
  const text = await readFile(perijove.config, "utf8");
  await writeFile(perijove.config, text.replace("[hub]\n", "[hub]\nallow_named_servers = true\n"));
}

/** What somebody sees of a profile. */
const card = (slug) => page.locator(`.profile[data-profile="${slug}"]`);

test("profiles tell what they give and take, and what there is no room for", async () => {
  await page.goto(`${perijove.url}/hub/spawn`);
  await expect(card("everyday").getByText("takes 2 GiB of 8 GiB")).toBeVisible();
  await look(page, "start");
  await card("large").getByRole("radio").check();
  await expect(card("large").locator(".refused")).toHaveCount(0);
  await card("large").getByLabel("Size").selectOption("Huge");
  await expect(card("large").locator(".refused")).toContainText("This takes 16 GiB of memory");
  await expect(front.startLink(page)).toContainText("/hub/spawn?opt-profile=large&opt-size=huge");
  await page.getByText("A link that starts this").click();
  await look(page, "start-no-room");
  await card("large").getByLabel("Size").selectOption("Usual");
  await expect(card("large").locator(".refused")).toHaveCount(0);
});

test("a start tells its phases and what the server writes, and can be cancelled", async () => {
  await page.locator("#spawn_submit").click();
  await expect(pending.bar(page)).toBeVisible();
  await expect(front.phase(page)).toHaveText(/Waiting for its answer/);
  await page.getByText("What the server writes").click();
  await expect(pending.log(page)).toContainText("reading the catalogue of stars");
  await look(page, "pending");
  await page.getByRole("button", { name: "Cancel the start" }).click();
  await expect(page).toHaveURL(/hub\/home/);
  await home.expectStopped(page);
});

test("a failure says why, what to do, and is tried again with one click", async () => {
  await page.goto(`${perijove.url}/hub/spawn?opt-profile=experimental`);
  await expect(page.getByText("There is no room left for files")).toBeVisible();
  await page.goto(`${perijove.url}/hub/spawn-pending/ada`);
  await expect(page.getByText("There is no room left for files")).toBeVisible();
  await expect(pending.log(page)).toContainText("No space left on device");
  await look(page, "failed");
  await page.getByRole("button", { name: "Try again" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("There is no room left for files")).toBeVisible();
  await page.goto(`${perijove.url}/hub/home`);
  await look(page, "home-failed");
});

test("what was used last is first, and runs with what it uses shown", async () => {
  await page.goto(`${perijove.url}/hub/spawn?opt-profile=everyday`);
  await expect(page).toHaveURL(/user\/ada/, { timeout: 120_000 });
  await page.goto(`${perijove.url}/hub/home`);
  await home.expectRunning(page);
  const uses = page.locator("#servers > li").first().locator(".meter");
  await expect(uses).toHaveCount(2);
  await expect(uses.first()).toContainText(/of 1/);
  await expect(uses.last()).toContainText(/MiB of 2 GiB/);
  await expect(page.locator("#home-aside")).toContainText("1 of 3");
  await look(page, "home-running");
  await page.goto(`${perijove.url}/hub/spawn/ada/second`);
  await expect(page.locator(".profile").first()).toContainText("Last used");
  await expect(page.locator(".profile").first().getByRole("radio")).toBeChecked();
});

test("servers are added, renamed, started again, restarted and removed with the keyboard", async () => {
  await page.goto(`${perijove.url}/hub/home`);
  await page.getByLabel("Another server").fill("Moons of Jupiter");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/spawn\/ada\/moons-of-jupiter/);
  await page.goto(`${perijove.url}/hub/home`);
  await look(page, "home-two");

  const first = page.locator("#servers > li").first();
  await first.locator("summary").focus();
  await page.keyboard.press("Enter");
  await first.getByLabel("Name").fill("Everyday work");
  await look(page, "home-more");
  await first.getByLabel("Name").press("Enter");
  await expect(first.getByRole("heading")).toHaveText("Everyday work");
  await home.expectRunning(page);

  await first.locator("summary").press("Enter");
  await first.getByRole("button", { name: "Restart" }).press("Enter");
  await look(page, "home-sure");
  await page.getByRole("dialog").getByRole("button", { name: "Restart" }).press("Enter");
  await expect(page).toHaveURL(/user\/ada/, { timeout: 120_000 });
  await page.goto(`${perijove.url}/hub/home`);
  await home.stop(page).press("Enter");
  await home.expectStopped(page);
  await first.getByRole("button", { name: "Start Everyday work" }).press("Enter");
  await expect(page).toHaveURL(/user\/ada/, { timeout: 120_000 });

  await page.goto(`${perijove.url}/hub/home`);
  const second = page.locator('#servers > li[data-name^="moons-of-jupiter"]');
  await second.locator("summary").press("Enter");
  await second.getByRole("button", { name: /Delete this server/ }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Delete this server" }).press("Enter");
  await expect(second).toHaveCount(0);
});

test("a server is shared by a link that is shown once", async ({ browser }) => {
  await page.goto(`${perijove.url}/hub/home`);
  const first = page.locator("#servers > li").first();
  await first.locator("summary").press("Enter");
  await first.getByRole("link", { name: /Share/ }).press("Enter");
  await expect(page).toHaveURL(/hub\/share\/ada/);
  await page.getByRole("button", { name: "Make a link" }).press("Enter");
  const link = await page.locator("#share-link").textContent();
  await look(page, "share");
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(perijove.invite("grace"));
  await setup.fill(other, "grace", "it-is-easier-to-ask-1906");
  await setup.submit(other);
  await expect(other).not.toHaveURL(/token=/);
  await other.goto(new URL(link, perijove.url).href);
  await other.locator("main form button[type=submit]").first().click();
  await other.goto(`${perijove.url}/hub/home`);
  await expect(other.getByRole("link", { name: "Everyday work" })).toBeVisible();
  await look(other, "home-shared");
  await context.close();
});

test("all of it is there without JavaScript", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(`${perijove.url}/hub/home`);
  const first = plain.locator("#servers > li").first();
  await first.locator("summary").click();
  await first.getByLabel("Name").fill("By hand");
  await first.getByRole("button", { name: "Rename" }).click();
  await expect(first.getByRole("heading")).toHaveText("By hand");
  await home.stop(plain).click();
  await expect(home.stop(plain)).toHaveCount(0);
  await first.getByRole("button", { name: "Start By hand" }).click();
  await expect(plain).toHaveURL(/spawn-pending|user\/ada/);
  await context.close();
});
