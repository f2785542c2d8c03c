// @ts-check
// A button that puts a text, or an address made whole, where the person can paste it. Without this it is not shown.

import { sleep, words } from "./page.js";

/** How long the button says that it is done, in milliseconds. */
const DONE = 2000;

class CopyText extends HTMLElement {
  connectedCallback() {
    const button = /** @type {HTMLButtonElement} */ (this.querySelector("button"));
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    status.className = "copied";
    this.append(status);
    this.hidden = false;
    button.addEventListener("click", async () => {
      if (!(await copy(this.text))) return;
      status.textContent = words(this, "done");
      await sleep(DONE);
      status.textContent = "";
    });
  }

  /** A path is an address of this site. */
  get text() {
    const text = this.dataset.text ?? "";
    return text.startsWith("/") ? new URL(text, location.href).href : text;
  }
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is there now
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Browsers have no clipboard for pages without TLS. @param {string} text */
function copyBySelection(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

customElements.define("copy-text", CopyText);
