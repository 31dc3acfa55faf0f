// axe-core on a page as it is, in light, in dark and at 320 px, where nothing may have to be scrolled sideways either.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LOOKS = [
  { name: "light", colorScheme: "light", width: 1280 },
  { name: "dark", colorScheme: "dark", width: 1280 },
  { name: "320 px", colorScheme: "light", width: 320 },
  { name: "320 px, dark", colorScheme: "dark", width: 320 },
];

/** Violations on the page as it is: one line each, with the element at fault. */
export async function violations(page) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(source);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.target.join(" ")} (${oneLine(n.failureSummary)})`));
}

/** Violations in every look, each with the name of the page and the look. */
export async function inEveryLook(page, name) {
  const found = [];
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize({ width: look.width, height: 800 });
    await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))));
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (sideways > 0) found.push(`${name}, ${look.name}: scrolls sideways by ${sideways} px`);
    found.push(...(await violations(page)).map((v) => `${name}, ${look.name}: ${v}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: LOOKS[0].width, height: 800 });
  return found;
}

function oneLine(text = "") {
  return text.replace(/\s+/g, " ").slice(0, 200);
}
