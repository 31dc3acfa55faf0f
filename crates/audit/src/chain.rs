//! The chain over one organisation's entries, and the check of it.

use crate::Entry;
use base::OrgId;
use sha2::{Digest, Sha256};

/// Where a chain stands: how many entries, and the last link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries chained so far; the next one gets this number plus one.
    pub seq: i64,
    /// Link of the last entry; 32 zero bytes for an empty chain.
    pub link: [u8; 32],
}

impl Head {
    /// The head of a chain without entries.
    pub const EMPTY: Self = Self { seq: 0, link: [0; 32] };

    /// The head after one more leaf.
    pub fn after(self, leaf: &[u8; 32]) -> Self {
        let seq = self.seq + 1;
        Self { seq, link: link(&self.link, seq, leaf) }
    }
}

/// SHA-256 of `0x01`, the link before, the number (8 bytes, big endian) and the leaf.
pub fn link(before: &[u8; 32], seq: i64, leaf: &[u8; 32]) -> [u8; 32] {
    let mut sum = Sha256::new();
    sum.update([1]);
    sum.update(before);
    sum.update(seq.to_be_bytes());
    sum.update(leaf);
    sum.finalize().into()
}

/// How a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A number is missing or stands twice: an entry was removed, added or moved.
    #[error("expected entry number {expected}: an entry was removed, added or moved")]
    Gap {
        /// The number that should have come.
        expected: i64,
    },
    /// The stored link is not the one its entry and the links before it give.
    #[error("the entry or one before it was altered")]
    Altered,
    /// The entry stands in another organisation's chain.
    #[error("the entry belongs to another organisation")]
    Foreign,
}

/// The first broken place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("audit log of organisation {org} breaks at entry {seq}: {flaw}")]
pub struct Broken {
    /// Whose chain.
    pub org: OrgId,
    /// Number found at the broken place.
    pub seq: i64,
    /// What is wrong there.
    #[source]
    pub flaw: Flaw,
}

/// Walks chained entries `(number, entry, link)` in ascending order from `head` and returns the new head, or the first
/// broken place. Entries cut off the end are found by comparing the returned head with one noted elsewhere.
pub fn verify<'a>(
    org: OrgId,
    head: Head,
    entries: impl IntoIterator<Item = (i64, &'a Entry, &'a [u8; 32])>,
) -> Result<Head, Broken> {
    entries.into_iter().try_fold(head, |head, (seq, entry, stored)| {
        let broken = |flaw| Broken { org, seq, flaw };
        let next = head.after(&entry.leaf());
        if seq != next.seq {
            return Err(broken(Flaw::Gap { expected: next.seq }));
        }
        if entry.org != org {
            return Err(broken(Flaw::Foreign));
        }
        if *stored != next.link {
            return Err(broken(Flaw::Altered));
        }
        Ok(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verb;
    use base::{EntryId, Time};
    use uuid::Uuid;

    fn entry(n: u8) -> Entry {
        Entry {
            id: EntryId::new(Time::from_micros(i64::from(n) * 1000), [n; 10]),
            org: OrgId(Uuid::nil()),
            at: Time::from_micros(i64::from(n)),
            person: None,
            token: None,
            machine: Some("setup".into()),
            role: "machine".into(),
            act: "report.accepted".into(),
            verb: Verb::Collect,
            subject_kind: "report".into(),
            subject: None,
            purpose: None,
            detail: Some(format!("{{\"n\":{n}}}")),
        }
    }

    fn chained(count: u8) -> Vec<(i64, Entry, [u8; 32])> {
        let mut head = Head::EMPTY;
        (0..count)
            .map(|n| {
                let entry = entry(n);
                head = head.after(&entry.leaf());
                (head.seq, entry, head.link)
            })
            .collect()
    }

    fn check(chain: &[(i64, Entry, [u8; 32])]) -> Result<Head, Broken> {
        verify(OrgId(Uuid::nil()), Head::EMPTY, chain.iter().map(|(s, e, l)| (*s, e, l)))
    }

    #[test]
    fn an_untouched_chain_verifies_to_its_head() {
        let chain = chained(20);
        assert_eq!(check(&chain).map(|head| head.link), Ok(chain[19].2));
    }

    #[test]
    fn au_1_altering_any_field_of_any_entry_is_found_there() {
        let changes: [fn(&mut Entry); 11] = [
            |e| e.id = EntryId(Uuid::nil()),
            |e| e.at = e.at.plus_seconds(1),
            |e| e.person = Some(Uuid::nil()),
            |e| e.token = Some(Uuid::nil()),
            |e| e.machine = None,
            |e| e.role.push('x'),
            |e| e.act.push('x'),
            |e| e.verb = Verb::Erase,
            |e| e.subject = Some(Uuid::nil()),
            |e| e.purpose = Some(String::new()),
            |e| e.detail = None,
        ];
        for at in 0..10 {
            for change in changes {
                let mut chain = chained(10);
                change(&mut chain[at].1);
                assert_eq!(check(&chain).map_err(|b| b.seq), Err(at as i64 + 1));
            }
        }
    }

    #[test]
    fn au_1_removing_swapping_and_inserting_are_found() {
        for at in 0..9 {
            let mut removed = chained(10);
            removed.remove(at);
            assert!(check(&removed).is_err(), "removed {at}");
            let mut swapped = chained(10);
            swapped.swap(at, at + 1);
            assert!(check(&swapped).is_err(), "swapped {at}");
            let mut inserted = chained(10);
            let extra = inserted[at].clone();
            inserted.insert(at, extra);
            assert!(check(&inserted).is_err(), "inserted {at}");
        }
    }

    #[test]
    fn au_1_cutting_the_end_shows_in_the_head() {
        let whole = check(&chained(10)).map(|head| head.seq);
        assert_ne!(check(&chained(9)).map(|head| head.seq), whole);
    }
}
