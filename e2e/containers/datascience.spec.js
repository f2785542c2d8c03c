// A server of the image `datascience`, which e2e/containers/platform.sh has started for testuser: what people do with it first.
import { expect, test } from "@playwright/test";
import { lab, shots } from "../lib/pages.js";

const artifacts = process.env.PERIJOVE_ARTIFACTS ?? "../artifacts/e2e";
const hub = process.env.PERIJOVE_STACK_URL ?? "http://127.0.0.1:8000";
const shoot = shots(`${artifacts}/datascience`);

test("a table out of SQL, a model and a chart, in JupyterLab", async ({ page }) => {
  await page.goto(`${hub}/user/testuser/lab?token=${process.env.PERIJOVE_STACK_TOKEN}`);
  await lab.expectReady(page);
  await shoot(page, "launcher");
  await lab.newNotebook(page);

  const table = await lab.run(page, 'import duckdb\nduckdb.sql("select range as x, 2 * range + 1 as y from range(5)").df()');
  await expect(table.locator(".jp-OutputArea-output table")).toBeVisible({ timeout: 120_000 });
  await expect(table.locator(".jp-OutputArea-output table tr").last()).toContainText("9");

  await lab.run(page, '%load_ext sql\n%sql duckdb://');
  const sql = await lab.run(page, '%%sql\nselect 6 * 7 as answer');
  await expect(sql.locator(".jp-OutputArea-output table")).toContainText("42", { timeout: 120_000 });

  const model = await lab.run(page, [
    "import polars, numpy",
    "from sklearn.linear_model import LinearRegression",
    "x = numpy.arange(5).reshape(-1, 1)",
    'print("slope", round(LinearRegression().fit(x, 2 * x + 1).coef_[0][0], 3))',
  ].join("\n"));
  await expect(lab.text(model).last()).toContainText("slope 2.0", { timeout: 120_000 });

  const chart = await lab.run(page, "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9]);");
  await expect(lab.image(chart)).toBeVisible({ timeout: 120_000 });
  await shoot(page, "analysis");
});
