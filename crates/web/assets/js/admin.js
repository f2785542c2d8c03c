// @ts-check
// Lists without reloads: they follow what is typed, and what buttons do is told where it is. All of it is the
// same page, asked for again; without this script the forms and links do the same.

import { sleep, visible, words } from "./page.js";

/** How long to wait for the next letter, in milliseconds. */
const LETTER = 200;
/** How often a list shows how things are now, where nobody is at work in it, in milliseconds. */
const LIVE = 10_000;

class AdminList extends HTMLElement {
  connectedCallback() {
    /** @type {AbortController | undefined} */
    this.asking = undefined;
    /** @type {Promise<void> | undefined} */
    this.doing = undefined;
    this.addEventListener("submit", (event) => this.submitted(/** @type {SubmitEvent} */ (event)));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("input", (event) => this.typed(event));
    this.addEventListener("change", (event) => this.chosen(event));
    window.addEventListener("popstate", () => void this.show(location.href, {}));
    this.dress();
    if (this.hasAttribute("data-live")) void this.live();
  }

  async live() {
    while (this.isConnected) {
      await sleep(LIVE);
      await visible();
      if (!this.isInUse) await this.show(location.href, {});
    }
  }

  /** Whether somebody would lose what they have begun. */
  get isInUse() {
    const chosen = this.querySelector("[data-choose]:checked, .doomed");
    return chosen !== null || this.contains(document.activeElement) || this.getAttribute("aria-busy") === "true";
  }

  get filters() {
    return /** @type {HTMLFormElement | null} */ (this.querySelector("#filters"));
  }

  /** @param {SubmitEvent} event */
  submitted(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.id === "go") return;
    event.preventDefault();
    if (form.method === "get") {
      void this.go(address(form, event.submitter));
      return;
    }
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) body.append(name, String(value));
    // One after the other: what is clicked while something is under way is done, too, but nothing twice.
    const button = event.submitter ?? form;
    if (button.dataset.sent !== undefined) return;
    button.dataset.sent = "";
    const before = this.doing ?? Promise.resolve();
    this.doing = before.then(() => this.show(form.action, { method: "POST", body })).then((shown) => {
      delete button.dataset.sent;
      if (!shown) return;
      if (form.id === "add_form" && !this.querySelector("#admin-problem")) form.reset();
      /** @type {HTMLElement | null} */ (this.querySelector("[data-part=news]"))?.focus();
    });
  }

  /** @param {Event} event */
  clicked(event) {
    const link = /** @type {Element} */ (event.target).closest("a[data-go]");
    const { ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
    if (!(link instanceof HTMLAnchorElement) || ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    void this.go(link.href);
  }

  /** @param {Event} event */
  typed(event) {
    const field = /** @type {Element} */ (event.target);
    if (!this.filters?.contains(field)) return;
    clearTimeout(this.later);
    this.later = window.setTimeout(() => {
      if (this.filters) void this.go(address(this.filters), "replace");
    }, LETTER);
  }

  /** @param {Event} event */
  chosen(event) {
    const all = /** @type {HTMLInputElement} */ (event.target);
    if (!all.matches("[data-choose-all]")) return;
    for (const box of this.querySelectorAll("[data-choose]")) {
      /** @type {HTMLInputElement} */ (box).checked = all.checked;
    }
  }

  /**
   * @param {string} url
   * @param {"push" | "replace"} how
   */
  async go(url, how = "push") {
    if (!await this.show(url, {})) return;
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }

  /**
   * Asks for the page and puts its parts here; the last who asks wins.
   *
   * @param {string} url
   * @param {RequestInit} wish
   * @returns {Promise<boolean>} whether the parts are those of the answer now
   */
  async show(url, wish) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { ...wish, signal: asking.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("admin-list")) {
        location.assign(url);
        return false;
      }
      this.take(page);
      return true;
    } catch {
      // Whoever has asked after us shows more than we could.
      if (!asking.signal.aborted) this.complain(words(this, "away"));
      return false;
    } finally {
      if (this.asking === asking) this.removeAttribute("aria-busy");
    }
  }

  /** @param {Document} page */
  take(page) {
    const at = document.activeElement;
    const was = at && this.contains(at) ? at : null;
    for (const part of this.querySelectorAll("[data-part]")) {
      const fresh = page.querySelector(`[data-part=${part.getAttribute("data-part")}]`);
      if (fresh) part.replaceWith(document.adoptNode(fresh));
    }
    for (const part of this.querySelectorAll("[data-part-text]")) {
      const fresh = page.querySelector(`[data-part-text=${part.getAttribute("data-part-text")}]`);
      if (fresh && fresh.textContent !== part.textContent) part.textContent = fresh.textContent;
    }
    for (const field of page.querySelectorAll("#filters [name]")) this.refill(field);
    for (const form of this.querySelectorAll("#add_form")) {
      form.setAttribute("action", page.querySelector("#add_form")?.getAttribute("action") ?? location.href);
    }
    this.dress();
    if (was && !was.isConnected) this.refocus(was);
  }

  /**
   * Whoever was at something that has come anew is at it again, or where the list begins.
   *
   * @param {Element} was
   */
  refocus(was) {
    const same = [...this.querySelectorAll(was.localName)].find((one) => signOf(one) === signOf(was));
    /** @type {HTMLElement | undefined} */ (same)?.focus();
    if (same && document.activeElement === same) return;
    const heading = /** @type {HTMLElement} */ (this.querySelector("h1"));
    heading.tabIndex = -1;
    heading.focus();
  }

  /**
   * Filters say what the list shows, but nobody's typing is taken away.
   *
   * @param {Element} fresh
   */
  refill(fresh) {
    const name = fresh.getAttribute("name");
    const field = this.filters?.querySelector(`[name=${name}]`);
    if (!field || field === document.activeElement) return;
    /** @type {HTMLInputElement | HTMLSelectElement} */ (field).value =
      /** @type {HTMLInputElement | HTMLSelectElement} */ (fresh).value;
  }

  /** What only a script can do is offered by it. */
  dress() {
    /** @type {HTMLElement | null} */ (this.querySelector("[data-choose-all]"))?.removeAttribute("hidden");
  }

  /** @param {string} text */
  complain(text) {
    const news = this.querySelector("[data-part=news]");
    const told = document.createElement("p");
    told.className = "alert alert-bad";
    told.setAttribute("role", "alert");
    told.textContent = text;
    news?.replaceChildren(told);
  }
}

/**
 * What tells a control from the others, whatever the list is sorted by.
 *
 * @param {Element} control
 */
const signOf = (control) =>
  [control.getAttribute("name"), control.getAttribute("value"), control.textContent?.replace(/[↑↓]/g, "").trim()].join(" ");

/**
 * Where a form with GET leads, without what is empty, and with the search as links have it.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
function address(form, submitter = null) {
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form, submitter)) {
    if (value !== "") url.searchParams.append(name === "user_search" ? "name_filter" : name, String(value));
  }
  return url.href;
}

customElements.define("admin-list", AdminList);
