// @ts-check
// Light and dark without a reload, so that nothing typed is lost. The choice is kept by the hub's cookie.

const root = document.documentElement;
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("dark-theme-toggle"));

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) body.append(name, String(value));
  const theme = body.get("theme") ?? "light";
  root.dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]")?.setAttribute("content", theme);
  /** @type {HTMLElement | null} */ (form.querySelector(`button:not([value=${theme}])`))?.focus();
  void fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
});
