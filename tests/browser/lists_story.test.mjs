// Hash lists in a browser: the desk shows what only looks like an entry and takes it with one key, what is settled stays
// folded and says by which list; a publisher makes a list, fills it from a file, offers it, and it is accepted. Then every
// page of lists is looked at in light, in dark and on a narrow screen. The demo's lists are the start.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { start } from "./lib/server.mjs";

describe("hash lists through the pages", { timeout: 600_000 }, () => {
  let site, browser, desk, interpol, list, imported;

  before(async () => {
    site = await start();
    browser = await launch(site.url);
    [desk, interpol] = [await browser.open(), await browser.open()];
    await site.signIn(desk, site.persona({ kind: "hotline", country: "NL", role: "analyst" }));
    await site.signIn(interpol, site.persona({ kind: "interpol", role: "officer" }));
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  test("ux_3_a_suggestion_is_accepted_with_one_key", async () => {
    await desk.goto("/desk/assess");
    const before = desk.watched.pointer();
    const row = desk.locator("[data-item]", { has: desk.locator("[data-accept]") }).first();
    const name = (await row.locator("h2").innerText()).trim();
    assert.match(await row.innerText(), /Looks like an entry of Baseline.*distance 8/s);
    const marked = desk.locator("[data-item][data-current] h2");
    for (let n = 0; n < 60 && (await marked.innerText()).trim() !== name; n++) await desk.keyboard.press("ArrowDown");
    await desk.keyboard.press("?");
    assert.match(await desk.locator("dialog[open]").innerText(), /a\s+Accept the suggestion/);
    await desk.keyboard.press("Escape");
    await desk.keyboard.press("a");
    await desk.locator("[data-item][data-state=saved] h2", { hasText: name }).waitFor();
    assert.equal(desk.watched.pointer(), before, "no pointer was used");
    desk.watched.fine();
  });

  test("ux_4_what_a_list_settled_says_by_which_entry", async () => {
    await desk.goto("/desk");
    for (const href of await hrefs(desk, "table a[href^='/desk/reports/']")) {
      await desk.goto(href);
      const said = await desk.locator("main").innerText();
      if (!said.includes("Settled by Baseline")) continue;
      assert.match(said, /entry \S+, version \d+, same SHA-256/);
      desk.watched.fine();
      return;
    }
    assert.fail("the demo has an item that is settled by a list");
  });

  test("ux_3_a_publisher_makes_a_list_and_fills_it_from_a_file", async () => {
    await interpol.goto("/lists");
    await interpol.locator("a[href='/lists/new']").click();
    await interpol.locator("#name").fill("Browser list");
    await interpol.locator("#rule").fill("drawn by a test");
    await interpol.locator("form.form button.main").click();
    await interpol.waitForURL(/\/lists\/[0-9a-f-]{36}/);
    list = new URL(interpol.url()).pathname;
    await interpol.locator("summary", { hasText: "Import a file" }).click();
    await interpol.locator("#format").selectOption("text");
    const rows = [0, 1, 2].map((n) => createHash("sha256").update(`row ${n}`).digest("hex"));
    const file = { name: "rows.txt", mimeType: "text/plain", buffer: Buffer.from([...rows, "12", ""].join("\n")) };
    await interpol.locator("#file").setInputFiles(file);
    await interpol.locator("button", { hasText: /^Import$/ }).click();
    await interpol.waitForURL(/\/imports\//);
    imported = new URL(interpol.url()).pathname;
    const said = await interpol.locator("main").innerText();
    assert.match(said, /Done/);
    assert.match(said, /characters/, "the refused row says why");
    await interpol.goto(`${list}?find=${rows[1]}`);
    assert.equal(await interpol.locator("summary", { hasText: "Withdraw" }).count(), 1);
    interpol.watched.fine();
  });

  test("ux_3_it_is_offered_and_accepted", async () => {
    await interpol.goto(list);
    await interpol.locator("summary", { hasText: "Offer it to a member" }).click();
    const hotline = site.persona({ kind: "hotline", country: "NL", role: "analyst" }).organisation;
    await interpol.locator("#organisation").selectOption({ label: hotline });
    await interpol.locator("button", { hasText: /^Offer it$/ }).click();
    await interpol.waitForURL(/done=terms-offered/);
    await desk.goto("/lists");
    await desk.locator("a", { hasText: "Browser list" }).click();
    await desk.locator("button", { hasText: "Accept the terms" }).click();
    await desk.waitForURL(/done=terms-accepted/);
    assert.equal(await desk.locator("summary", { hasText: "Confirm or dispute" }).count(), 3);
    for (const page of [desk, interpol]) page.watched.fine();
  });

  test("ux_1_every_page_of_lists_in_every_look", async () => {
    const found = [];
    for (const path of ["/lists", "/lists/new", list, imported]) {
      await interpol.goto(path);
      found.push(...await inEveryLook(interpol, path));
    }
    for (const path of ["/lists", list, "/desk/assess"]) {
      await desk.goto(path);
      found.push(...await inEveryLook(desk, path));
    }
    await desk.goto("/lists");
    await desk.locator("tr", { hasText: "Offered to you" }).locator("a").first().click();
    found.push(...await inEveryLook(desk, "an offered list"));
    const asp = await browser.open();
    await site.signIn(asp, site.persona({ kind: "asp", role: "operator" }));
    await asp.goto("/lists");
    found.push(...await inEveryLook(asp, "no lists"));
    assert.deepEqual(found, []);
    for (const page of [desk, interpol, asp]) page.watched.fine();
  });
});

function hrefs(page, selector) {
  return page.locator(selector).evaluateAll((links) => links.map((a) => a.getAttribute("href")));
}
