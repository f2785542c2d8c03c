// @ts-check
// Keeps the page true without a reload: asks the hub for it again and puts its cards and numbers here.

import { locale, samePageNow, sleep, visible, words } from "./page.js";
import "./forms.js";

/** How often to look, in milliseconds: while something moves, while something runs, and while nothing does. */
const MOVING = 1500;
const RUNNING = 5000;
const RESTING = 20000;

class ServerList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      if (form.dataset.stop === undefined) return;
      event.preventDefault();
      void this.stop(form);
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.wake?.());
    this.tellTimes();
    void this.follow();
  }

  get cards() {
    return /** @type {HTMLElement} */ (this.querySelector(".cards"));
  }

  get pause() {
    const is = (/** @type {string} */ state) => this.cards.querySelector(`[data-state=${state}]`) !== null;
    if (is("starting") || is("stopping")) return MOVING;
    return is("ready") ? RUNNING : RESTING;
  }

  async follow() {
    // What is used in a second is known by looking twice.
    let pause = Math.min(this.pause, MOVING);
    while (this.isConnected) {
      const woken = new Promise((done) => (this.wake = () => done(undefined)));
      await Promise.race([sleep(pause), woken]);
      await visible();
      await this.refresh();
      pause = this.pause;
    }
  }

  /** @param {HTMLFormElement} form */
  async stop(form) {
    const button = form.querySelector("button");
    if (button?.getAttribute("aria-disabled") === "true") return;
    button?.setAttribute("aria-disabled", "true");
    const server = form.closest("li")?.dataset.displayName ?? "";
    this.say(words(this, "stopping", { server }));
    const problem = await this.askToStop(form);
    if (problem) {
      button?.removeAttribute("aria-disabled");
      this.complain(words(this, "not-stopped", { server, problem }));
      return;
    }
    this.complain("");
    this.wake?.();
  }

  /**
   * @param {HTMLFormElement} form
   * @returns {Promise<string>} what went wrong, or nothing
   */
  async askToStop(form) {
    const token = String(new FormData(form).get("_xsrf") ?? "");
    const query = new URLSearchParams({ _xsrf: token, language: document.documentElement.lang });
    const url = `${form.dataset.stop}?${query}`;
    try {
      const answer = await fetch(url, { method: "DELETE", headers: { Accept: "application/json" } });
      if (answer.ok) return "";
      if (answer.status >= 502) return words(this, "busy");
      const told = await answer.json().catch(() => ({}));
      return words(this, "refused", { message: `${told.message ?? answer.status}` });
    } catch {
      return words(this, "away");
    }
  }

  async refresh() {
    const now = await samePageNow();
    if (now === "away") return;
    if (now === "elsewhere") return location.reload();
    const cards = now.querySelector("server-list .cards");
    if (!cards) return location.reload();
    this.replaceCards(/** @type {HTMLElement} */ (document.adoptNode(cards)));
    const aside = /** @type {Document} */ (now).getElementById("home-aside");
    replaceLive(document.getElementById("home-aside"), aside);
    replaceLive(document.getElementById("recent"), /** @type {Document} */ (now).getElementById("recent"));
    this.tellTimes();
  }

  /** Cards stay where they are as long as there are the same: nothing jumps away below a pointer. @param {HTMLElement} cards */
  replaceCards(cards) {
    const before = [...this.cards.children];
    const after = new Map([...cards.children].map((card) => [nameOf(card), card]));
    if (before.length !== after.size || !before.every((card) => after.has(nameOf(card)))) {
      const at = this.cards.contains(document.activeElement) ? document.activeElement?.closest(".cards > *") : null;
      this.cards.replaceWith(cards);
      if (at) headingOf(after.get(nameOf(at)) ?? cards.firstElementChild)?.focus();
    } else {
      for (const old of before) this.refreshCard(old, /** @type {Element} */ (after.get(nameOf(old))));
    }
    this.tellTimes();
  }

  /**
   * An unchanged card stays the same element: a click or a focus on it is not lost.
   * @param {Element} old
   * @param {Element} fresh
   */
  refreshCard(old, fresh) {
    if (versionOf(old) !== versionOf(fresh) && !isTypedIn(old)) this.replaceCard(old, fresh);
    else replaceLive(old.querySelector("[data-live]"), fresh.querySelector("[data-live]"));
  }

  /**
   * @param {Element} old
   * @param {Element} fresh
   */
  replaceCard(old, fresh) {
    const { displayName, words } = /** @type {HTMLElement} */ (fresh).dataset;
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    this.say(`${displayName}: ${words}`);
    if (focused) headingOf(fresh)?.focus();
  }

  /** Times as this person's clock and language have them. */
  tellTimes() {
    this.tell("since", (at) => {
      const today = at.toDateString() === new Date().toDateString();
      const told = at.toLocaleString(locale(), { timeStyle: "short", ...(today ? {} : { dateStyle: "medium" }) });
      return `${words(this, "since", { time: told })} · ${howLong(Date.now() - at.valueOf())}`;
    });
    this.tell("last", (at) => words(this, "last", { time: howLongAgo(at.valueOf() - Date.now()) }));
    this.tell("at", (at) => words(this, "at", { time: at.toLocaleTimeString(locale(), { timeStyle: "short" }) }));
  }

  /**
   * @param {string} kind
   * @param {(at: Date) => string} text
   */
  tell(kind, text) {
    for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (this.querySelectorAll(`time[data-${kind}]`))) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.valueOf())) continue;
      const told = text(at);
      if (time.textContent !== told) time.textContent = told;
      time.title = at.toLocaleString(locale());
    }
  }

  /** @param {string} text */
  say(text) {
    const status = this.querySelector("[data-status]");
    if (status) status.textContent = text;
  }

  /** @param {string} text */
  complain(text) {
    const problem = /** @type {HTMLElement} */ (this.querySelector("[data-problem]"));
    problem.textContent = text;
    problem.hidden = text === "";
  }
}

