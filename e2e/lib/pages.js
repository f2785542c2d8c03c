// Everything the walk knows about the pages: what to look for, what to click. When a page changes, this changes.
import { expect } from "@playwright/test";

/** The form behind a set-up link or an invitation: a name where it asks for one, and the password twice. */
export const setup = {
  async fill(page, name, password) {
    const username = page.locator("input[name=username]:not([readonly])");
    if (await username.count()) await username.fill(name);
    await page.locator("input[name=password]").fill(password);
    await page.locator("input[name=password_again]").fill(password);
  },
  submit: (page) => page.locator("#setup_submit").click(),
};

export const login = {
  form: (page) => page.locator("#login_submit"),
  async signIn(page, name, password, code = "") {
    await page.locator("input[name=username]").fill(name);
    await page.locator("input[name=password]").fill(password);
    if (code) {
      // A code is asked for once the password was right.
      if (!await login.otp(page).count()) {
        await page.locator("#login_submit").click();
        await page.locator("input[name=password]").fill(password);
      }
      await login.otp(page).fill(code);
    }
    await page.locator("#login_submit").click();
  },
  error: (page) => page.locator("#login-error"),
  otp: (page) => page.locator("#otp_input"),
  /** Chooses the language of this browser, by its own name. */
  speak: (page, language) => page.locator(".languages").getByRole("button", { name: language }).click(),
};

export const signUp = {
  async fill(page, { name, password }) {
    await page.locator("input[name=username]").fill(name);
    await page.locator("input[name=signup_password]").fill(password);
    await page.locator("input[name=signup_password_confirmation]").fill(password);
  },
  submit: (page) => page.locator("#signup_submit").click(),
  error: (page) => page.locator("#signup-error"),
  done: (page) => page.locator("#signup-done"),
};

export const waiting = {
  row: (page, name) => page.locator(`#waiting-table tr[data-name="${name}"]`),
  letIn: (page, name) => waiting.row(page, name).locator("button.primary").click(),
  done: (page) => page.locator("#authorize-done"),
};

export const admin = {
  rows: (page) => page.locator("tr.user-row"),
  search: (page) => page.locator("#user-search"),
  count: (page) => page.locator("#displaying"),
  next: (page) => page.getByTestId("paginate-next"),
  choose: (page, name) => page.getByLabel(`Choose ${name}`, { exact: true }),
  outcomes: (page) => page.locator("#outcomes li"),
  async add(page, names) {
    await page.getByText("Add Users").click();
    await page.locator("#add-user-textarea").fill(names.join("\n"));
    await page.getByRole("button", { name: "Add them" }).click();
  },
};

export const account = {
  done: (page) => page.locator("#account-done"),
  error: (page) => page.locator("#account-error"),
  sessions: (page) => page.locator("#sessions-table tbody tr"),
  endOthers: (page) => page.locator("#end-others").click(),
  /** Asks for one-time codes, up to the picture; gives the secret. */
  async proposeCodes(page, password) {
    await page.locator("#propose-password").fill(password);
    await page.locator("#propose-codes").click();
    return (await page.locator("#otp-secret").textContent()).trim();
  },
  async confirmCodes(page, code) {
    await page.locator("#code_input").fill(code);
    await page.locator("#confirm-codes").click();
  },
  recoveryCodes: (page) => page.locator("#recovery-codes code"),
  async speak(page, tag) {
    await page.locator("#language_input").selectOption(tag);
    await page.locator("#save-language").click();
  },
  changePassword: (page) => page.locator("#change-password").click(),
  /** Has a link sent to the new address. */
  async changeEmail(page, email, password) {
    await page.locator("#email_input").fill(email);
    await page.locator("#email-password").fill(password);
    await page.locator("#change-email").click();
  },
  linked: (page) => page.locator("#linked"),
};

