// Taking a case along, in a browser: two clicks from the case to a download that starts by itself, whose file the two
// verifiers take and nobody else's key opens. Then the pages are looked at in light, in dark and on a narrow screen, and it is
// done once more without JavaScript and without a pointer.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { PROGRAM, start } from "./lib/server.mjs";

const run = promisify(execFile);
const WHY = { purpose: "identify the place, case 17", case_number: "ST/2026/17" };

describe("taking a case along", { timeout: 300_000 }, () => {
  let site, browser, folder, officer, page, packagePath;

  before(async () => {
    [site, folder] = [await start(), await mkdtemp(join(tmpdir(), "cport-package-"))];
    browser = await launch(site.url);
    officer = site.persona({ kind: "lea", country: "DE", role: "officer" });
    page = await browser.open();
    await site.signIn(page, officer);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Fills in the form with what it asks for now. */
  async function fill(on) {
    for (const [name, value] of Object.entries(WHY)) await on.locator(`#${name}`).fill(value);
    if (await on.locator("#token").count()) await on.locator("#token").fill(officer.api_token);
  }

  async function verified(file) {
    const keys = join(folder, "key.txt");
    await writeFile(keys, `${officer.age_identity}\n`);
    const { stdout } = await run(PROGRAM, ["evidence", "verify-package", file, "--identity", keys]);
    assert.match(stdout, /is as it was made/);
    assert.ok(stdout.includes(WHY.case_number) && stdout.includes(officer.name), stdout);
  }

  test("ux_3_two_clicks_from_the_case_to_the_download", async () => {
    await page.locator("table a[href^='/police/cases/']").first().click();
    const before = page.watched.pointer();
    await page.locator("a[href$='/package']").click();
    await fill(page);
    const typing = page.watched.pointer() - before - 1;
    const downloaded = page.waitForEvent("download");
    await page.locator("form[action$='/package'] button.main").click();
    const download = await downloaded;
    assert.equal(page.watched.pointer() - before - typing, 2, "two clicks; the download starts by itself");
    assert.match(download.suggestedFilename(), /^package-[0-9a-f-]{36}\.zip\.age$/);
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    await verified(file);
    packagePath = new URL(page.url()).pathname;
    assert.match(packagePath, /^\/police\/packages\//);
    page.watched.fine();
  });

  test("se_3_within_ten_minutes_it_is_not_asked_again_who_the_officer_is", async () => {
    await page.goto(packagePath);
    await page.locator("a[href$='/package']").click();
    assert.equal(await page.locator("#token").count(), 0);
    assert.equal(await page.locator("a[href='" + packagePath + "']").count(), 1, "the earlier package is listed");
    page.watched.fine();
  });

  test("ux_1_the_pages_are_fine_in_every_look", async () => {
    const found = [];
    const formPath = new URL(page.url()).pathname;
    found.push(...(await inEveryLook(page, "form")));
    await page.goto(packagePath);
    found.push(...(await inEveryLook(page, "package")));
    page.watched.fine();
    // As it is with something wrong in it, on a session that is asked again.
    const fresh = await browser.open();
    await site.signIn(fresh, officer);
    await fresh.goto(formPath);
    found.push(...(await inEveryLook(fresh, "form that asks again")));
    await fresh.locator("#purpose").fill("x");
    await fresh.locator("#case_number").fill("x");
    await fresh.locator("#token").fill("wrong");
    await fresh.locator("form[action$='/package'] button.main").click();
    await fresh.locator("[role=alert]").waitFor();
    assert.equal(await fresh.locator("#token").getAttribute("aria-invalid"), "true");
    assert.equal(await fresh.locator("#purpose").inputValue(), "x", "what was typed stays");
    found.push(...(await inEveryLook(fresh, "form with an error")));
    assert.deepEqual(found, []);
  });

  test("ux_3_it_is_done_by_keys_alone_and_without_javascript", async () => {
    const plain = await browser.open({ javaScriptEnabled: false });
    await site.signIn(plain, officer);
    await plain.locator("table a[href^='/police/cases/']").first().focus();
    await plain.keyboard.press("Enter");
    await plain.locator("a[href$='/package']").focus();
    await plain.keyboard.press("Enter");
    await fill(plain);
    const downloaded = plain.waitForEvent("download");
    await plain.locator("#case_number").press("Enter");
    const file = join(folder, "plain.zip.age");
    await (await downloaded).saveAs(file);
    await verified(file);
    plain.watched.fine();
  });
});
