// Debian's Chromium, headless, and pages that are watched for anything a page of ours must not do.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
const WAIT = 15_000;

/** A browser with a home of its own; `open(options)` gives a watched page in a fresh context. */
export async function launch(siteUrl) {
  const home = await mkdtemp(join(tmpdir(), "cport-browser-"));
  // Everything the browser keeps goes into `home`; the driver makes the user-data folder in TMPDIR.
  const env = { ...process.env, HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
  const browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS, env });
  return {
    /** Options are those of a browser context, such as `{ javaScriptEnabled: false }`. */
    open: async (options = {}) => {
      const context = await browser.newContext({ baseURL: siteUrl, locale: "en-GB", timezoneId: "UTC", ...options });
      context.setDefaultTimeout(WAIT);
      const page = await context.newPage();
      return Object.assign(page, { watched: await watch(page, siteUrl, options.javaScriptEnabled !== false) });
    },
    close: async () => {
      await browser.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Collects what goes wrong on a page: script errors, policy violations, failed and foreign requests; and all clicks. */
async function watch(page, siteUrl, scripts) {
  const seen = { troubles: [], pointer: 0 };
  const { origin } = new URL(siteUrl);
  page.on("pageerror", (error) => seen.troubles.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.troubles.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:", "about:"].includes(url.protocol) && url.origin !== origin) {
      seen.troubles.push(`request to another host: ${url.href}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 400) seen.troubles.push(`${response.status()} for ${response.request().method()} ${response.url()}`);
  });
  if (scripts) {
    await page.exposeFunction("cportTestSaw", (what, detail) => {
      if (what === "pointer") seen.pointer += 1;
      else seen.troubles.push(`${what}: ${detail}`);
    });
    await page.addInitScript(() => {
      const saw = (what, detail) => window.cportTestSaw(what, detail);
      addEventListener("securitypolicyviolation", (e) => saw("policy violation", `${e.violatedDirective} ${e.blockedURI}`));
      addEventListener("pointerdown", () => saw("pointer", ""), true);
    });
  }
  return {
    /** Presses of a pointer so far. */
    pointer: () => seen.pointer,
    /** Fails when anything went wrong since the last call. */
    fine: () => assert.deepEqual(seen.troubles.splice(0), [], `on ${page.url()}`),
  };
}
