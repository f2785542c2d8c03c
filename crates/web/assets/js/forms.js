// @ts-check
// Forms that are sent once, and passwords typed twice. Everything works without this, too.

/** A second click while the first is under way would only meet an error. */
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) event.preventDefault();
    form.setAttribute("data-sent", "");
    form.querySelector("[type=submit]")?.setAttribute("aria-disabled", "true");
  });
}

// Back from the next page: the browser shows this one as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    form.removeAttribute("data-sent");
    form.querySelector("[type=submit]")?.removeAttribute("aria-disabled");
  }
});

for (const again of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-same-as]"))) {
  const first = /** @type {HTMLInputElement} */ (document.getElementById(again.dataset.sameAs ?? ""));
  const compare = () => {
    again.setCustomValidity(again.value && again.value !== first.value ? (again.dataset.differs ?? "") : "");
  };
  again.addEventListener("input", compare);
  first.addEventListener("input", compare);
}
