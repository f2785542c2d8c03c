// @ts-check
// Follows the start of a server: bar, steps with their times, cause and log of a failure, and on to the server.

import { samePageNow, sleep, words } from "./page.js";

/**
 * What the hub tells, one event at a time.
 *
 * @typedef {object} Progress
 * @property {number} [progress] 0 to 100
 * @property {string} [message]
 * @property {string} [html_message]
 * @property {number} [elapsed] seconds since the start was asked for
 * @property {boolean} [ready]
 * @property {boolean} [failed]
 * @property {string} [url]
 * @property {string[]} [log] the last lines that the server wrote
 */

class SpawnProgress extends HTMLElement {
  /** What was shown already: the hub tells everything again after a reconnect. */
  seen = new Set();
  told = 0;
  done = false;
  retries = 0;
  /** The first moment, on this browser's clock. */
  began = performance.now();

  connectedCallback() {
    this.ticking = setInterval(() => this.tick(), 250);
    this.listen();
  }

  disconnectedCallback() {
    this.finish();
  }

  listen() {
    this.source = new EventSource(this.dataset.progressUrl ?? "");
    this.source.addEventListener("open", () => this.connected(true));
    this.source.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.source.addEventListener("error", () => void this.lost());
  }

  /**
   * The stream broke: a moment’s trouble, a restarting hub, or there is nothing to follow any more.
   *
   * @returns {Promise<void>}
   */
  async lost() {
    this.source?.close();
    if (this.done) return;
    this.connected(false);
    await sleep(Math.min(8000, 500 * 2 ** this.retries) * (0.75 + Math.random() / 2));
    this.retries += 1;
    const now = await samePageNow();
    if (this.done || !this.isConnected) return;
    if (now === "elsewhere" || (now !== "away" && !now.querySelector("spawn-progress"))) return location.reload();
    if (now === "away") return this.lost();
    this.listen();
  }

  /** @param {boolean} yes */
  connected(yes) {
    this.piece("connection").hidden = yes;
    if (yes) this.retries = 0;
  }

  /** @param {Progress} event */
  take(event) {
    if (this.done) return;
    if (typeof event.elapsed === "number") this.began = performance.now() - event.elapsed * 1000;
    if (typeof event.progress === "number") this.told = Math.max(this.told, Math.min(100, event.progress));
    const message = event.message ?? plainText(event.html_message);
    if (event.failed) return this.fail(message || words(this, "no-reason"), event.log ?? []);
    if (message) this.addStep(message, event);
    if (event.ready) return this.leave(event.url);
    this.tick();
  }

  /**
   * @param {string} message
   * @param {Progress} event
   */
  addStep(message, event) {
    const key = JSON.stringify([event.progress, message]);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.piece("now").textContent = message;
    const time = document.createElement("time");
    time.textContent = clock(this.elapsed);
    const text = document.createElement("span");
    text.textContent = message;
    const item = document.createElement("li");
    item.append(time, text);
    const steps = this.piece("steps");
    steps.append(item);
    while (steps.childElementCount > 200) steps.firstElementChild?.remove();
    this.piece("steps-box").hidden = false;
  }

  /** @param {string | undefined} url */
  leave(url) {
    this.finish();
    this.bar(100);
    this.piece("lead").textContent = words(this, "opening");
    const next = new URL(this.dataset.nextUrl || url || location.href, location.href);
    if (next.protocol !== "http:" && next.protocol !== "https:") return location.reload();
    if (next.href === location.href) return location.reload();
    location.replace(next);
  }

  /**
   * @param {string} cause
   * @param {string[]} log
   */
  fail(cause, log) {
    this.finish();
    const failed = words(this, "failed");
    this.piece("heading").textContent = failed;
    document.title = `${failed} – Perijove`;
    this.piece("lead").hidden = true;
    this.piece("now").textContent = words(this, "stopped");
    this.piece("failure").textContent = cause;
    this.piece("failure").hidden = false;
    this.querySelector(".progress")?.classList.add("broken");
    if (log.length) {
      const lines = /** @type {HTMLElement} */ (this.querySelector(".log"));
      lines.textContent = log.join("\n");
      this.piece("log").hidden = false;
      lines.scrollTop = lines.scrollHeight;
    }
    /** @type {HTMLDetailsElement} */ (this.piece("steps-box")).open = false;
    this.piece("retry").hidden = this.piece("home").hidden = false;
    this.piece("stop").hidden = true;
  }

  finish() {
    this.done = true;
    this.source?.close();
    clearInterval(this.ticking);
    this.connected(true);
  }

  get elapsed() {
    return (performance.now() - this.began) / 1000;
  }

  tick() {
    this.piece("elapsed").textContent = clock(this.elapsed);
    // Between two steps the bar goes on at the usual pace, but never says more than nine tenths by itself.
    const usual = Number(this.dataset.expectedSeconds) || 0;
    const guess = usual ? Math.min(90, (this.elapsed / usual) * 90) : 0;
    this.bar(Math.max(this.told, guess));
  }

  /** @param {number} percent */
  bar(percent) {
    const bar = /** @type {HTMLElement} */ (this.querySelector(".progress"));
    bar.setAttribute("aria-valuenow", String(Math.round(percent)));
    /** @type {HTMLElement} */ (bar.firstElementChild).style.setProperty("--done", String(percent / 100));
  }

  /** @param {string} name @returns {HTMLElement} */
  piece(name) {
    return /** @type {HTMLElement} */ (this.querySelector(`[data-${name}]`));
  }
}

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A spawner's HTML is shown as text. @param {string | undefined} html */
function plainText(html) {
  return html ? (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "").trim() : "";
}

customElements.define("spawn-progress", SpawnProgress);
