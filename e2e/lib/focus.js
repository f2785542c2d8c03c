// What the keyboard finds in a page: runs in the page, before its own scripts, as `keys`.

export function inPage() {
  if (globalThis.keys) return;
  const INTERACTIVE = "a[href], area[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";
  const pageOf = () => document.body?.dataset.page ?? "";

  /** A form with a field of the name `id` has no other `id`. */
  const idOf = (element) => element?.getAttribute("id") ?? "";

  /** What somebody reads on it, without what tells rows apart. */
  function textOf(element) {
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll(".visually-hidden")) hidden.remove();
    return copy.textContent.replace(/\s+/g, " ").trim().replace(/^\d+ .*/, "…");
  }

  /** Forms outside of what the page is about, and the choice of a language, are the same on every page. */
  const placeOf = (element, route = "") =>
    (element.closest("main") && !element.closest(".admin-nav") && route !== "language" ? pageOf() : "every page");

  /** Which of the things that can be done this is: the same for each row of a list, whoever it is about. */
  function actionOf(form, submitter) {
    const to = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.pathname;
    const route = new URL(to, location.href).pathname.match(/\/hub\/([^/]+)/)?.[1] ?? "";
    const what = form.querySelector("input[type=hidden]:is([name=do], [name=what])")?.value;
    const data = ["_xsrf"].includes(submitter?.name);
    const by = !submitter?.name || data ? "" : submitter.name === "do" ? submitter.value : submitter.name;
    const how = submitter?.formNoValidate ? "without its fields" : "";
    const name = [idOf(form) && `#${idOf(form)}`, form.dataset.passkey, what].filter(Boolean).join(" ") || route;
    return [placeOf(form, route), "form", name, by, how].filter(Boolean).join(" ");
  }

  const pieceOf = (element) => (element.closest(".admin-nav") ? "every page menu" : `${placeOf(element)} ${element.localName} “${textOf(element)}”`);
  const isPiece = "summary, button[type=button]";

  /** Everything that can be done on this page. */
  function actions() {
    const all = new Set([`${pageOf()} page`]);
    for (const form of document.forms) {
      if (form.getAttribute("method") === "dialog") continue;
      const buttons = [...form.elements].filter((one) => one.matches("button:not([type=button]), [type=submit]") && !one.disabled && !one.matches("button[hidden]:not([data-with-passkey])"));
      for (const button of buttons) all.add(actionOf(form, button));
    }
    for (const piece of document.querySelectorAll(isPiece)) all.add(pieceOf(piece));
    return [...all].sort();
  }

  const isThere = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]");

  /** What Tab has to come to, in the order of the page; of a group of radio buttons one. */
  function controls() {
    const groups = new Set();
    return [...document.querySelectorAll(INTERACTIVE)].filter((element) => {
      if (element.disabled || element.tabIndex < 0 || element.type === "hidden" || !isThere(element)) return false;
      if (element.type !== "radio") return true;
      const group = [...document.getElementsByName(element.name)];
      const first = group.find((one) => one.checked) ?? group[0];
      return element === first && !groups.has(element.name) && groups.add(element.name);
    });
  }

  /** Which sorts of controls there are, whatever rows they are in. */
  const kinds = () => controls().map((element) => {
    const within = idOf(element.closest("[id]")).replace(/-.*|\d+/g, "");
    return [pageOf(), element.localName, element.type, within].join(" ");
  });

  const tell = (element) => {
    const name = element.getAttribute("aria-label") || textOf(element) || element.name || idOf(element);
    return `<${element.localName}${idOf(element) && ` id=${idOf(element)}`}> “${name.slice(0, 60)}”`;
  };

  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  function brightness(colour) {
    const [red, green, blue] = channels(colour).map((value) => value / 255)
      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  function behind(element) {
    for (let at = element.parentElement; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((channels(backgroundColor)[3] ?? 1) === 1 && backgroundColor !== "transparent") return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  }

  /** Sides of the ring that a scrolling box around the element cuts off. */
  function cutOff(element, reach) {
    const ring = element.getBoundingClientRect();
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      const sides = [];
      if (overflowX !== "visible" && ring.left - reach < box.left - 1) sides.push("left");
      if (overflowX !== "visible" && ring.right + reach > box.right + 1) sides.push("right");
      if (overflowY !== "visible" && ring.top - reach < box.top - 1) sides.push("top");
      if (overflowY !== "visible" && ring.bottom + reach > box.bottom + 1) sides.push("bottom");
      if (sides.length > 1) return sides;
    }
    return [];
  }

  /** Why somebody does not see that the focus is here; empty if they do. Pages of others are as they are. */
  function problem() {
    const element = document.activeElement;
    if (!element || element === document.body || !pageOf() || element.matches("main")) return "";
    const { width, height, left, right, top, bottom } = element.getBoundingClientRect();
    if (!isThere(element) || width < 4 || height < 4) return `the focus is on something that is not shown: ${tell(element)}`;
    if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) return `the focus is outside of what is shown: ${tell(element)}`;
    const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(element);
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return `nothing is around what has the focus: ${tell(element)}`;
    const [one, other] = [outlineColor, behind(element)].map(brightness).sort((a, b) => b - a);
    if (outlineStyle !== "auto" && (one + 0.05) / (other + 0.05) < 3) return `what is around the focus is hardly seen: ${tell(element)}`;
    const sides = cutOff(element, Math.max(0, parseFloat(outlineOffset) + parseFloat(outlineWidth) / 2));
    if (sides.length) return `the ring around the focus is cut off at the ${sides.join(" and ")}: ${tell(element)}`;
    const [x, y] = [(Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
    const upon = document.elementFromPoint(x, y);
    if (upon && !element.contains(upon) && !upon.contains(element)) return `${tell(upon)} lies upon what has the focus: ${tell(element)}`;
    return "";
  }

  /** Where the focus was before it went nowhere, if anything was operated on this page. */
  let last = null;
  let touched = false;
  const lost = () => {
    const { activeElement } = document;
    return touched && last && (!activeElement || activeElement === document.body) ? tell(last) : "";
  };

  /** What Tab comes to, in its order, with what is wrong there. */
  let trail = [];
  function follow() {
    document.activeElement?.blur();
    trail = [];
  }
  const comesBack = () => trail.findIndex(([element], at) => at > 0 && element === trail[0][0]);

  /** What is not as it should be on the way once around the page. */
  function wrong(forward) {
    const expected = controls();
    const ends = comesBack();
    const once = trail.slice(0, ends < 0 ? trail.length : ends);
    // Wherever the way began.
    const begins = Math.max(0, once.findIndex(([element]) => element === expected.at(forward ? 0 : -1)));
    const way = [...once.slice(begins), ...once.slice(0, begins)];
    const problems = way.map(([, told]) => told).filter(Boolean);
    const visited = way.map(([element]) => element).filter((element) => expected.includes(element));
    for (const missing of expected.filter((element) => !visited.includes(element))) problems.push(`not reached: ${tell(missing)}`);
    const order = forward ? visited : visited.reverse();
    const late = order.find((element, at) => at > 0 && order[at - 1].compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING);
    if (late) problems.push(`out of the order of the page: ${tell(late)}`);
    if (!expected[0]?.matches(".skip-link")) problems.push("the first stop is not the link that skips the menu");
    if (ends < 0) problems.push(`no way around: held at ${trail.length ? tell(trail.at(-1)[0]) : "nothing"}`);
    return [...new Set(problems)];
  }

  addEventListener("focusin", (event) => {
    last = event.target;
    // A date has parts.
    if (trail.at(-1)?.[0] !== last) trail.push([last, problem()]);
  }, true);
  addEventListener("keydown", (event) => {
    if (["Enter", " ", "Escape"].includes(event.key)) touched = true;
    // Out of the last control and back in at the first is how pages are left.
    if (event.key === "Tab") touched = false;
  }, true);
  const note = (what) => globalThis.operated?.(what);
  addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") !== "dialog") note(actionOf(event.target, event.submitter));
  }, true);
  addEventListener("click", (event) => {
    const piece = event.target.closest?.(isPiece);
    if (event.isTrusted && piece) note(pieceOf(piece));
  }, true);
  addEventListener("DOMContentLoaded", () => { if (pageOf()) note(`${pageOf()} page`); });
  for (const kind of ["mousedown", "mousemove", "touchstart"]) {
    addEventListener(kind, (event) => { if (event.isTrusted) globalThis.pointed?.(`${kind} at ${location.pathname}`); }, true);
  }
  for (const [what, of] of [["focus", HTMLElement], ["click", HTMLElement], ["submit", HTMLFormElement], ["requestSubmit", HTMLFormElement]]) {
    const usual = of.prototype[what];
    of.prototype[what] = function byPage(...given) {
      // A page's own scripts may; the walk's may not.
      if (new Error().stack.includes("UtilityScript")) globalThis.pointed?.(`${what}() by the walk`);
      return usual.apply(this, given);
    };
  }

  globalThis.keys = { actions, controls, kinds, problem, lost, follow, wrong, isAround: () => comesBack() > 0 };
}
