// Takes pictures of every page of the gallery with every sample: `node pictures.js ADDRESS FOLDER`. The same pages make the
// same pictures: the clock stands still, and nothing moves.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import config from "./playwright.config.js";

const [listens, folder] = process.argv.slice(2);
// Pages show where they are; the port is another each time.
const address = "http://gallery.localhost";
const resolves = `--host-resolver-rules=MAP gallery.localhost:80 ${new URL(listens).host}`;
const WIDTHS = [360, 1440];
// After all times that samples have.
const NOW = new Date("2026-11-21T12:00:00Z");

const { executablePath, args } = config.use.launchOptions;
const browser = await chromium.launch({ executablePath, args: [...args, resolves] });
try {
  const overview = await open("light");
  await overview.goto(address);
  const links = await overview.locator("a[href*='page=']").evaluateAll((all) => all.map((link) => link.href));
  const names = links.map((link) => new URL(link).searchParams.get("page"));
  if (names.length === 0) throw new Error(`no pages are listed at ${address}`);
  await overview.context().close();
  let count = 0;
  for (const scheme of ["light", "dark"]) {
    const page = await open(scheme);
    await mkdir(join(folder, scheme), { recursive: true });
    for (const name of names) {
      // A page that waits for something asks the hub for more; there is none.
      await page.goto(`${address}/hub/${encodeURIComponent(name)}.en.${scheme}`, { waitUntil: "load" });
      await page.evaluate(() => document.fonts.ready);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        await writeFile(join(folder, scheme, `${name}-${width}.png`), await atRest(page, name));
        count += 1;
      }
    }
    await page.context().close();
  }
  console.log(`${count} pictures of ${names.length} pages are in ${folder}`);
} finally {
  await browser.close();
}

/** On a busy machine a page may not be drawn to its end yet: two pictures after each other have to be the same. */
async function atRest(page, name) {
  let last;
  for (let taken = 0; taken < 8; taken += 1) {
    const now = await page.screenshot({ fullPage: true, animations: "disabled", caret: "hide" });
    if (last?.equals(now)) return now;
    last = now;
  }
  throw new Error(`${name} does not come to rest`);
}

async function open(colorScheme) {
  const context = await browser.newContext({
    colorScheme,
    reducedMotion: "reduce",
    locale: config.use.locale,
    timezoneId: "UTC",
    deviceScaleFactor: 1,
  });
  // Some pages send their form on by themselves, to where nobody is.
  await context.addInitScript(() => {
    HTMLFormElement.prototype.submit = HTMLFormElement.prototype.requestSubmit = () => {};
  });
  const page = await context.newPage();
  await page.clock.install({ time: new Date(NOW.valueOf() - 1000) });
  await page.clock.pauseAt(NOW);
  return page;
}
