//! AZ-4: two worlds that differ only in what the viewer may not see. The same calls go to both; status, headers and body
//! must be the same, whatever is asked for, by whatever id.
//!
//! Ids are made by chance, so they differ between the worlds; all that may differ is *which* id stands in a place. A
//! pairing of the ids of one world with those of the other grows with the answers and must stay one to one: a row too
//! many, in another order, or one and the same where there were two, breaks it.

use crate::{
    lists_by_api,
    pages::{Browser, PAGES},
    rights::{self, NOWHERE, Things},
};
use axum::http::{HeaderName, StatusCode, header};
use base::OrgKind;
use serde_json::{Value, json};
use std::collections::HashMap;
use storage::{Backend, Clock};
use testkit::{Answer, Caller, NOON, World, pictures};

/// Who looks.
#[derive(Clone, Copy)]
enum Viewer {
    /// Police that have cases of their own, next to police that have others.
    Officer,
    /// A hotline that has reports of its own.
    Analyst,
    /// The network's secretariat, that has no content at all.
    Secretary,
}

/// Calls on each change: four tests of 5,000. The long run has 200 times as many.
const CALLS: usize = 5_000;

#[tokio::test]
async fn az_4_an_officer_sees_nothing_of_others_on_sqlite() {
    compare(Backend::Sqlite, Viewer::Officer, 1, CALLS).await;
}

#[tokio::test]
async fn az_4_an_analyst_sees_nothing_of_others_on_sqlite() {
    compare(Backend::Sqlite, Viewer::Analyst, 2, CALLS).await;
}

#[tokio::test]
async fn az_4_an_officer_sees_nothing_of_others_on_postgres() {
    compare(Backend::Postgres, Viewer::Officer, 3, CALLS).await;
}

#[tokio::test]
async fn az_4_the_secretariat_sees_nothing_of_others_on_postgres() {
    compare(Backend::Postgres, Viewer::Secretary, 4, CALLS).await;
}

#[tokio::test]
#[ignore = "hours"]
async fn long_az_4_a_million_calls() {
    for seed in 0..200 {
        let viewer = [Viewer::Officer, Viewer::Analyst, Viewer::Secretary][usize::try_from(seed % 3).unwrap()];
        compare([Backend::Sqlite, Backend::Postgres][usize::try_from(seed % 2).unwrap()], viewer, 1_000 + seed, CALLS)
            .await;
    }
}

/// One of the two worlds, and who looks at it.
struct Side {
    world: World,
    viewer: Browser,
    /// The viewer's own things, in the order they came up, and always one thing of each kind.
    own: Vec<Things>,
}

impl Side {
    async fn new(backend: Backend, viewer: Viewer) -> Self {
        let world = World::by(backend, Clock::ticking_from(NOON)).await;
        let caller = match viewer {
            Viewer::Officer => world.police("BE").await,
            Viewer::Analyst => world.desk("IE").await,
            Viewer::Secretary => {
                let secretary = world.people.iter().find(|p| p.organisation.kind == OrgKind::Network).unwrap();
                world.calling(secretary).await
            }
        };
        // A list that everybody may read, so that look-ups have something to find.
        let pia = lists_by_api::interpol(&world).await;
        let list = lists_by_api::publishes(&pia, "Baseline", "baseline").await;
        for reader in [world.desk("IE").await, world.police("BE").await, world.desk("NL").await] {
            lists_by_api::agree(&pia, &list, &reader, false).await;
        }
        lists_by_api::writes(&pia, &list, json!([{ "md5": base::hex(&[6; 16]) }])).await;
        world.settle().await;
        let mut first = Things { list: id_in(&list), member: member(&world).await, ..Things::all(NOWHERE) };
        if let Viewer::Officer = viewer {
            let search = json!({ "filter": { "class": "baseline" }, "name": "Mine" });
            first.search = caller.json("POST", "/api/v1/case-searches", &search).await.str("id");
            first.folder = caller.json("POST", "/api/v1/folders", &json!({ "name": "Mine" })).await.str("id");
            first.proposal = crate::domains::listed_by_two(&world, "theirs.example").await;
        }
        Self { viewer: Browser::of(caller).await, own: vec![first], world }
    }

