// Errors, as people meet them: each page says what happened and what to do, and leads on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { login } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/errors`;
const look = looks(artifacts);
const settings = `
[[auth]]
kind = "dummy"
[access]
allow_all = true
[[service]]
name = "reports"
url = "http://127.0.0.1:9"
api_token = "token-of-the-reports"
`;

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts, "", "", settings);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

/** Sends a form that no page of the hub has. */
const send = (page, action, length = 0) => Promise.all([
  page.waitForNavigation(),
  page.evaluate(([to, size]) => {
    const form = Object.assign(document.createElement("form"), { action: to, method: "post" });
    form.append(Object.assign(document.createElement("input"), { name: "text", value: "x".repeat(size) }));
    document.body.append(form);
    form.submit();
  }, [action, length]),
]);

/** Somebody else at the hub's database, who does what they are told and stays until they are told to go. */
class Meddler {
  static async with(file) {
    const self = new Meddler();
    const script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
      + "for line in sys.stdin:\n  c.execute(line)\n  print('done', flush=True)\n";
    self.program = spawn("python3", ["-c", script, file], { stdio: ["pipe", "pipe", "inherit"] });
    return self;
  }

  async does(statement) {
    this.program.stdin.write(`${statement}\n`);
    await once(this.program.stdout, "data");
  }

  async leaves() {
    this.program.stdin.end();
    await once(this.program, "exit");
  }
}

const heading = (page) => page.locator("h1");
const main = (page) => page.locator("main");

test("every error says what to do, in the reader's language", async ({ browser }) => {
  const { step } = test;
  const at = (path) => `${perijove.url}/${path}`;
  const context = await browser.newContext({ locale: "de-AT" });
  const page = await context.newPage();
  const shows = async (name, title, way) => {
    await expect(heading(page)).toHaveText(title);
    if (way) await expect(main(page).getByRole("link", { name: way })).toBeVisible();
    await look(page, name);
  };

  await step("whoever is not signed in is led there", async () => {
    expect((await page.goto(at("hub/metrics"))).status()).toBe(403);
    await shows("anonymous", "Das dürfen Sie nicht", "Anmelden");
    await main(page).getByRole("link", { name: "Anmelden" }).click();
    await login.signIn(page, "ann", "x");
  });

  await step("no right, and what an administrator needs to know", async () => {
    expect((await page.goto(at("hub/admin/roles"))).status()).toBe(403);
    await page.getByText("Für alle, die Ihnen helfen").click();
    await expect(main(page)).toContainText("requires any of [list:roles]");
    await shows("rights", "Das dürfen Sie nicht", "Mit anderem Konto anmelden");
  });

  await step("a form that is not ours, one that is too large, and an address that takes none", async () => {
    await page.goto(at("hub/home"));
    await send(page, "/hub/stop/ann");
    await shows("form", "Dieses Formular ist abgelaufen", "Zur Startseite");
    await send(page, "/hub/token", 2 << 20);
    await shows("large", "Das ist zu groß");
    await send(page, "/hub/accept-share/x");
    await shows("nothing", "Hier ist nichts", "Zur Startseite");
    await send(page, "/hub/logout");
    await shows("method", "Das geht hier nicht");
  });

  await step("a server of nobody, one that does not run, a link that is old, an application that asks wrongly", async () => {
    expect((await page.goto(at("user/bob/lab"))).status()).toBe(404);
    await shows("server", "Kein Weg zu diesem Server", "Mit anderem Konto anmelden");
    expect((await page.goto(at("user/ann/lab"))).status()).toBe(424);
    await look(page, "stopped");
    await page.goto(at("hub/setup?token=old"));
    await shows("link", "Dieser Link gilt nicht mehr");
    await page.goto(at("hub/accept-share?code=old"));
    await shows("share", "Dieser Link gilt nicht mehr");
    await page.goto(at("hub/api/oauth2/authorize?client_id=nobody"));
    await shows("client", "Dort können Sie nicht angemeldet werden");
  });

  await step("a service that is away, as the edge shows the hub's page", async () => {
    expect((await page.goto(at("services/reports/"))).status()).toBe(503);
    await shows("away", "Im Augenblick nicht verfügbar", "Noch einmal versuchen");
  });

  await step("a database that is busy, and one that is broken", async () => {
    const meddler = await Meddler.with(`${perijove.dir}/data/perijove.sqlite`);
    await meddler.does("BEGIN IMMEDIATE");
    await page.goto(at("hub/account"));
    await page.locator("#save-language").click();
    await shows("database", "Im Augenblick nicht verfügbar", "Zur Startseite");
    await meddler.does("ROLLBACK");
    await meddler.does("ALTER TABLE perijove_languages RENAME TO perijove_languages_gone");
    await page.goto(at("hub/account"));
    await shows("fault", "Hier ist etwas schiefgegangen", "Noch einmal versuchen");
    const number = await page.locator("#error-reference").textContent();
    expect(perijove.output).toMatch(new RegExp(`perijove_languages.*${number}`));
    await meddler.does("ALTER TABLE perijove_languages_gone RENAME TO perijove_languages");
    await meddler.leaves();
    await main(page).getByRole("link", { name: "Noch einmal versuchen" }).click();
    await expect(page.locator("#save-language")).toBeVisible();
  });

  await step("the edge alone: an address that can't be understood, and a hub that is gone", async () => {
    expect((await page.goto(at("%zz"))).status()).toBe(400);
    await expect(main(page)).toContainText("folgen nicht zwei Hexadezimalziffern");
    await shows("edge-address", "Die Anfrage ist nicht zu verstehen");
    await perijove.kill();
    await expect(async () => { expect((await page.goto(at("hub/home"))).status()).toBe(503); }).toPass();
    await shows("edge-alone", "Der Server antwortet nicht");
  });
  await context.close();
});
