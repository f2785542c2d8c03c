// What walks need done that no person does by a page: by the API, and in the configuration.
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "@playwright/test";

/** In a file, this for that. */
export async function changed(file, before, after) {
  await writeFile(file, (await readFile(file, "utf8")).replace(before, after));
}

export function byProgram(perijove, browser) {
  let token;
  const ask = async (method, path, body) => {
    token ??= perijove.run("token", "ada").trim();
    const headers = { Authorization: `token ${token}`, "Content-Type": "application/json" };
    return fetch(`${perijove.url}/hub/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
  };
  const server = async (owner, name) => (await (await ask("GET", `users/${owner}?include_stopped_servers`)).json()).servers?.[name];
  return {
    /** A server of this name that has run and rests. */
    async named(owner, name) {
      await ask("POST", `users/${owner}/servers/${name}`, { profile: "plain" });
      await expect.poll(async () => (await server(owner, name))?.ready).toBe(true);
      await ask("DELETE", `users/${owner}/servers/${name}`);
      await expect.poll(async () => (await server(owner, name))?.stopped).toBe(true);
    },
    /** Something that is shared with somebody. */
    async shared(owner, name) {
      const scopes = [`access:servers!server=${owner}/`];
      expect((await ask("POST", `shares/${owner}/`, { user: name, scopes })).ok).toBe(true);
    },
    /** Signed in by another browser. */
    async elsewhere({ name, password }) {
      const context = await browser.newContext();
      const page = await (await context.request.get(`${perijove.url}/hub/login`)).text();
      const form = { _xsrf: page.match(/name="_xsrf" value="([^"]+)"/)[1], username: name, password };
      const answer = await context.request.post(`${perijove.url}/hub/login`, { form, maxRedirects: 0 });
      expect(answer.status()).toBe(302);
      await context.close();
    },
  };
}
