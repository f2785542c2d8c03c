// The first walk: from an empty folder to a plot, through the death of the hub, to a stopped server.
import { expect, test } from "@playwright/test";
import { home, lab, login, numbers, pending, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const ada = { name: "ada", password: "a-first-program-1843" };
const grace = { name: "grace", password: "a-moth-in-relay-70" };

const plot = `
%matplotlib inline
import matplotlib.pyplot as plt, numpy as np
x = np.linspace(0, 12, 400)
fig, ax = plt.subplots(figsize=(5, 2.5))
ax.plot(x, np.sin(x) * np.exp(-x / 6))
plt.show()
`.trim();

// About four minutes: longer than all that happens while it prints.
const count = `
import time
for number in range(1000):
    print("number", number, flush=True)
    time.sleep(0.25)
`.trim();

let perijove;
test.beforeAll(async () => { perijove = await Perijove.fresh(`${artifacts}/walk`); });
test.afterAll(async () => { await perijove?.dispose(); });

const shoot = shots(`${artifacts}/walk`);

test("a notebook runs from first start to last stop, and outlives the hub", async ({ browser }) => {
  const { step } = test;
  const context = await browser.newContext();
  const page = await context.newPage();
  let notebook;
  let counting;

  await step("a fresh start prints a link to set up the first admin", async () => {
    await perijove.start();
    expect(perijove.setupLink(), "a link on stdout").toBeTruthy();
    await page.goto(perijove.url);
    await expect(login.form(page)).toBeVisible();
    await shoot(page, "login-before-set-up");
  });

  await step("the link makes the admin, once", async () => {
    const link = perijove.setupLink();
    await page.goto(link);
    await shoot(page, "set-up");
    await setup.fill(page, ada.name, ada.password);
    await shoot(page, "set-up-filled");
    await setup.submit(page);
    await expect(page).not.toHaveURL(/token=/);
    await shoot(page, "after-set-up");

    const stranger = await browser.newContext();
    const again = await stranger.newPage();
    const answer = await again.goto(link);
    expect(answer.status(), "a used link").toBeGreaterThanOrEqual(400);
    await shoot(again, "set-up-link-used");
    await stranger.close();
  });

  await step("a wrong password is refused in words", async () => {
    await context.clearCookies();
    await page.goto(`${perijove.url}/hub/home`);
    await login.signIn(page, ada.name, "not-the-password");
    await expect(login.error(page)).toContainText(/password/i);
    await expect(login.form(page)).toBeVisible();
    await shoot(page, "wrong-password");
  });

  await step("the right one leads home", async () => {
    await login.signIn(page, ada.name, ada.password);
    await expect(page).toHaveURL(`${perijove.url}/hub/home`);
    await home.expectStopped(page);
    await shoot(page, "home");
  });

  await step("starting the server shows its progress, live", async () => {
    await home.start(page).click();
    await expect(page).toHaveURL(/\/hub\/spawn-pending\/ada/);
    await expect(pending.bar(page)).toBeVisible();
    await expect(pending.message(page)).toContainText(/\w/);
    await expect(pending.steps(page).first()).toBeAttached();
    await shoot(page, "progress");
  });

  await step("and ends in JupyterLab", async () => {
    await expect(page).toHaveURL(/\/user\/ada\/lab/, { timeout: 180_000 });
    await lab.expectReady(page);
    await shoot(page, "jupyterlab");
  });

  await step("a cell plots", async () => {
    notebook = page;
    await lab.newNotebook(notebook);
    const cell = await lab.run(notebook, plot);
    await expect(lab.image(cell)).toBeVisible({ timeout: 120_000 });
    expect(await lab.image(cell).evaluate((image) => image.naturalWidth), "width of the plot").toBeGreaterThan(100);
    await lab.expectIdle(notebook);
    await shoot(notebook, "plot");
  });

  const atLeast = (wanted) => expect.poll(async () => (await numbers(counting)).at(-1) ?? -1).toBeGreaterThanOrEqual(wanted);

  await step("the hub is killed while a long cell prints, and the output keeps coming", async () => {
    counting = await lab.run(notebook, count);
    await atLeast(5);
    expect(await perijove.kill()).toBe("SIGKILL");
    const seen = (await numbers(counting)).at(-1);
    expect(await perijove.healthy(), "the hub is gone").toBe(false);
    await atLeast(seen + 30);
    await expect(lab.dialog(notebook)).toHaveCount(0);
    await lab.scrollDown(counting);
    await shoot(notebook, "hub-killed-output-goes-on");
  });

  await step("while the hub is away, its pages say so", async () => {
    const other = await context.newPage();
    const answer = await other.goto(`${perijove.url}/hub/home`);
    expect(answer.status()).toBe(503);
    await shoot(other, "hub-away");
    await other.close();
  });

  await step("the hub comes back: no number is missing", async () => {
    await perijove.start();
    expect(perijove.setupLink(), "no second set-up link").toBeUndefined();
    const seen = (await numbers(counting)).at(-1);
    await atLeast(seen + 10);
    const all = await numbers(counting);
    expect(all).toEqual(all.map((_, index) => index));
    await lab.scrollDown(counting);
    await shoot(notebook, "hub-back");
  });

  const second = await context.newPage();
  await step("she is still signed in, and the server is still listed", async () => {
    await second.goto(`${perijove.url}/hub/home`);
    await expect(second).toHaveURL(`${perijove.url}/hub/home`);
    await home.expectRunning(second);
    await shoot(second, "home-after-restart");
  });

  const others = await browser.newContext();
  const stranger = await others.newPage();
  await step("someone invited chooses a password and signs in", async () => {
    await stranger.goto(perijove.invite(grace.name));
    await setup.fill(stranger, grace.name, grace.password);
    await shoot(stranger, "invitation");
    await setup.submit(stranger);
    await expect(stranger).not.toHaveURL(/token=/);
    await others.clearCookies();
    await stranger.goto(`${perijove.url}/hub/home`);
    await login.signIn(stranger, grace.name, grace.password);
    await expect(stranger).toHaveURL(`${perijove.url}/hub/home`);
    await home.expectStopped(stranger);
    await shoot(stranger, "home-of-the-second");
  });

  await step("and cannot open the first one's server while it runs", async () => {
    const answer = await stranger.goto(`${perijove.url}/user/ada/lab`);
    expect([403, 404]).toContain(answer.status());
    await expect(stranger.locator("#jp-main-dock-panel")).toHaveCount(0);
    await shoot(stranger, "not-hers-running");
    const files = await others.request.get(`${perijove.url}/user/ada/api/contents`);
    expect(files.ok(), "its files").toBe(false);
    const page404 = await stranger.goto(`${perijove.url}/hub/user/ada/lab`);
    expect(page404.status()).toBe(404);
    await shoot(stranger, "not-hers");
  });

  await step("the owner stops it", async () => {
    await home.stop(second).click();
    await home.expectStopped(second);
    await second.reload();
    await home.expectStopped(second);
    await shoot(second, "stopped");
    const answer = await second.goto(`${perijove.url}/user/ada/lab`);
    expect(answer.status()).toBe(424);
    await shoot(second, "not-running");
  });

  await step("nor can the second person open it when it is stopped", async () => {
    const answer = await stranger.goto(`${perijove.url}/user/ada/lab`);
    expect(answer.status()).toBe(404);
  });

  await step("signing out ends the session", async () => {
    await second.goto(`${perijove.url}/hub/logout`);
    await second.goto(`${perijove.url}/hub/home`);
    await expect(login.form(second)).toBeVisible();
  });

  await others.close();
  await context.close();
});
