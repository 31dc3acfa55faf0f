//! What the stand-in knows and does, without a network: takes a parcel's file, judges each dispatch in it, and has answers when
//! they are due. What it has decided is in a file before it says so; started again, it knows the same.

use super::{Settings, rule, scratch};
use crate::{
    Limits, age,
    icse::{
        answer,
        dispatch::{Answer, Says},
        form::{self, DISPATCHES, Document, Kind, Told, VICS},
        parcel,
    },
    package::{self, Checked, Listed},
    vics,
};
use aws_lc_rs::digest::{SHA256, digest};
use base::{DispatchId, ItemId, ParcelId, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
};

/// Name of the file with what was decided, one line each.
const LOG: &str = "held.jsonl";
/// Most answers of a page.
const PAGE: usize = 200;

/// An item as the stand-in has it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The item.
    pub item: ItemId,
    /// Its newest version.
    pub version: i64,
    /// The dispatch that told it.
    pub dispatch: DispatchId,
    /// SHA-256 of its file; none after a withdrawal.
    pub sha256: Option<String>,
    /// Whether its file was in the parcel.
    pub media: bool,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// When that version was taken.
    pub at: Time,
    /// How many dispatches of it were taken, each counted once.
    pub taken: u64,
}

/// Why a parcel is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The parcel, as far as it says.
    pub parcel: Option<ParcelId>,
    /// Why.
    pub why: String,
}

/// A decision as it stands in the file.
#[derive(Clone, Serialize, Deserialize)]
struct Decided {
    at: Time,
    parcel: ParcelId,
    dispatch: DispatchId,
    /// SHA-256 of what was told, so that an id that is used again for something else is noticed.
    digest: String,
    /// Why it was rejected, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<String>,
    /// What was told, of what was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<Told>,
}

#[derive(Default)]
struct State {
    /// By dispatch: digest of what was told, and the receipt.
    receipts: HashMap<DispatchId, (String, Answer)>,
    held: BTreeMap<ItemId, Held>,
    /// What is answered later, in the order in which it was taken.
    findings: Vec<Answer>,
}

/// The stand-in.
pub struct Receiver {
    pub(super) settings: Settings,
    state: Mutex<State>,
    log: Mutex<File>,
    scratch: AtomicU64,
}

