// An agreement through the pages, by keyboard alone: the Irish hotline discards its old draft and begins a new one with a
// template, turns its clauses about, tries it out, saves and signs; police sign, the secretariat countersigns, the hotline
// suspends and resumes. Pages are looked at in light, in dark and on a narrow screen. Each step builds on the one before.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { start } from "./lib/server.mjs";

describe("an agreement through the pages", { timeout: 600_000 }, () => {
  let site, browser, desk, police, sam, place;

  before(async () => {
    site = await start();
    browser = await launch(site.url);
    [desk, police, sam] = [await browser.open(), await browser.open(), await browser.open()];
    await site.signIn(desk, site.persona({ kind: "hotline", country: "IE", role: "analyst" }));
    await site.signIn(police, site.persona({ kind: "lea", country: "IE", role: "officer" }));
    await site.signIn(sam, site.persona({ kind: "network", role: "secretary" }));
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const press = async (page, name) => {
    await Promise.all([page.waitForLoadState("load"), page.getByRole("button", { name }).first().press("Enter")]);
    await page.waitForLoadState("load");
  };
  const follow = async (page, name) => {
    await page.getByRole("link", { name }).first().press("Enter");
    await page.waitForLoadState("load");
  };
  const open = async (page) => {
    await page.goto("/network");
    await follow(page, /^Agreement IE/);
  };

  test("ux_3_a_draft_begins_with_a_template", async () => {
    await open(desk);
    place = new URL(desk.url()).pathname;
    await press(desk, "Discard this draft");
    await desk.getByLabel("Begin with").selectOption("be");
    await press(desk, "Draft a new version");
    assert.match(new URL(desk.url()).pathname, /\/versions\/2$/);
    assert.equal(await desk.locator("fieldset.sentence").count(), 2);
    assert.match(await desk.locator("[role=status]").innerText(), /draft was made/i);
    desk.watched.fine();
  });

  test("ux_3_clauses_are_added_moved_removed_and_tried_out", async () => {
    await press(desk, "Add a clause");
    assert.equal(await desk.locator("fieldset.sentence").count(), 3);
    assert.match(await desk.locator("main").innerText(), /Two clauses are for the same items/);
    await desk.locator("[name=l2_width]").selectOption("page");
    await press(desk, /^Move up 3/);
    assert.equal(await desk.locator("[name=l1_clause]").inputValue(), "3");
    assert.equal(await desk.locator("[name=l1_width]").inputValue(), "page");
    await press(desk, "Add a contact");
    await desk.locator("[name=c0_desk]").fill("Report desk");
    await desk.locator("[name=c0_mail]").fill("desk@hotline.example");
    await desk.locator("[name=c0_mail]").press("Enter");
    await desk.waitForLoadState("load");
    assert.match(await desk.locator("#tried").innerText(), /1 officer would see|Nothing would change/);
    assert.deepEqual(await inEveryLook(desk, "the editor"), []);
    await press(desk, /^Remove 3/);
    await press(desk, "Save");
    assert.match(await desk.locator("[role=status]").innerText(), /saved/i);
    desk.watched.fine();
  });

  test("ux_3_all_three_sign_and_then_it_binds", async () => {
    await desk.goto(place);
    await press(desk, /^Sign$/);
    await open(police);
    assert.deepEqual(await inEveryLook(police, "a draft to sign"), []);
    await press(police, /^Sign$/);
    await open(sam);
    await press(sam, /^Sign$/);
    assert.match(await sam.locator("h1").innerText(), /In force/);
    assert.match(await sam.locator("main").innerText(), /The secretariat countersigned on/);
    for (const page of [desk, police, sam]) page.watched.fine();
  });

  test("az_10_the_hotline_suspends_and_resumes", async () => {
    await open(desk);
    await desk.getByLabel("Reason").fill("a clause is being talked about");
    await press(desk, "Suspend");
    assert.match(await desk.locator("h1").innerText(), /Suspended/);
    await open(police);
    assert.match(await police.locator("main").innerText(), /suspended it on .* a clause is being talked about/s);
    assert.equal(await police.getByRole("button", { name: "Resume" }).count(), 0, "only who suspended resumes");
    assert.deepEqual(await inEveryLook(desk, "a suspended agreement"), []);
    await press(desk, "Resume");
    assert.match(await desk.locator("h1").innerText(), /In force/);
    await desk.goto("/network/agreements/new");
    assert.deepEqual(await inEveryLook(desk, "a new agreement"), []);
    for (const page of [desk, police, sam]) {
      page.watched.fine();
      assert.equal(page.watched.pointer(), 0, "no pointer was needed");
    }
  });
});
