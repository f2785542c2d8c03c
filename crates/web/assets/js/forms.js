// @ts-check
// Forms that are sent once, forms whose answer is shown in place, forms that ask before something is lost, and passwords typed twice. Everything works without this, too.

/**
 * `<form data-sure="What is lost?" data-sure-yes="Delete it" data-sure-no="Keep it">` asks before it is sent.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
function ask(form, submitter) {
  const { sure = "", sureYes = "", sureNo = "" } = form.dataset;
  const dialog = document.createElement("dialog");
  const question = document.createElement("form");
  question.method = "dialog";
  const text = document.createElement("p");
  text.id = "sure";
  text.textContent = sure;
  dialog.setAttribute("aria-labelledby", text.id);
  const actions = document.createElement("div");
  actions.className = "actions";
  for (const [value, words, look] of [["no", sureNo, ""], ["yes", sureYes, "danger"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = `button ${look}`;
    button.textContent = words;
    actions.append(button);
  }
  question.append(text, actions);
  dialog.append(question);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    form.dataset.isSure = "";
    form.requestSubmit(submitter);
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.sure === undefined || form.dataset.isSure !== undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, event.submitter);
}, { capture: true });

/**
 * `<form data-inside>`: the answer is shown in place of the page's content, so that a reload sends nothing again.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function sendInside(form, submitter) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [before, after] = [document, page].map((each) => each.querySelector("main"));
    if (!before || !after) return location.reload();
    before.replaceWith(document.adoptNode(after));
    after.focus();
  } catch {
    // The browser says in its own words that there is no connection.
    HTMLFormElement.prototype.submit.call(form);
  }
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.dataset.inside === undefined) return;
  event.preventDefault();
  void sendInside(form, event.submitter);
});

/** A second click while the first is under way would only meet an error. */
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.once === undefined) return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  form.setAttribute("data-sent", "");
  form.querySelector("[type=submit], button")?.setAttribute("aria-disabled", "true");
}, { capture: true });

// Back from the next page: the browser shows this one as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    form.removeAttribute("data-sent");
    form.querySelector("[type=submit], button")?.removeAttribute("aria-disabled");
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
