// The main job through the pages, in a browser: an analyst takes in a report and grades it by keys alone, the officer of
// the hosting country finds the case and answers in one click, the analyst reads the answer. Then every page is looked at
// in light, in dark and on a narrow screen, and the job is done once more without JavaScript. Each step builds on the
// one before.

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { inEveryLook } from "./lib/axe.mjs";
import { launch } from "./lib/browser.mjs";
import { jpeg, png } from "./lib/pictures.mjs";
import { eventually, start } from "./lib/server.mjs";

// One picture for each class; the key that says it.
const PICTURES = [
  { name: "baseline.png", mimeType: "image/png", buffer: png(2001), key: "1", says: "Baseline" },
  { name: "national.jpg", mimeType: "image/jpeg", buffer: jpeg(2002), key: "2", says: "National" },
  { name: "harmless.png", mimeType: "image/png", buffer: png(2003), key: "3", says: "Not illegal" },
];
const PURPOSE = "identify the place, case 8";
const FORM = {
  source_url: "https://pictures.example/pages/1", hosting_ip: "192.0.2.78", hosting_country: "DE",
  hosting_network: "Example Hosting", note: "taken in by a test",
};

describe("the main job through the pages", { timeout: 600_000 }, () => {
  let site, browser, desk, police, reportPath, casePath, casesBefore;

  before(async () => {
    site = await start();
    browser = await launch(site.url);
    [desk, police] = [await browser.open(), await browser.open()];
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  const person = (kind, country) => site.persona({ kind, country, role: kind === "lea" ? "officer" : "analyst" });
  const files = (pictures) => pictures.map(({ name, mimeType, buffer }) => ({ name, mimeType, buffer }));

  test("se_7_signing_in_leads_to_ones_own_place", async () => {
    await desk.goto("/");
    assert.equal(await desk.locator(".people a").count(), site.personas.length, "everybody of the demo is offered");
    await site.signIn(desk, person("hotline", "NL"));
    assert.equal(path(desk), "/desk");
    await site.signIn(police, person("lea", "DE"));
    assert.equal(path(police), "/police");
    casesBefore = await hrefs(police, "table a[href^='/police/cases/']");
    for (const page of [desk, police]) page.watched.fine();
  });

  test("in_1_a_report_with_a_wrong_country_comes_back_with_everything_typed", async () => {
    await fill(desk, { ...FORM, hosting_country: "XX" });
    assert.equal(await desk.locator("#hosting_country").getAttribute("aria-invalid"), "true");
    assert.equal(await desk.locator("#source_url").inputValue(), FORM.source_url);
    assert.equal(await desk.locator("#note").inputValue(), FORM.note);
    assert.match(await desk.locator("[role=alert]").innerText(), /country/i);
  });

  test("ux_3_a_report_is_taken_in", async () => {
    desk = await replace(desk, person("hotline", "NL")); // what a refusal prints on the console is left behind
    await desk.locator("a[href='/desk/reports/new']").first().click();
    await fill(desk, FORM, files(PICTURES));
    reportPath = path(desk);
    assert.match(reportPath, /^\/desk\/reports\/[0-9a-f-]{36}$/);
    assert.equal(await desk.locator(".items .item").count(), PICTURES.length);
    const shown = await desk.locator("main").innerText();
    for (const text of [FORM.source_url, FORM.hosting_ip, FORM.hosting_network, FORM.note]) assert.ok(shown.includes(text), text);
    desk.watched.fine();
  });

  test("ux_3_grading_needs_one_key_for_each_item_and_no_pointer", async () => {
    const before = desk.watched.pointer();
    await desk.goto(`/desk/assess?report=${reportPath.split("/").pop()}`);
    const count = await desk.locator("[data-item]").count();
    const marked = desk.locator("[data-item][data-current] h2");
    const graded = [];
    for (let n = 0; n < count && graded.length < PICTURES.length; n++) {
      const name = (await marked.innerText()).trim();
      const ours = PICTURES.find((p) => p.name === name);
      // Age and gender of the first; then one key for each item, which also goes on to the next.
      for (const key of ours && graded.length === 0 ? ["w", "u"] : []) await desk.keyboard.press(key);
      await desk.keyboard.press(ours ? ours.key : "ArrowDown");
      if (ours) graded.push(name);
    }
    assert.equal(graded.length, PICTURES.length, "all of ours are on the page");
    await desk.locator("[data-item][data-state=saved]").nth(PICTURES.length - 1).waitFor();
    assert.equal(desk.watched.pointer(), before, "no pointer was used");
    await desk.goto(reportPath);
    for (const { name, says } of PICTURES) {
      const judged = await desk.locator(".item", { hasText: name }).locator(".judged").innerText();
      assert.ok(judged.startsWith(says), `${name} is ${says}: ${judged}`);
    }
    assert.match(await desk.locator(".item", { hasText: graded[0] }).locator(".judged").innerText(), /3 to 9 years/);
    desk.watched.fine();
  });

  test("fa_6_the_officer_finds_the_case_with_its_reason_in_one_click", async () => {
    casePath = await eventually("a new case is in the German inbox", async () => {
      await police.goto("/police");
      return (await hrefs(police, "table a[href^='/police/cases/']")).find((href) => !casesBefore.includes(href));
    });
    const before = police.watched.pointer();
    const row = police.locator("tr", { has: police.locator(`a[href="${casePath}"]`) });
    assert.match(await row.innerText(), /clause 2\.1/i, "the inbox says why");
    await row.locator("th a").click();
    await police.waitForURL(`**${casePath}`);
    assert.equal(police.watched.pointer() - before, 1);
    const why = await police.locator(".because").innerText();
    assert.match(why, /agreed/);
    assert.match(why, /clause 2\.1, version 1/);
    assert.equal(await police.locator(".items .item").count(), 1, "the baseline item, and no other");
    const sha256 = createHash("sha256").update(PICTURES[0].buffer).digest("hex");
    assert.equal(await police.locator(`.items .item code[title="${sha256}"]`).count(), 1);
    assert.ok(await police.locator("#withheld ~ ul li").count() > 0, "what was kept back is said");
    const links = await hrefs(police, "main a");
    assert.ok(links.every((href) => href.startsWith("/") || href.startsWith("#")), "no evidence address can be clicked");
    police.watched.fine();
  });

  test("au_7_the_original_opens_after_a_purpose_was_said", async () => {
    await police.locator(".items .item a.button").click();
    assert.equal(await police.locator("figure.original").count(), 0, "nothing is shown before");
    await police.locator("#purpose").fill(PURPOSE);
    await police.locator("main form button.main").click();
    const original = police.locator("figure.original img");
    await original.waitFor();
    await eventually("the picture is drawn", () => original.evaluate((img) => img.naturalWidth === 96));
    police.watched.fine();
  });

  test("fa_6_the_outcome_takes_one_click_and_the_analyst_reads_it", async () => {
    await police.goto(casePath);
    const before = police.watched.pointer();
    await police.locator("button[name=kind][value=useful]").click();
    await police.locator(".flash").waitFor();
    assert.equal(police.watched.pointer() - before, 1);
    assert.match(await police.locator("#outcomes ~ ol").innerText(), /Useful/);
    await eventually("the analyst reads the outcome", async () => {
      await desk.goto(reportPath);
      const outcomes = desk.locator("#outcomes ~ ol");
      return await outcomes.count() > 0 && /Useful[^]*Germany/.test(await outcomes.innerText());
    });
    assert.match(await desk.locator("#told ~ ul").first().innerText(), /Germany/, "and who was told");
    for (const page of [desk, police]) page.watched.fine();
  });

  test("au_6_looks_stand_in_the_log_with_their_purpose", async () => {
    await police.goto("/audit");
    const opened = police.locator("tbody tr", { hasText: PURPOSE });
    assert.match(await opened.first().innerText(), /File opened/);
    for (const act of ["Case read", "Outcome recorded", "Inbox read"]) {
      assert.ok(await police.locator("tbody tr", { hasText: act }).count() > 0, act);
    }
    police.watched.fine();
  });

  test("az_2_for_belgian_police_the_case_is_the_same_page_as_no_case", async () => {
    const belgium = await browser.open();
    await site.signIn(belgium, person("lea", "BE"));
    await belgium.goto("/police");
    assert.ok(!(await hrefs(belgium, "a")).includes(casePath));
    const report = `/police/cases/${reportPath.split("/").pop()}`;
    const answers = [];
    for (const address of [`/police/cases/${randomUUID()}`, casePath, report, reportPath]) {
      const answer = await belgium.goto(address);
      answers.push([answer.status(), await answer.text()]);
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0][0], 404);
    await belgium.context().close();
  });

  test("ux_1_no_page_has_an_axe_violation_in_any_look", async () => {
    const anybody = await browser.open();
    const found = [];
    const look = async (page, addresses) => {
      for (const address of addresses) {
        await page.goto(address);
        found.push(...await inEveryLook(page, address));
      }
    };
    await look(anybody, ["/", "/sign-in"]);
    const agreement = await (async () => {
      await desk.goto("/network");
      return (await hrefs(desk, "main a[href^='/network/agreements/']"))[0];
    })();
    const open = await (async () => {
      await desk.goto(reportPath);
      return (await hrefs(desk, "main a[href^='/desk/items/']"))[0];
    })();
    await look(desk, ["/desk", "/desk?state=opened", "/desk/reports/new", reportPath, open, "/desk/assess",
      "/desk/owned", "/network", agreement, "/audit"]);
    await look(police, ["/police", casePath, "/network", "/audit"]);
    const partner = await browser.open();
    await site.signIn(partner, site.persona({ kind: "interpol" }));
    await look(partner, ["/interpol", "/interpol/domains", "/network"]);
    const provider = await browser.open();
    await site.signIn(provider, site.persona({ kind: "asp" }));
    await look(provider, ["/partner"]);
    await desk.goto("/desk/assess");
    await desk.keyboard.press("?");
    found.push(...await inEveryLook(desk, "/desk/assess with its keys shown"));
    assert.deepEqual(found, []);
    for (const page of [anybody, desk, police, partner]) page.watched.fine();
    await look(anybody, [`/police/cases/${randomUUID()}`]);
    await fill(desk, { ...FORM, hosting_country: "XX" });
    found.push(...await inEveryLook(desk, "/desk/reports/new after a refusal"));
    assert.deepEqual(found, []);
  });

  test("ux_5_everything_works_without_javascript", async () => {
    const plain = await browser.open({ javaScriptEnabled: false });
    await site.signIn(plain, person("hotline", "NL"));
    await fill(plain, { ...FORM, source_url: "https://pictures.example/pages/2" },
      [{ name: "plain.png", mimeType: "image/png", buffer: png(2004) }]);
    const report = path(plain);
    await plain.locator("a[href^='/desk/assess']").first().click();
    const item = plain.locator("[data-item]", { hasText: "plain.png" });
    await item.locator("[name=class][value=baseline]").check({ force: true }); // the label is drawn over it
    await item.locator("[name=age_group]").selectOption("pubescent");
    await item.locator("form button").click();
    await plain.locator(".flash").waitFor();
    await plain.goto(report);
    assert.match(await plain.locator(".judged").innerText(), /^Baseline[^]*10 to 13 years/);
    plain.watched.fine();
    await plain.context().close();

    const officer = await browser.open({ javaScriptEnabled: false });
    await site.signIn(officer, person("lea", "DE"));
    const known = new Set([...casesBefore, casePath]);
    const next = await eventually("the second case is in the German inbox", async () => {
      await officer.goto("/police");
      return (await hrefs(officer, "table a[href^='/police/cases/']")).find((href) => !known.has(href));
    });
    await officer.goto(next);
    await officer.locator("#note").fill("seen without scripts");
    await officer.locator("button[name=kind][value=insufficient]").click();
    await officer.locator(".flash").waitFor();
    assert.match(await officer.locator("#outcomes ~ ol").innerText(), /Insufficient[^]*seen without scripts/);
    officer.watched.fine();
    await officer.context().close();
  });

  test("se_4_after_signing_out_nothing_is_shown", async () => {
    const gone = await browser.open();
    await site.signIn(gone, person("hotline", "NL"));
    await gone.locator("form[action='/sign-out'] button").click();
    await gone.waitForLoadState();
    const answer = await gone.goto(reportPath);
    assert.ok(!(await answer.text()).includes(FORM.source_url));
    await gone.context().close();
  });

  /** A fresh page of somebody, in place of another. */
  async function replace(page, who) {
    await page.context().close();
    const fresh = await browser.open();
    await site.signIn(fresh, who);
    return fresh;
  }
});

/** Fills in the form for a new report and sends it. */
async function fill(page, values, chosen = []) {
  await page.goto("/desk/reports/new");
  for (const [name, value] of Object.entries(values)) await page.locator(`#${name}`).fill(value);
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString().slice(0, 16);
  await page.locator("#received_at").fill(anHourAgo);
  if (chosen.length > 0) await page.locator("#files").setInputFiles(chosen);
  await page.locator("main form button.main").click();
  await page.waitForLoadState();
}

async function hrefs(page, selector) {
  const links = await page.locator(selector).all();
  return Promise.all(links.map((link) => link.getAttribute("href")));
}

function path(page) {
  return new URL(page.url()).pathname;
}
