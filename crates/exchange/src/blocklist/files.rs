//! The list as files: JSON, all of it or what changed; a table; text like a hosts file; a file that Unbound includes.
//!
//! A file is made piece by piece from a snapshot and is the same bytes whenever and wherever it is made at that serial, so its
//! sum can be signed before the first byte goes out and is kept for the next who asks. It is signed like this: Ed25519 over
//! `cport-domains/1`, the form, the serial and the SHA-256 of the file in hexadecimal, each but the last ended by a line feed
//! (docs/blocklist.md).

use super::{
    published::{Delta, Snapshot, Walk},
    stop::Stop,
};
use crate::{Signer, sets::columns::is_formula};
use aws_lc_rs::digest::{Context, SHA256};
use base::Refusal;
use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

/// What is signed first, so that a signature of something else is never one of a list.
pub const CONTEXT: &str = "cport-domains/1";
/// Bytes of a piece, about.
const PIECE: usize = 64 << 10;
/// Sums kept: the forms of a serial, for some providers.
const KEPT: usize = 64;

base::words! {
    /// In which form, as it is asked for and signed.
    Form, "format" {
        /// JSON.
        Json = "json",
        /// A table: comma-separated values.
        Csv = "csv",
        /// Lines of address and name.
        Hosts = "hosts",
        /// `local-zone` and `local-data` of Unbound.
        Unbound = "unbound",
    }
}

impl Form {
    /// How it is logged.
    pub const fn way(self) -> super::Way {
        match self {
            Self::Json => super::Way::Json,
            Self::Csv => super::Way::Csv,
            Self::Hosts => super::Way::Hosts,
            Self::Unbound => super::Way::Unbound,
        }
    }

    /// Media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Hosts | Self::Unbound => "text/plain; charset=utf-8",
        }
    }

    /// Name of the file.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Json => "domains.json",
            Self::Csv => "domains.csv",
            Self::Hosts => "domains.hosts",
            Self::Unbound => "domains.conf",
        }
    }
}

/// What goes into the file.
#[derive(Clone)]
pub enum Contents {
    /// Everything.
    Whole(Snapshot),
    /// What changed.
    Changes(Arc<Delta>),
}

impl Contents {
    /// The serial that whoever has the file has.
    pub fn serial(&self) -> i64 {
        match self {
            Self::Whole(list) => list.serial(),
            Self::Changes(delta) => delta.now.serial(),
        }
    }
}

/// A file to be made: the same as often as it is made.
#[derive(Clone)]
pub struct File {
    form: Form,
    contents: Contents,
    stop: Option<(Stop, i64)>,
    ttl: u32,
}

/// A file's length and sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sum {
    /// Bytes.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: [u8; 32],
}

impl File {
    /// A file of this form. `stop` is where listed names lead and how often that was changed; only forms that name addresses need
    /// it.
    ///
    /// # Errors
    /// The form cannot say this.
    pub fn new(form: Form, contents: Contents, stop: Option<(Stop, i64)>, ttl: u32) -> Result<Self, Refusal> {
        let refuse = |field, rule, reason: &str| Err(Refusal::new(field, rule, reason));
        let names_stop = matches!(form, Form::Hosts | Form::Unbound);
        match (&contents, &stop) {
            (Contents::Changes(_), _) if names_stop => {
                refuse("since", "only-whole", "this form has no removals: fetch it whole, or ask for json or csv")
            }
            (_, None) if names_stop => {
                refuse("format", "stop-page-missing", "this form names your stop page: say first where it is")
            }
            (_, Some((Stop::Name(_), _))) if form == Form::Hosts => {
                let reason = "a hosts file has addresses only, and your stop page is a name: ask for another form";
                refuse("format", "stop-page-is-a-name", reason)
            }
            _ => Ok(Self { form, contents, stop: stop.filter(|_| names_stop), ttl }),
        }
    }

