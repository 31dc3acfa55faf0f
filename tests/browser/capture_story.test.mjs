// A reported page of the demo's invented web becomes evidence before an analyst's eyes: fetched, archived, looked into and
// traced; fetched again it shows what changed; a file is looked at as a rendition and taken along as the original; its
// chain of custody is there to print. Every page of it is looked at in every look.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { after, before, describe, test } from "node:test";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { eventually, start } from "./lib/server.mjs";

const PURPOSE = "compare with case 12";

describe("a reported page becomes evidence", { timeout: 600_000 }, () => {
  let site, browser, desk, report, capture;

  before(async () => {
    site = await start();
    browser = await launch(site.url);
    desk = await browser.open();
    await site.signIn(desk, site.persona({ kind: "hotline", country: "NL", role: "analyst" }));
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const page = (name) => site.sites.find(({ url }) => new URL(url).hostname === `${name}.example`).url;

  /** Takes in a report of a URL through the form; leads to its page. */
  async function takeIn(url) {
    await desk.goto("/desk/reports/new");
    await desk.locator("#source_url").fill(url);
    await desk.locator("#received_at").fill(new Date(Date.now() - 3_600_000).toISOString().slice(0, 16));
    await desk.locator("main form button.main").click();
    await desk.waitForURL(/\/desk\/reports\/[0-9a-f-]{36}/);
    return new URL(desk.url()).pathname;
  }

  test("ux_3_a_reported_page_is_fetched_and_appears_without_a_reload", async () => {
    report = await takeIn(page("secure"));
    await desk.locator(".items .item").first().waitFor({ timeout: 60_000 });
    await eventually("every file is looked into", async () => await desk.locator("[data-under-way]").count() === 0, 60_000);
    assert.ok(await desk.locator(".items .item").count() >= 6, "the files of the page");
    assert.equal(await desk.locator(".signals tbody tr").count(), 3, "three signals side by side");
    capture = await desk.locator("#captures ~ ul a").first().getAttribute("href");
    desk.watched.fine();
  });

  test("a_capture_says_how_and_when_it_was_made", async () => {
    await desk.goto(capture);
    const text = await desk.locator("main").innerText();
    for (const says of [/cport-capture\//, /WARC 1\.1/, /Certificate for/, /SHA-256/, /127\.20\.2\.3/]) assert.match(text, says);
    await desk.locator("#purpose").fill(PURPOSE);
    const [download] = await Promise.all([desk.waitForEvent("download"), desk.locator("button[value=archive]").click()]);
    const archive = gunzipSync(await readFile(await download.path())).toString("latin1");
    assert.match(archive, /^WARC\/1\.1\r\n/);
    assert.match(archive, /WARC-Type: response/);
    desk.watched.fine();
  });

  test("md_4_a_file_is_shown_as_a_rendition_and_taken_along_as_the_original", async () => {
    await desk.goto(report);
    const item = desk.locator(".items .item").first();
    const sha256 = await item.locator("code").first().getAttribute("title");
    await item.locator("a.button").click();
    const address = desk.url();
    await desk.locator("#purpose").fill(PURPOSE);
    await desk.locator("button[value=look]").click();
    const shown = desk.locator("figure.original img");
    await shown.waitFor();
    await eventually("the rendition is drawn", () => shown.evaluate((img) => img.naturalWidth > 0));
    await desk.goto(address);
    await desk.locator("#purpose").fill(PURPOSE);
    const [download] = await Promise.all([desk.waitForEvent("download"), desk.locator("button[value=original]").click()]);
    const bytes = await readFile(await download.path());
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256, "the very bytes that were captured");
    desk.watched.fine();
  });

  test("a_site_fetched_again_shows_what_changed", async () => {
    const moving = await takeIn(page("moving"));
    await desk.locator(".items .item").first().waitFor({ timeout: 60_000 });
    await desk.locator("form[action$='/captures'] button").click();
    await eventually("the second capture has ended", async () => {
      await desk.goto(moving);
      return await desk.locator("#captures ~ ul li").count() === 2 && await desk.locator("[data-under-way]").count() === 0;
    }, 60_000);
    await desk.locator("#captures ~ ul a").first().click();
    assert.equal(await desk.locator("#difference").count(), 1, "and the first is kept");
    desk.watched.fine();
  });

  test("a_chain_of_custody_is_there_to_print", async () => {
    await desk.goto(report);
    await desk.locator(".items .item a[href$='/custody']").first().click();
    const text = await desk.locator("main").innerText();
    for (const says of [/Page captured/, /File opened/, new RegExp(PURPOSE), /MD5/, /SHA-1/]) assert.match(text, says);
    desk.watched.fine();
  });

  test("ux_1_no_page_of_it_has_an_axe_violation_in_any_look", async () => {
    await desk.goto(report);
    const links = await desk.locator("main a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    const custody = links.find((href) => href.endsWith("/custody"));
    const open = links.find((href) => href.endsWith("/open"));
    const found = [];
    for (const address of [report, capture, custody, open, "/desk/reports/new", "/desk"]) {
      await desk.goto(address);
      await desk.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
      found.push(...await inEveryLook(desk, address));
    }
    assert.deepEqual(found, []);
    desk.watched.fine();
  });
});