impl Receiver {
    /// Opens a folder and reads what was decided before.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(settings: Settings) -> io::Result<Self> {
        fs::create_dir_all(&settings.folder)?;
        let path = settings.folder.join(LOG);
        let mut log = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
        let (mut state, mut whole) = (State::default(), 0);
        each_line(&path, |line| {
            whole += line.len() as u64;
            if let Ok(decided) = serde_json::from_slice::<Decided>(line) {
                state.apply(&decided, settings.answer_after);
            }
        })?;
        // A line that was cut by a kill was never acknowledged.
        log.set_len(whole)?;
        log.seek(SeekFrom::End(0))?;
        Ok(Self { settings, state: Mutex::new(state), log: Mutex::new(log), scratch: AtomicU64::new(0) })
    }

    /// A name for a file on its way.
    pub(super) fn scratch(&self) -> PathBuf {
        scratch(&self.settings.folder, &self.scratch)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything it holds, by item.
    pub fn held(&self) -> Vec<Held> {
        self.state().held.values().cloned().collect()
    }

    /// How many dispatches it has decided on, each once.
    pub fn decided(&self) -> usize {
        self.state().receipts.len()
    }

    /// Takes a parcel from its file: the receipts of everything in it, in its order.
    ///
    /// # Errors
    /// The parcel is not what it says it is; nothing of it was taken. Or the stand-in's own disk fails.
    pub fn take(&self, file: &Path) -> io::Result<Result<(ParcelId, Vec<Answer>), Refused>> {
        let checked = match self.checked(file)? {
            Ok(checked) => checked,
            Err(why) => return Ok(Err(Refused { parcel: None, why })),
        };
        if let Some(flaw) = checked.flaws.first() {
            return Ok(Err(Refused { parcel: None, why: flaw.to_string() }));
        }
        let (parcel, told) = match contents(&checked) {
            Ok(contents) => contents,
            Err(refused) => return Ok(Err(refused)),
        };
        let receipts = self.decide(parcel, told, &checked.files)?;
        Ok(Ok((parcel, receipts)))
    }

    /// Opens a parcel, and checks signature, manifest and every byte.
    fn checked(&self, path: &Path) -> io::Result<Result<Checked, String>> {
        let mut file = BufReader::new(File::open(path)?);
        let mut begin = Vec::new();
        (&mut file).take(age::FIRST_LINE.len() as u64).read_to_end(&mut begin)?;
        file.seek(SeekFrom::Start(0))?;
        let (key, keep) = (self.settings.key.as_ref(), [DISPATCHES, VICS]);
        if begin != age::FIRST_LINE.as_bytes() {
            return Ok(Ok(package::check(&mut file, key, parcel::KIND, &keep)));
        }
        let Some(identity) = &self.settings.identity else {
            return Ok(Err("it is encrypted, and this receiver has no key".into()));
        };
        Ok(match age::Reader::open(file, identity) {
            Ok(mut plain) => Ok(package::check(&mut plain, key, parcel::KIND, &keep)),
            Err(trouble) => Err(trouble.to_string()),
        })
    }

    /// Decides on each dispatch, once and for all.
    fn decide(&self, parcel: ParcelId, told: Vec<Value>, files: &[Listed]) -> io::Result<Vec<Answer>> {
        let now = self.settings.clock.now();
        let files: BTreeMap<&str, &Listed> = files.iter().map(|file| (file.path.as_str(), file)).collect();
        // One at a time from here: what is decided is written before the next can see it.
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut lines, mut decided, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for value in told {
            let Some(id) = id_of(&value) else { continue };
            let text = base::hex(digest(&SHA256, value.to_string().as_bytes()).as_ref());
            if let Some((before, receipt)) = self.state().receipts.get(&id) {
                answers.push(if *before == text { receipt.clone() } else { used_before(id, now) });
                continue;
            }
            let judged = judge(value, &files);
            let (rejected, told) = match judged {
                Ok(told) => (None, Some(told)),
                Err(why) => (Some(why), None),
            };
            let one = Decided { at: now, parcel, dispatch: id, digest: text, rejected, told };
            serde_json::to_writer(&mut lines, &one)?;
            lines.push(b'\n');
            answers.push(receipt(&one));
            decided.push(one);
        }
        if !lines.is_empty() {
            log.write_all(&lines)?;
            log.sync_data()?;
        }
        let mut state = self.state();
        for one in &decided {
            state.apply(one, self.settings.answer_after);
        }
        Ok(answers)
    }

    /// The answers that are due, from the one after `after` on, and where to go on; nothing when there is none.
    pub fn due(&self, after: usize) -> Option<(usize, Vec<Answer>)> {
        let now = self.settings.clock.now();
        let state = self.state();
        let new: Vec<Answer> =
            state.findings.iter().skip(after).take(PAGE).take_while(|a| a.at <= now).cloned().collect();
        if new.is_empty() {
            return None;
        }
        let next = after + new.len();
        if !self.settings.repeat {
            return Some((next, new));
        }
        let again = state.findings.iter().skip(after.saturating_sub(PAGE)).take(after.min(PAGE)).cloned();
        let mut all: Vec<Answer> = again.chain(new.iter().cloned()).chain(new.iter().cloned()).collect();
        all.reverse();
        Some((next, all))
    }
}

impl State {
    fn apply(&mut self, decided: &Decided, answer_after: i64) {
        self.receipts.insert(decided.dispatch, (decided.digest.clone(), receipt(decided)));
        let Some(told) = &decided.told else { return };
        let file = told.facts.as_ref().and_then(|facts| facts.file.as_ref());
        let new = Held {
            item: told.item,
            version: told.version,
            dispatch: told.id,
            sha256: file.map(|file| file.sha256.clone()),
            media: file.is_some_and(|file| file.path.is_some()),
            withdrawn: told.tells == Kind::Withdrawal,
            at: decided.at,
            taken: 1,
        };
        match self.held.get_mut(&told.item) {
            None => _ = self.held.insert(told.item, new),
            Some(held) => {
                let taken = held.taken + 1;
                // An older version that arrives late is taken, and changes nothing.
                if new.version > held.version {
                    *held = new;
                }
                held.taken = taken;
            }
        }
        if let Some(says) = told.facts.as_deref().and_then(rule::of) {
            let (id, at) = (format!("f-{}", told.id), decided.at.plus_seconds(answer_after));
            self.findings.push(Answer { id, at, dispatch: told.id, says });
        }
    }
}

/// Everything that a stand-in of this folder holds, read from its file while it runs or not.
///
/// # Errors
/// The file cannot be read.
pub fn held(folder: &Path) -> io::Result<Vec<Held>> {
    let mut state = State::default();
    each_line(&folder.join(LOG), |line| {
        if let Ok(decided) = serde_json::from_slice::<Decided>(line) {
            state.apply(&decided, 0);
        }
    })?;
    Ok(state.held.into_values().collect())
}

