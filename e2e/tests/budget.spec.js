// What a first look at a page costs: bytes over the wire with nothing kept from before, and whether anything on it moves
// after it was drawn. How fast that is, is measured by `bench/run.sh pages`.
import { expect, test } from "@playwright/test";
import { setup } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/budget`;
const MOST_BYTES = 60 * 1024;
/** Layout shift up to 0.1 is called good; ours is words that become the reader's. */
const MOST_SHIFT = 0.02;
const ada = { name: "ada", password: "a-first-program-1843" };

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

/** Opens a page in a tab that has kept nothing, and weighs it. */
async function weighed(context, url) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  devtools.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await page.goto(url, { waitUntil: "load" });
  await expect(page.locator("h1").first()).toBeVisible();
  const shift = await page.evaluate(() => new Promise((done) => {
    let moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(moved), 500);
  }));
  await page.close();
  return { bytes, shift };
}

test("no page is heavy, and nothing on it moves", async ({ page, context, browser }) => {
  const at = (path) => `${perijove.url}/hub/${path}`;
  await page.goto(perijove.setupLink());
  await setup.fill(page, ada.name, ada.password);
  await setup.submit(page);
  await expect(page).toHaveURL(at("home"));
  const stranger = await browser.newContext();
  const pages = [[stranger, "login"]];
  for (const path of ["home", "spawn", "token", "account", "admin"]) pages.push([context, path]);
  for (const [whose, path] of pages) {
    const { bytes, shift } = await weighed(whose, at(path));
    console.log(`${path}: ${(bytes / 1024).toFixed(1)} KiB, layout shift ${shift.toFixed(4)}`);
    expect(bytes, `bytes of ${path}`).toBeLessThan(MOST_BYTES);
    expect(shift, `what moves on ${path}`).toBeLessThan(MOST_SHIFT);
  }
  await stranger.close();
});
