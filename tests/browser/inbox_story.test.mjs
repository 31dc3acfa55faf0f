// The officer's inbox in a browser, by keys alone: from sign-in to the first relevant case in two clicks, choosing,
// assigning, filing, searching, saving. Then every page of it is looked at in light, in dark and on a narrow screen. Each
// step builds on the one before.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { start } from "./lib/server.mjs";

describe("the officer's inbox", { timeout: 600_000 }, () => {
  let site, browser, police, searchPath;

  before(async () => {
    site = await start();
    browser = await launch(site.url);
    police = await browser.open();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const officer = () => site.persona({ kind: "lea", country: "DE", role: "officer" });
  const path = () => new URL(police.url()).pathname;
  const rows = () => police.locator("[data-list] tbody tr");
  /** Presses a key that sends the form, and waits for the page that comes. */
  const send = async (key) => {
    const loaded = police.waitForEvent("load");
    await police.keyboard.press(key);
    await loaded;
    assert.equal(new URL(police.url()).search, "?done=assigned");
  };
  const focusedRow = () => police.evaluate(() => document.activeElement?.closest("tbody tr")?.querySelector("th a")?.textContent);

  test("ux_3_from_sign_in_to_the_first_case_in_two_clicks", async () => {
    await site.signIn(police, officer());
    assert.equal(path(), "/police");
    const first = rows().first();
    assert.match(await first.innerText(), /new material, .*first seen/, "the row says why it stands there");
    const before = police.watched.pointer();
    await first.locator("th a").click();
    await police.waitForURL("**/police/cases/*");
    assert.ok(police.watched.pointer() - before <= 2);
    await police.goto("/police");
    police.watched.fine();
  });

  test("ux_3_keys_move_choose_and_open", async () => {
    const before = police.watched.pointer();
    const names = await police.locator("[data-list] tbody th a").allInnerTexts();
    assert.ok(names.length > 1, "the demo has cases for this officer");
    await police.keyboard.press("j");
    assert.equal(await focusedRow(), names[0]);
    await police.keyboard.press("ArrowDown");
    assert.equal(await focusedRow(), names[1]);
    await police.keyboard.press("k");
    await police.keyboard.press("x");
    assert.ok(await rows().first().locator("[name=case]").isChecked());
    await police.keyboard.press("x");
    await police.keyboard.press("?");
    assert.ok(await police.locator("[data-keymap] dl").isVisible());
    await police.keyboard.press("?");
    await police.keyboard.press("Enter");
    await police.waitForURL("**/police/cases/*");
    assert.equal(police.watched.pointer(), before, "no pointer was used");
    police.watched.fine();
  });

  test("ux_3_a_case_is_assigned_filed_and_marked_by_keys", async () => {
    await police.goto("/police/folders");
    await police.locator("#name").fill("By keys");
    await police.keyboard.press("Enter");
    await police.waitForURL("**/police/folders/*");
    await police.goto("/police");
    const before = police.watched.pointer();
    await police.keyboard.press("j");
    const name = await focusedRow();
    await police.keyboard.press("a");
    assert.equal(await police.evaluate(() => document.activeElement.id), "person");
    await police.keyboard.press("Tab");
    await send("Enter");
    const row = () => police.locator("tr", { has: police.getByRole("link", { name, exact: true }) });
    assert.match(await row().innerText(), /with Derk Officer/);
    await police.keyboard.press("j");
    await police.keyboard.press("f");
    assert.equal(await police.evaluate(() => document.activeElement.id), "folder-of");
    await police.locator("#folder-of").selectOption({ label: "By keys" });
    await police.keyboard.press("Tab");
    await send("Enter");
    await police.keyboard.press("j");
    const was = await police.evaluate(() => document.activeElement.closest("tr").dataset.read);
    await send("u");
    await police.keyboard.press("j");
    assert.notEqual(await police.evaluate(() => document.activeElement.closest("tr").dataset.read), was);
    assert.equal(police.watched.pointer(), before, "no pointer was used");
    police.watched.fine();
  });

  test("ux_3_a_search_has_an_address_that_says_nothing", async () => {
    await police.goto("/police");
    await police.keyboard.press("/");
    await police.keyboard.type("pictures1.example");
    await police.keyboard.press("Enter");
    await police.waitForURL("**/police/searches/*");
    searchPath = path();
    assert.match(searchPath, /^\/police\/searches\/[0-9a-f-]{36}$/);
    assert.equal(new URL(police.url()).search, "");
    assert.equal(await rows().count(), 1);
    const shown = await police.locator("main").innerText();
    await police.reload();
    assert.equal(await police.locator("main").innerText(), shown, "a reload shows the same");
    await police.locator("summary", { hasText: "Save this search" }).press("Enter");
    await police.locator("input[name=name]").fill("One site");
    await police.locator("input[name=shared]").press("Space");
    await police.locator("input[name=name]").press("Enter");
    await police.waitForURL("**?done=search-kept");
    assert.match(await police.locator("h1").innerText(), /One site/);
    police.watched.fine();
  });

  test("ux_3_single_keys_can_be_switched_off", async () => {
    await police.goto("/police");
    await police.locator("[data-keys] input").press("Space");
    await police.locator("h1").click();
    await police.keyboard.press("j");
    assert.equal(await focusedRow(), undefined);
    await police.locator("[data-keys] input").press("Space");
    police.watched.fine();
  });

  test("ux_1_no_page_has_a_violation_in_any_look", async () => {
    const found = [];
    const folder = await police.goto("/police/folders").then(() => police.locator("main li a").first().getAttribute("href"));
    for (const place of ["/police", searchPath, "/police/searches", "/police/folders", folder, "/police/urgency"]) {
      await police.goto(place);
      found.push(...await inEveryLook(police, place));
    }
    await police.goto("/police");
    for (const details of await police.locator("details").all()) await details.evaluate((d) => { d.open = true; });
    found.push(...await inEveryLook(police, "/police with all open"));
    await rows().first().locator("th a").click();
    await police.waitForURL("**/police/cases/*");
    found.push(...await inEveryLook(police, "a case"));
    police.watched.fine();
    await police.goto("/police");
    await police.locator("[data-search]").fill("nowhere.example");
    await police.keyboard.press("Enter");
    await police.waitForURL("**/police/searches/*");
    found.push(...await inEveryLook(police, "a search that finds nothing"));
    police.watched.fine();
    // What a refusal prints on the console is not the page's fault.
    await police.locator("[data-search]").fill("?");
    await police.keyboard.press("Enter");
    await police.locator("[role=alert]").waitFor();
    found.push(...await inEveryLook(police, "a filter that is refused"));
    assert.deepEqual(found, []);
  });

  test("the_inbox_works_without_scripts", async () => {
    const plain = await browser.open({ javaScriptEnabled: false });
    await site.signIn(plain, officer());
    await plain.locator("[name=case]").first().check();
    await plain.locator("[name=do][value=unread]").click();
    await plain.waitForURL("**/police?done=assigned");
    await plain.locator("[data-search]").fill("pictures1.example");
    await plain.locator("[role=search] button").click();
    await plain.waitForURL("**/police/searches/*");
    assert.equal(await plain.locator("[data-list] tbody tr").count(), 1);
  });
});
