// @ts-check
// Keeps the list of servers true without a reload: asks the hub for this page again and puts its cards here.

import { locale, samePageNow, sleep, visible, words } from "./page.js";
import "./forms.js";

/** How often to look, in milliseconds: while something moves, and while nothing does. */
const MOVING = 1500;
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

  get moving() {
    return this.cards.querySelector("[data-state=starting], [data-state=stopping]") !== null;
  }

  async follow() {
    while (this.isConnected) {
      const woken = new Promise((done) => (this.wake = () => done(undefined)));
      await Promise.race([sleep(this.moving ? MOVING : RESTING), woken]);
      await visible();
      await this.refresh();
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
    const url = `${form.dataset.stop}?_xsrf=${encodeURIComponent(token)}`;
    try {
      const answer = await fetch(url, { method: "DELETE", headers: { Accept: "application/json" } });
      if (answer.ok) return "";
      if (answer.status >= 502) return words(this, "busy");
      const told = await answer.json().catch(() => ({}));
      return words(this, "refused", { message: `${told.message ?? (answer.statusText || answer.status)}` });
    } catch {
      return words(this, "away");
    }
  }

  async refresh() {
    const now = await samePageNow();
    if (now === "away") return;
    const cards = now === "elsewhere" ? null : now.querySelector("server-list .cards");
    if (!cards) return location.reload();
    this.replaceCards(/** @type {HTMLElement} */ (document.adoptNode(cards)));
    replaceStorage(now);
  }

  /** @param {HTMLElement} fresh */
  replaceCards(fresh) {
    const before = [...this.cards.children];
    const after = [...fresh.children];
    const sameServers = before.length === after.length && after.every((card, at) => nameOf(card) === nameOf(before[at]));
    if (!sameServers) {
      this.cards.replaceWith(fresh);
    } else {
      // An unchanged card stays the same element: a click or a focus on it is not lost.
      after.forEach((card, at) => versionOf(card) === versionOf(before[at]) || this.replaceCard(before[at], card));
    }
    this.tellTimes();
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
    if (focused) fresh.querySelector("h2")?.focus();
  }

  /** Times as this person's clock and language have them. */
  tellTimes() {
    for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (this.querySelectorAll("time[data-since]"))) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.valueOf())) continue;
      const today = at.toDateString() === new Date().toDateString();
      const told = at.toLocaleString(locale(), { timeStyle: "short", ...(today ? {} : { dateStyle: "medium" }) });
      time.textContent = words(this, "since", { time: told });
      time.title = at.toLocaleString(locale());
    }
    for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (this.querySelectorAll("time[data-at]"))) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.valueOf())) continue;
      time.textContent = words(this, "at", { time: at.toLocaleTimeString(locale(), { timeStyle: "short" }) });
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

/**
 * How full the home is, which may come and go.
 * @param {Document} now
 */
function replaceStorage(now) {
  const [before, after] = [document, now].map((page) => page.querySelector("[data-storage]"));
  if (before && after && !before.isEqualNode(after)) before.replaceWith(document.adoptNode(after));
}

/** @param {Element} card */
const nameOf = (card) => /** @type {HTMLElement} */ (card).dataset.name ?? "";

/** @param {Element} card */
const versionOf = (card) => {
  const { state, since, notices } = /** @type {HTMLElement} */ (card).dataset;
  return `${state} ${since} ${notices}`;
};

customElements.define("server-list", ServerList);
