// Tells what has changed between two folders of pictures: `node compare.js BEFORE AFTER FOLDER [--strict]`. Pictures of what
// differs and report.md come into FOLDER; with --strict a difference is a failure.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { differences, report } from "./lib/differences.js";

const [before, after, folder] = process.argv.slice(2);
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const found = await differences(before, after, folder);
const told = report(found, before, after);
await writeFile(join(folder, "report.md"), told);
const lines = told.split("\n");
console.log(lines.slice(0, 40).join("\n"));
if (lines.length > 40) console.log(`… and more in ${join(folder, "report.md")}`);
const differs = found.changed.length + found.fresh.length + found.gone.length > 0;
if (differs && process.argv.includes("--strict")) process.exitCode = 1;
