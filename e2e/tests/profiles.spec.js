// Choosing a profile with the keyboard alone.
import { expect, test } from "@playwright/test";
import { setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const shoot = shots(`${artifacts}/profiles`);
const profiles = `
[[profile]]
name = "Small"
description = "For everyday work"
cpu = 1
[[profile]]
name = "Large"
description = "For models that need room"
cpu = 2
[[profile.choice]]
name = "Size"
[[profile.choice.option]]
name = "Plain"
[[profile.choice.option]]
name = "Roomy"
env = { ROOM = "much" }
`;

let perijove;
test.beforeAll(async () => { perijove = await Perijove.fresh(`${artifacts}/profiles`, "", profiles); });
test.afterAll(async () => { await perijove?.dispose(); });

test("a profile is chosen and started without a mouse", async ({ page }) => {
  await perijove.start();
  await expect.poll(() => perijove.setupLink()).toBeTruthy();
  await page.goto(perijove.setupLink());
  await setup.fill(page, "ada", "a-first-program-1843");
  await setup.submit(page);
  await page.goto(`${perijove.url}/hub/spawn`);
  const card = (name) => page.getByRole("radio", { name });
  await expect(card(/Small/)).toBeChecked();

  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute("name") || "");
  const tabTo = async (target) => {
    for (let presses = 0; presses < 40; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab never comes to it; it is at: ${await focused()}`);
  };
  await page.locator("body").focus();
  await tabTo(card(/Small/));
  await page.keyboard.press("ArrowDown");
  await expect(card(/Large/)).toBeChecked();
  await expect(card(/Large/)).toBeFocused();
  await shoot(page, "large-by-arrow");

  // What can be chosen in a card is reached from it, and nothing of the other card is in the way.
  const size = page.getByRole("combobox", { name: "Size" });
  await tabTo(size);
  await page.keyboard.press("ArrowDown");
  await expect(size.locator("option:checked")).toHaveText("Roomy");
  await shoot(page, "choice");
  await tabTo(page.getByRole("button", { name: /start/i }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/(spawn-pending|user)\/ada/, { timeout: 120_000 });
  await page.goto(`${perijove.url}/hub/home`);
  await expect(page.getByText("Large", { exact: false }).first()).toBeVisible();
  await shoot(page, "home");
});
