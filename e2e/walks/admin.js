// Administration: everything that whoever looks after a hub does on its pages.
import { expect } from "@playwright/test";

const far = { timeout: 120_000 };
const button = (within, name) => within.getByRole("button", { name }).filter({ visible: true });
const link = (within, name) => within.getByRole("link", { name }).filter({ visible: true });
const outcome = (page, what) => page.locator("[data-outcome=done]", { hasText: what });
const [STARTS, STOPS, DELETED] = ["is on its way or runs", "has stopped or is stopping", "is deleted"];
const row = (page, name) => page.locator("tr.user-row").filter({ has: page.getByLabel(`Choose ${name}`, { exact: true }) });

/** By the menu of the administration, wherever it is on a screen of this width. */
async function menu(keys, page, name) {
  const nav = page.getByRole("navigation", { name: "Pages of the administration" });
  const fold = nav.locator("summary");
  if (await fold.isVisible()) await keys.press(fold);
  await keys.press(link(nav, name));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

/** Chooses these people or servers of a list and does something with them. */
async function withChosen(keys, page, names, what) {
  for (const name of names) await keys.tick(page.getByLabel(new RegExp(`^Choose (the server )?${name}$`)));
  await keys.press(button(page.locator(".chosen"), what));
}

export default [
  ["people: added, found, sorted, started and stopped", async ({ keys, page, at, named }) => {
    await keys.go(at("admin"));
    await keys.press(page.locator("#add-users summary"));
    await keys.type(page.locator("#add-user-textarea"), "hedy\nvera\nmary");
    await keys.press(button(page, "Add them"));
    await expect(outcome(page, "has an account")).toHaveCount(3);
    const rows = page.locator("tr.user-row");
    const all = await rows.count();
    await keys.type(page.locator("#user-search"), "hed");
    await expect(rows).toHaveCount(1);
    await keys.type(page.locator("#user-search"), "");
    await expect(rows).toHaveCount(all);
    await keys.choose(page.locator("#admin-filter"), "Administrators");
    await expect(rows).toHaveCount(1);
    await keys.press(button(page, "Show"));
    await keys.press(link(page, "Show everybody"));
    await expect(rows).toHaveCount(all);
    await keys.press(link(page, /^Created/).first());
    await expect(page).toHaveURL(/sort=/);
    await keys.kept();

    await keys.go(at("admin?limit=2"));
    await keys.press(page.getByTestId("paginate-next"));
    await expect(page.locator("#displaying")).toContainText("3-4");
    await keys.press(page.getByTestId("paginate-next"));
    await expect(page.locator("#displaying")).toContainText("5-");
    await keys.press(page.getByTestId("paginate-prev"));
    await expect(page.locator("#displaying")).toContainText("3-4");

    await keys.go(at("admin"));
    await keys.press(button(row(page, "grace"), /Start Server/));
    await expect(outcome(page, STARTS)).toContainText("grace", far);
    await expect(button(row(page, "grace"), /Stop Server/)).toBeVisible();
    await keys.press(button(row(page, "grace"), /Stop Server/));
    await expect(outcome(page, STOPS)).toContainText("grace", far);
    await named("grace", "spare");
    await keys.go(at("admin"));
    await keys.press(button(row(page, "grace"), /Delete Server/));
    await expect(button(row(page, "grace"), /Delete Server/)).toHaveCount(0);
    await keys.press(button(row(page, "grace"), /Spawn Page/));
    await expect(page).toHaveURL(/spawn\/grace/);
  }],

  ["people: many at once", async ({ keys, page, at }) => {
    await keys.go(at("admin"));
    await withChosen(keys, page, ["hedy", "vera"], "Make administrators");
    await expect(outcome(page, "is an administrator")).toHaveCount(2);
    await withChosen(keys, page, ["hedy", "vera"], "Take administration away");
    await expect(outcome(page, "is no administrator")).toHaveCount(2);
    await withChosen(keys, page, ["hedy", "vera"], "Start");
    await expect(outcome(page, STARTS)).toHaveCount(2, far);
    await withChosen(keys, page, ["hedy", "vera"], "Stop");
    await expect(outcome(page, STOPS)).toHaveCount(2, far);
    await withChosen(keys, page, ["vera", "mary"], "Delete");
    await keys.press(link(page, "Keep them"));
    await expect(page.locator("#delete_form")).toHaveCount(0);
    await keys.kept();
    await withChosen(keys, page, ["vera", "mary"], "Delete");
    await keys.press(page.locator("#delete-sure"));
    await expect(outcome(page, DELETED)).toHaveCount(2);
    await keys.press(page.locator("#start-all"));
    await expect(outcome(page, STARTS)).not.toHaveCount(0, far);
    await keys.press(page.locator("#stop-all"));
    await expect(outcome(page, STOPS)).not.toHaveCount(0, far);
  }],

  ["groups and their members", async ({ keys, page, at }) => {
    await keys.go(at("admin"));
    await menu(keys, page, "Groups");
    await keys.type(page.locator("#group-name"), "astronomers");
    await keys.press(button(page, "Make the group"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("astronomers");
    await keys.type(page.locator("#username-input"), "grace");
    await keys.press(page.locator("#validate-user"));
    await expect(page.locator("#members")).toContainText("grace");
    await keys.press(page.locator("#members").getByRole("button"));
    await expect(page.locator("#members")).not.toContainText("grace");
  }],

  ["roles, and who has them", async ({ keys, page }) => {
    await menu(keys, page, "Roles");
    await keys.type(page.locator("#role_name"), "helpers");
    await keys.type(page.locator("#role_scopes"), "read:hub");
    await keys.press(button(page, "Make the role"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("helpers");
    await keys.type(page.locator("#role_description"), "For mornings");
    await keys.press(button(page, "Save the role"));
    await expect(page.locator("#role_description")).toHaveValue("For mornings");
    await keys.choose(page.locator("#holder_kind"), "group");
    await keys.type(page.locator("#holder_name"), "astronomers");
    await keys.press(button(page, "Give the role"));
    await expect(page.locator("#grants")).toContainText("astronomers");
    await keys.press(button(page.locator("#grants"), /Take away/));
    await expect(page.locator("#grants")).not.toContainText("astronomers");
  }],

  ["a person", async ({ keys, page, at, elsewhere, grace, named }) => {
    await named("grace", "other");
    for (let count = 0; count < 2; count += 1) await elsewhere(grace);
    await keys.go(at("admin"));
    await keys.press(page.getByTestId("user-row-name").getByRole("link", { name: "grace" }));
    const done = page.locator("#someone-done");
    await keys.press(button(page.locator("#servers"), "Delete Server"));
    await expect(outcome(page, DELETED)).toHaveCount(1);
    await keys.press(page.locator("#make-admin"));
    await expect(done).toBeVisible();
    await keys.press(page.locator("#make-plain"));
    await expect(page.locator("#make-admin")).toBeVisible();
    await keys.press(page.locator("#act-as"));
    await expect(page.locator("#acting")).toContainText("You act as grace");
    await keys.press(page.locator("#stop-acting"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("grace");
    await keys.type(page.locator("#join-group"), "astronomers");
    await keys.press(page.locator("#join"));
    await expect(page.locator("#groups")).toContainText("astronomers");
    await keys.press(page.locator("#groups").getByRole("button"));
    await expect(page.locator("#groups")).not.toContainText("astronomers");
    await keys.type(page.locator("#role-name"), "helpers");
    await page.keyboard.press("Escape");
    await keys.press(button(page, "Give the role"));
    await expect(page.locator("#roles")).toContainText("helpers");
    await keys.press(page.locator("#roles").getByRole("button", { name: /helpers/ }));
    await expect(page.locator("#roles")).not.toContainText("helpers");
    const sessions = page.locator("#sessions").getByRole("button");
    const before = await sessions.count();
    await keys.press(sessions.first());
    await expect(sessions).toHaveCount(before - 1);
    await keys.press(page.locator("#end-sessions"));
    await expect(sessions).toHaveCount(0);
  }],

  ["a person's servers, tokens, name and end", async ({ keys, page, at, perijove }) => {
    perijove.run("token", "hedy");
    await keys.go(at("admin/users/hedy"));
    await keys.press(button(page.locator("#servers"), "Start Server"));
    await expect(outcome(page, STARTS)).toContainText("hedy", far);
    await expect.poll(async () => { await page.reload(); return button(page.locator("#servers"), "Stop Server").count(); }, far).toBe(1);
    await keys.press(button(page.locator("#servers"), "Stop Server"));
    await expect(outcome(page, STOPS)).toContainText("hedy", far);
    await keys.press(page.locator("#tokens").getByRole("button").first());
    await expect(page.locator("#someone-done")).toBeVisible();
    await keys.press(page.locator("#rename summary"));
    await keys.type(page.locator("#new-name"), "hedwig");
    await keys.press(button(page, "Change it"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("hedwig");
    await keys.press(page.locator("#delete-user"));
    await keys.press(page.locator("#delete-sure"));
    await expect(page).toHaveURL(/admin(\?|$)/);
  }],

  ["servers", async ({ keys, page, at, named }) => {
    await named("ada", "spare");
    await named("ada", "other");
    await keys.go(at("admin"));
    await menu(keys, page, "Servers");
    await keys.type(page.locator("#server-search"), "spare");
    await expect(page.locator("tr.user-row")).toHaveCount(1);
    await keys.press(button(page, "Show"));
    const spare = page.locator('[data-server="ada/spare"]');
    await keys.press(button(spare, /Start Server/));
    await expect(outcome(page, STARTS)).toContainText("ada", far);
    await expect(button(spare, /Stop Server/)).toBeVisible(far);
    await keys.press(button(spare, /Stop Server/));
    await expect(button(spare, /Delete Server/)).toBeVisible(far);
    await keys.press(button(spare, /Delete Server/));
    await expect(spare).toHaveCount(0);
    await keys.press(link(page, "Show all"));
    await withChosen(keys, page, ["ada/other"], "Start");
    await expect(outcome(page, STARTS)).toContainText("ada", far);
    await withChosen(keys, page, ["ada/other"], "Stop");
    await expect(outcome(page, STOPS)).toContainText("ada", far);
    await expect.poll(async () => { await page.reload(); return page.locator('[data-server="ada/other"]').getByRole("button", { name: /Delete/ }).count(); }, far).toBe(1);
    await withChosen(keys, page, ["ada/other"], "Delete");
    await keys.press(page.locator("#delete-sure"));
    await expect(page.locator('[data-server="ada/other"]')).toHaveCount(0);
    await keys.press(link(page, /^Started/).first());
    await keys.kept();
    const graces = page.locator('[data-server="grace"]');
    await keys.press(button(graces, /Start Server/));
    await keys.press(button(graces, /Access Server/));
    await expect(page).toHaveURL(/user\/grace/);
  }],

  ["profiles and services", async ({ keys, page, at }) => {
    await keys.go(at("admin"));
    await menu(keys, page, "Profiles");
    await menu(keys, page, "Services");
    await keys.type(page.locator("#service-name"), "grader");
    await keys.type(page.locator("#service-url"), "http://127.0.0.1:9");
    await keys.tick(page.locator("#service-confirm"));
    await keys.press(button(page, "Make the service"));
    await expect(page.locator("[data-service=grader]")).toBeVisible();
    await keys.press(link(page, "Change grader"));
    await keys.type(page.locator("#service-url"), "http://127.0.0.1:7");
    await keys.press(button(page, "Save the service"));
    await expect(page.locator("[data-service=grader]")).toContainText("127.0.0.1:7");
    await keys.press(link(page, "Change grader"));
    await keys.sure(button(page, "Make a new token"));
    await expect(page.locator("#token-result")).toBeVisible();
    await keys.press(page.locator("[data-service=grader]").getByRole("button"));
    await keys.press(page.locator("#delete-sure"));
    await expect(page.locator("[data-service=grader]")).toHaveCount(0);
  }],

  ["tokens and shares of everybody", async ({ keys, page, perijove, shared }) => {
    perijove.run("token", "ada");
    await shared("ada", "grace");
    await menu(keys, page, "Tokens");
    await keys.type(page.locator("#token-owner"), "ada");
    await keys.choose(page.locator("#token-kind"), "Made by somebody");
    await keys.press(button(page, "Show"));
    await expect(page).toHaveURL(/owner=ada.*kind=own/);
    const rows = page.locator("[data-token]");
    const before = await rows.count();
    await keys.press(rows.last().getByRole("button"));
    await expect(rows).toHaveCount(before - 1);
    await keys.kept();
    await menu(keys, page, "Shares");
    await keys.type(page.locator("#share-owner"), "ada");
    await keys.press(button(page, "Show"));
    await keys.press(page.locator("[data-share]").first().getByRole("button"));
    await expect(page.locator("#ended")).toBeVisible();
  }],

  ["usage and announcements", async ({ keys, page, at }) => {
    await menu(keys, page, "Usage");
    await keys.press(page.locator(".periods a").last());
    await expect(page.locator(".periods [aria-current]")).toHaveText(await page.locator(".periods a").last().textContent());
    for (const [choice, chosen] of [["profile", "plain"], ["group", "researchers"]]) {
      await keys.go(at(`admin/usage?${choice}=${chosen}`));
      const select = page.locator(`#usage-${choice}`);
      await keys.choose(select, "All");
      await expect(select, "to choose is not yet to go").toBeFocused();
      await keys.press(page.locator("form", { has: select }).getByRole("button"));
      await expect(page).not.toHaveURL(new RegExp(`${choice}=${chosen}`));
    }
    await menu(keys, page, "Announcements");
    await keys.type(page.locator("#told-text"), "On Sunday all servers stop.");
    await keys.choose(page.locator("#told-level"), "To be noted");
    await keys.press(page.locator("#announcement_submit"));
    const done = page.locator("#announcements-done");
    await expect(done).toBeVisible();
    await keys.press(page.locator("#announcements").getByRole("link", { name: "Change" }));
    await keys.type(page.locator("#told-text"), "On Monday all servers stop.");
    await keys.press(page.locator("#announcement_submit"));
    await expect(page.locator("#announcements")).toContainText("Monday");
    await keys.press(button(page.locator(".announcement"), "Dismiss"));
    await expect(page.locator(".announcement")).toHaveCount(0);
    await keys.go(at("admin/announcements"));
    await keys.press(button(page, "End now"));
    await expect(done).toBeVisible();
    await keys.press(button(page.locator("#announcements"), "Delete"));
    await expect(done).toHaveText("The announcement is deleted.");
  }],

  ["the log, the settings, and a hub that is drained", async ({ keys, page }) => {
    await menu(keys, page, "Audit log");
    await keys.type(page.locator("#audit-actor"), "ada");
    await keys.press(button(page, "Show"));
    await keys.press(page.locator("[data-entry] a").first());
    await keys.kept();
    const download = page.waitForEvent("download");
    await keys.press(page.locator("#export"));
    expect((await download).suggestedFilename()).toBe("audit.jsonl");
    await menu(keys, page, "Settings");
    await keys.press(page.locator("#settings-all"));
    await keys.press(page.locator("#settings-set"));
    await expect(page.locator("#settings-all")).toBeVisible();
    await menu(keys, page, "Health");
    await keys.type(page.locator("#drain-message"), "Maintenance until ten.");
    await keys.press(page.locator("#drain-begin"));
    await expect(page.locator("#drain [role=status]")).toContainText("No server starts");
    await keys.type(page.locator("#drain-message"), "Maintenance until eleven.");
    await keys.press(button(page, "Change the message"));
    await expect(page.locator("#drain [role=status]")).toContainText("eleven");
    await keys.press(page.locator("#drain-end"));
    await expect(page.locator("#drain [role=status]")).toHaveText("Servers may start.");
  }],

  ["roles and groups are deleted", async ({ keys, page, at }) => {
    await keys.go(at("admin/roles/helpers"));
    await keys.press(page.locator("details summary", { hasText: "Delete this role" }));
    await keys.press(page.locator("#remove_form").getByRole("button"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Roles");
    await keys.go(at("admin/groups/astronomers"));
    await keys.press(page.locator("details summary", { hasText: "Delete this group" }));
    await keys.press(page.locator("#delete-group"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Groups");
  }],

  ["the hub is shut down", async ({ keys, page, at, perijove }) => {
    await keys.go(at("admin"));
    await keys.press(page.locator("#shutdown-button"));
    await keys.press(link(page, "Keep it running"));
    await expect(page).toHaveURL(at("admin"));
    await keys.press(page.locator("#shutdown-button"));
    await keys.tick(page.locator("#shutdown-servers"));
    await keys.press(page.locator("#shutdown-hub"));
    await expect(page.locator("#shutdown-heading")).toHaveAttribute("role", "status");
    await perijove.ended;
  }],
];
