// The other pages of the administration: servers, health with a drained hub, tokens, shares, the audit log, services,
// profiles and settings; with the keyboard, looked at in all their looks, and without JavaScript.
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { admin, login, setup } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/manage`;
const ada = { name: "ada", password: "a-first-program-1843" };
const look = looks(artifacts);
const profiles = `
[[profile]]
name = "Small"
[[profile]]
name = "Large memory"
description = "For models that need room."
memory = "2G"
groups = ["researchers"]
[[group]]
name = "researchers"
users = ["ada"]
[[role]]
name = "helpers"
scopes = ["read:hub"]
`;

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts, "", "", profiles);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("a morning of whoever looks after the hub", async ({ page, browser }) => {
  const { step } = test;
  const at = (path) => `${perijove.url}/hub/${path}`;
  const menu = page.getByRole("navigation", { name: "Pages of the administration" });
  await page.goto(perijove.setupLink());
  await setup.fill(page, ada.name, ada.password);
  await setup.submit(page);
  await page.goto(at("admin"));
  await admin.add(page, ["grace", "hedy"]);

  await step("the menu leads to every page, by keyboard, too", async () => {
    const names = ["People", "Servers", "Groups", "Roles", "Profiles", "Services", "Tokens", "Shares", "Audit log", "Settings", "Health"];
    for (const name of names) {
      await menu.getByRole("link", { name, exact: true }).focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
      await expect(menu.locator("[aria-current=page]").first()).toHaveText(name);
      await look(page, `page-${name.toLowerCase().replace(" ", "-")}`);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    await menu.locator("summary").click();
    await menu.getByRole("link", { name: "Servers", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Servers");
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  await step("start, find and stop a server from the list", async () => {
    await page.goto(at("admin"));
    await page.locator(".user-row").filter({ hasText: "ada" }).getByRole("button", { name: "Start Server" }).click();
    await expect(page.locator("[data-outcome=done]")).toContainText("ada", { timeout: 60_000 });
    await page.goto(at("admin/servers"));
    const row = page.locator("[data-server=ada]");
    await expect(row).toContainText("running", { ignoreCase: true });
    await look(page, "servers-running");
    await page.getByLabel("Search by person or server").pressSequentially("nobody");
    await expect(row).toHaveCount(0);
    await page.getByLabel("Search by person or server").fill("ad");
    await expect(row).toHaveCount(1);
    await row.getByRole("button", { name: "Stop Server" }).click();
    await expect(page.locator("[data-outcome=done]")).toContainText("ada", { timeout: 30_000 });
    await expect(row.getByRole("button", { name: "Start Server" })).toBeVisible();
    await look(page, "servers-stopped");
  });

  await step("drain the hub: nobody starts, and everybody knows why", async () => {
    await page.goto(at("admin/health"));
    await page.getByLabel("What people are told").fill("Maintenance until ten.");
    await page.getByRole("button", { name: "Let no server start" }).click();
    await expect(page.locator("#drain [role=status]")).toContainText("No server starts at the moment.");
    await look(page, "health-drained");
    await page.goto(at("home"));
    await expect(page.locator("#drained")).toContainText("Maintenance until ten.");
    await page.goto(at("admin/health"));
    await page.getByRole("button", { name: "Let servers start again" }).click();
    await expect(page.locator("#drain [role=status]")).toHaveText("Servers may start.");
  });

  await step("a service is made and deleted", async () => {
    await page.goto(at("admin/services"));
    await page.getByLabel("Name", { exact: true }).fill("grader");
    await page.getByLabel("Where it listens").fill("http://127.0.0.1:9");
    await page.getByRole("button", { name: "Make the service" }).click();
    await expect(page.locator("[data-service=grader]")).toContainText("doesn’t answer");
    await look(page, "services");
    await page.getByRole("link", { name: "Change grader" }).press("Enter");
    await page.getByRole("button", { name: "Make a new token" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Make a new token" }).press("Enter");
    await expect(page.locator("#token-result")).toHaveText(/^[0-9a-f]{32}$/);
    await look(page, "services-token");
    await page.locator("[data-service=grader]").getByRole("button").click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await expect(page.locator("[data-service=grader]")).toHaveCount(0);
  });

  await step("a role is given to somebody and taken again, with the keyboard", async () => {
    await page.goto(at("admin/users/grace"));
    await page.getByLabel("Role", { exact: true }).focus();
    await page.keyboard.type("helpers");
    await page.getByRole("button", { name: "Give the role" }).press("Enter");
    await expect(page.locator("#roles")).toContainText("helpers");
    await look(page, "person-role");
    await page.locator("#roles").getByRole("button", { name: /^Take away.*helpers/ }).press("Enter");
    await expect(page.locator("#roles")).not.toContainText("helpers");
  });

  await step("a token is found and revoked, and the log has it", async () => {
    await page.goto(at("token"));
    await page.locator("#token-note").fill("left over");
    await page.locator("#request-token-form").getByRole("button").first().click();
    await page.goto(at("admin/tokens?owner=ada&kind=own"));
    const row = page.locator("[data-token]").filter({ hasText: "left over" });
    await look(page, "tokens");
    await row.getByRole("button", { name: "Revoke" }).click();
    await expect(row).toHaveCount(0);
    await page.goto(at("admin/audit"));
    await page.getByRole("link", { name: "token.revoked" }).first().click();
    await expect(page).toHaveURL(/act=token\.revoked/);
    await expect(page.locator("[data-entry]")).not.toHaveCount(0);
    await look(page, "audit");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as JSON lines" }).click();
    expect((await download).suggestedFilename()).toBe("audit.jsonl");
  });

  await step("it all works without JavaScript", async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const other = await plain.newPage();
    await other.goto(at("admin/servers"));
    await login.signIn(other, ada.name, ada.password);
    await other.getByLabel("Search by person or server").fill("ad");
    await other.getByRole("button", { name: "Show" }).click();
    await expect(other.locator("[data-server=ada]")).toHaveCount(1);
    await other.locator("[data-server=ada]").getByRole("button", { name: "Start Server" }).click();
    await expect(other.locator("[data-outcome=done]")).toContainText("ada");
    await plain.close();
  });

  await step("shut the hub down, after a question", async () => {
    await page.goto(at("admin"));
    await page.locator("#shutdown-button").click();
    await look(page, "shutdown");
    await page.getByRole("link", { name: "Keep it running" }).click();
    await expect(page).toHaveURL(at("admin"));
  });
});
