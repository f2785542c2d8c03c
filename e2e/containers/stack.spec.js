// The stack of deploy/compose/data, as scripts/containers.sh has brought it up: from the first administrator to a server
// whose limits hold, in three tools. The steps are those by which people who put such a stack up have tried it by hand.
import { execFileSync } from "node:child_process";
import { expect, test } from "@playwright/test";
import { home, lab, setup, shots, signUp, login } from "../lib/pages.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const hub = process.env.PERIJOVE_STACK_URL ?? "http://127.0.0.1:8000";
const shoot = shots(`${artifacts}/stack`);
const admin = { name: "admin", password: "a-first-program-1843" };
const grace = { name: "grace", password: "a-moth-in-relay-70" };
const docker = (...words) => execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
const inside = (server, command) => docker("exec", `jupyter-${server}`, "bash", "-c", `${command} 2>&1 || true`);
const reaches = (server, address) => inside(server, `curl -s --max-time 5 -o /dev/null -w '%{http_code}' ${address}`);
const card = (page, name) => page.getByRole("radio", { name });
const soon = { timeout: 180_000 };

/** Chooses a profile on the page that is open, and starts it. */
async function start(page, profile) {
  await card(page, profile).check();
  await page.locator("#spawn_submit").click();
}

/** A server with a name, up to the choice of its profile. */
async function another(page, name) {
  await page.goto(`${hub}/hub/home`);
  await page.getByLabel("Another server").fill(name);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/hub/spawn/admin/${name}`));
}

test.describe.configure({ mode: "serial" });
let page;
test.beforeAll(async ({ browser }) => { page = await (await browser.newContext()).newPage(); });
test.afterAll(async () => { await page?.context().close(); });

test("1: the link in the log makes the first administrator", async () => {
  const link = docker("logs", "jupyterhub-hub").match(/http\S+token=\S+/)?.[0];
  expect(link, "a link in the hub's log").toBeTruthy();
  const { pathname, search } = new URL(link);
  await page.goto(`${hub}${pathname}${search}`);
  await setup.fill(page, admin.name, admin.password);
  await setup.submit(page);
  await expect(page).not.toHaveURL(/token=/);
  await page.goto(`${hub}/hub/home`);
  await expect(page.getByRole("link", { name: /admin/i }).first()).toBeVisible();
  await shoot(page, "administrator");
});

test("2: six profiles are offered", async () => {
  await page.goto(`${hub}/hub/spawn`);
  for (const name of [
    "uv Lab - 2 CPU / 4GB", "uv Lab - 4 CPU / 8GB", "uv VS Code - 2 CPU / 4GB", "uv VS Code - 4 CPU / 8GB",
    "uv Marimo - 1 CPU / 2GB", "uv Marimo - 2 CPU / 4GB",
  ]) await expect(card(page, new RegExp(name))).toBeVisible();
  await shoot(page, "profiles");
});

test("3: JupyterLab comes up at /lab, with buttons for the others", async () => {
  await start(page, /uv Lab - 2 CPU/);
  await expect(page).toHaveURL(/\/user\/admin\/lab/, soon);
  await lab.expectReady(page);
  for (const title of [/VS Code/, /marimo/]) {
    await expect(page.locator(".jp-LauncherCard").filter({ hasText: title }).first()).toBeVisible();
  }
  await shoot(page, "lab");
});

test("6: what was written is there after a stop and a start", async () => {
  await lab.newNotebook(page);
  const cell = await lab.run(page, 'print("Hello from JupyterHub")');
  await expect(lab.text(cell)).toHaveText("Hello from JupyterHub");
  await page.keyboard.press("Control+s");
  await lab.dialog(page).locator("input[type=text]").fill("test-persist.ipynb");
  await page.keyboard.press("Enter");
  await expect.poll(() => inside("admin", "cat test-persist.ipynb")).toContain("Hello from JupyterHub");
  await page.goto(`${hub}/hub/home`);
  await home.stop(page).click();
  await home.expectStopped(page);
  expect(docker("ps", "--quiet", "--filter", "name=^jupyter-admin$"), "a running container").toBe("");

  await page.goto(`${hub}/hub/spawn`);
  await start(page, /uv Lab - 2 CPU/);
  await expect(page).toHaveURL(/\/user\/admin\/lab/, soon);
  await page.goto(`${hub}/user/admin/lab/tree/test-persist.ipynb?reset`);
  await expect(lab.cells(page).first().locator(".cm-content")).toContainText("Hello from JupyterHub", soon);
  await shoot(page, "persisted");
});

test("4: VS Code comes up beside it, in a server with a name", async () => {
  await another(page, "vscode-test");
  await start(page, /uv VS Code - 2 CPU/);
  await expect(page).toHaveURL(/\/user\/admin\/vscode-test[^/]*\/vscode\//, soon);
  await expect(page.locator(".monaco-workbench")).toBeVisible(soon);
  const trust = page.getByRole("button", { name: /Yes, I trust/ });
  await trust.click({ timeout: 20_000 }).catch(() => {});
  await page.keyboard.press("Control+Shift+Backquote");
  const terminal = page.locator(".xterm-helper-textarea").first();
  await expect(terminal).toBeAttached();
  await terminal.focus();
  await page.keyboard.type("echo made-here > from-code.txt\n", { delay: 20 });
  await expect.poll(() => inside("admin", "cat from-code.txt")).toBe("made-here");
  await shoot(page, "vscode");
});

test("5: marimo comes up at /proxy/marimo/, and a cell runs", async () => {
  await another(page, "marimo-test");
  await start(page, /uv Marimo - 1 CPU/);
  await expect(page).toHaveURL(/\/user\/admin\/marimo-test[^/]*\/proxy\/marimo\//, soon);
  await expect(page.getByText(/create a new notebook/i).first()).toBeVisible(soon);
  await shoot(page, "marimo");
  const opened = page.context().waitForEvent("page");
  await page.getByText(/create a new notebook/i).first().click();
  const notebook = await opened;
  await notebook.locator(".cm-content").first().click(soon);
  await notebook.keyboard.insertText("print(6 * 7)");
  await notebook.keyboard.press("Control+Enter");
  await expect(notebook.getByText("42", { exact: true }).first()).toBeVisible(soon);
  await shoot(notebook, "marimo-notebook");
  await notebook.close();
});

test("7: somebody signs up, and an administrator sees them and stops their server", async ({ browser }) => {
  const other = await (await browser.newContext()).newPage();
  await other.goto(`${hub}/hub/signup`);
  await signUp.fill(other, grace);
  await signUp.submit(other);
  await other.goto(`${hub}/hub/spawn`);
  if (await login.form(other).count()) await login.signIn(other, grace.name, grace.password);
  await start(other, /uv Lab - 4 CPU/);
  await expect(other).toHaveURL(/\/user\/grace\/lab/, soon);

  // 8: what its profile says is what the engine holds it to.
  const limits = JSON.parse(docker("inspect", "--format", "{{json .HostConfig}}", "jupyter-grace"));
  expect(limits.Memory).toBe(8 * 2 ** 30);
  expect(limits.CpuQuota / limits.CpuPeriod).toBe(4);
  expect(limits.CapDrop).toEqual(["ALL"]);
  expect(docker("stats", "--no-stream", "--format", "{{.MemUsage}}", "jupyter-grace")).toMatch(/ \/ 8GiB$/);
  const address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", "jupyter-grace");
  for (const one of address.split(" ")) expect(reaches("admin", `http://${one}:8888/`), `from another's server: ${one}`).toBe("000");
  await shoot(other, "grace");

  await page.goto(`${hub}/hub/admin`);
  await expect(page.locator("tr.user-row").filter({ hasText: "grace" })).toBeVisible();
  await shoot(page, "people");
  await page.goto(`${hub}/hub/admin/servers`);
  await page.locator("tr").filter({ hasText: "grace" }).locator("button.stop-button").click();
  await expect.poll(() => docker("ps", "--quiet", "--filter", "name=^jupyter-grace$"), soon).toBe("");
  await shoot(page, "stopped");
  await other.context().close();
});

test("servers reach the hub, and neither the engine nor what stands before it", async () => {
  expect(reaches("admin", "http://jupyterhub-hub:8081/hub/api/")).toBe("200");
  for (const address of ["jupyterhub-engine:2375/_ping", "engine:2375/_ping", "jupyterhub-hub:8001/api/routes", "169.254.169.254/"]) {
    expect(reaches("admin", `http://${address}`), address).toBe("000");
  }
  const filtered = (...words) => {
    try {
      return docker("exec", "jupyterhub-hub", "bash", "-c", words.join(" "));
    } catch (error) {
      return String(error.stdout);
    }
  };
  const ask = (line) => `exec 3<>/dev/tcp/engine/2375; printf '${line} HTTP/1.1\\r\\nHost: e\\r\\nConnection: close\\r\\n\\r\\n' >&3; head -1 <&3`;
  expect(filtered(ask("GET /_ping"))).toContain("200");
  expect(filtered(ask("GET /containers/jupyterhub-engine/logs?stdout=1"))).toContain("403");
  expect(filtered(ask("POST /build"))).toContain("403");
});
