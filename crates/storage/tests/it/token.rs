//! The root key in a token: SoftHSM, made by the test.

use crate::place::{Place, noise, org, url};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use storage::{
    Error, EvidenceConfig, OldRoot, Pkcs11Config, RootConfig,
    evidence::{RootKey, Vault},
};

/// The library's places on Debian, and elsewhere.
fn module() -> PathBuf {
    let places = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    ];
    places
        .iter()
        .map(PathBuf::from)
        .find(|p| p.is_file())
        .expect("softhsm2 is not installed: run the tests with scripts/test")
}

/// Runs an ignored test of this program with a token of its own: the library reads where its tokens are from the
/// environment, once.
fn with_token(test: &str) {
    let folder = std::env::temp_dir().join(format!("cport-token-{test}-{}", std::process::id()));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(folder.join("tokens")).unwrap();
    let config = folder.join("softhsm2.conf");
    fs::write(
        &config,
        format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.join("tokens").display()
        ),
    )
    .unwrap();
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "exchange", "--so-pin", "12345678", "--pin", "canary-4321"])
        .env("SOFTHSM2_CONF", &config)
        .output()
        .expect("softhsm2-util");
    assert!(made.status.success(), "{made:?}");
    fs::write(folder.join("pin"), "canary-4321\n").unwrap();
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("token::{test}"), "--include-ignored", "--nocapture"])
        .env("SOFTHSM2_CONF", &config)
        .env("CPORT_TEST_TOKEN", &folder)
        .output()
        .unwrap();
    drop(fs::remove_dir_all(&folder));
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
}

fn token(key: &str) -> Pkcs11Config {
    let folder = PathBuf::from(std::env::var("CPORT_TEST_TOKEN").expect("run by `with_token`"));
    Pkcs11Config { module: module(), token: "exchange".into(), key: key.into(), pin_file: folder.join("pin") }
}

#[test]
fn cr_1_a_root_key_in_a_token_wraps_and_replaces_one_in_a_file() {
    with_token("inside_token");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by cr_1_a_root_key_in_a_token_wraps_and_replaces_one_in_a_file"]
async fn inside_token() {
    let place = Place::new("token").await;
    let plain = noise(100_000);
    let (a, b) = (place.store(org(1), &plain).await, place.store(org(2), &plain).await);
    let tokens = |root: &str, old: Option<OldRoot>| EvidenceConfig {
        root: RootConfig::Pkcs11(token(root)),
        old_root: old,
        ..place.config.clone()
    };
    let none = Vault::open(&tokens("first", None)).err().unwrap().to_string();
    assert!(none.contains("no AES key labelled `first`") && !none.contains("canary"), "{none}");
    assert!(RootKey::create_as(&tokens("first", None)).unwrap().contains("`first`"));
    assert!(
        matches!(RootKey::create_as(&tokens("first", None)), Err(Error::RootKey(why)) if why.contains("never replaced"))
    );

    // From the file to the token.
    let alone = Vault::open(&tokens("first", None)).unwrap();
    assert!(matches!(place.read_with(&alone, a).await, Err(Error::RootKey(_))), "not rotated yet");
    let file = OldRoot::File { path: place.config.root_key_file.clone() };
    let both = Vault::open(&tokens("first", Some(file))).unwrap();
    assert!(place.read_with(&both, a).await.unwrap() == plain, "the old one opens it meanwhile");
    assert_eq!(both.rotate_root(&place.db).await.unwrap(), 2);
    assert_eq!(both.rotate_root(&place.db).await.unwrap(), 0, "nothing is left");
    assert!(place.read_with(&alone, a).await.unwrap() == plain);
    assert!(matches!(place.read(b).await, Err(Error::RootKey(_))), "the file is worth nothing now");

    // From one key of the token to another, objects stored under it, the organisation's key rotated.
    RootKey::create_as(&tokens("second", None)).unwrap();
    let both = Vault::open(&tokens("second", Some(OldRoot::Pkcs11(token("first"))))).unwrap();
    assert_eq!(both.rotate_root(&place.db).await.unwrap(), 2);
    assert_eq!(both.rotate_organisation(&place.db, org(1)).await.unwrap().unwrap().keys, 1);
    let second = Vault::open(&tokens("second", None)).unwrap();
    for id in [a, b] {
        assert!(place.read_with(&second, id).await.unwrap() == plain);
    }
    assert!(matches!(place.read_with(&Vault::open(&tokens("first", None)).unwrap(), a).await, Err(Error::RootKey(_))));
    says_no_pin(&place.folder);
}

/// CR-4: neither errors nor Debug print the PIN, and the key cannot be had out of the token.
fn says_no_pin(folder: &Path) {
    let mut wrong = token("second");
    wrong.pin_file = folder.join("wrong");
    fs::write(&wrong.pin_file, "canary-wrong").unwrap();
    let config = EvidenceConfig {
        root: RootConfig::Pkcs11(Pkcs11Config { token: "other".into(), ..wrong }),
        ..EvidenceConfig::default()
    };
    let said = format!("{:?} {}", config, Vault::open(&config).err().unwrap());
    assert!(said.contains("no token of that label") && !said.contains("canary"), "{said}");
    assert!(url(folder).starts_with("sqlite:"));
}
