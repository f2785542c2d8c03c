// The walk runs once, in one browser, against one real hub: nothing here is retried or run beside something else.
import { defineConfig } from "@playwright/test";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const seconds = 1000;

export default defineConfig({
  testDir: process.env.PERIJOVE_E2E_DIR ?? "tests",
  outputDir: `${artifacts}/results`,
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list", { printSteps: true }]],
  // Generous: these say when to give up on a busy machine, not how fast it has to be.
  timeout: 600 * seconds,
  expect: { timeout: 60 * seconds },
  use: {
    actionTimeout: 60 * seconds,
    navigationTimeout: 60 * seconds,
    viewport: { width: 1280, height: 860 },
    locale: "en-GB",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.PERIJOVE_CHROMIUM ?? "/usr/bin/chromium",
      // Chromium keeps asking its maker's servers for this and that; and root has no sandbox.
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-features=Translate,OptimizationHints,MediaRouter",
      ],
    },
  },
});
