// @ts-check
// The start page: what a choice gives and takes, and a link that starts what is chosen. To choose and to start works
// without this, too.

import "./forms.js";

/** How long to wait for the next letter, in milliseconds. */
const TYPING = 400;

class StartOptions extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", (event) => {
      this.showLink();
      if (/** @type {Element} */ (event.target).closest(".choices")) this.lookSoon();
    });
    this.showLink();
    // Back from the next page: the browser fills in what was chosen only then.
    window.addEventListener("pageshow", () => this.showLink());
  }

  get form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  /** The profile that is chosen. */
  get card() {
    const input = this.querySelector("input[name=profile]:checked");
    return /** @type {HTMLElement | null} */ (input?.closest(".profile") ?? null);
  }

  /** An address that starts what is chosen. */
  get link() {
    const query = new URLSearchParams();
    const card = this.card;
    if (card) query.append("opt-profile", card.dataset.profile ?? "");
    for (const field of /** @type {NodeListOf<HTMLElement>} */ (card?.querySelectorAll("[data-option]") ?? [])) {
      const value = chosen(field);
      if (value) query.append(`opt-${field.dataset.option}`, value);
    }
    for (const [name, value] of this.ownFields()) query.append(`opt-${name}`, value);
    return `${this.dataset.link}?${query}`;
  }

  /** Fields that the site has made. @returns {[string, string][]} */
  ownFields() {
    const box = this.querySelector(".options");
    if (!box) return [];
    const names = new Set();
    for (const field of box.querySelectorAll("[name]")) {
      if (!(field instanceof HTMLInputElement) || !["hidden", "password", "file"].includes(field.type)) names.add(field.getAttribute("name"));
    }
    const given = [...new FormData(this.form)].filter(([name, value]) => names.has(name) && typeof value === "string");
    return /** @type {[string, string][]} */ (given);
  }

  showLink() {
    const shown = this.querySelector("[data-shown]");
    const copy = /** @type {HTMLElement | null} */ (this.querySelector("[data-copy]"));
    if (!shown || !copy) return;
    copy.dataset.copy = this.link;
    shown.textContent = new URL(this.link, location.href).href;
  }

  lookSoon() {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => void this.look(), TYPING);
  }

  /** Asks the hub for this page with what is chosen, and takes from it what that gives and takes. */
  async look() {
    const card = this.card;
    if (!card) return;
    const query = new URLSearchParams({ _look: "1", profile: card.dataset.profile ?? "" });
    for (const field of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll("[data-option]"))) {
      query.append(field.dataset.option ?? "", chosen(field));
    }
    try {
      const answer = await fetch(`${location.pathname}?${query}`, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(`.profile[data-profile="${CSS.escape(card.dataset.profile ?? "")}"]`);
      const about = fresh?.querySelector(".profile-about");
      if (!fresh || !about || card !== this.card) return;
      card.querySelector(".profile-about")?.replaceWith(document.adoptNode(about));
      card.classList.toggle("no-room", fresh.classList.contains("no-room"));
    } catch {
      // What was shown before was not wrong; the start itself decides.
    }
  }
}

/** What is typed goes before what is selected. @param {HTMLElement} field */
function chosen(field) {
  return field.querySelector("input")?.value.trim() || (field.querySelector("select")?.value ?? "");
}

customElements.define("start-options", StartOptions);
