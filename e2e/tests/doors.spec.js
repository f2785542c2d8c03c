// Other doors than name and password: a letter with a link, an invitation, a box to tick, a course on a learning platform.
import { expect, test } from "@playwright/test";
import { Captcha } from "../lib/captcha.js";
import { looks } from "../lib/looks.js";
import { account, forgotten, invitations, login, setup, signUp } from "../lib/pages.js";
import { Perijove, freePorts } from "../lib/perijove.js";
import { Platform } from "../lib/platform.js";
import { Postbox, isThere } from "../lib/postbox.js";

const artifacts = `${process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e"}/doors`;
const ada = { name: "ada", password: "a-first-program-1843", email: "ada@example.org" };
const look = looks(artifacts);

test.skip(() => !isThere(), "there is no mail server: scripts/test.sh environments prepares it");

let perijove;
let postbox;
let captcha;
let platform;
test.beforeAll(async () => {
  const [hub, mail, checker, course] = await freePorts(4);
  postbox = await Postbox.open(mail);
  captcha = await Captcha.open(checker);
  platform = await Platform.open(course, `http://127.0.0.1:${hub}`);
  perijove = await Perijove.fresh(artifacts, "", "", `
[[auth]]
kind = "native"
open_signup = true
${platform.section}
[mail]
url = "smtp://localhost:${mail}"
insecure = true
from = "Notebooks <hub@example.org>"
${captcha.section}`, hub);
  await perijove.start();
});
test.afterAll(async () => {
  await perijove?.dispose();
  postbox?.stop();
  captcha?.stop();
  platform?.stop();
});

const at = (path) => `${perijove.url}/hub/${path}`;

/** A letter as a reader of mail shows it. */
async function read(page, letter, name) {
  await page.setContent(letter.html);
  await look(page, `letter-${name}`);
}

test("a forgotten password, by a letter in one's own language", async ({ browser }) => {
  const { step } = test;
  const context = await browser.newContext();
  const page = await context.newPage();

  await step("a mail address for the account, confirmed by a link", async () => {
    await page.goto(perijove.setupLink());
    await setup.fill(page, ada.name, ada.password);
    await setup.submit(page);
    await page.goto(at("account"));
    await account.changeEmail(page, ada.email, ada.password);
    await expect(account.done(page)).toContainText("A letter is on its way");
    const letter = await postbox.letterTo(ada.email);
    expect(letter.subject).toBe("Confirm your mail address");
    await page.goto(letter.link);
    await look(page, "confirm");
    await page.locator("#confirm_submit").click();
    await expect(page.locator("#confirm-done")).toContainText("the mail address of your account now");
    await page.goto(at("account"));
    await account.speak(page, "de");
    await page.goto(at("logout"));
  });

  const anywhere = await browser.newContext({ locale: "fr" });
  const other = await anywhere.newPage();
  let letter;
  await step("asking for the link, in any browser", async () => {
    await other.goto(at("login"));
    await look(other, "login-fr");
    await other.locator("#reset_link").click();
    await look(other, "forgotten-fr");
    await forgotten.ask(other, ada.email);
    await expect(forgotten.done(other)).toContainText("un lien est en route");
    await look(other, "forgotten-done-fr");
    letter = await postbox.letterTo(ada.email);
    expect(letter.subject).toBe("Wählen Sie ein neues Passwort");
    await read(await anywhere.newPage(), letter, "reset-de");
  });

  await step("the link works once, and the old password no more", async () => {
    await other.goto(letter.link);
    await look(other, "reset-fr");
    await setup.fill(other, ada.name, "nanoseconds of wire 11.8");
    await setup.submit(other);
    await login.signIn(other, ada.name, ada.password);
    await expect(login.error(other)).toBeVisible();
    await other.goto(at("login?next=/hub/account"));
    await login.signIn(other, ada.name, "nanoseconds of wire 11.8");
    await expect(other.locator("h1")).toHaveText("Ihr Konto");
    expect((await page.goto(letter.link)).status()).toBe(404);
    await look(page, "reset-gone");
  });

  await step("an invitation, from the one to the other", async () => {
    await other.goto(at("admin/invitations"));
    await look(other, "invitations-de");
    await invitations.make(other, "grace@example.org");
    await expect(invitations.done(other)).toContainText("unterwegs zu grace@example.org");
    await look(other, "invitations-made-de");
    const invited = await postbox.letterTo("grace@example.org");
    expect(invited.subject).toBe("Ein Konto bei 127.0.0.1");
    const graces = await browser.newContext({ locale: "ja" });
    const guest = await graces.newPage();
    await read(await graces.newPage(), invited, "invitation-de");
    await guest.goto(invited.link);
    await look(guest, "join-ja");
    await setup.fill(guest, ada.name, "a-moth-in-relay-70");
    await setup.submit(guest);
    await expect(guest.locator("#setup-error")).toContainText("この名前は使われています");
    await setup.fill(guest, "grace", "a-moth-in-relay-70");
    await setup.submit(guest);
    await expect(guest).toHaveURL(at("home"));
    await graces.close();
  });
  await anywhere.close();
  await context.close();
});

test("whoever signs up shows that they are no robot", async ({ browser }) => {
  const context = await browser.newContext({ locale: "es" });
  const page = await context.newPage();
  const mary = { name: "mary", password: "notes on the sun's spots 4" };
  await page.goto(at("signup"));
  await expect(page.getByText("I am a-person"), "the service's script ran").toBeVisible();
  await signUp.fill(page, mary);
  await signUp.submit(page);
  await expect(signUp.error(page)).toHaveText("Demuestre que no es un robot.");
  await look(page, "robot-es");
  await signUp.fill(page, mary);
  await page.getByLabel("I am a-person").check();
  await signUp.submit(page);
  await expect(signUp.done(page)).toContainText("Su cuenta está lista");
  await look(page, "no-robot-es");
  await context.close();
});

test("from a course on a learning platform", async ({ browser }) => {
  const { step } = test;
  await step("signed in, at the place that the course leads to", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(platform.url);
    await page.getByRole("button", { name: "Open the notebooks" }).click();
    await expect(page).toHaveURL(at("token"));
    await expect(page.locator(".who")).toHaveText("lise");
    await context.close();
  });

  await step("the page in between, for whoever has no scripts", async () => {
    const context = await browser.newContext({ locale: "pt", javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(platform.url);
    await page.getByRole("button", { name: "Open the notebooks" }).click();
    await page.getByRole("button", { name: "To the hub" }).click();
    await expect(page.locator("h1")).toHaveText("Você está a caminho");
    await page.screenshot({ path: `${artifacts}/onward-pt.png` });
    await page.locator("main button[type=submit]").click();
    await expect(page).toHaveURL(at("token"));
    await context.close();
  });

  await step("a platform that is not known", async () => {
    const context = await browser.newContext({ locale: "de" });
    const page = await context.newPage();
    await page.goto(platform.url);
    await page.getByRole("button", { name: "from elsewhere" }).click();
    await expect(page.locator("main")).toContainText("von einer Plattform, die hier nicht bekannt ist");
    await look(page, "unknown-platform-de");
    await context.close();
  });
});
