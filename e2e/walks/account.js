// Accounts: coming in by every door, and what is one's own.
import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { Device } from "../lib/authenticator.js";
import { code } from "../lib/totp.js";

export const ada = { name: "ada", password: "a-first-program-1843", email: "ada@example.org" };
export const grace = { name: "grace", password: "a-moth-in-relay-70" };

const binary = process.env.PERIJOVE_BINARY ?? "../target/debug/perijove";
const title = (page) => page.getByRole("heading", { level: 1 });

/** @param {import("../lib/keyboard.js").Keys} keys */
export async function signIn(keys, { name, password }) {
  await keys.type(keys.page.locator("#username_input"), name);
  await keys.type(keys.page.locator("#password_input"), password);
  await keys.press(keys.page.locator("#login_submit"));
}

async function choosePassword(keys, name, password) {
  if (name) await keys.type(keys.page.locator("#username_input"), name);
  await keys.type(keys.page.locator("#password_input"), password);
  await keys.type(keys.page.locator("#password_again_input"), password);
  await keys.press(keys.page.locator("#setup_submit"));
  await expect(keys.page).not.toHaveURL(/token=/);
}

/** `perijove login`, and the code that it shows. */
async function program(hub) {
  const settings = await mkdtemp(join(tmpdir(), "perijove-settings-"));
  const child = spawn(binary, ["login", "--hub", hub], { env: { XDG_CONFIG_HOME: settings }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { said += text; });
  const ended = new Promise((resolve) => { child.on("exit", resolve); });
  await expect.poll(() => said).toMatch(/code [A-Z]{4}-[A-Z]{4}/);
  return { asked: said.match(/code ([A-Z]{4}-[A-Z]{4})/)[1], ended };
}

export default [
  ["the set-up link, in a language of one's own", async ({ keys, page, perijove, at }) => {
    const language = page.locator("html");
    await keys.go(perijove.setupLink());
    await keys.press(page.getByRole("button", { name: "Deutsch" }));
    await expect(language).toHaveAttribute("lang", "de");
    await keys.press(page.getByRole("button", { name: "English" }));
    await expect(language).toHaveAttribute("lang", "en");
    await choosePassword(keys, ada.name, ada.password);
    await expect(page).toHaveURL(at("home"));
  }],

  ["past the menu, and from light to dark", async ({ keys, page, context }) => {
    await page.keyboard.press("Tab");
    await expect(page.locator(".skip-link")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("main")).toBeFocused();
    const other = page.locator("#dark-theme-toggle button").filter({ visible: true });
    const theme = await other.getAttribute("data-to");
    await keys.press(other);
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    await keys.press(other);
    await expect(page.locator("html")).not.toHaveAttribute("data-theme", theme);
    await expect.poll(async () => (await context.cookies()).some(({ name }) => /theme/.test(name))).toBe(true);
    await context.clearCookies({ name: /theme/ });
  }],

  ["signing out, a mistake, and signing in", async ({ keys, page, at }) => {
    await keys.press(page.locator("#logout"));
    await expect(title(page)).toHaveText("Sign in");
    await signIn(keys, { ...ada, password: "something else" });
    await expect(page.locator("#login-error")).toBeVisible();
    await signIn(keys, ada);
    await expect(page).toHaveURL(/hub\/(home|spawn)/);
  }],

  ["a mail address, confirmed by a letter", async ({ keys, page, at, postbox }) => {
    await keys.press(page.getByRole("link", { name: ada.name, exact: true }));
    await keys.type(page.locator("#email_input"), ada.email);
    await keys.type(page.locator("#email-password"), ada.password);
    await keys.press(page.locator("#change-email"));
    await expect(page.locator("#account-done")).toContainText("A letter is on its way");
    await keys.go((await postbox.letterTo(ada.email)).link);
    await keys.press(page.locator("#confirm_submit"));
    await expect(page.locator("#confirm-done")).toBeVisible();
    await keys.go(at("account"));
    await expect(page.locator("#email")).toContainText(ada.email);
  }],

  ["a forgotten password", async ({ keys, page, at, postbox }) => {
    await keys.press(page.locator("#logout"));
    await keys.press(page.locator("#reset_link"));
    await keys.type(page.locator("#who_input"), ada.email);
    await keys.press(page.locator("#forgot_submit"));
    await expect(page.locator("#forgot-done")).toBeVisible();
    await keys.go((await postbox.letterTo(ada.email)).link);
    await choosePassword(keys, "", "nanoseconds of wire 11.8");
    await keys.go(at("login?next=/hub/account"));
    await signIn(keys, { ...ada, password: "nanoseconds of wire 11.8" });
    await keys.press(page.locator("#change-password"));
    await keys.type(page.locator("#old_password_input"), "nanoseconds of wire 11.8");
    await keys.type(page.locator("#new_password_input"), ada.password);
    await keys.type(page.locator("#new_password_again_input"), ada.password);
    await keys.press(page.locator("#change_submit"));
    await expect(page).toHaveURL(at("account"));
  }],

  ["signing up, and being let in or turned down", async ({ keys, page, at, someone }) => {
    for (const name of [grace.name, "mallory"]) {
      await someone.go(at("login"));
      await someone.press(someone.page.locator("#signup_link"));
      await someone.type(someone.page.locator("#username_input"), name);
      await someone.type(someone.page.locator("#password_input"), grace.password);
      await someone.type(someone.page.locator("#password_again_input"), grace.password);
      await someone.press(someone.page.locator("#signup_submit"));
      await expect(someone.page.locator("#signup-done")).toBeVisible();
    }
    await keys.go(at("admin"));
    await keys.press(page.locator("#waiting"));
    await keys.press(page.getByRole("button", { name: "grace" }).first());
    await expect(page.locator("#authorize-done")).toContainText("grace");
    await keys.press(page.getByRole("button", { name: "mallory" }).last());
    await expect(page.locator("#authorize-done")).toContainText("mallory");
    await someone.go(at("login?next=/hub/home"));
    await signIn(someone, grace);
    await expect(someone.page).toHaveURL(at("home"));
  }],

  ["an invitation", async ({ keys, page, at }) => {
    await keys.go(at("admin"));
    await keys.press(page.locator("#invitations"));
    await keys.type(page.locator("#invitation_uses"), "3");
    await keys.press(page.locator("#invitation_submit"));
    await expect(page.locator("#invitation-url")).toContainText("/hub/setup?token=");
    await keys.press(page.locator("#invitations-table").getByRole("button"));
    await expect(page.locator("#invitations-table")).toHaveCount(0);
  }],

  ["sessions elsewhere, the language, and another way to sign in", async ({ keys, page, at, elsewhere }) => {
    for (let count = 0; count < 2; count += 1) await elsewhere(ada);
    await keys.go(at("account"));
    const rows = page.locator("#sessions-table tbody tr");
    const before = await rows.count();
    await keys.press(rows.getByRole("button").first());
    await expect(rows).toHaveCount(before - 1);
    await keys.press(page.locator("#end-others"));
    await expect(rows).toHaveCount(1);
    await keys.choose(page.locator("#language_input"), "Español");
    await keys.press(page.locator("#save-language"));
    await expect(page.locator("html")).toHaveAttribute("lang", "es");
    await keys.choose(page.locator("#language_input"), "English");
    await keys.press(page.locator("#save-language"));
    await expect(page.locator("html")).toHaveAttribute("lang", "en");

    await keys.press(page.getByRole("button", { name: /^Link:/ }));
    await keys.type(page.locator("input[name=login]"), "bob");
    await keys.type(page.locator("input[name=password]"), "any");
    await page.keyboard.press("Enter");
    await expect(page.locator("#linked")).toContainText("campus: bob");
    await keys.press(page.locator("#linked li").getByRole("button"));
    await expect(page.locator("#linked li")).toHaveCount(0);
  }],

  ["one-time codes and passkeys", async ({ perijove, visitor }) => {
    // Browsers know passkeys of names, and of no addresses.
    const hub = `${perijove.url.replace("127.0.0.1", "localhost")}/hub`;
    const keys = await visitor();
    const { page } = keys;
    const device = await Device.of(page);
    await page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = async () => false; });
    const field = (id) => page.locator(`#${id}`);
    const done = field("account-done");
    await keys.go(`${hub}/login?next=/hub/account`);
    await signIn(keys, ada);
    await keys.type(field("passkey-name"), "Laptop");
    await keys.type(field("passkey-password"), ada.password);
    await keys.press(field("add-passkey"));
    await expect(page.locator("#passkeys-table tbody tr")).toHaveCount(1);
    await keys.type(field("passkey-new-name"), "Notebook");
    await keys.type(field("passkey-rename-password"), ada.password);
    await keys.press(field("rename-passkey"));
    await expect(page.locator("#passkeys-table")).toContainText("Notebook");
    await keys.type(field("passkey-new-name"), "Laptop");
    const byPasskey = (what) => page.locator(`[data-passkey=${what}] [data-with-passkey]`);
    await keys.press(byPasskey("rename"));
    await expect(page.locator("#passkeys-table")).toContainText("Laptop");

    await keys.type(field("propose-password"), ada.password);
    await keys.press(field("propose-codes"));
    const secret = (await field("otp-secret").textContent()).trim();
    await keys.type(field("code_input"), code(secret));
    await keys.press(field("confirm-codes"));
    await expect(page.locator("#recovery-codes code")).toHaveCount(10);

    await keys.press(field("logout"));
    await expect(page).toHaveURL(/login/);
    await keys.go(`${hub}/login?next=/hub/account`);
    await signIn(keys, ada);
    await expect(field("otp_input")).toBeVisible();
    await keys.press(field("passkey_submit"));
    await expect(page).toHaveURL(`${hub}/account`);
    await keys.press(field("logout"));
    await expect(page).toHaveURL(/login/);
    await keys.go(`${hub}/login?next=/hub/account`);
    await keys.press(field("passkey_submit"));
    await expect(page).toHaveURL(`${hub}/account`);

    await keys.type(field("recovery-password"), ada.password);
    await keys.press(field("new-recovery-codes"));
    await expect(page.locator("#recovery-codes code")).toHaveCount(10);
    await keys.type(field("remove-password"), ada.password);
    await keys.press(field("remove-codes"));
    await expect(field("propose-codes")).toBeVisible();
    await device.present(true);
    await device.browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: device.id });
    await Device.of(page);
    await keys.type(field("passkey-name"), "Telephone");
    await keys.type(field("passkey-password"), ada.password);
    await keys.press(field("add-passkey"));
    await expect(page.locator("#passkeys-table tbody tr")).toHaveCount(2);
    await keys.choose(field("passkey-to-remove"), "Laptop");
    await keys.press(byPasskey("remove"));
    await expect(done).toBeVisible();
    await expect(page.locator("#passkeys-table tbody tr")).toHaveCount(1);
    await keys.press(byPasskey("add"));
    await expect(page.locator("[data-passkey=add] [data-problem]"), "this device has one already").toBeVisible();
    await keys.type(field("passkey-remove-password"), ada.password);
    await keys.press(field("remove-passkey"));
    await expect(page.locator("#passkeys-table")).toHaveCount(0);
    await page.context().close();
  }],

  ["a program that asks by a code", async ({ keys, page, at, perijove }) => {
    const [wanted, unwanted] = [await program(perijove.url), await program(perijove.url)];
    for (const [one, button, status] of [[wanted, "#device-allow", 0], [unwanted, "#device-deny", 1]]) {
      await keys.go(at("device"));
      await keys.type(page.locator("#user-code"), one.asked);
      await keys.press(page.locator("#device-look"));
      await expect(page.locator("#device-code")).toHaveText(one.asked);
      await keys.press(page.locator(button));
      await expect(page.locator("#device-done")).toBeVisible();
      expect(await one.ended).toBe(status);
    }
  }],

  ["an application that asks for leave", async ({ keys, page, at, reports }) => {
    await keys.go(at(`api/oauth2/authorize?client_id=${reports.client}&redirect_uri=${reports.callback}&response_type=code&state=x`));
    await keys.press(page.locator("#oauth_submit"));
    await expect(page).toHaveURL(/oauth_callback\?.*code=/);
    const body = new URLSearchParams({
      grant_type: "authorization_code", code: new URL(page.url()).searchParams.get("code"),
      client_id: reports.client, client_secret: reports.token, redirect_uri: reports.callback,
    });
    expect((await fetch(at("api/oauth2/token"), { method: "POST", body })).status).toBe(200);
  }],

  ["tokens of one's own, and what applications were given", async ({ keys, page, at }) => {
    await keys.go(at("token"));
    await keys.type(page.locator("#token-note"), "for the night");
    await keys.choose(page.locator("#token-expiration-seconds"), "1 Day");
    await keys.tick(page.locator("#pick-1"));
    await keys.press(page.getByRole("button", { name: "Request new API token" }));
    await expect(page.locator("#token-result")).toBeVisible();
    const row = page.locator("#api-tokens-table tbody tr").filter({ hasText: "for the night" });
    await keys.press(row.locator("summary"));
    await expect(row.locator(".token-scope").first()).toBeVisible();
    await keys.press(row.getByRole("button"));
    await expect(row).toHaveCount(0);
    const given = page.locator("#oauth-tokens-table tbody tr");
    const count = await given.count();
    await keys.press(given.first().getByRole("button"));
    await expect(given).toHaveCount(count - 1);
  }],

  ["from a course on a learning platform, where a script did not arrive", async ({ visitor, platform, at }) => {
    const keys = await visitor();
    const { page } = keys;
    await page.route("**/onward.js*", (route) => route.abort());
    await keys.go(platform.url);
    await keys.press(page.getByRole("button", { name: "Open the notebooks" }));
    const onward = page.locator("main form[data-onward] button");
    await keys.press(onward);
    await expect(page).toHaveURL(at("token"));
    await page.context().close();
  }],

  ["what is not there", async ({ keys, page, at }) => {
    await keys.go(at("nothing/of/the/kind"));
    await keys.press(page.locator("main .actions a").first());
    await expect(page).toHaveURL(/hub\/(home|$)/);
  }],
];
