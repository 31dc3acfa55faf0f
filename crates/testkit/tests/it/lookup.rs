//! Look-ups by the small protocols: known, unknown, not for the caller, not a hash.

use crate::{
    hash_sharing::{python, served},
    lists_by_api::{agree, interpol, publishes, sha256, writes},
};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::{Answer, Caller, World, stories};

stories! {
    ap_5_the_open_client_of_hashlookup_is_answered
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
    for (kind, body) in
        [("md5", ""), ("md5", "xyz"), ("sha256", ""), ("photodna", "x"), ("photodna", photodna.as_str())]
    {
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