/// Every line that ends.
fn each_line(path: &Path, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let (mut file, mut line) = (BufReader::new(File::open(path)?), Vec::new());
    while file.read_until(b'\n', &mut line)? > 0 {
        if line.ends_with(b"\n") {
            each(&line);
        }
        line.clear();
    }
    Ok(())
}

fn receipt(decided: &Decided) -> Answer {
    let says = match &decided.rejected {
        Some(why) => Says::Rejected(why.clone()),
        None => Says::Taken,
    };
    Answer { id: format!("r-{}", decided.dispatch), at: decided.at, dispatch: decided.dispatch, says }
}

fn used_before(dispatch: DispatchId, at: Time) -> Answer {
    let why = "`id`: it was used before for something else";
    Answer { id: format!("u-{dispatch}"), at, dispatch, says: Says::Rejected(why.into()) }
}

fn id_of(value: &Value) -> Option<DispatchId> {
    value.get("id")?.as_str()?.parse().ok()
}

/// The parcel's id and dispatches, each still to be judged.
fn contents(checked: &Checked) -> Result<(ParcelId, Vec<Value>), Refused> {
    let refused = |parcel, why: String| Refused { parcel, why };
    let of = |name: &str| checked.kept.get(name).map(Vec::as_slice).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(of(package::MANIFEST)).unwrap_or_default();
    let named = manifest.get("parcel").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let document: Document<Value> =
        serde_json::from_slice(of(DISPATCHES)).map_err(|error| refused(named, format!("`{DISPATCHES}`: {error}")))?;
    if document.format != form::FORMAT {
        return Err(refused(named, format!("`{DISPATCHES}`: its format is not `{}`", form::FORMAT)));
    }
    if named != Some(document.parcel) {
        return Err(refused(named, format!("`{DISPATCHES}` is of another parcel than the manifest")));
    }
    if let Some(at) = document.dispatches.iter().position(|value| id_of(value).is_none()) {
        return Err(refused(named, format!("`dispatches[{at}].id` is no id")));
    }
    let files = document.dispatches.iter().filter(|d| d.pointer("/facts/file").is_some()).count();
    let mut records = 0;
    let options = vics::Options { region: Some("INTERPOL".into()), ..vics::Options::default() };
    let outcome = vics::read(of(VICS), &Limits::default(), &options, |row| {
        records += usize::from(row.content.is_ok());
        ControlFlow::Continue(())
    });
    if records != files {
        let why = format!("`{VICS}` has {records} records for {files} files, {:?}", outcome.done.end);
        return Err(refused(named, why));
    }
    Ok((document.parcel, document.dispatches))
}

/// What is told, or why not: field and reason.
fn judge(value: Value, files: &BTreeMap<&str, &Listed>) -> Result<Told, String> {
    let told: Told = serde_json::from_value(value).map_err(|error| answer::plain(&error.to_string()))?;
    if told.version < 1 {
        return Err("`version` begins at 1".into());
    }
    match (told.tells, &told.reason, &told.facts) {
        (Kind::Withdrawal, Some(_), None) => return Ok(told),
        (Kind::Withdrawal, ..) => return Err("`reason`: a withdrawal says why, and nothing else".into()),
        (_, None, Some(_)) => {}
        _ => return Err("`facts`: missing, or a reason beside them".into()),
    }
    let Some(facts) = &told.facts else { return Err("`facts` is missing".into()) };
    let Some(file) = &facts.file else {
        return Err("`facts.file` is missing: without a digest nothing can be compared".into());
    };
    for (name, digest, length) in [("sha256", &file.sha256, 64), ("sha1", &file.sha1, 40), ("md5", &file.md5, 32)] {
        if digest.len() != length || base::unhex(digest).is_none() {
            return Err(format!("`facts.file.{name}` is not {length} hexadecimal characters"));
        }
    }
    if !facts.context && facts.assessment.class == base::Class::NotIllegal {
        return Err("`facts.assessment.class`: what is not illegal comes for its series only".into());
    }
    if facts.context && facts.series.is_none() {
        return Err("`facts.series` is missing: a context picture belongs to a series".into());
    }
    if let Some(path) = &file.path {
        match files.get(path.as_str()) {
            None => return Err("`facts.file.path`: the file is not in the parcel".into()),
            Some(listed) if listed.sha256 != file.sha256 => {
                return Err("`facts.file.sha256`: the file in the parcel is another".into());
            }
            Some(listed) if i64::try_from(listed.size) != Ok(file.size) => {
                return Err("`facts.file.size`: the file in the parcel has another".into());
            }
            Some(_) => {}
        }
    }
    Ok(told)
}
