// A Perijove of the test's own: its configuration, its processes, and their end.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.PERIJOVE_BINARY ?? "../target/debug/perijove";
const lab = process.env.PERIJOVE_LAB ?? "../.perijove/environments/lab";

/** Ports of 127.0.0.1 that are free, and different from each other. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve, reject) => {
      const server = createServer();
      server.on("error", reject);
      server.listen(0, "127.0.0.1", () => resolve(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export class Perijove {
  /**
   * A fresh one: an empty data folder, its own ports. Nothing runs yet.
   * @param {string} artifacts where its log is kept
   * @param {string} spawner further lines of TOML for [spawner]
   * @param {string} settings further lines of TOML for [edge]
   * @param {string} more further sections
   * @param {number} port that people use, if somebody has to know it before
   */
  static async fresh(artifacts, spawner = "", settings = "", more = "", port = 0) {
    const dir = await mkdtemp(join(tmpdir(), "perijove-e2e-"));
    const [free, hub, edgeApi] = await freePorts(3);
    const edge = port || free;
    const self = new Perijove();
    self.dir = dir;
    self.url = `${settings.includes("tls.") ? "https" : "http"}://127.0.0.1:${edge}`;
    self.hubUrl = `http://127.0.0.1:${hub}`;
    self.config = join(dir, "perijove.toml");
    self.output = "";
    // Everything that this hub starts, and only that, carries the mark: what a failed walk leaves behind is found by it.
    self.mark = randomBytes(8).toString("hex");
    await mkdir(artifacts, { recursive: true });
    self.log = createWriteStream(join(artifacts, "hub.log"));
    await writeFile(self.config, `
[hub]
listen = "127.0.0.1:${hub}"
data_dir = "${join(dir, "data")}"
log_level = "debug"

[edge]
listen = "127.0.0.1:${edge}"
api_listen = "127.0.0.1:${edgeApi}"
${settings}

[spawner]
environment = { E2E_MARK = "${self.mark}" }
${spawner}

[spawner.process]
environment_dir = "${lab}"
accounts = "hub"
${more}
`);
    return self;
  }

  #environment() {
    const own = Object.entries(process.env).filter(([name]) => !/^(PERIJOVE|JUPYTER|JPY)/.test(name));
    // What a build for development keeps on the stack is larger: a start from a person's page needs more than the usual 2 MiB.
    return { ...Object.fromEntries(own), E2E_MARK: this.mark, RUST_MIN_STACK: String(8 * 1024 * 1024) };
  }

  /** Starts the hub (which sees to the edge), and waits until people can reach it. */
  async start() {
    this.output = "";
    const hub = spawn(binary, ["serve", "--config", this.config], {
      cwd: this.dir,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.hub = hub;
    this.ended = new Promise((resolve) => hub.on("exit", (code, signal) => resolve(signal ?? code)));
    let ended;
    hub.on("exit", (code, signal) => { ended = signal ?? code; });
    hub.on("error", (error) => { ended = error.message; });
    for (const stream of [hub.stdout, hub.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => { this.output += text; this.log.write(text); });
    }
    for (let tries = 0; tries < 300; tries += 1) {
      if (ended !== undefined) throw new Error(`perijove serve ended (${ended}):\n${this.output}`);
      if (await this.healthy()) return;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    throw new Error(`perijove serve answers nothing at ${this.url}/hub/health:\n${this.output}`);
  }

  /** Whether the hub answers, through the edge. */
  async healthy() {
    try {
      return (await fetch(`${this.url}/hub/health`, { redirect: "manual" })).ok;
    } catch {
      return false;
    }
  }

  /** The one-time link that `perijove serve` prints while there is no admin. */
  setupLink() {
    return this.output.match(/https?:\/\/\S+\/hub\/setup\?token=[\w.~%-]+/)?.[0];
  }

  /** Runs a command of perijove to its end; gives what it printed. */
  run(...args) {
    const [command, ...rest] = args;
    const done = spawnSync(binary, [command, "--config", this.config, ...rest], {
      cwd: this.dir, env: this.#environment(), encoding: "utf8", timeout: 60_000,
    });
    this.log.write(`$ perijove ${args.join(" ")}\n${done.stderr}\n`);
    if (done.status !== 0) throw new Error(`perijove ${args.join(" ")}: status ${done.status}\n${done.stderr}`);
    return done.stdout;
  }

  /** A link by which the person chooses a password. */
  invite(name) {
    const link = this.run("invite", name).match(/https?:\/\/\S+\/hub\/setup\?token=[\w.~%-]+/)?.[0];
    if (!link) throw new Error("perijove invite printed no link");
    return link;
  }

  /** `kill -9`: the hub alone, not what it started. */
  async kill() {
    this.hub.kill("SIGKILL");
    return this.ended;
  }

  /** Ends everything that was started, and forgets all of it. */
  async dispose() {
    if (this.hub && this.hub.exitCode === null && this.hub.signalCode === null) {
      this.hub.kill("SIGTERM");
      await Promise.race([this.ended, new Promise((resolve) => { setTimeout(resolve, 15_000); })]);
      this.hub.kill("SIGKILL");
    }
    spawnSync(binary, ["stop", "--config", this.config], { cwd: this.dir, env: this.#environment(), timeout: 30_000 });
    for (const pid of await this.#leftovers()) {
      try { process.kill(pid, "SIGKILL"); } catch { /* it ended by itself */ }
    }
    this.log.end();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #leftovers() {
    const found = [];
    for (const entry of await readdir("/proc").catch(() => [])) {
      if (!/^\d+$/.test(entry)) continue;
      const environment = await readFile(`/proc/${entry}/environ`, "utf8").catch(() => "");
      if (environment.includes(`E2E_MARK=${this.mark}`)) found.push(Number(entry));
    }
    return found;
  }
}