const UNITS = /** @type {const} */ ([["day", 86400], ["hour", 3600], ["minute", 60]]);

/**
 * `2 hr 5 min`: the two largest units that there are.
 * @param {number} milliseconds
 */
function howLong(milliseconds) {
  let left = Math.max(0, Math.round(milliseconds / 1000));
  const parts = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0 && parts.length < 2) parts.push(inUnits(count, unit));
  }
  return parts.join(" ") || inUnits(left, "second");
}

/**
 * @param {number} count
 * @param {string} unit
 */
const inUnits = (count, unit) =>
  new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "short" }).format(count);

/**
 * `3 days ago`
 * @param {number} milliseconds below zero
 */
function howLongAgo(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const [unit, length] = UNITS.find(([, length]) => -seconds >= length) ?? UNITS[2];
  return format.format(Math.trunc(seconds / length), unit);
}

/**
 * Numbers and what else stands beside the servers, unless somebody is at it.
 * @param {Element | null} before
 * @param {Element | null} after
 */
function replaceLive(before, after) {
  if (!before || !after || before.isEqualNode(after)) return;
  if (!before.contains(document.activeElement)) before.replaceWith(document.adoptNode(after));
}

/** Whether somebody is changing something about this server. @param {Element} card */
const isTypedIn = (card) => card.querySelector(".card-more[open]")?.contains(document.activeElement) ?? false;

/** Where a card begins. @param {Element | null} card @returns {HTMLElement | null | undefined} */
const headingOf = (card) => card?.querySelector("h2");

/** @param {Element} card */
const nameOf = (card) => /** @type {HTMLElement} */ (card).dataset.name ?? "";

/** @param {Element} card */
const versionOf = (card) => {
  const { state, since, notices, displayName } = /** @type {HTMLElement} */ (card).dataset;
  return `${state} ${since} ${notices} ${displayName}`;
};

customElements.define("server-list", ServerList);
