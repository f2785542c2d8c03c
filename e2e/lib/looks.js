// How a page looks and whether everybody can use it: light and dark, on a telephone and on a wide screen.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

const WIDTHS = [360, 1440];
const usual = { width: 1280, height: 860 };

/** What is another with each run, so that pictures of two runs can be compared. */
const fixed = (page) => ({ mask: [page.locator("time, meter, .log, .secret")], maskColor: "#999" });

/** Takes pictures of a page in all its looks, and finds what is cut off, unreadable, or closed to some. */
export function looks(folder) {
  return async (page, name) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide, `${name} is wider than the screen`).toBeLessThanOrEqual(width);
        await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png`, fullPage: true, ...fixed(page) });
      }
      await usableByAll(page, `${name}, ${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(usual);
  };
}

/** Nothing serious that axe finds. */
export async function usableByAll(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter((found) => ["serious", "critical"].includes(found.impact));
  const told = serious.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join("\n  ")}`);
  expect(told, name).toEqual([]);
}
