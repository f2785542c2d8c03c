// @ts-check
// What pages share: asking the hub for a page again, calmly, and words of the page's language.

/** @param {number} milliseconds */
export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Resolves when the page is looked at: a hidden tab asks nothing. */
export const visible = () =>
  new Promise((done) => {
    if (!document.hidden) return done(undefined);
    const seen = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", seen);
      done(undefined);
    };
    document.addEventListener("visibilitychange", seen);
  });

/**
 * What the element's template has it say: `data-say-NAME`, with what stands there in braces put in.
 *
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Record<string, string>} given
 */
export function words(element, name, given = {}) {
  const text = element.getAttribute(`data-say-${name}`) ?? "";
  return text.replaceAll(/\{(\w+)\}/g, (whole, key) => given[key] ?? whole);
}

/** For times and numbers: as this person has them in the language of the page. */
export function locale() {
  const { lang } = document.documentElement;
  const primary = (/** @type {string} */ tag) => tag.split("-")[0].toLowerCase();
  return navigator.languages.find((tag) => primary(tag) === primary(lang)) ?? lang;
}

/**
 * This page as the hub would show it now.
 *
 * @returns {Promise<Document | "away" | "elsewhere">} `away`: the hub does not answer, ask later; `elsewhere`: the hub
 *   sends us to another page or refuses, so load the page for real.
 */
export async function samePageNow() {
  try {
    const answer = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.type === "opaqueredirect") return "elsewhere";
    if (answer.status === 429 || answer.status >= 502) return "away";
    if (!answer.ok) return "elsewhere";
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return "away";
  }
}
