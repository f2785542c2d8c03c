// `perijove login` on the command line, and the page where a person types its code.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { login, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const binary = process.env.PERIJOVE_BINARY ?? "../target/debug/perijove";
const shoot = shots(`${artifacts}/device`);
const password = "a-first-program-1843";

let perijove;
let settings;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(`${artifacts}/device`);
  settings = await mkdtemp(join(tmpdir(), "perijove-settings-"));
});
test.afterAll(async () => {
  await perijove?.dispose();
  await rm(settings, { recursive: true, force: true });
});

/** The program: what it says, and its end. */
function program(...args) {
  const child = spawn(binary, args, { env: { XDG_CONFIG_HOME: settings }, stdio: ["ignore", "pipe", "pipe"] });
  const told = { said: "" };
  told.ended = new Promise((resolve) => child.on("exit", resolve));
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { told.said += text; });
  return told;
}

test("the command line gets a token by a code", async ({ page }) => {
  await perijove.start();
  await expect.poll(() => perijove.setupLink()).toBeTruthy();
  await page.goto(perijove.setupLink());
  await setup.fill(page, "ada", password);
  await setup.submit(page);
  await expect(page).toHaveURL(/\/hub\/(home|spawn)/);
  await page.goto(`${perijove.url}/hub/logout`);

  const asks = program("login", "--hub", perijove.url);
  await expect.poll(() => asks.said).toMatch(/code [A-Z]{4}-[A-Z]{4}/);
  const [, code] = asks.said.match(/code ([A-Z]{4}-[A-Z]{4})/);
  await page.goto(`${perijove.url}/hub/device`);
  await login.signIn(page, "ada", password);
  await expect(page).toHaveURL(`${perijove.url}/hub/device`);
  await page.locator("#user-code").fill("bcdf bcdf");
  await page.locator("#device-look").click();
  await expect(page.locator("#device-error")).toContainText("No program waits with this code.");
  await page.locator("#user-code").fill(code.toLowerCase());
  await page.locator("#device-look").click();
  await expect(page.locator("#device-code")).toHaveText(code);
  await shoot(page, "asks");
  await page.locator("#device-allow").click();
  await expect(page.locator("#device-done")).toBeVisible();
  await shoot(page, "allowed");
  expect(await asks.ended).toBe(0);
  expect(asks.said).toContain("as ada");

  const kept = JSON.parse(await readFile(join(settings, "perijove/hubs.json"), "utf8"));
  const { token } = kept.hubs[`${perijove.url}/`];
  const ask = () => fetch(`${perijove.url}/hub/api/user`, { headers: { Authorization: `token ${token}` } });
  expect((await (await ask()).json()).name).toBe("ada");
  expect(await program("logout").ended).toBe(0);
  expect((await ask()).status).toBe(403);
});
