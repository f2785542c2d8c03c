// @ts-check
// Follows the start of a server: bar, phases and steps with their times, what the server writes, cause of a failure and
// what to do, and on to the server.

import { locale, samePageNow, sleep, visible, words } from "./page.js";
import "./forms.js";

/** How often what the server writes is read while somebody looks at it, in milliseconds. */
const READING = 2000;

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
 * @property {string} [phase] how far the hub is
 * @property {string | null} [advice] what to do about a failure
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
    this.began -= (Number(this.dataset.elapsed) || 0) * 1000;
    this.log.addEventListener("toggle", () => void this.readLog());
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
    if (event.phase) return this.enter(event.phase, event.elapsed ?? this.elapsed);
    if (typeof event.progress === "number") this.told = Math.max(this.told, Math.min(100, event.progress));
    const message = event.message ?? plainText(event.html_message);
    if (event.failed) return this.fail(message || words(this, "no-reason"), event.advice ?? "", event.log ?? []);
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
    time.textContent = clock(event.elapsed ?? this.elapsed);
    const text = document.createElement("span");
    text.textContent = message;
    const item = document.createElement("li");
    item.append(time, text);
    const steps = this.piece("steps");
    steps.append(item);
    while (steps.childElementCount > 200) steps.firstElementChild?.remove();
    this.piece("steps-box").hidden = false;
  }

  /**
   * A phase has begun: those before it are over.
   *
   * @param {string} name
   * @param {number} elapsed
   */
  enter(name, elapsed) {
    const current = name === "answering" ? "started" : name;
    const phases = /** @type {HTMLElement[]} */ ([...this.piece("phases").children]);
    const at = phases.findIndex((phase) => phase.dataset.phase === current);
    phases.forEach((phase, index) => {
      if (index === at) {
        phase.setAttribute("aria-current", "step");
        phase.dataset.began ??= String(elapsed);
      } else {
        phase.removeAttribute("aria-current");
      }
      if (index < at) this.endPhase(phase, elapsed);
    });
  }

  /**
   * @param {HTMLElement} phase
   * @param {number} elapsed
   */
  endPhase(phase, elapsed) {
    if (phase.classList.contains("done")) return;
    phase.classList.add("done");
    const time = /** @type {HTMLElement} */ (phase.querySelector("time"));
    if (phase.dataset.began) time.textContent = seconds(elapsed - Number(phase.dataset.began));
  }

  get log() {
    return /** @type {HTMLDetailsElement} */ (this.piece("log"));
  }

  /** What the server writes, as long as somebody looks. */
  async readLog() {
    if (this.reading) return;
    this.reading = true;
    while (this.log.open && !this.done) {
      try {
        const answer = await fetch(this.dataset.logUrl ?? "", { redirect: "error" });
        if (answer.ok && !this.done) this.showLog(await answer.text());
      } catch {
        // The page says by itself if the hub is away.
      }
      await sleep(READING);
      await visible();
    }
    this.reading = false;
  }

  /** @param {string} text */
  showLog(text) {
    const lines = /** @type {HTMLElement} */ (this.querySelector(".log"));
    const shown = text || words(this, "empty");
    if (lines.textContent === shown) return;
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 8;
    lines.textContent = shown;
    if (atEnd) lines.scrollTop = lines.scrollHeight;
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
   * @param {string} advice
   * @param {string[]} log
   */
  fail(cause, advice, log) {
    this.finish();
    const failed = words(this, "failed");
    this.piece("heading").textContent = failed;
    document.title = `${failed} – Perijove`;
    this.piece("lead").hidden = true;
    this.piece("now").textContent = words(this, "stopped");
    this.piece("cause").textContent = cause;
    this.piece("advice").textContent = advice;
    this.piece("failure").hidden = false;
    this.querySelector(".progress")?.classList.add("broken");
    this.piece("phases").querySelector("[aria-current]")?.classList.add("broken");
    if (log.length) {
      this.showLog(log.join("\n"));
      this.log.open = true;
    }
    /** @type {HTMLDetailsElement} */ (this.piece("steps-box")).open = false;
    this.piece("retry").hidden = this.piece("home").hidden = false;
    for (const choose of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-choose]"))) choose.hidden = false;
    if (this.piece("stop").contains(document.activeElement)) this.piece("retry").querySelector("button")?.focus();
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
    this.piece("elapsed-time").textContent = clock(this.elapsed);
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

/** In the language of the page: `1.4 s`. @param {number} count */
function seconds(count) {
  const format = new Intl.NumberFormat(locale(), { style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: 1 });
  return format.format(Math.max(0, count));
}

/** A spawner's HTML is shown as text. @param {string | undefined} html */
function plainText(html) {
  return html ? (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "").trim() : "";
}

customElements.define("spawn-progress", SpawnProgress);
