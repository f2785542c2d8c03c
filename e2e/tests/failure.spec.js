// A server that does not start: the person is told, and sees what the server said.
import { expect, test } from "@playwright/test";
import { home, login, pending, setup, shots } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/failure`;
const shoot = shots(artifacts);
const person = { name: "hedy", password: "hops-over-88-piano-keys" };

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts, `cmd = ["sh", "-c", "echo 'the disk of this home is full' >&2; exit 3"]`);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("a start that fails shows why, and leaves a way on", async ({ page, context }) => {
  await page.goto(perijove.setupLink());
  await setup.fill(page, person.name, person.password);
  await setup.submit(page);
  await expect(page).not.toHaveURL(/token=/);
  await context.clearCookies();
  await page.goto(`${perijove.url}/hub/home`);
  await login.signIn(page, person.name, person.password);

  await home.start(page).click();
  await expect(pending.log(page)).toContainText("the disk of this home is full");
  await shoot(page, "failed-start");

  await page.goto(`${perijove.url}/hub/home`);
  await home.expectStopped(page);
});