    /// A report of the Irish hotline about a page in Belgium, told to the Belgian police; or one of its own country.
    async fn something_of_theirs(&mut self, number: u32, host: &str) {
        let (ie, be) = (self.world.desk("IE").await, self.world.desk("BE").await);
        let url = format!("https://pictures.example/{number}");
        let report = reports(&ie, &url, host).await;
        let item = ie.adds(&report, "a.png", &pictures::png(number)).await;
        assert_eq!(ie.classifies(&item, "baseline").await.status, StatusCode::OK);
        self.world.settle().await;
        let confirmed = be.json("POST", &format!("/api/v1/items/{}/confirmation", id_of(&item)), &json!({})).await;
        assert_eq!(confirmed.status.is_success(), host == "BE", "{}", confirmed.text());
        self.world.settle().await;
        let case = self.world.police("BE").await.case_of(&report).await;
        let case = case.map_or(NOWHERE.to_owned(), |case| id_of(&case));
        let capture = self.world.captured(&ie, &report).await;
        let before = self.own[0].clone();
        self.own.push(Things { report, item: id_of(&item), case, capture, ..before });
    }
}

/// Where chance comes from here: the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    /// A number below `limit` (xorshift64*).
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % limit
    }
}

async fn compare(backend: Backend, viewer: Viewer, seed: u64, calls: usize) {
    let (mut with, mut without) = (Side::new(backend, viewer).await, Side::new(backend, viewer).await);
    let mut secrets = vec![Things::all(NOWHERE)];
    let mut pairs = Pairs::default();
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let routes = rights::routes();
    let (mut answered, mut number, mut step) = (0, 10, 0);
    while answered < calls {
        // Whatever happened in one of them, the next thing happens at the same time in both.
        step += 1;
        for side in [&with, &without] {
            side.world.app.db.clock().set(NOON.plus_seconds(60 + 2 * step));
        }
        let happens = if with.own.len() == 1 { 1 } else { dice.below(120) };
        match happens {
            0 => {
                // What is due for the viewer is done before, at the same time in both.
                with.world.settle().await;
                without.world.settle().await;
                secret(&with.world, &mut secrets, &mut dice, number).await;
            }
            1 => {
                number += 1;
                let host = if dice.below(4) == 0 { "IE" } else { "BE" };
                with.something_of_theirs(number, host).await;
                without.something_of_theirs(number, host).await;
            }
            2 => {}
            _ => {
                let (asked, a, b) = ask(&with, &without, &secrets, &routes, &mut dice).await;
                answered += 1;
                if let Err(difference) = pairs.same(&a, &b) {
                    panic!("seed {seed}, call {answered}, {asked}: {difference}\n{}\n---\n{}", a.text(), b.text());
                }
                continue;
            }
        }
        with.world.settle().await;
        without.world.settle().await;
    }
    assert!(secrets.len() > 5 && with.own.len() > 5, "both kinds of things happened");
}

/// One call, the same in both worlds: a route or a page, about the viewer's own things, somebody else's, or nothing.
async fn ask(
    with: &Side,
    without: &Side,
    secrets: &[Things],
    routes: &[(String, String)],
    dice: &mut Dice,
) -> (String, Answer, Answer) {
    let (theirs, foreign) = (dice.below(with.own.len()), dice.below(secrets.len()));
    let (about, a, b) = match dice.below(10) {
        0..=4 => ("own", &with.own[theirs], &without.own[theirs]),
        5..=8 => ("foreign", &secrets[foreign], &secrets[foreign]),
        _ => ("nothing", &secrets[0], &secrets[0]),
    };
    if dice.below(4) == 0 {
        let (page, _) = PAGES[dice.below(PAGES.len())];
        let answers = (with.viewer.get(&filled(page, a)).await, without.viewer.get(&filled(page, b)).await);
        return (format!("GET {page} about {about}"), answers.0, answers.1);
    }
    let (method, path) = loop {
        let (method, path) = &routes[dice.below(routes.len())];
        if (method == "GET" || dice.below(4) == 0) && !path.ends_with("/contact") {
            break (method, path);
        }
    };
    let answers = (
        rights::call(&with.viewer.caller, method, path, a).await,
        rights::call(&without.viewer.caller, method, path, b).await,
    );
    // Ids are in packages too, and some are pressed to fewer bytes than others.
    let answers =
        if path.contains("packages") { (without_sizes(answers.0), without_sizes(answers.1)) } else { answers };
    (format!("{method} {path} about {about}"), answers.0, answers.1)
}

