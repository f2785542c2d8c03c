// The page of administration: found as one types, done with one click or many, looked at in all its looks, and without
// JavaScript.
import { expect, test } from "@playwright/test";
import { looks } from "../lib/looks.js";
import { admin, login, setup } from "../lib/pages.js";
import { Perijove } from "../lib/perijove.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/admin`;
const ada = { name: "ada", password: "a-first-program-1843" };
const look = looks(artifacts);

let perijove;
test.beforeAll(async () => {
  perijove = await Perijove.fresh(artifacts);
  await perijove.start();
});
test.afterAll(async () => { await perijove?.dispose(); });

test("people and servers, from a first look to the last one deleted", async ({ page, browser }) => {
  const { step } = test;
  const at = (path) => `${perijove.url}/hub/${path}`;
  await page.goto(perijove.setupLink());
  await setup.fill(page, ada.name, ada.password);
  await setup.submit(page);
  await expect(page).toHaveURL(at("home"));

  await step("add people", async () => {
    await page.goto(at("admin"));
    const names = Array.from({ length: 60 }, (_, n) => `student-${String(n).padStart(2, "0")}`);
    await admin.add(page, [...names, "grace", "hedy"]);
    await expect(admin.outcomes(page)).toHaveCount(62);
    await look(page, "added");
    await page.goto(at("admin"));
    await expect(admin.count(page)).toHaveText("Displaying 1-50 of 63");
    await look(page, "list");
  });

  await step("pages", async () => {
    await admin.next(page).click();
    await expect(admin.count(page)).toHaveText("Displaying 51-63 of 63");
    await expect(admin.next(page)).toBeDisabled();
    await page.goBack();
    await expect(admin.count(page)).toHaveText("Displaying 1-50 of 63");
  });

  await step("search as one types, and the address is the search", async () => {
    await admin.search(page).pressSequentially("student-1");
    await expect(admin.rows(page)).toHaveCount(10);
    await expect(admin.search(page), "typing goes on").toBeFocused();
    await expect(page).toHaveURL(/name_filter=student-1/);
    await page.reload();
    await expect(admin.rows(page)).toHaveCount(10);
    await expect(admin.search(page)).toHaveValue("student-1");
    await admin.search(page).fill("nobody like this");
    await expect(admin.count(page)).toHaveText("Displaying 0-0 of 0");
    await look(page, "nobody");
    await admin.search(page).fill("");
    await expect(admin.rows(page)).toHaveCount(50);
    await page.getByRole("link", { name: "Name" }).click();
    await expect(admin.rows(page).first()).toContainText("student-59");
    await page.getByRole("link", { name: "Name" }).click();
    await expect(admin.rows(page).first()).toContainText("ada");
  });

  await step("make an administrator", async () => {
    await admin.choose(page, "grace").check();
    await page.getByRole("button", { name: "Make administrators" }).click();
    await expect(admin.outcomes(page)).toHaveText(["grace: is an administrator"]);
    await page.locator("#admin-filter").selectOption("yes");
    await expect(admin.rows(page)).toHaveCount(2);
    await page.locator("#admin-filter").selectOption("");
    await expect(admin.rows(page)).toHaveCount(50);
  });

  await step("delete people, after a question", async () => {
    await admin.search(page).fill("student-");
    await expect(admin.count(page)).toHaveText("Displaying 1-50 of 60");
    await page.getByLabel("Choose all on this page").check();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(page.getByText("Delete 50 people?")).toBeVisible();
    await page.getByRole("link", { name: "Keep them" }).click();
    await expect(page.getByText("Delete 50 people?")).toBeHidden();
    await admin.choose(page, "student-00").check();
    await admin.choose(page, "student-01").check();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await look(page, "delete");
    await page.locator("#delete-sure").click();
    await expect(admin.count(page)).toHaveText("Displaying 1-50 of 58");
  });

  await step("start a server, and stop all", async () => {
    await admin.search(page).fill("grace");
    await expect(admin.rows(page)).toHaveCount(1);
    await page.getByRole("button", { name: "Start Server" }).click();
    await expect(page.getByRole("button", { name: "Stop Server" })).toHaveCount(1, { timeout: 60_000 });
    await expect(page.getByRole("button", { name: "Access Server" })).toHaveCount(1);
    await look(page, "running");
    await page.getByTestId("stop-all").click();
    await expect(page.getByRole("button", { name: "Start Server" })).toHaveCount(1, { timeout: 60_000 });
  });

  await step("groups", async () => {
    await page.locator("#manage-groups").click();
    await page.locator("#group-name").fill("pioneers");
    await page.locator("#group-users").fill("grace\nhedy");
    await page.getByRole("button", { name: "Make the group" }).click();
    await expect(page.locator("#members li")).toHaveCount(2);
    await look(page, "group");
    await page.getByRole("button", { name: "Take out hedy" }).click();
    await expect(page.locator("#members li")).toHaveCount(1);
    await page.goto(at("admin/groups"));
    await look(page, "groups");
    await page.goto(at("admin?group=pioneers"));
    await expect(admin.rows(page)).toHaveCount(1);
  });

  await step("without JavaScript", async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    const other = await plain.newPage();
    await other.goto(at("admin"));
    await admin.search(other).fill("hed");
    await other.getByRole("button", { name: "Show", exact: true }).click();
    await expect(admin.rows(other)).toHaveCount(1);
    await admin.choose(other, "hedy").check();
    await other.getByRole("button", { name: "Make administrators" }).click();
    await expect(admin.outcomes(other)).toHaveText(["hedy: is an administrator"]);
    await plain.close();
  });
});
