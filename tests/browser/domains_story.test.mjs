// The block list of domains in a browser, without a pointer: an officer proposes what has accumulated, INTERPOL asks another
// agency, which sees the evidence before the opinion and confirms, and the domain is listed. What is refused is refused in
// words. Somebody without an account complains without JavaScript and learns by a code what became of it. Then the pages are
// looked at in light, in dark and on a narrow screen. Each step builds on the one before.

import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import { after, before, describe, test } from "node:test";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { eventually, start } from "./lib/server.mjs";

const CANDIDATE = "lantern.example";
const LISTED = "quarry.example";
const STOP_PAGE = "192.0.2.80";
const OPINION = "Nothing but drawings of this kind, case 31.";

describe("the block list of domains", { timeout: 600_000 }, () => {
  let site, browser, desk, german, belgian, proposal;

  before(async () => {
    site = await start();
    browser = await launch(site.url);
    [desk, german, belgian] = [await browser.open(), await browser.open(), await browser.open()];
    await site.signIn(desk, site.persona({ name: "Pia Officer" }));
    await site.signIn(german, site.persona({ kind: "lea", country: "DE" }));
    await site.signIn(belgian, site.persona({ kind: "lea", country: "BE" }));
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  test("ux_3_an_officer_proposes_what_has_accumulated", async () => {
    await desk.goto("/interpol/domains");
    assert.match(await desk.locator("#candidates ~ table").innerText(), /lantern\.example/);
    await german.goto("/police/domains");
    await press(german, "a[href='/domains/new']", "Enter");
    await german.locator("#domain").fill(CANDIDATE);
    await german.keyboard.press("Enter");
    await german.locator("#criteria").waitFor();
    assert.match(await german.locator("main").innerText(), /All criteria hold/);
    assert.equal(await german.locator("#exhibits ~ ol li .url").count(), 2);
    await german.locator("#opinion").fill(OPINION);
    await press(german, "form[method=post][action='/domains/new'] button", "Enter");
    await german.locator(".flash").waitFor();
    proposal = path(german);
    assert.match(proposal, /^\/domains\/proposals\/[0-9a-f-]{36}$/);
    for (const page of [desk, german]) page.watched.fine();
  });

  test("se_6_interpol_asks_another_agency_and_is_refused_one_of_the_same_country", async () => {
    await desk.goto(proposal);
    const agencies = await desk.locator("#assign ~ form").innerText();
    assert.ok(!agencies.includes("Example Police Germany"), "who proposed it is not offered");
    await desk.locator("label", { hasText: "Example Police Belgium" }).locator("input").press("Space");
    await press(desk, "form[action$='/reviewers'] button", "Enter");
    await desk.locator(".flash").waitFor();
    assert.match(await desk.locator(".head").innerText(), /in review/);
    desk.watched.fine();
  });

  test("se_6_the_evidence_comes_before_the_opinion_and_the_second_word_lists_it", async () => {
    const review = proposal.replace("/domains/proposals/", "/police/domains/");
    await belgian.goto("/police/domains");
    await press(belgian, `a[href='${review}']`, "Enter");
    await belgian.locator("#exhibits").waitFor();
    const before = await belgian.locator("main").innerText();
    assert.ok(!before.includes(OPINION), "the opinion is not there yet");
    assert.ok(!before.includes("Germany") && !before.includes("Derk"), "nobody learns who proposed it");
    assert.equal(await belgian.locator("button[name=word]").count(), 0, "nothing is confirmed unseen");
    await press(belgian, "form[action$='/seen'] button", "Enter");
    await belgian.locator(".flash").waitFor();
    assert.ok((await belgian.locator("main").innerText()).includes(OPINION));
    await press(belgian, "button[name=word][value=confirm]", "Enter");
    await belgian.locator(".flash").waitFor();
    await eventually("the domain is listed", async () => {
      await desk.goto(`/interpol/domains/list?q=${CANDIDATE}`);
      return (await desk.locator("main").innerText()).includes(CANDIDATE);
    });
    for (const page of [desk, belgian]) page.watched.fine();
  });

  test("iwol_the_listed_name_and_all_below_lead_to_the_stop_page_and_others_do_not", async () => {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([site.resolver]);
    const asks = (name) => resolver.resolve4(name).catch((error) => [error.code]);
    await eventually("the name leads to the stop page", async () => (await asks(CANDIDATE))[0] === STOP_PAGE);
    assert.deepEqual(await asks(`deep.www.${CANDIDATE}`), [STOP_PAGE]);
    const [elsewhere] = await asks("gallery.example");
    assert.match(elsewhere, /^127\.20\./, "what is not listed is answered as ever");
  });

  test("a_confirmed_picture_is_a_series_number_on_the_officers_case", async () => {
    await german.goto("/police");
    const links = await german.locator("a[href^='/police/cases/']").evaluateAll((all) => all.map((a) => a.href));
    const shown = await eventually("an answer of the receiver on a case", async () => {
      for (const link of new Set(links)) {
        await german.goto(link);
        const text = await german.locator("main").innerText();
        if (/known to ICSE\s+Series S-[0-9A-F]+/.test(text)) return text;
      }
      return null;
    }, 60_000);
    assert.match(shown, /Why you see this/);
    german.watched.fine();
  });

  test("se_6_refusals_say_who_does_the_second_part", async () => {
    const fresh = await browser.open();
    await site.signIn(fresh, site.persona({ name: "Pia Officer" }));
    await fresh.goto(proposal);
    await fresh.locator("#reason-ask_removal").fill("clean, case 31");
    await press(fresh, "button[value=ask_removal]", "Enter");
    await fresh.locator(".flash").waitFor();
    await press(fresh, "button[value=agree_removal]", "Enter");
    await fresh.locator("[role=alert]").first().waitFor();
    assert.match(await fresh.locator("main").innerText(), /another person does the second part/i);
    const second = await browser.open();
    await site.signIn(second, site.persona({ name: "Piet Officer" }));
    await second.goto(proposal);
    await press(second, "button[value=agree_removal]", "Enter");
    await second.locator(".flash").waitFor();
    assert.match(await second.locator(".head").innerText(), /removed/);
    await fresh.context().close();
    await second.context().close();
  });

  test("in_4_what_is_no_domain_is_refused_in_words", async () => {
    const fresh = await browser.open();
    await site.signIn(fresh, site.persona({ name: "Pia Officer" }));
    for (const [typed, said] of [["co.uk", /public suffix/], ["192.0.2.7", /network address/], ["abc.onion", /onion service/],
      ["u:p@bad.example", /user name/]]) {
      await fresh.goto(`/domains/new?domain=${encodeURIComponent(typed)}`);
      assert.match(await fresh.locator("#domain-error").innerText(), said);
      assert.equal(await fresh.locator("#domain").inputValue(), typed, "what was typed is still there");
    }
    await fresh.context().close();
  });

  test("ux_5_somebody_complains_without_javascript_and_asks_by_code", async () => {
    const anybody = await browser.open({ javaScriptEnabled: false });
    await anybody.goto("/complaints");
    await anybody.locator("#domain").fill(LISTED);
    await anybody.locator("#text").fill("this is my harbour, <b>not</b> what you think");
    await press(anybody, "form[action='/complaints'] button", "Enter");
    const code = await anybody.locator("#code").innerText();
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    const piet = await browser.open();
    await site.signIn(piet, site.persona({ name: "Piet Officer" }));
    await piet.goto("/interpol/domains/complaints");
    assert.match(await piet.locator(".said").first().innerText(), /<b>not<\/b>/, "shown as text");
    await piet.locator("input[name=reason]").first().fill("it is what it was");
    await press(piet, "button[value=rejected]", "Enter");
    await piet.locator(".flash").waitFor();
    piet.watched.fine();
    await piet.context().close();
    await anybody.goto("/complaints");
    await anybody.locator("#code").fill(code.toLowerCase());
    await press(anybody, "form[action='/complaints/state'] button", "Enter");
    assert.match(await anybody.locator("main").innerText(), /rejected[^]*it is what it was/i);
    await anybody.context().close();
  });

  test("ux_1_the_pages_in_every_look", async () => {
    const found = [];
    const look = async (page, address) => {
      await page.goto(address);
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
      found.push(...await inEveryLook(page, address));
    };
    for (const address of ["/interpol/domains", "/interpol/domains?stage=listed", "/interpol/domains/list",
      `/interpol/domains/history?domain=${LISTED}`, "/interpol/domains/complaints?state=rejected", "/domains/new",
      "/domains/new?domain=files.example", proposal, "/complaints"]) await look(desk, address);
    const reviews = "/police/domains";
    await german.goto(reviews);
    const waits = await german.locator(`#reviews ~ table a[href^='${reviews}/']`).first().getAttribute("href");
    for (const address of [reviews, waits, proposal]) await look(german, address);
    assert.deepEqual(found, []);
    for (const page of [desk, german]) page.watched.fine();
  });
});

/** Presses a key on the first element that fits, as somebody who came there by Tab. */
async function press(page, selector, key) {
  await page.locator(selector).first().press(key);
}

function path(page) {
  return new URL(page.url()).pathname;
}
