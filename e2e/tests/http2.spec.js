// JupyterLab by HTTP/2: the edge speaks TLS itself, and a notebook's websocket is one stream among others.
import { expect, test } from "@playwright/test";
import { home, lab, login, setup } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/http2`;
const person = { name: "grace", password: "nanoseconds-of-wire-30cm" };

// Nobody here trusts the edge's own authority.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
test.use({ ignoreHTTPSErrors: true });

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts, "", "tls.self_signed = true");
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("a notebook runs over one connection of HTTP/2", async ({ page, context }) => {
  const protocols = new Set();
  const websockets = [];
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  network.on("Network.responseReceived", ({ response }) => {
    if (response.url.startsWith(perijove.url)) protocols.add(response.protocol);
  });
  network.on("Network.webSocketHandshakeResponseReceived", ({ response }) => websockets.push(response.status));

  await page.goto(perijove.setupLink());
  await setup.fill(page, person.name, person.password);
  await setup.submit(page);
  await expect(page).not.toHaveURL(/token=/);
  if (await login.form(page).isVisible()) await login.signIn(page, person.name, person.password);
  await page.goto(`${perijove.url}/hub/home`);
  await home.start(page).click();
  await lab.expectReady(page);
  await lab.newNotebook(page);
  const cell = await lab.run(page, "print(6 * 7)");
  await expect(lab.text(cell)).toHaveText("42");

  expect([...protocols]).toEqual(["h2"]);
  // In HTTP/1.1 it would be 101.
  expect(websockets.length).toBeGreaterThan(0);
  expect(new Set(websockets)).toEqual(new Set([200]));
});