    /// In which form.
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The serial that whoever has it has.
    pub fn serial(&self) -> i64 {
        self.contents.serial()
    }

    /// The serial that it begins from, when it says only what changed.
    pub fn since(&self) -> Option<i64> {
        match &self.contents {
            Contents::Whole(_) => None,
            Contents::Changes(delta) => Some(delta.since),
        }
    }

    /// Names these very bytes: serial, what it begins from, and the provider's changes where they count.
    pub fn tag(&self) -> String {
        let mut tag = format!("{}-{}", self.form.word(), self.serial());
        if let Some(since) = self.since() {
            tag.push_str(&format!("-since-{since}"));
        }
        if let Some((stop, changes)) = &self.stop {
            // Two providers with the same number of changes have other files.
            let digest =
                aws_lc_rs::digest::digest(&SHA256, format!("{:?}{changes}{}", stop.texts(), self.ttl).as_bytes());
            tag.push_str(&format!("-{}", base::hex(digest.as_ref().get(..8).unwrap_or_default())));
        }
        tag
    }

    /// Its pieces from the beginning.
    pub fn pieces(&self) -> Pieces {
        let walk = match &self.contents {
            Contents::Whole(list) => Step::Head(Some(Box::new(list.walk()))),
            Contents::Changes(_) => Step::Head(None),
        };
        Pieces { of: self.clone(), step: walk }
    }

    /// Its length and sum. Slow for a long list: outside of what others wait for.
    pub fn sum(&self) -> Sum {
        let (mut context, mut bytes) = (Context::new(&SHA256), 0);
        for piece in self.pieces() {
            bytes += piece.len() as u64;
            context.update(&piece);
        }
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(context.finish().as_ref());
        Sum { bytes, sha256 }
    }

    /// What is signed of it.
    pub fn signed(&self, sum: &Sum) -> String {
        format!("{CONTEXT}\n{}\n{}\n{}", self.form.word(), self.serial(), base::hex(&sum.sha256))
    }

    /// `ed25519:<key>:<base64>`.
    pub fn signature(&self, sum: &Sum, signer: &Signer) -> String {
        signer.sign(self.signed(sum).as_bytes())
    }
}

/// Sums of files that were made already, by their tags.
#[derive(Default)]
pub struct Sums(Mutex<Vec<(String, Sum)>>);

impl Sums {
    /// The sum of this file, when it is known.
    pub fn known(&self, tag: &str) -> Option<Sum> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(t, _)| t == tag).map(|(_, sum)| *sum)
    }

    /// Keeps a sum; the oldest goes.
    pub fn keep(&self, tag: String, sum: Sum) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((tag, sum));
    }
}

enum Step {
    Head(Option<Box<Walk>>),
    All(Box<Walk>, bool),
    Changes,
    End,
}

/// A file, piece by piece.
pub struct Pieces {
    of: File,
    step: Step,
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut out = String::with_capacity(PIECE + 1024);
        let file = &self.of;
        self.step = match std::mem::replace(&mut self.step, Step::End) {
            Step::End => return None,
            Step::Head(walk) => {
                head(file, &mut out);
                match walk {
                    Some(walk) => Step::All(walk, true),
                    None => Step::Changes,
                }
            }
            Step::All(mut walk, mut first) => {
                while let Some(domain) = walk.peek().filter(|_| out.len() < PIECE) {
                    line(file, domain, true, first, &mut out);
                    (first, _) = (false, walk.step());
                }
                match walk.peek() {
                    Some(_) => Step::All(walk, first),
                    None => {
                        foot(file, &mut out);
                        Step::End
                    }
                }
            }
            Step::Changes => {
                // At most what the history holds: no more than a few pieces.
                changes(file, &mut out);
                foot(file, &mut out);
                Step::End
            }
        };
        Some(out.into_bytes())
    }
}

