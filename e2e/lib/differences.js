// What has changed between two folders of pictures.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** Of the colour's way from one end to the other: the same text drawn twice is within it. */
const NOTICED = 0.1;

/**
 * Compares every picture of `before` with that of the same name in `after`, and draws those that differ into `drawn`.
 * @returns {Promise<{same: string[], gone: string[], fresh: string[], changed: {name: string, pixels: number, share: number, size: string}[]}>}
 */
export async function differences(before, after, drawn) {
  const [old, now] = [await pictures(before), await pictures(after)];
  const found = { same: [], gone: [], fresh: [], changed: [] };
  found.gone = old.filter((name) => !now.includes(name));
  for (const name of now) {
    if (!old.includes(name)) {
      found.fresh.push(name);
      continue;
    }
    const bytes = await Promise.all([readFile(join(before, name)), readFile(join(after, name))]);
    const change = bytes[0].equals(bytes[1]) ? undefined : difference(...bytes.map((one) => PNG.sync.read(one)));
    if (!change || change.pixels === 0) {
      found.same.push(name);
      continue;
    }
    const { picture, ...told } = change;
    await mkdir(dirname(join(drawn, name)), { recursive: true });
    await writeFile(join(drawn, name), PNG.sync.write(picture));
    found.changed.push({ name, ...told });
  }
  found.changed.sort((a, b) => b.share - a.share);
  return found;
}

/** As Markdown, for people. */
export function report(found, before, after) {
  const list = (names) => names.map((name) => `- ${name}`).join("\n");
  const part = (title, names) => (names.length > 0 ? `\n## ${title}\n\n${list(names)}\n` : "");
  const rows = found.changed.map(
    ({ name, pixels, share, size }) => `| ${name} | ${(share * 100).toFixed(2)} % | ${pixels} | ${size} |`,
  );
  const table = `\n## Changed\n\n| picture | share | pixels | size |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  return [
    `# Pictures of ${after}, compared with ${before}\n\n`,
    `${found.changed.length} changed, ${found.fresh.length} new, ${found.gone.length} gone, ${found.same.length} the same.\n`,
    rows.length > 0 ? table : "",
    part("New", found.fresh),
    part("Gone", found.gone),
  ].join("");
}

/** Before, what differs, and after, beside each other. */
function difference(old, now) {
  const [width, height] = [Math.max(old.width, now.width), Math.max(old.height, now.height)];
  const [left, right] = [on(old, width, height), on(now, width, height)];
  const marks = new PNG({ width, height });
  const pixels = pixelmatch(left.data, right.data, marks.data, width, height, { threshold: NOTICED, alpha: 0.2 });
  const picture = new PNG({ width: 3 * width, height });
  [left, marks, right].forEach((part, index) => PNG.bitblt(part, picture, 0, 0, width, height, index * width, 0));
  const sizes = [old, now].map((one) => `${one.width}×${one.height}`);
  const size = sizes[0] === sizes[1] ? sizes[0] : sizes.join(" → ");
  return { picture, pixels, share: pixels / (width * height), size };
}

/** The picture on a sheet of this size; what it does not reach has a colour that no page has. */
function on(picture, width, height) {
  const sheet = new PNG({ width, height, fill: true });
  for (let at = 0; at < sheet.data.length; at += 4) sheet.data.set([255, 0, 255, 255], at);
  PNG.bitblt(picture, sheet, 0, 0, picture.width, picture.height, 0, 0);
  return sheet;
}

async function pictures(folder) {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => name.endsWith(".png")).sort();
}