export const changePassword = {
  async fill(page, before, after) {
    await page.locator("input[name=old_password]").fill(before);
    await page.locator("input[name=new_password]").fill(after);
    await page.locator("input[name=new_password_confirmation]").fill(after);
  },
  submit: (page) => page.locator("#change_submit").click(),
  error: (page) => page.locator("#change-error"),
};

export const forgotten = {
  async ask(page, who) {
    await page.locator("input[name=who]").fill(who);
    await page.locator("#forgot_submit").click();
  },
  done: (page) => page.locator("#forgot-done"),
};

export const invitations = {
  async make(page, email) {
    await page.locator("#invitation_email").fill(email);
    await page.locator("#invitation_submit").click();
  },
  done: (page) => page.locator("#invitations-done"),
};

export const home = {
  start: (page) => page.locator("#start"),
  stop: (page) => page.locator("#stop"),
  async expectRunning(page) {
    await expect(page.locator("#stop")).toBeVisible();
  },
  async expectStopped(page) {
    await expect(page.locator("#stop")).toBeHidden();
    await expect(page.locator("#start")).toBeVisible();
  },
};

export const front = {
  /** The address that starts what is chosen. */
  startLink: (page) => page.locator(".start-link code"),
  /** How far a start is. */
  phase: (page) => page.locator(".phases [aria-current=step]"),
};

export const pending = {
  bar: (page) => page.locator("#progress-bar"),
  message: (page) => page.locator("#progress-message"),
  /** What the hub told while the page was open. */
  steps: (page) => page.locator("#progress-steps li"),
  /** What the page says when the hub no longer tells it anything. */
  lost: (page) => page.locator("[data-connection]"),
  /** The last lines that the server wrote, shown when its start failed. */
  log: (page) => page.locator("pre.log"),
};

export const lab = {
  async expectReady(page) {
    await expect(page.locator("#main #jp-main-dock-panel")).toBeVisible({ timeout: 120_000 });
    await expect(page.locator("#jupyterlab-splash")).toBeHidden();
    await expect(page.locator(".jp-LauncherCard").first()).toBeVisible();
  },
  /** A new notebook from the launcher, its kernel idle. */
  async newNotebook(page) {
    await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
    await expect(lab.cells(page)).toHaveCount(1);
    await lab.expectIdle(page);
  },
  cells: (page) => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell"),
  /** The status bar knows; the notebook's own indicator says idle before there is a kernel. */
  async expectIdle(page) {
    await expect(page.locator("#jp-main-statusbar").getByText(/\| Idle$/)).toBeVisible({ timeout: 120_000 });
  },
  /** Types code into the last cell and runs it; gives that cell. A new cell follows. */
  async run(page, code) {
    const cell = lab.cells(page).nth(await lab.cells(page).count() - 1);
    await cell.locator(".cm-content").click();
    await page.keyboard.insertText(code);
    await expect(cell.locator(".cm-content")).toContainText(code.split("\n").at(-1));
    await page.keyboard.press("Shift+Enter");
    await expect(cell.locator(".jp-InputPrompt")).not.toHaveText("[ ]:");
    return cell;
  },
  image: (cell) => cell.locator(".jp-OutputArea-output img"),
  text: (cell) => cell.locator(".jp-OutputArea-output pre"),
  /** To the end of what it printed. */
  scrollDown: (cell) => lab.text(cell).last().evaluate((text) => text.scrollIntoView({ block: "end" })),
  dialog: (page) => page.locator(".jp-Dialog"),
};

/** The numbers that a cell has printed so far. */
export async function numbers(cell) {
  const text = (await lab.text(cell).allInnerTexts()).join("\n");
  return [...text.matchAll(/^number (\d+)$/gm)].map((match) => Number(match[1]));
}

/** Keeps what pages look like: numbered, so that the folder tells the story. */
export function shots(folder) {
  let taken = 0;
  return async (page, name) => {
    taken += 1;
    await page.screenshot({ path: `${folder}/${String(taken).padStart(2, "0")}-${name}.png` });
  };
}
