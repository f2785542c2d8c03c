// @ts-check
// Sends the form of a page that is only there to be sent on. Without this, there is its button.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-onward]"));
form?.submit();