fn head(file: &File, out: &mut String) {
    let serial = file.serial();
    let (count, since) = match &file.contents {
        Contents::Whole(list) => (list.len(), None),
        Contents::Changes(delta) => (delta.now.len(), Some(delta.since)),
    };
    // Writing to a text cannot fail.
    let _written = match (file.form, since) {
        (Form::Json, None) => {
            write!(
                out,
                "{{\"format\":\"{CONTEXT}\",\"kind\":\"whole\",\"serial\":{serial},\"count\":{count},\"domains\":["
            )
        }
        (Form::Json, Some(since)) => write!(
            out,
            "{{\"format\":\"{CONTEXT}\",\"kind\":\"changes\",\"since\":{since},\"serial\":{serial},\"count\":{count}"
        ),
        (Form::Csv, _) => write!(out, "serial,change,domain\r\n"),
        (Form::Hosts, _) => {
            let note = "Names below a listed domain cannot be said in this form.";
            writeln!(out, "# Serial {serial}, {count} domains. {note}")
        }
        (Form::Unbound, _) => write!(out, "# Serial {serial}, {count} domains.\nserver:\n"),
    };
}

fn line(file: &File, domain: &str, listed: bool, first: bool, out: &mut String) {
    let serial = file.serial();
    let _written = match file.form {
        Form::Json => write!(out, "{}\"{domain}\"", if first { "" } else { "," }),
        Form::Csv => {
            let word = if listed { "listed" } else { "removed" };
            // No name of a host begins so; a table does not rest on that.
            let guard = if is_formula(domain) { "'" } else { "" };
            write!(out, "{serial},{word},{guard}{domain}\r\n")
        }
        Form::Hosts => addresses(file, |_, address| writeln!(out, "{address} {domain}")),
        Form::Unbound => unbound(file, domain, out),
    };
}

fn addresses(file: &File, mut each: impl FnMut(&str, &str) -> std::fmt::Result) -> std::fmt::Result {
    let Some((Stop::Addresses { a, aaaa }, _)) = &file.stop else { return Ok(()) };
    if let Some(a) = a {
        each("A", &a.to_string())?;
    }
    if let Some(aaaa) = aaaa {
        each("AAAA", &aaaa.to_string())?;
    }
    Ok(())
}

fn unbound(file: &File, domain: &str, out: &mut String) -> std::fmt::Result {
    let ttl = file.ttl;
    writeln!(out, "    local-zone: \"{domain}.\" redirect")?;
    if let Some((Stop::Name(name), _)) = &file.stop {
        return writeln!(out, "    local-data: \"{domain}. {ttl} IN CNAME {name}.\"");
    }
    addresses(file, |kind, address| writeln!(out, "    local-data: \"{domain}. {ttl} IN {kind} {address}\""))
}

fn changes(file: &File, out: &mut String) {
    let Contents::Changes(delta) = &file.contents else { return };
    for (word, wanted) in [("removed", false), ("listed", true)] {
        if file.form == Form::Json {
            out.push_str(&format!(",\"{word}\":["));
        }
        for (n, (domain, _)) in delta.changes.iter().filter(|(_, listed)| *listed == wanted).enumerate() {
            line(file, domain, wanted, n == 0, out);
        }
        if file.form == Form::Json {
            out.push(']');
        }
    }
}

