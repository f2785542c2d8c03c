// Looks at pages as somebody does who has never been there: node bench/pages.mjs BASE ROUNDS SLOWER PATH... prints JSON.
// Called by pages.py. Playwright comes from e2e/.
import { chromium } from "../e2e/node_modules/@playwright/test/index.mjs";

const [base, rounds, slower, ...paths] = process.argv.slice(2);
const executablePath = process.env.PERIJOVE_CHROMIUM ?? "/usr/bin/chromium";
const args = ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];

async function signIn(context) {
  const page = await context.newPage();
  await page.goto(`${base}/hub/login?next=/hub/home`);
  await page.locator("input[name=username]").fill("admin");
  await page.locator("input[name=password]").fill("admin");
  await page.locator("#login_submit").click();
  await page.waitForURL("**/hub/home");
  await page.close();
}

/** Bytes over the wire, requests, first paint, and when nothing keeps the page from answering any more. */
async function look(context, path) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: Number(slower) });
  let [bytes, requests] = [0, 0];
  devtools.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
    requests += 1;
  });
  await page.goto(base + path, { waitUntil: "load" });
  const seen = await page.evaluate(() => new Promise((done) => {
    const told = { painted: 0, interactive: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd, shift: 0 };
    const take = (list) => {
      for (const entry of list.getEntries()) {
        if (entry.entryType === "layout-shift") told.shift += entry.value;
        if (entry.entryType === "longtask") told.interactive = Math.max(told.interactive, entry.startTime + entry.duration);
        if (entry.name === "first-contentful-paint") told.painted = entry.startTime;
      }
    };
    for (const type of ["layout-shift", "longtask", "paint"]) new PerformanceObserver(take).observe({ type, buffered: true });
    setTimeout(() => done({ ...told, interactive: Math.max(told.interactive, told.painted) }), 2500);
  }));
  await page.close();
  return { bytes, requests, ...seen };
}

const browser = await chromium.launch({ executablePath, args });
const found = {};
for (const path of paths) {
  found[path] = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    const context = await browser.newContext();
    if (path !== "/hub/login") await signIn(context);
    found[path].push(await look(context, path));
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));
