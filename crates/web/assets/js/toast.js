// @ts-check
// What has been done, told for a moment; and buttons that copy a text, or an address of this site made whole:
// `<button data-copy="text" data-copied="Copied">`.

/** How long it stays, in milliseconds. */
const LONG_ENOUGH = 4000;

/** @param {string} text */
export function toast(text) {
  document.querySelector(".toast")?.remove();
  const told = document.createElement("output");
  told.className = "toast";
  told.setAttribute("role", "status");
  document.body.append(told);
  // Screen readers tell what changes in an element that they know already.
  requestAnimationFrame(() => (told.textContent = text));
  setTimeout(() => told.remove(), LONG_ENOUGH);
}

document.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest("button[data-copy]");
  if (!(button instanceof HTMLButtonElement)) return;
  const { copy: text = "", copied = "" } = button.dataset;
  const copy = text.startsWith("/") ? new URL(text, location.href).href : text;
  try {
    await navigator.clipboard.writeText(copy);
    toast(copied);
  } catch {
    // Without a safe connection there is no clipboard: the text is shown, chosen, to be copied by hand.
    const shown = button.nextElementSibling;
    const field = shown instanceof HTMLInputElement ? shown : document.createElement("input");
    field.value = copy;
    field.readOnly = true;
    field.setAttribute("aria-label", button.textContent ?? "");
    if (field !== shown) button.after(field);
    field.focus();
    field.select();
  }
});
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("button[data-copy]"))) button.hidden = false;
