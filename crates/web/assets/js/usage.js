// @ts-check
// The value below the pointer. The page tells it in a table, too.

class UsageChart extends HTMLElement {
  connectedCallback() {
    const plot = this.querySelector(".chart-plot");
    if (!plot) return;
    const rows = /** @type {HTMLTableRowElement[]} */ ([...this.querySelectorAll("tbody tr")]);
    const names = [...this.querySelectorAll("thead th")].slice(1).map((cell) => cell.textContent ?? "");
    const cursor = plot.querySelector(".cursor");
    const now = /** @type {HTMLElement | null} */ (plot.querySelector(".chart-now"));
    if (!cursor || !now || !rows.length) return;

    plot.addEventListener("pointermove", (event) => {
      const { left, width } = plot.getBoundingClientRect();
      const share = (/** @type {PointerEvent} */ (event).clientX - left) / width;
      const at = Math.min(rows.length - 1, Math.max(0, Math.floor(share * rows.length)));
      const [when, ...values] = [...rows[at].cells].map((cell) => cell.textContent ?? "");
      const told = values.map((value, number) => (values.length > 1 ? `${names[number]} ${value}` : value));
      cursor.setAttribute("x1", `${rows[at].dataset.x}%`);
      cursor.setAttribute("x2", `${rows[at].dataset.x}%`);
      cursor.setAttribute("visibility", "visible");
      now.textContent = `${when} · ${told.join(" · ")}`;
      now.hidden = false;
      // Out of the way of what is pointed at.
      now.classList.toggle("chart-now-left", share > 0.5);
    });
    plot.addEventListener("pointerleave", () => {
      cursor.setAttribute("visibility", "hidden");
      now.hidden = true;
    });
  }
}
customElements.define("usage-chart", UsageChart);
