// @ts-check
// Starts a server by itself after some seconds, where the hub is set up so; can be called off.

import { words } from "./page.js";

class ImplicitStart extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.dataset.seconds);
    if (!(seconds > 0)) return;
    const start = /** @type {HTMLAnchorElement} */ (this.querySelector("#start"));
    const note = /** @type {HTMLElement} */ (this.querySelector("[data-note]"));
    const cancel = /** @type {HTMLButtonElement} */ (this.querySelector("[data-cancel]"));
    note.textContent = words(this, "soon");
    const timer = setTimeout(() => location.assign(start.href), seconds * 1000);
    note.hidden = cancel.hidden = false;
    cancel.addEventListener("click", () => {
      clearTimeout(timer);
      note.textContent = words(this, "not");
      start.focus();
      cancel.hidden = true;
    });
  }
}

customElements.define("implicit-start", ImplicitStart);
