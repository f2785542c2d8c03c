// What the home page tells of a home that is nearly full, while one looks at it.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { home, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const shoot = shots(`${artifacts}/notices`);
const warning = /Your files take .* of the 20 MiB that you may have\. Make room/;

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(`${artifacts}/notices`, "", '[storage]\nquota = "20M"\nmeasure_every = "1s"');
});
test.afterAll(async () => { await perijove?.dispose(); });

test("little room is told once, and no more when there is some", async ({ page }) => {
  await perijove.start();
  await expect.poll(() => perijove.setupLink()).toBeTruthy();
  await page.goto(perijove.setupLink());
  await setup.fill(page, "ada", "a-first-program-1843");
  await setup.submit(page);
  await page.goto(`${perijove.url}/hub/spawn`);
  await expect(page).toHaveURL(/user\/ada/, { timeout: 120_000 });
  const file = join(perijove.dir, "data/homes/ada/data.bin");
  await writeFile(file, Buffer.alloc(19 << 20, "x"));
  await page.goto(`${perijove.url}/hub/home`);
  await home.expectRunning(page);

  // The page looks again by itself.
  await expect(page.getByText(warning)).toHaveCount(1, { timeout: 150_000 });
  await shoot(page, "nearly-full");
  await rm(file);
  await expect(page.getByText(warning)).toHaveCount(0, { timeout: 150_000 });
  await expect(page.locator("meter")).toBeVisible();
  await shoot(page, "room-again");
});
