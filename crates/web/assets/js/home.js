// @ts-check
// Keeps the list of servers true without a reload: asks the hub for this page again and puts its cards here.

import { samePageNow, sleep, visible } from "./page.js";
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
      await Promise.race([sleep(this.moving ? MOVING : RESTING), this.woken()]);
      await visible();
      await this.refresh();
    }
  }

  /** Resolves at once after a stop was asked for, or when the person comes back to the tab. */
  woken() {
    return new Promise((done) => {
      this.wake = () => done(undefined);
      const back = () => {
        if (!document.hidden) this.wake?.();
      };
      document.addEventListener("visibilitychange", back, { once: true });
    });
  }

  /** @param {HTMLFormElement} form */
  async stop(form) {
    const button = form.querySelector("button");
    if (button?.getAttribute("aria-disabled") === "true") return;
    button?.setAttribute("aria-disabled", "true");
    const name = form.closest("li")?.dataset.displayName ?? "The server";
    this.say(`Stopping ${name}`);
    const problem = await this.askToStop(form);
    if (problem) {
      button?.removeAttribute("aria-disabled");
      this.complain(`${name} could not be stopped: ${problem}`);
      return;
    }
    this.complain("");
    await this.refresh();
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
      if (answer.status >= 502) return "the hub does not answer at the moment. Try again in a few seconds.";
      const told = await answer.json().catch(() => ({}));
      return `${told.message ?? answer.statusText ?? answer.status}. Reload this page, then try again.`;
    } catch {
      return "the hub cannot be reached. Check your connection, then try again.";
    }
  }

  async refresh() {
    const now = await samePageNow();
    if (now === "away") return;
    const cards = now === "elsewhere" ? null : now.querySelector("server-list .cards");
    if (!cards) return location.reload();
    this.replaceCards(/** @type {HTMLElement} */ (document.adoptNode(cards)));
  }

  /** @param {HTMLElement} fresh */
  replaceCards(fresh) {
    const focused = document.activeElement?.closest(".card");
    const before = new Map([...this.cards.children].map((card) => [keyOf(card), card]));
    for (const card of fresh.children) {
      const old = before.get(keyOf(card));
      if (old && stateOf(old) !== stateOf(card)) {
        const { displayName, words } = /** @type {HTMLElement} */ (card).dataset;
        this.say(`${displayName}: ${words}`);
      }
      // An unchanged card stays the same element: a click or a focus on it is not lost.
      if (old && stateOf(old) === stateOf(card)) card.replaceWith(old);
    }
    this.cards.replaceWith(fresh);
    this.tellTimes();
    if (focused && !focused.isConnected) {
      const card = [...fresh.children].find((card) => keyOf(card) === keyOf(focused));
      /** @type {HTMLElement | null | undefined} */ (card?.querySelector(".button"))?.focus();
    }
  }

  /** Times as this person's clock and language have them. */
  tellTimes() {
    for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (this.querySelectorAll("time[data-since]"))) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.valueOf())) continue;
      const today = at.toDateString() === new Date().toDateString();
      const told = at.toLocaleString([], { timeStyle: "short", ...(today ? {} : { dateStyle: "medium" }) });
      time.textContent = `since ${told}`;
      time.title = at.toLocaleString();
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

/** @param {Element} card */
const keyOf = (card) => /** @type {HTMLElement} */ (card).dataset.name ?? "";

/** @param {Element} card */
const stateOf = (card) => /** @type {HTMLElement} */ (card).dataset.state ?? "";

customElements.define("server-list", ServerList);
