//! MD-3 for the scout: probes run as the fetch process, from inside its cage, and get nothing.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::net::UnixListener,
    path::Path,
    process::{Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_scout-worker");

fn list(what: &str) -> Vec<String> {
    let out = Command::new(PROGRAM).arg(what).output().unwrap().stdout;
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}

/// How a probe ended, caged or free: 0 it got what it wanted, 1 it was refused.
fn probe(how: &str, name: &str, file: &Path) -> Option<i32> {
    let mut command = Command::new(PROGRAM);
    command.args([how, name]).arg(file).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap().wait_with_output().unwrap().status.code()
}

/// A file, an empty folder and a socket for the probes to try.
fn place(name: &str) -> (std::path::PathBuf, UnixListener) {
    let folder = std::env::temp_dir().join(format!("cport-cage-{name}-{}", std::process::id()));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(folder.join("file-there")).unwrap();
    fs::write(folder.join("file"), "untouched").unwrap();
    let socket = UnixListener::bind(folder.join("file-socket")).unwrap();
    (folder, socket)
}

#[test]
fn md_3_probes_of_the_scouts_cage_are_all_refused() {
    let (folder, _socket) = place("caged");
    let probes = list("list");
    assert!(probes.len() >= 50, "{}", probes.len());
    for name in &probes {
        assert_eq!(probe("probe", name, &folder.join("file")), Some(1), "the cage let `{name}` through");
    }
    let left: BTreeSet<String> =
        fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left, BTreeSet::from(["file".into(), "file-there".into(), "file-socket".into()]));
    assert_eq!(fs::read_to_string(folder.join("file")).unwrap(), "untouched");
    for name in list("list-needed") {
        assert_eq!(probe("probe", &name, &folder.join("file")), Some(0), "the cage keeps it from its work: `{name}`");
    }
    assert_eq!(probe("probe", "nothing at all", &folder), Some(42));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn md_3_the_same_probes_get_what_they_want_where_there_is_no_cage() {
    let got = list("list").into_iter().filter(|name| {
        let (folder, _socket) = place("free");
        let got = probe("free", name, &folder.join("file")) == Some(0);
        fs::remove_dir_all(&folder).unwrap();
        got
    });
    assert!(got.count() >= 35, "or the test above proves nothing");
}