/// Something that happens between others: the Dutch hotline and the German one, their police, their lists.
async fn secret(world: &World, secrets: &mut Vec<Things>, dice: &mut Dice, shared: u32) {
    let (nl, de, police) = (world.desk("NL").await, world.desk("DE").await, world.police("DE").await);
    let last = secrets.last().cloned().unwrap();
    if last.case == NOWHERE || dice.below(3) == 0 {
        let number = u32::try_from(secrets.len()).unwrap();
        let report = reports(&nl, &format!("https://elsewhere.example/{number}"), "DE").await;
        // Half of it is content that the viewer has seen as well, elsewhere and before.
        let seed = if dice.below(2) == 0 { shared } else { 100_000 + number };
        let item = nl.adds(&report, "secret.png", &pictures::png(seed)).await;
        nl.classifies(&item, "baseline").await;
        world.settle().await;
        de.json("POST", &format!("/api/v1/items/{}/confirmation", id_of(&item)), &json!({})).await;
        world.settle().await;
        let case = police.case_of(&report).await.map_or(NOWHERE.to_owned(), |case| id_of(&case));
        let capture = world.captured(&nl, &report).await;
        let list = lists_by_api::publishes(&world.police("NL").await, &format!("List {number}"), "national").await;
        let digest = lists_by_api::sha256(&pictures::png(seed));
        lists_by_api::writes(&world.police("NL").await, &list, json!([{ "sha256": digest }])).await;
        let entry = lists_by_api::entries(&world.police("NL").await, &list).await;
        let entry = entry.first().map_or(NOWHERE.to_owned(), id_of);
        secrets.push(Things {
            report,
            item: id_of(&item),
            case,
            capture,
            list: id_in(&list),
            entry,
            ..Things::all(NOWHERE)
        });
        return;
    }
    let case = format!("/api/v1/cases/{}", last.case);
    let later = world.app.db.now().plus_seconds(86_400).to_string();
    let did = match dice.below(14) {
        0 => police.get(&case).await,
        1 => {
            let said = json!({ "outcome": "victim_identified", "note": "nobody else's business" });
            police.json("POST", &format!("{case}/outcome"), &said).await
        }
        2 => police.get(&format!("/api/v1/items/{}/file?purpose=look", last.item)).await,
        3 => {
            let asked = json!({ "kind": "series", "reason": "nobody else's business", "due": later });
            let request = police.json("POST", &format!("{case}/requests"), &asked).await.str("id");
            de.json("POST", &format!("/api/v1/requests/{request}/answer"), &json!({ "answer": "grant" })).await
        }
        4 => {
            let held = json!({ "reason": "nobody else's business", "until": later });
            police.json("POST", &format!("{case}/holds"), &held).await
        }
        5 => police.json("POST", &format!("{case}/messages"), &json!({ "text": "nobody else's business" })).await,
        6 => {
            let note = json!({ "body": "nobody else's business", "reach": "hotline" });
            police.json("POST", &format!("{case}/notes"), &note).await
        }
        7 => {
            let folder = police.json("POST", "/api/v1/folders", &json!({ "name": "Theirs" })).await.str("id");
            secrets.last_mut().unwrap().folder.clone_from(&folder);
            police.json("POST", &format!("/api/v1/folders/{folder}/cases"), &json!({ "cases": [last.case] })).await
        }
        8 => {
            let weights = police.get("/api/v1/urgency").await.json();
            police.json("PUT", "/api/v1/urgency", &weights).await
        }
        9 => {
            let search = json!({ "filter": { "class": "baseline" }, "name": "Theirs", "shared": true });
            let made = police.json("POST", "/api/v1/case-searches", &search).await;
            secrets.last_mut().unwrap().search = made.str("id");
            made
        }
        11 => {
            // German police propose a domain, Irish ones review it.
            let domain = format!("elsewhere{}.example", secrets.len());
            let items = crate::domains::evidence(world, &domain).await;
            assert_eq!(items.len(), 2);
            let proposal = crate::domains::proposes(&police, &domain).await;
            let (pia, _) = crate::domains::desk(world).await;
            crate::domains::assigns(&pia, &proposal, &[&world.police("IE").await]).await;
            secrets.last_mut().unwrap().proposal = id_in(&proposal);
            crate::domains::says(world, &world.police("IE").await, &proposal, "confirm").await
        }
        12 => {
            // What the viewer reviewed is reviewed by others too, who look at it.
            let (pia, _) = crate::domains::desk(world).await;
            let listed = pia.get("/api/v1/domains/proposals?stage=listed").await.json();
            let theirs = listed["items"].as_array().unwrap().iter().find(|p| p["domain"] == "theirs.example");
            let Some(path) = theirs.map(|p| format!("/api/v1/domains/proposals/{}", id_of(p))) else { return };
            crate::domains::assigns(&pia, &path, &[&world.police("IE").await]).await;
            world.police("IE").await.get(&path.replace("/proposals/", "/reviews/")).await
        }
        10 => {
            secrets.last_mut().unwrap().package = rights::taken_along(world, &police, &last.case).await;
            return;
        }
        _ => {
            let moved = json!({ "country": "DE", "reason": "nobody else's business" });
            nl.json("PUT", &format!("/api/v1/reports/{}/hosting", last.report), &moved).await
        }
    };
    // Some are refused the second time; none fails.
    assert!(did.status.as_u16() < 500, "{}", did.text());
}

