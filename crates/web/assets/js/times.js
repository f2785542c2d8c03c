// @ts-check
// Times as people say them: `<time datetime="..." data-relative>` becomes "3 hours ago", with the moment itself as title.

import { locale } from "./page.js";

/** @type {[Intl.RelativeTimeFormatUnit, number][]} from so many seconds on it is told in these */
const UNITS = [["year", 365 * 86400], ["month", 30 * 86400], ["day", 86400], ["hour", 3600], ["minute", 60]];

const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });

/** @param {HTMLTimeElement} time */
function tell(time) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.valueOf())) return;
  const seconds = (at.valueOf() - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.round(Math.abs(seconds)) >= size) ?? ["minute", 60];
  time.textContent = relative.format(Math.round(seconds / size), unit);
  time.title = at.toLocaleString(locale());
  time.removeAttribute("data-relative");
}

function tellAll() {
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time[data-relative]"))) tell(time);
}

tellAll();
// Parts of a page come anew.
new MutationObserver(tellAll).observe(document.body, { childList: true, subtree: true });
