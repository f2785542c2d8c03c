// What people are told on top of pages, how the platform is used, and the page about one person: made, looked at in all
// looks, and without JavaScript.
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { setup } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/usage`;
const ada = { name: "ada", password: "a-first-program-1843" };
const look = looks(artifacts);

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("announcements, usage and a person's page", async ({ page, browser }) => {
  const { step } = test;
  const at = (path) => `${perijove.url}/hub/${path}`;
  await page.goto(perijove.setupLink());
  await setup.fill(page, ada.name, ada.password);
  await setup.submit(page);
  await expect(page).toHaveURL(at("home"));

  await step("tell everybody something, and the sign-in page something else", async () => {
    await page.goto(at("admin/announcements"));
    await expect(page.getByText("Nothing is told now.")).toBeVisible();
    const tell = async (text, level, audience) => {
      await page.getByLabel("Text").fill(text);
      await page.getByLabel("How loudly").selectOption(level);
      await page.getByLabel("For whom").selectOption(audience);
      await page.getByRole("button", { name: "Tell it" }).click();
      await expect(page.locator("#announcements-done")).toHaveText("The announcement is made.");
    };
    await tell("On **Sunday** from 8 to 9 all servers stop.", "warning", "everybody");
    await tell("Sign in with your *campus* account.", "info", "sign-in-page");
    await tell("The disk is nearly full: delete what you can.", "urgent", "signed-in");
    await look(page, "announcements");
    await page.goto(at("home"));
    await expect(page.locator(".announcement")).toHaveCount(2);
    await look(page, "told");
  });

  await step("dismiss it, and see it again when it says something else", async () => {
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(page).toHaveURL(at("home"));
    await expect(page.locator(".announcement")).toHaveCount(1);
    await expect(page.locator(".announcement-urgent")).toContainText("nearly full");
    await page.goto(at("admin/announcements"));
    await page.locator("#announcements li", { hasText: "Sunday" }).getByRole("link", { name: "Change" }).click();
    await page.getByLabel("Text").fill("On **Monday** from 8 to 9 all servers stop.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.goto(at("home"));
    await expect(page.locator(".announcement-warning")).toContainText("Monday");
  });

  await step("without JavaScript and without signing in", async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const visitor = await plain.newPage();
    await visitor.goto(at("login"));
    await expect(visitor.locator(".announcement")).toHaveCount(2);
    await visitor.locator(".announcement", { hasText: "campus" }).getByRole("button").click();
    await expect(visitor).toHaveURL(/hub\/login/);
    await expect(visitor.locator(".announcement")).toHaveCount(1);
    await plain.close();
  });

  await step("usage before anybody looked", async () => {
    await page.goto(at("admin/usage"));
    await expect(page.locator("usage-chart")).toHaveCount(7);
    await look(page, "usage-empty");
  });

  await step("a person's page", async () => {
    await page.goto(at("admin"));
    await page.getByTestId("user-row-name").getByText("ada").click();
    await expect(page).toHaveURL(at("admin/users/ada"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("ada");
    await look(page, "person");
  });
});
