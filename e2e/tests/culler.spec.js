// A server that is about to be stopped: the person is told in JupyterLab, and keeps it with a click.
import { expect, test } from "@playwright/test";
import { home, lab, login, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/culler`;
const shoot = shots(artifacts);
const person = { name: "hedy", password: "hops-over-88-piano-keys" };

let perijove;
test.beforeAll(async () => {
  // Ten minutes from now, as a clock on the wall of Greenwich shows it: near enough to be told of, not to come.
  const at = new Date(Date.now() + 10 * 60 * 1000).toISOString().slice(11, 16);
  const culler = `[culler]\nenabled = true\nevery = "2s"\nwarn_before = "20m"\nschedule = ["${at}"]\n`;
  perijove = await Perijove.fresh(artifacts, "", culler);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("a warning is shown in JupyterLab, and its button keeps the server", async ({ page, context }) => {
  await page.goto(perijove.setupLink());
  await setup.fill(page, person.name, person.password);
  await setup.submit(page);
  await expect(page).not.toHaveURL(/token=/);
  await context.clearCookies();
  await page.goto(`${perijove.url}/hub/home`);
  await login.signIn(page, person.name, person.password);
  await home.start(page).click();
  await lab.expectReady(page);

  // Asked once a minute.
  const warning = page.getByText("about to be stopped");
  await expect(warning.first()).toBeVisible({ timeout: 120_000 });
  await shoot(page, "warning-in-lab");
  const other = await context.newPage();
  await other.goto(`${perijove.url}/hub/home`);
  await expect(other.getByText("about to be stopped")).toBeVisible();
  await shoot(other, "warning-at-home");
  await other.close();

  await inOtherLanguages(context, page.url());

  await page.getByRole("button", { name: "I am still here" }).click();
  await expect(page.getByText("The server goes on.").first()).toBeVisible();
  await shoot(page, "kept");
  await page.goto(`${perijove.url}/hub/home`);
  await home.expectRunning(page);
  await expect(page.getByText("about to be stopped")).toBeHidden();
});

/** The browser's language, and before that the one which was chosen in JupyterLab. */
async function inOtherLanguages(context, url) {
  const german = await context.browser().newContext({ locale: "de-DE", storageState: await context.storageState() });
  const page = await german.newPage();
  await page.goto(url);
  const warning = (words) => page.getByText(words).first();
  await expect(warning("Dieser Server wird bald beendet")).toBeVisible({ timeout: 120_000 });
  await expect(warning(/Er wird um \d\d:\d\d beendet\./)).toBeVisible();
  await expect(page.getByRole("button", { name: "Ich bin noch da" })).toBeVisible();
  await shoot(page, "warning-in-german");
  const saved = await page.evaluate(async () => {
    const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const token = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
    const answer = await fetch(`${baseUrl}lab/api/settings/@jupyterlab/translation-extension:plugin`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-XSRFToken": token },
      body: JSON.stringify({ raw: '{"locale": "fr_FR"}' }),
    });
    return answer.status;
  });
  expect(saved).toBe(204);
  await page.reload();
  await expect(warning("Ce serveur va être arrêté")).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("button", { name: "Je suis toujours là" })).toBeVisible();
  await shoot(page, "warning-in-french");
  await german.close();
}