fn foot(file: &File, out: &mut String) {
    match (file.form, &file.contents) {
        (Form::Json, Contents::Whole(_)) => out.push_str("]}\n"),
        (Form::Json, Contents::Changes(_)) => out.push_str("}\n"),
        (Form::Csv | Form::Hosts | Form::Unbound, _) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::published::{Change, Published},
        *,
    };

    fn list() -> Published {
        let list = Published::default();
        let change = |serial, domain: &str, listed| Change { serial, domain: domain.into(), listed };
        list.apply(&[change(1, "b.example", true), change(2, "a.example", true), change(3, "b.example", false)]);
        list.apply(&[change(4, "c.example", true)]);
        list
    }

    fn text(form: Form, contents: Contents, stop: Option<Stop>) -> String {
        let file = File::new(form, contents, stop.map(|s| (s, 1)), 30).expect("a file");
        String::from_utf8(file.pieces().flatten().collect()).expect("text")
    }

    #[test]
    fn every_form_says_the_list_and_its_serial() {
        let list = list();
        let whole = || Contents::Whole(list.snapshot());
        let stop =
            || Some(Stop::Addresses { a: Some([192, 0, 2, 1].into()), aaaa: Some("2001:db8::1".parse().unwrap()) });
        assert_eq!(
            text(Form::Json, whole(), None),
            "{\"format\":\"cport-domains/1\",\"kind\":\"whole\",\"serial\":4,\"count\":2,\"domains\":[\"a.example\",\"c.example\"]}\n"
        );
        assert_eq!(
            text(Form::Csv, whole(), None),
            "serial,change,domain\r\n4,listed,a.example\r\n4,listed,c.example\r\n"
        );
        assert!(text(Form::Hosts, whole(), stop()).ends_with("192.0.2.1 c.example\n2001:db8::1 c.example\n"));
        let unbound = text(Form::Unbound, whole(), stop());
        assert!(
            unbound.contains(
                "    local-zone: \"a.example.\" redirect\n    local-data: \"a.example. 30 IN A 192.0.2.1\"\n"
            )
        );
        let named = text(Form::Unbound, whole(), Some(Stop::Name("stop.example".into())));
        assert!(named.contains("local-data: \"a.example. 30 IN CNAME stop.example.\""));
        let delta = Contents::Changes(Arc::new(list.delta(2).expect("reaches")));
        assert_eq!(
            text(Form::Json, delta.clone(), None),
            "{\"format\":\"cport-domains/1\",\"kind\":\"changes\",\"since\":2,\"serial\":4,\"count\":2,\"removed\":[\"b.example\"],\"listed\":[\"c.example\"]}\n"
        );
        assert_eq!(
            text(Form::Csv, delta, None),
            "serial,change,domain\r\n4,removed,b.example\r\n4,listed,c.example\r\n"
        );
    }

    #[test]
    fn what_a_form_cannot_say_is_refused() {
        let list = list();
        let delta = || Contents::Changes(Arc::new(list.delta(2).expect("reaches")));
        let rule = |form, contents, stop: Option<Stop>| {
            File::new(form, contents, stop.map(|s| (s, 1)), 30).map(|_| ()).map_err(|r| r.rule)
        };
        let name = || Some(Stop::Name("stop.example".into()));
        assert_eq!(rule(Form::Hosts, Contents::Whole(list.snapshot()), None), Err("stop-page-missing"));
        assert_eq!(rule(Form::Hosts, Contents::Whole(list.snapshot()), name()), Err("stop-page-is-a-name"));
        assert_eq!(rule(Form::Unbound, delta(), name()), Err("only-whole"));
        assert!("xml".parse::<Form>().is_err());
    }

    #[test]
    fn a_long_list_comes_in_pieces_of_the_same_sum() {
        let list = Published::default();
        let many: Vec<Change> = (0..20_000)
            .map(|n| Change { serial: n + 1, domain: format!("d{n}.example").into(), listed: true })
            .collect();
        list.apply(&many);
        let file = File::new(Form::Json, Contents::Whole(list.snapshot()), None, 30).expect("a file");
        assert!(file.pieces().all(|piece| piece.len() <= PIECE + 1024) && file.pieces().count() > 4);
        let whole: Vec<u8> = file.pieces().flatten().collect();
        let sum = file.sum();
        assert_eq!(
            (sum.bytes, base::hex(&sum.sha256)),
            (whole.len() as u64, base::hex(aws_lc_rs::digest::digest(&SHA256, &whole).as_ref()))
        );
        let read: serde_json::Value = serde_json::from_slice(&whole).expect("JSON");
        assert_eq!(read["domains"].as_array().expect("a list").len(), 20_000);
    }
}
