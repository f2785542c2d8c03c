// @ts-check
// Starts a server by itself after some seconds, where the hub is set up so; can be called off.

class ImplicitStart extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.dataset.seconds);
    if (!(seconds > 0)) return;
    const start = /** @type {HTMLAnchorElement} */ (this.querySelector("#start"));
    const note = /** @type {HTMLElement} */ (this.querySelector("[data-note]"));
    const cancel = /** @type {HTMLButtonElement} */ (this.querySelector("[data-cancel]"));
    const whole = Math.ceil(seconds);
    note.textContent = `It will be started in ${whole} second${whole === 1 ? "" : "s"}.`;
    const timer = setTimeout(() => location.assign(start.href), seconds * 1000);
    note.hidden = cancel.hidden = false;
    cancel.addEventListener("click", () => {
      clearTimeout(timer);
      note.textContent = "It will not be started by itself.";
      cancel.hidden = true;
    });
  }
}

customElements.define("implicit-start", ImplicitStart);
