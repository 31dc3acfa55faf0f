//! Look-ups by the small protocols: known, unknown, not for the caller, not a hash.

use crate::{
    hash_sharing::{python, served},
    lists_by_api::{agree, interpol, publishes, sha256, writes},
};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    ap_5_the_open_client_of_hashlookup_is_answered
    ap_5_the_open_client_of_shield_is_answered
    a_photodna_value_is_known_by_its_equal_and_nothing_else
    many_hashes_are_answered_in_plain_bytes
    files_pairs_and_states_are_answered_as_hma_does
    az_1_small_look_ups_know_readable_lists_only
    bad_input_of_small_look_ups_is_refused_and_never_answered_as_unknown
}

fn digests() -> [String; 3] {
    [base::hex(&[1; 16]), base::hex(&[2; 20]), sha256(b"known")]
}

/// A PDQ with half of its bits set.
fn pdq() -> [u8; 32] {
    [0x5a; 32]
}

async fn filled(world: &World) -> (Caller, Caller) {
    let (pia, nl) = (interpol(world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    let [md5, sha1, sha256] = digests();
    let entries = json!([
        { "md5": md5, "sha1": sha1, "sha256": sha256, "size": 7, "media_type": "image/png" },
        { "pdq": base::hex(&pdq()), "pdq_quality": 100 },
    ]);
    writes(&pia, &list, entries).await;
    world.settle().await;
    (nl, world.desk("IE").await)
}

async fn post(who: &Caller, path: &str, body: impl Into<Body>) -> Answer {
    who.send(who.request("POST", path).body(body.into()).unwrap()).await
}

async fn ap_5_the_open_client_of_hashlookup_is_answered(world: World) -> World {
    let (nl, _) = filled(&world).await;
    let base = format!("{}/hashlookup", served(&world).await);
    let [md5, sha1, sha256] = digests();
    let unknown = base::hex(&[9; 16]);
    let args = vec![base, nl.token.clone(), md5.clone(), sha1.clone(), sha256.clone(), unknown];
    let told = python("lookup.py", args).await.unwrap();
    let upper = [md5, sha1, sha256].map(|d| d.to_uppercase());
    for name in ["md5", "sha1", "sha256"] {
        let record = &told[name];
        assert_eq!([&record["MD5"], &record["SHA-1"], &record["SHA-256"]], upper.each_ref(), "{name}");
        assert_eq!((&record["source"], &record["FileSize"]), (&json!("Baseline"), &json!("7")));
    }
    assert_eq!(told["bulk"].as_array().unwrap().len(), 1);
    assert!(told["unknown"]["message"].is_string() && told["info"]["hashlookup-version"].is_string());
    world
}

async fn ap_5_the_open_client_of_shield_is_answered(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    let (exact, other) = (pictures::png(1), pictures::png(99));
    writes(&pia, &list, json!([{ "sha256": sha256(&exact) }, { "pdq": base::hex(&pdq()), "pdq_quality": 100 }])).await;
    world.settle().await;
    let base = format!("{}/shield/", served(&world).await);
    let files = [world.folder().join("exact.png"), world.folder().join("other.png")];
    std::fs::write(&files[0], &exact).unwrap();
    std::fs::write(&files[1], &other).unwrap();
    let [exact_path, other_path] = files.map(|f| f.display().to_string());
    let args = vec![base, nl.token.clone(), exact_path, other_path, STANDARD.encode(pdq())];
    let told = python("shield.py", args).await.unwrap();
    assert_eq!((&told["exact"]["classification"], &told["exact"]["match_type"]), (&json!("csam"), &json!("exact")));
    assert_eq!(told["exact"]["sha256_hex"], sha256(&exact));
    assert_eq!(told["exact"]["size_bytes"], exact.len());
    assert_eq!(told["other"]["classification"], "no-known-match");
    assert_eq!((&told["pdq"]["classification"], &told["pdq"]["match_type"]), (&json!("csam"), &json!("near")));
    assert!(told["url"].as_str().unwrap().contains("not fetched"), "{told}");
    assert!(told["garbage"].as_str().is_some(), "a file that is none is refused in words: {told}");
    world
}

async fn a_photodna_value_is_known_by_its_equal_and_nothing_else(world: World) -> World {
    let (pia, nl, ie) = (interpol(&world).await, world.desk("NL").await, world.desk("IE").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    // A list has it from somebody who may compute it; here it is bytes.
    let value: Vec<u8> = (0..144).collect();
    let entry =
        json!({ "md5": base::hex(&[3; 16]), "opaque": [{ "name": "photodna", "base64": STANDARD.encode(&value) }] });
    writes(&pia, &list, json!([entry])).await;
    world.settle().await;
    let mut near = value.clone();
    near[143] ^= 1;
    let asked = async |who: &Caller, value: &[u8]| post(who, "/check/photodna", STANDARD.encode(value)).await.text();
    assert_eq!((asked(&nl, &value).await, asked(&nl, &near).await), ("true".into(), "false".into()));
    assert_eq!(asked(&ie, &value).await, "false", "no terms, no list");
    let question =
        json!({ "files": [{ "photodna": STANDARD.encode(&value) }, { "photodna": STANDARD.encode(&near) }] });
    let told = nl.json("POST", "/api/v1/match", &question).await.json();
    let how = &told["items"][0]["entries"][0];
    assert_eq!(
        (&how["how"], &how["distance"], &told["items"][1]["known"]),
        (&json!("photodna"), &json!(0), &json!(false))
    );
    let bad = nl.json("POST", "/api/v1/match", &json!({ "files": [{ "photodna": "AAAA" }] })).await;
    assert_eq!(bad.problem().2.as_deref(), Some("photodna"));
    // Withdrawn: from that moment on it is nothing.
    let entry = crate::lists_by_api::entries(&pia, &list).await[0]["id"].as_str().unwrap().to_owned();
    let why = json!({ "why": "a test" });
    assert!(pia.json("POST", &format!("{list}/entries/{entry}/withdrawal"), &why).await.status.is_success());
    assert_eq!(asked(&nl, &value).await, "false");
    world.settle().await;
    world
}

async fn many_hashes_are_answered_in_plain_bytes(world: World) -> World {
    let (nl, ie) = filled(&world).await;
    let known: [u8; 32] = base::unhex(&sha256(b"known")).unwrap().try_into().unwrap();
    let mut asked: Vec<[u8; 32]> = vec![[9; 32]; 19];
    (asked[0], asked[9]) = (known, known);
    let bits = post(&nl, "/api/v1/match/sha256", asked.concat()).await;
    assert_eq!(bits.bytes, [0b1000_0000, 0b0100_0000, 0], "{}", bits.text());
    assert_eq!(post(&ie, "/api/v1/match/sha256", asked.concat()).await.bytes, [0; 3], "no terms, no list");
    let mut near = pdq();
    near[0] ^= 0b11;
    let hits = post(&nl, "/api/v1/match/pdq?answer=hits", [[0; 32], near].concat()).await.bytes;
    assert_eq!(hits.len(), 48);
    let number = |from: usize| u32::from_le_bytes(hits[from..from + 4].try_into().unwrap());
    assert_eq!((number(0), number(4)), (1, 2), "the second hash, two bits off");
    for (kind, body) in [("md5", vec![1; 16]), ("sha1", vec![2; 20])] {
        assert_eq!(post(&nl, &format!("/api/v1/match/{kind}"), body).await.bytes, [0x80], "{kind}");
    }
    for (path, body) in
        [("sha256", vec![1; 31]), ("sha256", vec![]), ("sha512", vec![1; 64]), ("md5?answer=x", vec![1; 16])]
    {
        assert_eq!(post(&nl, &format!("/api/v1/match/{path}"), body).await.status.as_u16(), 422, "{path}");
    }
    let most = vec![1_u8; 65_536 * 32];
    assert_eq!(post(&nl, "/api/v1/match/sha256", most.clone()).await.status.as_u16(), 200);
    let more = [most, vec![1; 32]].concat();
    assert_eq!(post(&nl, "/api/v1/match/sha256", more).await.status.as_u16(), 413);
    let acts = nl.acts().await;
    assert!(acts.contains(&"hashes.asked".to_owned()), "{acts:?}");
    world
}

async fn files_pairs_and_states_are_answered_as_hma_does(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    let picture = pictures::png(1);
    writes(&pia, &list, json!([{ "sha256": sha256(&picture) }])).await;
    world.settle().await;
    let form = testkit::Form::default().file("a.png", Some("image/png"), &picture);
    let told = nl.form("/hma/m/lookup", form, &[]).await.json();
    assert_eq!(told["sha256"]["BASELINE"][0]["distance"], "0", "{told}");
    let mut near = pdq();
    near[0] ^= 0b11;
    let pair = json!({ "pdq": [base::hex(&pdq()), base::hex(&near)], "md5": ["00".repeat(16), "01".repeat(16)] });
    let told = post(&nl, "/hma/m/compare", pair.to_string()).await.json();
    assert_eq!(told, json!({ "pdq": [true, { "distance": 2 }], "md5": [false, { "distance": 256 }] }));
    assert_eq!(post(&nl, "/hma/m/compare", "{}x").await.status.as_u16(), 400);
    assert_eq!(nl.get("/hma/status").await.text(), "I-AM-ALIVE");
    let status = nl.get("/hma/m/index/status").await.json();
    assert_eq!((&status["pdq"]["present"], &status["pdq"]["size"]), (&json!(true), &json!(0)));
    world
}

async fn az_1_small_look_ups_know_readable_lists_only(world: World) -> World {
    let (nl, ie) = filled(&world).await;
    let [md5, sha1, sha256] = digests();
    for (kind, hash) in [("md5", &md5), ("sha1", &sha1), ("sha256", &sha256)] {
        let path = format!("/hashlookup/lookup/{kind}/{hash}");
        assert_eq!((nl.get(&path).await.status.as_u16(), ie.get(&path).await.status.as_u16()), (200, 404), "{kind}");
    }
    let asked =
        async |who: &Caller, kind: &str, hash: &str| post(who, &format!("/check/{kind}"), hash.to_owned()).await.text();
    assert_eq!((asked(&nl, "md5", &md5).await, asked(&ie, "md5", &md5).await), ("true".into(), "false".into()));
    assert_eq!(
        (asked(&nl, "sha1", &sha1).await, asked(&nl, "sha1", &"0".repeat(40)).await),
        ("true".into(), "false".into())
    );
    // Two bits apart: a likeness.
    let mut near = pdq();
    near[0] ^= 0b11;
    let hash = STANDARD.encode(near);
    let shield = async |who: &Caller| -> Value {
        let body = json!({ "hashes": [hash] }).to_string();
        post(who, "/shield/v1/pdq/", body).await.json()["scanned_hashes"][&hash].clone()
    };
    let told = shield(&nl).await;
    assert_eq!((&told["classification"], &told["match_type"]), (&json!("csam"), &json!("near")));
    assert_eq!(shield(&ie).await["classification"], "no-known-match");
    // By bank, with the distance as text.
    let path = format!("signal_type=pdq&signal={}", base::hex(&near));
    let told = nl.get(&format!("/hma/m/lookup?{path}")).await.json();
    let number = told["BASELINE"][0]["bank_content_id"].as_u64().unwrap();
    assert_eq!(told, json!({ "BASELINE": [{ "bank_content_id": number, "distance": "2" }] }));
    assert_eq!(nl.get(&format!("/hma/m/raw_lookup?{path}")).await.json(), json!({ "matches": [number] }));
    let other = nl.get(&format!("/hma/m/raw_lookup?{path}&banks=OTHER")).await.json();
    assert_eq!((other, ie.get(&format!("/hma/m/lookup?{path}")).await.json()), (json!({ "matches": [] }), json!({})));
    world
}

async fn bad_input_of_small_look_ups_is_refused_and_never_answered_as_unknown(world: World) -> World {
    let (nl, _) = filled(&world).await;
    for path in ["md5/zz", "md5/00", "md6/00", "pdq/00", "sha256/0011", "md5/%00"] {
        let answer = nl.get(&format!("/hashlookup/lookup/{path}")).await;
        assert_eq!(answer.status.as_u16(), 400, "{path}");
        assert!(answer.json()["message"].is_string());
    }
    for (path, body) in [("md5", "no json"), ("md5", "{}"), ("md6", "{\"hashes\":[]}"), ("md5", "{\"hashes\":[1]}")] {
        let answer = post(&nl, &format!("/hashlookup/bulk/{path}"), body).await;
        assert_eq!(answer.status.as_u16(), 400, "{path} {body}");
    }
    let photodna = "AAAA".repeat(48);
    assert_eq!(post(&nl, "/check/photodna", photodna).await.text(), "false", "a value that no list has");
    for (kind, body) in [("md5", ""), ("md5", "xyz"), ("sha256", ""), ("photodna", "x")] {
        let answer = post(&nl, &format!("/check/{kind}"), body.to_owned()).await;
        assert_eq!(answer.status.as_u16(), 422, "{kind} {body}");
    }
    for body in ["", "{}", "{\"hashes\":[]}", "{\"hashes\":[\"AAAA\"]}"] {
        let answer = post(&nl, "/shield/v1/pdq/", body).await;
        assert_eq!(answer.status.as_u16(), 400, "{body}");
        assert!(answer.json()["detail"].is_string());
    }
    for query in ["", "signal=00", "signal_type=md5&signal=zz", "signal_type=md6&signal=00"] {
        for route in ["raw_lookup", "lookup"] {
            let answer = nl.get(&format!("/hma/m/{route}?{query}")).await;
            assert_eq!(answer.status.as_u16(), 400, "{query}");
            assert!(answer.json()["message"].is_string());
        }
    }
    assert_eq!(post(&nl, "/check/md5", vec![b'0'; 2 << 20]).await.status.as_u16(), 413);
    let stranger = Caller::new(web::router(world.app.clone()), nl.who.clone(), "x".into());
    for path in ["/check/md5", "/hashlookup/bulk/md5", "/shield/v1/pdq/"] {
        assert_eq!(post(&stranger, path, "").await.status.as_u16(), 401, "{path}");
    }
    world
}
