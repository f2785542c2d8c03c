// The OpenID Connect provider of `environments/oidc`, in a process of its own.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const dir = process.env.PERIJOVE_OIDC ?? "../.perijove/environments/oidc";

/** Whether it can be started here. */
export const isThere = () => existsSync(join(dir, "node_modules", "oidc-provider"));

export class Provider {
  /** @param {number} port @param {string} hub the address that people use, with a slash behind it */
  static async start(port, hub) {
    const self = new Provider();
    self.process = spawn("node", [join(dir, "provider.mjs"), String(port), hub], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve, reject) => {
      self.process.on("exit", (code) => reject(new Error(`the provider ended (${code})`)));
      self.process.stdout.on("data", (text) => String(text).includes("ready") && resolve());
    });
    return self;
  }

  stop() {
    this.process.kill();
  }

  /** Its own form; any password is right. */
  static async signIn(page, name) {
    await page.locator("input[name=login]").fill(name);
    await page.locator("input[name=password]").fill("any");
    await page.locator("[type=submit]").click();
  }
}
