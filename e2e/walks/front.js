// Servers: chosen, started, waited for, named, stopped, shared and deleted by the person whose they are.
import { expect } from "@playwright/test";

const far = { timeout: 120_000 };
const profile = (page, name) => page.getByRole("radio", { name });
const button = (within, name) => within.getByRole("button", { name }).filter({ visible: true });

/** What a copy leaves behind: a word for a moment, or where there is no clipboard the text, chosen. */
const copied = (page) => page.locator(".toast:not(:empty), input[readonly]:focus").first();

export default [
  ["a start is chosen, followed and called off", async ({ keys, page, at }) => {
    await keys.go(at("spawn"));
    await keys.pick(profile(page, /Slow/));
    await keys.choose(page.getByRole("combobox", { name: "Size" }).filter({ visible: true }), "Roomy");
    await keys.press(page.getByText("A link that starts this"));
    await expect(page.locator(".start-link code")).toContainText("opt-profile=slow&opt-size=roomy");
    await keys.press(button(page, "Copy the link"));
    await expect(copied(page)).toBeVisible();
    await keys.press(page.locator("#spawn_submit"));
    await expect(page).toHaveURL(/spawn-pending/);
    await keys.press(page.locator("summary", { hasText: "What the server writes" }));
    await expect(page.locator("#progress-log")).toContainText("the catalogue of stars");
    await keys.press(page.locator("summary", { hasText: "Steps so far" }));
    await expect(page.locator("#progress-steps li").first()).toBeVisible();
    await keys.press(page.locator("#stop"));
    await expect(page).toHaveURL(at("home"));
    await expect(page.locator("#servers > li").first()).toHaveAttribute("data-state", "stopped", far);
  }],

  ["a server that rests waits for its person, if told to", async ({ keys, page, perijove }) => {
    await keys.go(`${perijove.url}/user/ada/`);
    await keys.press(page.locator("[data-cancel]"));
    await expect(page.locator("[data-note]")).toBeVisible();
    await expect(page.locator("#start")).toBeFocused();
  }],

  ["a start that fails, and is tried again", async ({ keys, page, at, perijove }) => {
    await keys.go(at("spawn"));
    await keys.pick(profile(page, /Broken/));
    await keys.press(page.locator("#spawn_submit"));
    await keys.to(page.locator("#stop"));
    await expect(page.locator("#progress-failure")).toBeVisible(far);
    await expect(page.locator("#start"), "whoever was about to call it off may try it again").toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("#stop")).toBeVisible();
    await expect(page.locator("#progress-failure")).toBeVisible(far);
    await keys.go(`${perijove.url}/user/ada/`);
    await keys.press(page.locator("main details summary"));
    await keys.press(button(page, "Try again"));
    await expect(page.locator("#progress-failure")).toBeVisible(far);
    await keys.go(at("home"));
    await keys.press(page.locator("#servers a[id=start]"));
    await expect(page.locator("#spawn_form")).toBeVisible();
  }],

  ["a server of a name: added, started, kept, named, restarted, stopped, deleted", async ({ keys, page, at }) => {
    await keys.go(at("home"));
    await keys.type(page.locator("#new-server-name"), "Moons of Jupiter");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/spawn\/ada\/moons-of-jupiter/);
    await keys.pick(profile(page, /Plain/));
    await keys.press(page.locator("#spawn_submit"));
    await expect(page).toHaveURL(/\/user\/ada\/moons/, far);

    await keys.go(at("home"));
    const card = page.locator('#servers > li[data-name^="moons"]');
    const more = card.locator("summary");
    await expect(card).toHaveAttribute("data-state", "ready");
    await keys.press(button(card, /I am still here/));
    await expect(page.locator('#servers > li[data-name^="moons"] .notice button')).toHaveCount(0);
    await keys.press(more);
    await keys.press(button(card, /Copy the link/));
    await expect(copied(page)).toBeVisible();
    await keys.type(card.getByLabel("Name"), "Europa");
    await keys.press(button(card, /Rename/));
    await expect(card.getByRole("heading")).toHaveText("Europa");
    await keys.press(more);
    await keys.sure(button(card, /Restart/));
    await expect(page).toHaveURL(/\/user\/ada\/moons/, far);

    await keys.go(at("home"));
    await keys.press(button(card, /^Stop/));
    await expect(card).toHaveAttribute("data-state", "stopped", far);
    await keys.kept();
    await keys.press(button(card, /^Start/));
    await expect(page).toHaveURL(/\/user\/ada\/moons/, far);
    await keys.go(at("home"));
    await keys.press(button(card, /^Stop/));
    await expect(card).toHaveAttribute("data-state", "stopped", far);
    await keys.press(page.locator("#recent").getByRole("button", { name: /Europa/ }));
    await expect(page).toHaveURL(/\/user\/ada\/moons/, far);
    await keys.go(at("home"));
    await keys.press(button(card, /^Stop/));
    await expect(card).toHaveAttribute("data-state", "stopped", far);
    await keys.press(more);
    await keys.sure(button(card, /Delete this server/));
    await expect(card).toHaveCount(0);
  }],

  ["a server is shared with somebody, and by a link", async ({ keys, page, at, someone }) => {
    await keys.go(at("home"));
    const card = page.locator("#servers > li").first();
    await keys.press(card.locator("summary"));
    await keys.press(card.getByRole("link", { name: /Share/ }));
    await expect(page).toHaveURL(/hub\/share\/ada/);
    await keys.choose(page.locator("#share-kind"), "Person");
    await keys.type(page.locator("#share-name"), "grace");
    await keys.tick(page.locator("#give-start"));
    await keys.press(button(page, "Share"));
    await expect(page.locator("#shares li")).toHaveCount(1);
    await keys.press(page.locator("#shares").getByRole("button"));
    await expect(page.locator("#shares li")).toHaveCount(0);

    await keys.choose(page.locator("#share-life"), "1 day");
    await keys.press(page.locator("#share-make-link"));
    const link = await page.locator("#share-link").textContent();
    await keys.press(button(page, "Copy the link"));
    await expect(copied(page)).toBeVisible();
    await someone.go(new URL(link, at("home")).href);
    await someone.press(someone.page.locator("#accept_share_submit"));
    await expect(someone.page).not.toHaveURL(/accept-share/);
    await keys.press(button(page, "End the link"));
    await expect(page.locator("#share-codes")).toHaveCount(0);
  }],
];
