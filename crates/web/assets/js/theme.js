// @ts-check
// Light and dark without a reload, so that nothing typed is lost. The choice is kept by the hub's cookie.

const choice = /** @type {HTMLFormElement | null} */ (document.getElementById("theme-form"));

choice?.addEventListener("submit", (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const theme = button?.dataset.to;
  if (!button || !theme) return;
  event.preventDefault();
  document.documentElement.dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]")?.setAttribute("content", theme);
  /** @type {HTMLElement | null} */ (document.querySelector(`#dark-theme-toggle button:not([data-to=${theme}])`))?.focus();
  const body = new URLSearchParams({ _xsrf: button.value });
  void fetch(button.formAction, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
});
