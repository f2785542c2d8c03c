// The keyboard alone: what is pressed and typed, where that leads, and whether somebody who uses nothing else sees where
// they are. `test` fails as soon as anything is pointed at, or is given the focus by the walk instead of by a key.
import { expect, test as plain } from "@playwright/test";
import { inPage } from "./focus.js";

/** What a hand with a mouse or a finger does, and what no hand does. */
const FORBIDDEN = [
  "click", "dblclick", "tap", "hover", "dragTo", "dragAndDrop", "check", "uncheck", "setChecked", "selectOption", "selectText",
  "setInputFiles", "fill", "clear", "focus", "blur", "press", "pressSequentially", "type", "dispatchEvent", "move", "down", "up", "wheel",
];

/** Has everything but the keyboard refuse; gives the way back. */
function keyboardOnly(page) {
  const kept = [];
  for (const tool of [page, page.mainFrame(), page.locator("body"), page.mouse, page.touchscreen]) {
    const methods = Object.getPrototypeOf(tool);
    for (const name of FORBIDDEN.filter((each) => Object.hasOwn(methods, each))) {
      const usual = methods[name];
      kept.push(() => { methods[name] = usual; });
      methods[name] = () => { throw new Error(`${name}() is not for a walk by the keyboard alone: tab to it and press a key`); };
    }
  }
  return () => kept.forEach((restore) => restore());
}

export const test = plain.extend({
  keyboardOnly: [async ({ browser }, use) => {
    const page = await browser.newPage();
    const restore = keyboardOnly(page);
    await use();
    restore();
    await page.close();
  }, { auto: true }],
});

/** How many keys may lead from one control to another before nobody would look for it any more. */
const FAR = 200;

/** Light and dark, on a telephone and on a wide screen. */
export const LOOKS = [["light", 1440], ["dark", 360], ["light", 360], ["dark", 1440]];

export class Keys {
  /** @param {Set<string>} [seen] where it is noted what was operated, and on which pages */
  static async of(context, seen = new Set()) {
    const self = new Keys();
    self.pointed = [];
    await context.exposeBinding("operated", (_, what) => void seen.add(what));
    await context.exposeBinding("pointed", (_, what) => void self.pointed.push(what));
    await context.addInitScript(inPage);
    self.page = await context.newPage();
    return self;
  }

  async look([scheme, width]) {
    await this.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await this.page.setViewportSize({ width, height: 800 });
  }

  /** An address is typed, too. */
  async go(url) {
    return this.page.goto(url);
  }

  /** Nothing that was done has taken the focus from where somebody was. */
  async kept() {
    await expect.poll(() => this.#lost(), `the focus is lost at ${this.page.url()}`).toBe("");
    expect(this.pointed).toEqual([]);
  }

  /** Where the focus was lost; on a page that is new nobody has been anywhere yet. */
  #lost() {
    return this.page.evaluate(() => globalThis.keys?.lost() ?? "").catch(() => "");
  }

  /** By Tab to a control that is to be found by it, seeing at each stop where one is. */
  async to(target) {
    await expect(target).toBeVisible();
    await this.kept();
    for (let presses = 0; presses < FAR; presses += 1) {
      const { is, before, problem } = await target.evaluate((element) => ({
        is: element === document.activeElement,
        before: (document.activeElement?.compareDocumentPosition(element) ?? 0) & Node.DOCUMENT_POSITION_PRECEDING,
        problem: globalThis.keys.problem(),
      }));
      if (problem) throw new Error(`${this.page.url()}: ${problem}`);
      if (is) return;
      const forward = presses > 0 ? this.forward : !before;
      this.forward = forward;
      await this.page.keyboard.press(forward ? "Tab" : "Shift+Tab");
    }
    throw new Error(`Tab never comes to ${target} at ${this.page.url()}`);
  }

  /** Operates it: Enter as it is, or another key. */
  async press(target, key = "Enter") {
    await this.to(target);
    await this.page.keyboard.press(key);
  }

  /** In the place of what stands there. */
  async type(target, text) {
    await this.to(target);
    await this.page.keyboard.press("Control+A");
    await (text ? this.page.keyboard.type(text) : this.page.keyboard.press("Delete"));
  }

  /** @param {string} label of the option */
  async choose(target, label) {
    await this.to(target);
    for (let presses = 0; presses < 60; presses += 1) {
      const [at, wanted] = await target.evaluate((select, text) => [
        select.selectedIndex, [...select.options].findIndex((option) => option.text.trim() === text),
      ], label);
      if (wanted < 0) throw new Error(`there is no ${label} in ${target}`);
      if (at === wanted) return;
      await this.page.keyboard.press(at < wanted ? "ArrowDown" : "ArrowUp");
    }
    throw new Error(`arrows never come to ${label} in ${target}`);
  }

  /** One of several: Tab leads to the one that is chosen, arrows on from there. */
  async pick(target) {
    const chosen = await target.evaluate((radio) => radio.form.querySelector(`[name="${radio.name}"]:checked`)?.id ?? radio.id);
    await this.to(this.page.locator(`#${chosen}`));
    for (let presses = 0; !(await target.isChecked()) && presses < 20; presses += 1) await this.page.keyboard.press("ArrowDown");
    await expect(target).toBeChecked();
    await expect(target).toBeFocused();
  }

  async tick(target) {
    const before = await target.isChecked();
    await this.press(target, "Space");
    await expect(target).toBeChecked({ checked: !before });
  }

  /** Once around the page; gives what is wrong on the way. */
  async around(forward) {
    // All at once is quick, but on a busy machine not always in order: what is wrong is looked at again, key by key.
    const found = await this.#around(forward, 8, (count) => Promise.all(Array.from({ length: count }, () => this.page.keyboard.press("Tab"))));
    return found.length ? this.#around(forward, 300, () => this.page.keyboard.press("Tab")) : found;
  }

  /** What has several parts, as a date has, takes several keys. */
  async #around(forward, most, press) {
    const count = await this.page.evaluate(() => {
      globalThis.keys.follow();
      return globalThis.keys.controls().length;
    });
    if (!forward) await this.page.keyboard.down("Shift");
    for (let rounds = 0; rounds < most; rounds += 1) {
      await press(count + 2);
      if (await this.page.evaluate(() => globalThis.keys.isAround())) break;
    }
    if (!forward) await this.page.keyboard.up("Shift");
    return this.page.evaluate((ahead) => globalThis.keys.wrong(ahead), forward);
  }

  /** The question that a button asks: it keeps the focus, Escape takes it back to the button, its second answer is yes. */
  async sure(button) {
    const dialog = this.page.getByRole("dialog");
    await this.press(button);
    await expect(dialog).toBeVisible();
    for (let presses = 0; presses < 6; presses += 1) {
      const inside = await dialog.evaluate((all) => all.contains(document.activeElement) || document.activeElement === document.body);
      expect(inside, "the focus stays in the dialog").toBe(true);
      await this.page.keyboard.press("Tab");
    }
    await this.page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(button, "the focus comes back from the dialog").toBeFocused();
    await this.press(button);
    await this.press(dialog.getByRole("button").last());
    await expect(dialog).toHaveCount(0);
  }
}
