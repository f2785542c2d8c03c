// The hub dies while a server starts: the page that waits for it says so, and goes on by itself when the hub is back.
import { expect, test } from "@playwright/test";
import { home, lab, pending, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/restart`;
const shoot = shots(artifacts);

let perijove;
test.beforeAll(async () => {
  // Slow enough for the hub to be gone before the server is there.
  perijove = await Perijove.fresh(artifacts, `cmd = ["sh", "-c", "sleep 8; exec jupyterhub-singleuser"]`);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("a start goes on after the hub was killed in the middle of it", async ({ page }) => {
  await page.goto(perijove.setupLink());
  await setup.fill(page, "katherine", "friendship-7-go-ahead");
  await setup.submit(page);
  await home.start(page).click();
  await expect(pending.steps(page).first()).toBeAttached();

  await perijove.kill();
  await expect(pending.lost(page)).toBeVisible();
  await shoot(page, "hub-lost-while-starting");

  await perijove.start();
  await expect(page).toHaveURL(/\/user\/katherine\/lab/, { timeout: 180_000 });
  await lab.expectReady(page);
  await shoot(page, "started-all-the-same");
});
