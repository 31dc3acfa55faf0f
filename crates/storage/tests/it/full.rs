//! A full disk, a real one: small memory file systems in a mount namespace of the test's own.

use crate::place::{NOON, Place, files, noise, org};
use std::{fs, process::Command};
use storage::{Error, evidence::Drained};

const MIB: usize = 1 << 20;

/// Runs an ignored test of this program where `$CPORT_TEST_SMALL/{store,spool}` are disks of 6 and 4 MiB. It fails where that
/// cannot be had; it is never passed over.
fn on_small_disks(test: &str) {
    let folder = std::env::temp_dir().join(format!("cport-small-{test}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let script = "mkdir -p \"$1/store\" \"$1/spool\" && mount -t tmpfs -o size=6m tmpfs \"$1/store\" &&
                  mount -t tmpfs -o size=4m tmpfs \"$1/spool\" && shift && exec \"$@\"";
    let root = fs::metadata("/proc/self").map(|m| std::os::unix::fs::MetadataExt::uid(&m)).unwrap() == 0;
    let own = if root { "--mount" } else { "--map-root-user" };
    let out = Command::new("unshare")
        .args([own, "--mount", "sh", "-c", script, "sh"])
        .arg(&folder)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("full::{test}"), "--include-ignored", "--nocapture"])
        .env("CPORT_TEST_SMALL", &folder)
        .output()
        .unwrap();
    drop(fs::remove_dir_all(&folder));
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
}

/// A place with store and spool on the small disks.
async fn small() -> Place {
    let small = std::path::PathBuf::from(std::env::var("CPORT_TEST_SMALL").expect("run by `on_small_disks`"));
    Place::with("small", |_, config| {
        config.folder = small.join("store");
        config.spool = small.join("spool");
    })
    .await
}

#[test]
fn du_3_a_full_disk_spools_then_refuses_and_recovers_by_itself() {
    on_small_disks("inside_full_disks");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by du_3_a_full_disk_spools_then_refuses_and_recovers_by_itself"]
async fn inside_full_disks() {
    let place = small().await;
    let first = noise(4 * MIB);
    let a = place.store(org(1), &first).await;
    // The disk is full in the middle of this one: it goes on in the spool.
    let second = noise(3 * MIB);
    let b = place.store(org(1), &second).await;
    assert!(place.stored(a).is_file() && place.spooled(b).is_file() && !place.stored(b).exists());
    assert!(place.read(a).await.unwrap() == first && place.read(b).await.unwrap() == second);
    // Now both are full: a clear error, and nothing half done, small or large.
    for size in [3 * MIB, 900_000] {
        while let Ok(filler) = place.vault.put(org(1), NOON, &noise(100_000)).await {
            place.keep(&filler).await;
        }
        let left = files(&place.folder).len() + files(&place.config.folder).len() + files(&place.config.spool).len();
        let error = match place.vault.put(org(1), NOON, &noise(size)).await {
            Err(error) => error,
            Ok(_) => panic!("there was room for {size}"),
        };
        assert!(matches!(error, Error::NoRoom { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains("No space left") && said.contains("make room"), "{said}");
        let now = files(&place.folder).len() + files(&place.config.folder).len() + files(&place.config.spool).len();
        assert_eq!(left, now, "nothing half done");
    }
    assert_eq!(place.vault.drain().await.unwrap().moved, 0);
    assert!(place.read(b).await.unwrap() == second, "reading goes on");
    // Somebody makes room; nothing else is done.
    let tx = place.db.begin(&crate::place::SOMEBODY).await.unwrap();
    place.vault.erase(&tx, a).await.unwrap();
    tx.commit(&crate::place::Did).await.unwrap();
    place.vault.remove(&[a]).await;
    let Drained { moved, waiting } = place.vault.drain().await.unwrap();
    assert!(moved > 0 && waiting == 0, "{moved} {waiting}");
    assert!(place.stored(b).is_file() && place.read(b).await.unwrap() == second);
    place.store(org(1), &noise(2 * MIB)).await;
    let proof = place.vault.prove(&place.db, NOON.plus_seconds(1), |f| panic!("{f:?}")).await.unwrap();
    assert!(proof.whole > 2 && proof.erased == 1);
}
