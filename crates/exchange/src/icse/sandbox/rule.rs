//! What the stand-in will answer: from the file's SHA-256, so that whoever looks at a test or the demo can foretell it.

use crate::icse::{
    dispatch::{Says, Word},
    form::Theirs,
};
use aws_lc_rs::digest::{SHA256, digest};

/// What the stand-in finds out about a file later, from its SHA-256, and the exchange's name of the series where it was given
/// one: all of a series have one number there. The last decimal digit of the first byte decides:
///
/// | digit | answer |
/// |---|---|
/// | 0 to 2 | new; with a series number where a series was named |
/// | 3, 4 | new, with a series number |
/// | 5, 6 | known, with a series number |
/// | 7 | identified, with a series number |
/// | 8 | victim identified, with a series number |
/// | 9 | rejected |
pub fn foretold(sha256: &[u8], series: Option<&str>) -> Says {
    let digit = sha256.first().copied().unwrap_or_default() % 10;
    let own = || format!("S-{}", base::hex(sha256.get(1..5).unwrap_or_default()).to_ascii_uppercase());
    let number = match series {
        Some(name) => {
            let digest = digest(&SHA256, name.as_bytes());
            Some(format!("S-{}", base::hex(digest.as_ref().get(..4).unwrap_or_default()).to_ascii_uppercase()))
        }
        None if digit < 3 => None,
        None => Some(own()),
    };
    let word = match digit {
        0..=4 => Word::New,
        5 | 6 => Word::Known,
        7 => Word::Identified,
        8 => Word::VictimIdentified,
        _ => return Says::Rejected("it cannot be compared: the picture shows too little".into()),
    };
    Says::Found { word, series: number }
}

/// What it finds out about an item.
pub(super) fn of(facts: &Theirs) -> Option<Says> {
    let sha256 = base::unhex(&facts.file.as_ref()?.sha256)?;
    Some(foretold(&sha256, facts.series.as_deref()))
}
