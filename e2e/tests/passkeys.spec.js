// Passkeys in a real browser: added, used to sign in and in the place of a code, copied, renamed, removed.
import { expect, test } from "@playwright/test";
import { Device } from "../lib/authenticator.js";
import { looks } from "../lib/looks.js";
import { login, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";
import { code } from "../lib/totp.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const shoot = shots(`${artifacts}/passkeys`);
const look = looks(`${artifacts}/passkeys`);
const password = "a-first-program-1843";

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(`${artifacts}/passkeys`);
});
test.afterAll(async () => { await perijove?.dispose(); });

test("a passkey signs in, stands in for a code, and is removed", async ({ page }) => {
  const problems = [];
  page.on("console", (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(error.message));
  await perijove.start();
  // Browsers know passkeys of names, and of no addresses.
  const hub = perijove.url.replace("127.0.0.1", "localhost");
  const device = await Device.of(page);
  // The made-up device takes every proposal at once, which nobody does: it is left out except where it is what is tried.
  await page.addInitScript(() => {
    if (globalThis.PublicKeyCredential && location.hash !== "#propose") {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false;
    }
  });
  const signOut = async () => {
    await device.present(false);
    await page.goto(`${hub}/hub/logout`);
    await page.goto(`${hub}/hub/login?next=/hub/account`);
  };
  const byPassword = async () => {
    await login.signIn(page, "ada", password);
  };
  const byPasskey = async () => {
    await device.present(true);
    await page.locator("#passkey_submit").click();
  };

  await expect.poll(() => perijove.setupLink()).toBeTruthy();
  await page.goto(perijove.setupLink().replace("127.0.0.1", "localhost"));
  await setup.fill(page, "ada", password);
  await setup.submit(page);
  await expect(page).toHaveURL(/\/hub\/(home|spawn)/);

  await test.step("a passkey is added, by whoever knows the password", async () => {
    await page.goto(`${hub}/hub/account`);
    const add = page.locator("#add-passkey");
    await page.locator("#passkey-name").fill("Laptop");
    await page.locator("#passkey-password").fill("a wrong password");
    await add.click();
    await expect(page.locator("#account-error")).toHaveText("The password is wrong.");
    await device.browser.send("WebAuthn.clearCredentials", { authenticatorId: device.id });
    await page.locator("#passkey-name").fill("Laptop");
    await page.locator("#passkey-password").fill(password);
    await add.click();
    await expect(page.locator("#account-done")).toHaveText("You can sign in with the new passkey.");
    await expect(page.locator("#passkeys-table tbody tr")).toHaveCount(1);
    expect(await device.passkeys()).toHaveLength(1);
    await shoot(page, "added");
  });

  await test.step("it signs in, without a name", async () => {
    await signOut();
    await expect(page.locator("#username_input")).toHaveAttribute("autocomplete", "username webauthn");
    await shoot(page, "sign-in");
    await byPasskey();
    await expect(page).toHaveURL(`${hub}/hub/account`);
    await expect(page.locator("#passkeys-table")).not.toContainText("never");
  });

  await test.step("it is proposed where a name would be typed", async () => {
    await signOut();
    await device.present(true);
    await page.goto("about:blank");
    await page.goto(`${hub}/hub/login?next=/hub/account#propose`);
    await expect(page).toHaveURL(`${hub}/hub/account`);
  });

  await test.step("it stands in for a one-time code", async () => {
    await page.locator("#propose-password").fill(password);
    await page.locator("#propose-codes").click();
    const secret = await page.locator("#otp-secret").textContent();
    await page.locator("#code_input").fill(code(secret));
    await page.locator("#confirm-codes").click();
    await expect(page.locator("#recovery-codes")).toBeVisible();
    await signOut();
    await byPassword();
    await expect(page.locator("#otp_input")).toBeVisible();
    await expect(page.locator("#passkey_submit")).toHaveText("Use a passkey instead of a code");
    await shoot(page, "second-factor");
    await byPasskey();
    await expect(page).toHaveURL(`${hub}/hub/account`);
  });

  await test.step("a copy of it is refused", async () => {
    const [passkey] = await device.passkeys();
    expect(passkey.signCount).toBeGreaterThan(1);
    await signOut();
    await device.copied(passkey, 0);
    await byPasskey();
    await expect(login.error(page)).toHaveText("This passkey can't be used to sign in here.");
    await shoot(page, "copied");
    await device.present(false);
    await device.copied(passkey, passkey.signCount + 5);
    await page.goto(`${hub}/hub/login?next=/hub/account`);
    await byPasskey();
    await expect(page).toHaveURL(`${hub}/hub/account`);
  });

  await test.step("it gets another name, confirmed by itself", async () => {
    await page.locator("#passkey-new-name").fill("Old laptop");
    await page.getByRole("button", { name: "Rename it, confirmed by a passkey" }).click();
    await expect(page.locator("#account-done")).toHaveText("The passkey has its new name.");
    await expect(page.locator("#passkeys-table")).toContainText("Old laptop");
    await look(page, "renamed");
  });

  await test.step("it confirms its own removal, and signs in no more", async () => {
    await expect(page.locator("#passkey-last")).toBeVisible();
    await page.getByRole("button", { name: "Remove it, confirmed by a passkey" }).click();
    await expect(page.locator("#account-done")).toContainText("That was your last passkey.");
    await expect(page.locator("#passkeys-table")).toHaveCount(0);
    await shoot(page, "removed");
    await signOut();
    await byPasskey();
    await expect(login.error(page)).toHaveText("This passkey can't be used to sign in here.");
  });
  expect(problems).toEqual([]);
});
