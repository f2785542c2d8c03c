import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PNG } from "pngjs";
import { differences, report } from "./differences.js";

/** A white picture with some black pixels. */
function picture(width, height, black = []) {
  const png = new PNG({ width, height });
  png.data.fill(255);
  for (const [x, y] of black) png.data.set([0, 0, 0, 255], 4 * (y * width + x));
  return PNG.sync.write(png);
}

test("what has changed, come and gone is told, and what differs is drawn", async () => {
  const root = await mkdtemp(join(tmpdir(), "pictures-"));
  const [before, after, drawn] = ["before", "after", "drawn"].map((name) => join(root, name));
  try {
    for (const folder of [before, after]) await mkdir(join(folder, "deep"), { recursive: true });
    const put = (folder, name, bytes) => writeFile(join(folder, name), bytes);
    for (const folder of [before, after]) await put(folder, "same.png", picture(10, 10));
    await put(before, "gone.png", picture(10, 10));
    await put(after, "fresh.png", picture(10, 10));
    await put(before, "dot.png", picture(10, 10));
    await put(after, "dot.png", picture(10, 10, [[4, 4], [5, 4]]));
    await put(before, "deep/longer.png", picture(10, 10));
    await put(after, "deep/longer.png", picture(10, 15));
    const found = await differences(before, after, drawn);
    assert.deepEqual(found, {
      same: ["same.png"],
      gone: ["gone.png"],
      fresh: ["fresh.png"],
      changed: [
        { name: "deep/longer.png", pixels: 50, share: 50 / 150, size: "10×10 → 10×15" },
        { name: "dot.png", pixels: 2, share: 0.02, size: "10×10" },
      ],
    });
    const sheet = PNG.sync.read(await readFile(join(drawn, "deep/longer.png")));
    assert.deepEqual([sheet.width, sheet.height], [30, 15], "before, what differs, and after");
    const told = report(found, before, after);
    assert.match(told, /2 changed, 1 new, 1 gone, 1 the same/);
    assert.match(told, /\| dot\.png \| 2\.00 % \| 2 \| 10×10 \|/);
  } finally {
    await rm(root, { recursive: true });
  }
});