async fn reports(by: &Caller, url: &str, host: &str) -> String {
    let hosting = json!({ "ip": "192.0.2.7", "country": host, "network": "Example Hosting" });
    let body = json!({ "source_url": url, "received_at": "2026-06-01T11:00:00Z", "hosting": hosting });
    let made = by.json("POST", "/api/v1/reports", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.str("id")
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

fn id_in(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// INTERPOL's number in the hash-sharing protocol.
async fn member(world: &World) -> String {
    let pia = world.people.iter().find(|p| p.organisation.kind == OrgKind::Interpol).unwrap();
    web::hash_sharing::number(pia.organisation.id).to_string()
}

fn filled(page: &str, things: &Things) -> String {
    page.replace("{report}", &things.report)
        .replace("{item}", &things.item)
        .replace("{case}", &things.case)
        .replace("{agreement}", NOWHERE)
        .replace("{capture}", &things.capture)
        .replace("{list}", &things.list)
        .replace("{search}", &things.search)
        .replace("{folder}", &things.folder)
        .replace("{package}", &things.package)
        .replace("{proposal}", &things.proposal)
        .replace("{import}", &things.import)
}

/// Which id of the first world stands for which of the second.
#[derive(Default)]
struct Pairs {
    there: HashMap<String, String>,
    back: HashMap<String, String>,
}

impl Pairs {
    /// Whether two answers are the same but for the names of things.
    fn same(&mut self, a: &Answer, b: &Answer) -> Result<(), String> {
        if a.status != b.status {
            return Err(format!("{} and {}", a.status, b.status));
        }
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        if names(a) != names(b) {
            return Err(format!("headers {:?} and {:?}", names(a), names(b)));
        }
        // Numbers of members have more or fewer digits, and a signature differs with an id; the body itself is compared.
        let follows = |name: &HeaderName| *name == header::CONTENT_LENGTH || name.as_str().ends_with("signature");
        for (name, value) in a.headers.iter().filter(|(name, _)| !follows(name)) {
            let other = &b.headers[name];
            self.text(&String::from_utf8_lossy(value.as_bytes()), &String::from_utf8_lossy(other.as_bytes()))
                .map_err(|why| format!("header {name}: {why}"))?;
        }
        match (std::str::from_utf8(&a.bytes), std::str::from_utf8(&b.bytes)) {
            (Ok(a), Ok(b)) => self.text(&without_hint(a), &without_hint(b)),
            _ if a.bytes == b.bytes => Ok(()),
            _ => Err("other bytes".into()),
        }
    }

    fn text(&mut self, a: &str, b: &str) -> Result<(), String> {
        let (mut ours, mut theirs) = (words(a), words(b));
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return Ok(()),
                (Some(a), Some(b)) if a == b && !names_a_thing(a) => {}
                (Some(a), Some(b)) if names_a_thing(a) && names_a_thing(b) => self.pair(a, b)?,
                // A member's number is any below 2^48: now and then one of the two is short.
                (Some(a), Some(b)) if is_number(a) && is_number(b) && a.len().max(b.len()) >= NUMBER => {
                    self.pair(a, b)?
                }
                (a, b) => return Err(format!("{:?} and {:?}", a.unwrap_or(""), b.unwrap_or(""))),
            }
        }
    }

    fn pair(&mut self, a: &str, b: &str) -> Result<(), String> {
        let there = self.there.entry(a.to_owned()).or_insert_with(|| b.to_owned());
        let back = self.back.entry(b.to_owned()).or_insert_with(|| a.to_owned());
        if there == b && back == a {
            Ok(())
        } else {
            Err(format!("{a} was {there} before and is {b}, which was {back}"))
        }
    }
}

/// An answer about packages without how long they are.
fn without_sizes(answer: Answer) -> Answer {
    let text = answer.text();
    let mut parts = text.split("\"size\":");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        told.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    Answer { bytes: told.into_bytes(), ..answer }
}

/// A case's page without the part that hints at another interest. What is no page stays as it is.
fn without_hint(text: &str) -> String {
    if !text.starts_with("<!doctype html>") {
        return text.to_owned();
    }
    let part = text.split_once("<section class=\"panel\" aria-labelledby=\"contact\">");
    let rest = part.and_then(|(before, after)| Some((before, after.split_once("</section>")?.1)));
    let page = rest.map_or(text.to_owned(), |(before, after)| format!("{before} {after}"));
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in pieces: words of letters, digits, `_` and `-`, and what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c: char| inside(c) != inside(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// Whether a word is an id, the end of one, or made of ids: a cursor, a tag, a signature. Words of a language and dates
/// are not.
fn names_a_thing(word: &str) -> bool {
    let hex = word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let id = word.len() == 36 && uuid::Uuid::parse_str(word).is_ok();
    let opaque =
        word.len() >= 20 && word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic());
    id || (word.len() == 8 && hex) || opaque || (word.len() >= NUMBER && is_number(word))
}

/// From so many digits on a number is an id: no count here is so large.
const NUMBER: usize = 11;

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

#[test]
fn the_pairing_notices_what_it_must() {
    let (one, two) = ("01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b");
    let mut pairs = Pairs::default();
    assert_eq!(pairs.text(&format!("id {one}"), &format!("id {two}")), Ok(()));
    assert!(pairs.text(two, two).is_err(), "an id that stood for another");
    assert!(pairs.text("1 case", "2 cases").is_err(), "a count");
    assert_eq!(pairs.text("id 164766341971265", "id 7064111414"), Ok(()), "a short number of a member");
    assert!(pairs.text("id 164766341971266", "id 7064111414").is_err(), "that stood for another");
    assert!(pairs.text("answered", "disclosed").is_err(), "a word");
    assert!(pairs.text("2026-06-01T12", "2026-06-01T13").is_err(), "a time");
    assert!(pairs.text(one, &format!("{one} {two}")).is_err(), "a row more");
}
