// The mail server of `environments/mail`, in a process of its own.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const python = join(process.env.PERIJOVE_MAIL ?? "../.perijove/environments/mail", "bin", "python");

/** Whether it can be started here. */
export const isThere = () => existsSync(python);

export class Postbox {
  static async open(port) {
    const self = new Postbox();
    self.letters = [];
    self.waiting = [];
    self.process = spawn(python, ["../environments/mail/postbox.py", String(port)], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve, reject) => {
      self.process.on("exit", (code) => reject(new Error(`the mail server ended (${code})`)));
      createInterface(self.process.stdout).on("line", (line) => {
        if (line === "ready") resolve();
        else self.#arrived(JSON.parse(line));
      });
    });
    return self;
  }

  #arrived(letter) {
    const next = this.waiting.shift();
    if (next) next(letter);
    else this.letters.push(letter);
  }

  /** The next letter, with the link in it; it has to be to this address. */
  async letterTo(address) {
    const letter = this.letters.shift() ?? await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no letter to ${address}`)), 60_000);
      this.waiting.push((arrived) => { clearTimeout(late); resolve(arrived); });
    });
    if (letter.to[0] !== address) throw new Error(`a letter to ${letter.to}, not to ${address}: ${letter.headers.subject}`);
    return { ...letter, subject: letter.headers.subject, link: letter.text.match(/https?:\/\/\S+/)?.[0] };
  }

  stop() {
    this.process.kill();
  }
}
