// Accounts, as people meet them: from the set-up link to one-time codes, each page looked at in all its looks.
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { account, changePassword, login, setup, signUp, waiting } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";
import { code } from "../lib/totp.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/people`;
const ada = { name: "ada", password: "a-first-program-1843" };
const grace = { name: "grace", password: "a-moth-in-relay-70" };
const look = looks(artifacts);

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts, "", "", '[[auth]]\nkind = "native"\nenable_signup = true\nallow_2fa = true');
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("an account from its first day to its second password", async ({ browser }) => {
  const { step } = test;
  const [adas, graces] = [await browser.newContext(), await browser.newContext()];
  const [admin, page] = [await adas.newPage(), await graces.newPage()];
  const at = (path) => `${perijove.url}/hub/${path}`;

  await step("the set-up link, by the keyboard alone", async () => {
    await admin.goto(perijove.setupLink());
    await look(admin, "set-up");
    const { keyboard } = admin;
    await keyboard.type(ada.name);
    await keyboard.press("Tab");
    await keyboard.type(ada.password);
    await keyboard.press("Tab");
    await keyboard.type("something else");
    await keyboard.press("Enter");
    await expect(admin, "two passwords that differ are not sent").toHaveURL(/token=/);
    await keyboard.press("Control+A");
    await keyboard.type(ada.password);
    await keyboard.press("Enter");
    await expect(admin).toHaveURL(at("home"));
    await look(admin, "home");
  });

  await step("signing up, with a password that is too easy and then a good one", async () => {
    await page.goto(at("login"));
    await page.locator("#signup_link").click();
    await signUp.fill(page, { name: grace.name, password: "1234567890" });
    await signUp.submit(page);
    await expect(signUp.error(page)).toContainText("Many people use this password");
    await look(page, "sign-up-error");
    await signUp.fill(page, grace);
    await signUp.submit(page);
    await expect(signUp.done(page)).toContainText("waits for an administrator");
    await look(page, "sign-up-done");
  });

  await step("nobody comes in before somebody has let them in", async () => {
    await page.goto(at("login"));
    await login.signIn(page, grace.name, grace.password);
    await expect(login.error(page)).toBeVisible();
    await look(page, "login-error");
  });

  await step("the administrator lets her in", async () => {
    await admin.goto(at("admin"));
    await look(admin, "admin");
    await admin.locator("#waiting").click();
    await expect(waiting.row(admin, grace.name)).toBeVisible();
    await look(admin, "waiting");
    await waiting.letIn(admin, grace.name);
    await expect(waiting.done(admin)).toContainText("grace has an account now.");
  });

  await step("she signs in by the keyboard alone", async () => {
    await page.goto(at("login?next=/hub/account"));
    await page.keyboard.type(grace.name);
    await page.keyboard.press("Tab");
    await page.keyboard.type(grace.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(at("account"));
    await expect(account.sessions(page)).toHaveCount(1);
    await expect(account.sessions(page).first()).toContainText("Chrome · Linux");
    await page.keyboard.press("Tab");
    await expect(page.locator(".skip-link"), "the first thing that the keyboard finds").toBeFocused();
  });

  let secret;
  let recovery;
  await step("one-time codes: a wrong one, then the right one", async () => {
    secret = await account.proposeCodes(page, grace.password);
    await look(page, "codes-proposed");
    await account.confirmCodes(page, "000000");
    await expect(account.error(page)).toBeVisible();
    await account.confirmCodes(page, code(secret));
    await expect(account.recoveryCodes(page)).toHaveCount(10);
    recovery = (await account.recoveryCodes(page).first().textContent()).trim();
    await look(page, "account");
  });

  await step("elsewhere a password alone does not do, a code with it does, and each only once", async () => {
    const others = await browser.newContext();
    const other = await others.newPage();
    await other.goto(at("login?next=/hub/account"));
    await login.signIn(other, grace.name, grace.password);
    await expect(login.error(other)).toContainText("one-time code");
    await expect(login.otp(other)).toBeVisible();
    await look(other, "login-code");
    await login.signIn(other, grace.name, grace.password, recovery);
    await expect(other).toHaveURL(at("account"));
    await other.goto(at("logout"));
    await other.goto(at("login?next=/hub/account"));
    await login.signIn(other, grace.name, grace.password, recovery);
    await expect(login.error(other), "a recovery code a second time").toBeVisible();
    await login.signIn(other, grace.name, grace.password, code(secret, 1));
    await expect(other).toHaveURL(at("account"));

    await page.goto(at("account"));
    await expect(account.sessions(page)).toHaveCount(2);
    await account.endOthers(page);
    await expect(account.done(page)).toContainText("everywhere else");
    await expect(account.sessions(page)).toHaveCount(1);
    await other.reload();
    await expect(login.form(other), "signed out there").toBeVisible();
    await others.close();
  });

  await step("another password, and the end of the old one", async () => {
    await page.goto(at("account"));
    await account.changePassword(page);
    await changePassword.fill(page, "not-the-password", "nanoseconds of wire 11.8");
    await changePassword.submit(page);
    await expect(changePassword.error(page)).toBeVisible();
    await look(page, "change-password");
    await changePassword.fill(page, grace.password, "nanoseconds of wire 11.8");
    await changePassword.submit(page);
    await expect(page).toHaveURL(at("account"));
    await page.goto(at("logout"));
    await login.signIn(page, grace.name, grace.password);
    await expect(login.error(page)).toBeVisible();
  });

  await step("a link from the administrator, for whoever has forgotten it", async () => {
    await page.goto(perijove.invite(grace.name));
    await look(page, "new-password");
    await setup.fill(page, grace.name, grace.password);
    await setup.submit(page);
    await expect(page).toHaveURL(at("home"));
  });

  await step("what is not there, and what is not for her", async () => {
    expect((await page.goto(at("nothing/of/the/kind"))).status()).toBe(404);
    await look(page, "nothing");
    expect((await page.goto(at("admin"))).status()).toBe(403);
    await look(page, "not-allowed");
    await page.goto(at("token"));
    await look(page, "tokens");
  });

  await adas.close();
  await graces.close();
});

test("pages in the language of the browser, of the person, of a moment", async ({ browser }) => {
  const { step } = test;
  const at = (path) => `${perijove.url}/hub/${path}`;
  const lang = (page) => page.locator("html").getAttribute("lang");
  const context = await browser.newContext({ locale: "de-AT" });
  const page = await context.newPage();

  await step("the browser's", async () => {
    await page.goto(at("login"));
    expect(await lang(page)).toBe("de");
    await expect(page.locator("h1")).toHaveText("Anmelden");
    await login.signIn(page, "nobody", "not-the-password");
    await expect(login.error(page)).toHaveText("Benutzername oder Passwort ist falsch");
    await look(page, "login-de");
    expect((await page.goto(at("nothing"))).status()).toBe(404);
    await expect(page.locator("h1")).toHaveText("Hier ist nichts");
  });

  await step("the one chosen below the form", async () => {
    await page.goto(at("login?next=/hub/account"));
    await login.speak(page, "Français");
    await expect(page).toHaveURL(at("login?next=/hub/account"));
    expect(await lang(page)).toBe("fr");
    await login.speak(page, "日本語");
    await expect(page.locator("h1")).toHaveText("サインイン");
    await look(page, "login-ja");
  });

  await step("the person's own, in every browser of theirs", async () => {
    await page.goto(perijove.invite(ada.name));
    await setup.fill(page, ada.name, ada.password);
    await setup.submit(page);
    await page.goto(at("account"));
    expect(await lang(page)).toBe("ja");
    await look(page, "account-ja");
    await account.speak(page, "es");
    await expect(page.locator("h1")).toHaveText("Su cuenta");

    const other = await browser.newContext({ locale: "fr-FR" });
    const there = await other.newPage();
    await there.goto(at("login?next=/hub/home"));
    expect(await lang(there)).toBe("fr");
    await login.signIn(there, ada.name, ada.password);
    await expect(there.locator("h1")).toHaveText("Su servidor");
    await there.goto(at("nothing"));
    await expect(there.locator("h1"), "pages for nobody in particular follow").toHaveText("Aquí no hay nada");
    await other.close();
  });
  await context.close();
});
