// The main job by the native API, told in order: an analyst reports, police of the hosting country are told, police
// elsewhere are not, the answer comes back, and the log has it all. Each step builds on the one before.

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { jpeg, png } from "./lib/pictures.mjs";
import { eventually, start } from "./lib/server.mjs";

const PICTURES = [
  { name: "drawing.png", type: "image/png", bytes: png(1001) },
  { name: "drawing.jpg", type: "image/jpeg", bytes: jpeg(1002) },
];
const JUDGEMENT = { class: "baseline", age_group: "prepubescent", gender: "unknown", note: "judged by a test" };
const NOTE = "reported by a test";
const PURPOSE = "identify the place, case 7";

describe("the main job by the API", { timeout: 300_000 }, () => {
  let site, anouk, nl, de, be, nlPolice, dora;
  let inboxOfBelgium, report, items, second, caseId;

  before(async () => {
    site = await start();
    anouk = site.persona({ kind: "hotline", country: "NL", role: "analyst" });
    const as = (kind, country) => site.api(site.persona({ kind, country }));
    [nl, dora] = [site.api(anouk), as("hotline", "DE")];
    [de, be, nlPolice] = [as("lea", "DE"), as("lea", "BE"), as("lea", "NL")];
    inboxOfBelgium = (await be.get("/api/v1/cases")).text;
  });
  after(() => site?.stop());

  const takeIn = async (source_url, headers) => nl.post("/api/v1/reports", {
    source_url, received_at: new Date(Date.now() - 3_600_000).toISOString(), note: NOTE,
    hosting: { ip: "192.0.2.77", country: "DE", network: "Example Hosting" },
  }, headers);

  const caseOf = async (police, reportId) => {
    const inbox = ok(await police.get("/api/v1/cases"));
    return inbox.items.find((c) => c.report_id === reportId);
  };

  test("in_1_a_report_is_taken_in_and_wrong_ones_are_refused_by_field", async () => {
    const created = await takeIn("https://pictures.example/story/1");
    assert.equal(created.status, 201, created.text);
    report = created.json.id;
    assert.match(report, /^[0-9a-f-]{36}$/);
    problem(await nl.post("/api/v1/reports", {
      source_url: "https://pictures.example/", received_at: "2026-01-01T00:00:00Z", hosting: { country: "XX" },
    }), 422, "hosting.country");
    problem(await nl.post("/api/v1/reports", { source_url: "ftp://x.example/", received_at: "2026-01-01T00:00:00Z" }),
      422, "source_url");
    problem(await site.api({ api_token: "nobody" }).get("/api/v1/reports"), 401);
  });

  test("fa_3_the_same_request_twice_is_one_report", async () => {
    const key = { "idempotency-key": randomUUID() };
    const received_at = new Date(Date.now() - 7_200_000).toISOString();
    const once = { source_url: "https://pictures.example/twice", received_at };
    const [first, again] = [await nl.post("/api/v1/reports", once, key), await nl.post("/api/v1/reports", once, key)];
    assert.equal(first.status, 201, first.text);
    assert.deepEqual([again.status, again.json], [first.status, first.json]);
    problem(await nl.post("/api/v1/reports", { ...once, note: "another" }, key), 409, "Idempotency-Key");
  });

  test("md_1_files_are_described_with_the_digests_that_others_compute", async () => {
    const added = await nl.upload(`/api/v1/reports/${report}/files`, PICTURES);
    assert.equal(added.status, 201, added.text);
    ({ items } = added.json);
    assert.equal(items.length, 2);
    for (const [n, { bytes }] of PICTURES.entries()) {
      for (const name of ["sha256", "sha1", "md5"]) assert.equal(items[n][name], digest(name, bytes), name);
      assert.match(items[n].pdq, /^[0-9a-f]{64}$/);
      assert.ok(items[n].pdq_quality >= 0 && items[n].pdq_quality <= 100);
      assert.equal(items[n].known, false);
    }
    problem(await nl.upload(`/api/v1/reports/${report}/files`, [{ name: "x.png", type: "image/png",
      bytes: Buffer.from("no picture") }]), 415, "file");
  });

  test("az_4_before_a_judgement_nobody_is_told", async () => {
    for (const police of [de, be, nlPolice]) assert.equal(await caseOf(police, report), undefined);
    problem(await de.get(`/api/v1/items/${items[0].id}/file`, { purpose: PURPOSE }), 404);
  });

  test("fa_6_within_seconds_after_the_judgement_police_of_the_hosting_country_have_the_case_and_the_reason", async () => {
    for (const item of items) {
      const judged = ok(await nl.put(`/api/v1/items/${item.id}/assessment`, JUDGEMENT));
      assert.equal(judged.assessment.class, "baseline");
    }
    const row = await eventually("the case is in the German inbox", () => caseOf(de, report), 5_000);
    caseId = row.id;
    const full = await eventually("both items are in the case", async () => {
      const now = ok(await de.get(`/api/v1/cases/${caseId}`));
      return now.items.length === 2 && now;
    });
    assert.ok(full.why.length > 20, full.why);
    assert.match(full.agreement, /DE/);
    assert.deepEqual([full.version, full.clause, full.width], [1, "2.1", "page"]);
    assert.ok(Array.isArray(full.withheld));
    assert.equal(full.source_url, "https://pictures.example/story/1");
    const ids = full.items.map((i) => i.id);
    assert.deepEqual(ids.sort(), items.map((i) => i.id).sort());
    const told = ok(await nl.get(`/api/v1/reports/${report}`));
    assert.deepEqual(told.hosting, { ip: "192.0.2.77", country: "DE", network: "Example Hosting" });
    for (const item of told.items) {
      assert.equal(item.assigned_country, "DE");
      assert.deepEqual([item.assessment.class, item.assessment.age_group], ["baseline", "prepubescent"]);
      const [first] = item.disclosures.filter((d) => d.country === "DE");
      assert.match(first.organisation, /Germany/);
      assert.ok(first.agreement && first.version && first.clause && first.reason, JSON.stringify(first));
    }
  });

  test("az_4_the_same_file_in_a_second_report_is_known_and_takes_the_judgement_over", async () => {
    const created = await takeIn("https://pictures.example/story/2");
    second = created.json.id;
    const added = await nl.upload(`/api/v1/reports/${second}/files`, [{ ...PICTURES[0], name: "renamed.png" }]);
    assert.equal(added.status, 201, added.text);
    const [item] = added.json.items;
    assert.deepEqual([item.known, item.assessment.class, item.assessment.inherited], [true, "baseline", true]);
    await eventually("the second case is in the German inbox", () => caseOf(de, second));
  });

  test("au_7_a_file_opens_with_a_purpose_only", async () => {
    const path = `/api/v1/items/${items[0].id}/file`;
    problem(await de.get(path), 422, "purpose");
    for (const who of [de, nl]) {
      const answer = await who.get(path, { purpose: PURPOSE });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(answer.bytes.equals(PICTURES[0].bytes), "the very bytes that were sent in");
    }
  });

  test("az_2_for_belgian_police_nothing_of_it_exists_by_any_route", async () => {
    const nowhere = randomUUID();
    const routes = [
      (id) => be.get(`/api/v1/cases/${id(caseId)}`),
      (id) => be.post(`/api/v1/cases/${id(caseId)}/outcome`, { outcome: "useful" }),
      (id) => be.get(`/api/v1/items/${id(items[0].id)}`),
      (id) => be.get(`/api/v1/items/${id(items[0].id)}/file`, { purpose: PURPOSE }),
      (id) => be.get(`/api/v1/items/${id(items[0].id)}/preview`),
      (id) => be.put(`/api/v1/items/${id(items[0].id)}/assessment`, JUDGEMENT),
      (id) => be.get(`/api/v1/reports/${id(report)}`),
      (id) => be.get(`/api/v1/reports/${id(report)}/outcomes`),
      (id) => be.upload(`/api/v1/reports/${id(report)}/files`, PICTURES),
    ];
    for (const call of routes) {
      const [foreign, missing] = [await call((id) => id), await call(() => nowhere)];
      assert.deepEqual([foreign.status, foreign.text], [404, missing.text], call.toString());
      assert.deepEqual(withoutDate(foreign.headers), withoutDate(missing.headers), call.toString());
    }
    assert.equal((await be.get("/api/v1/cases")).text, inboxOfBelgium, "the inbox has not changed");
    assert.equal((await be.get("/api/v1/reports")).status, 403);
    const log = await wholeLog(be);
    for (const id of [report, second, caseId, ...items.map((i) => i.id)]) {
      assert.ok(!JSON.stringify(log).includes(id), "the Belgian log tells nothing");
    }
  });

  test("az_4_the_reporters_own_police_learn_facts_only", async () => {
    const row = await eventually("the Dutch inbox has the facts", () => caseOf(nlPolice, report));
    assert.deepEqual([row.clause, row.width], ["5.3", "metadata"]);
    const full = ok(await nlPolice.get(`/api/v1/cases/${row.id}`));
    assert.ok(!full.source_url && !full.note, "no page");
    assert.ok(full.items.every((i) => !i.sha256 && !i.url && !i.media), "no digests, no files");
    assert.ok(full.withheld.length > 0);
    problem(await nlPolice.get(`/api/v1/items/${items[0].id}/file`, { purpose: PURPOSE }), 404);
    assert.notEqual(row.id, caseId);
    problem(await nlPolice.get(`/api/v1/cases/${caseId}`), 404);
  });

  test("fa_6_the_answer_of_police_reaches_the_analyst", async () => {
    problem(await de.post(`/api/v1/cases/${caseId}/outcome`, { outcome: "splendid" }), 422, "outcome");
    const said = await de.post(`/api/v1/cases/${caseId}/outcome`, { outcome: "victim_identified", note: "thank you" });
    assert.equal(said.status, 201, said.text);
    const { items: [outcome] } = await eventually("the analyst sees the outcome", async () => {
      const outcomes = ok(await nl.get(`/api/v1/reports/${report}/outcomes`));
      return outcomes.items.length > 0 && outcomes;
    });
    assert.deepEqual([outcome.outcome, outcome.note], ["victim_identified", "thank you"]);
    assert.match(outcome.organisation, /Germany/);
    await eventually("the report is answered", async () => ok(await nl.get(`/api/v1/reports/${report}`)).state === "answered");
    const listed = ok(await nl.get("/api/v1/reports")).items.find((r) => r.id === report);
    assert.equal(listed.outcome, "victim_identified");
  });

  test("au_6_every_act_and_every_look_is_in_the_log_of_who_did_it", async () => {
    await eventually("all entries are chained", async () => (await wholeLog(nl)).every((e) => e.seq !== null));
    const desk = await wholeLog(nl);
    for (const [act, subject] of [["report.accepted", report], ["report.files_added", report], ["report.read", report],
      ["item.assessed", items[0].id], ["item.assessed", items[1].id], ["item.opened", items[0].id],
      ["outcomes.read", report]]) {
      const entry = find(desk, act, subject);
      assert.ok(entry, `${act} is in the Dutch log`);
      assert.equal(entry.person?.name, anouk.name, act);
    }
    assert.ok(find(desk, "reports.read"), "looking at the list is logged too");
    const police = await wholeLog(de);
    for (const [act, subject] of [["case.read", caseId], ["case.answered", caseId], ["item.opened", items[0].id]]) {
      assert.ok(find(police, act, subject), `${act} is in the German log`);
    }
    assert.ok(find(police, "cases.read"));
    for (const log of [desk, police]) assert.equal(find(log, "item.opened", items[0].id).purpose, PURPOSE);
    assert.ok(!find(police, "item.assessed"), "what the hotline did is in the hotline's log only");
    assert.ok(find(await wholeLog(nl), "audit.read"), "reading the log is logged");
  });

  test("az_1_other_hotlines_see_a_report_only_when_they_own_its_items", async () => {
    assert.equal((await dora.get(`/api/v1/reports/${report}`)).status, 200, "hosted in Germany: the German hotline owns it");
    for (const country of ["BE", "IE"]) {
      problem(await site.api(site.persona({ kind: "hotline", country })).get(`/api/v1/reports/${report}`), 404);
    }
  });
});

/** The body of an answer that must be 200. */
function ok(answer) {
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** An answer must be an RFC 9457 problem with this status, about this field when one is named. */
function problem(answer, status, field) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  for (const member of ["type", "title", "detail"]) assert.ok(answer.json[member], `${member} in ${answer.text}`);
  assert.equal(answer.json.status, status);
  if (field) assert.equal(answer.json.field, field, answer.text);
}

async function wholeLog(who) {
  const entries = [];
  for (let cursor = ""; cursor !== null;) {
    const page = ok(await who.get(`/api/v1/audit?limit=200${cursor}`));
    entries.push(...page.items);
    cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : null;
  }
  return entries;
}

function find(log, act, subject) {
  return log.find((e) => e.act === act && (!subject || e.subject.id === subject));
}

function digest(name, bytes) {
  return createHash(name).update(bytes).digest("hex");
}

function withoutDate(headers) {
  return [...headers].filter(([name]) => name !== "date");
}
