//! Nonsense that the stand-in says when it is told to: what a receiver that is broken, misled or taken over might say.

use base::{DispatchId, ParcelId};

base::words! {
    /// A kind of nonsense.
    Hostile, "hostile" {
        /// 200 with an error as text.
        ErrorText = "error-text",
        /// 200 with a page for people.
        Html = "html",
        /// JSON of 1 GiB.
        Huge = "huge",
        /// JSON in JSON, 100,000 deep.
        Deep = "deep",
        /// Nothing at all.
        Empty = "empty",
        /// The receipt of another parcel.
        OtherParcel = "other-parcel",
        /// Words that nobody agreed on.
        Words = "words",
        /// Numbers where text belongs.
        Types = "types",
        /// Half a document.
        Cut = "cut",
        /// Receipts of what was never sent.
        Strangers = "strangers",
        /// The same receipt many times.
        Repeated = "repeated",
        /// One id that says two things.
        Contradiction = "contradiction",
        /// An id with line breaks and colours.
        Ids = "ids",
    }
}

impl Hostile {
    /// What is said of a parcel and one dispatch in it; [`Hostile::Huge`] goes on after it, up to 1 GiB.
    pub fn text(self, parcel: ParcelId, dispatch: DispatchId) -> Vec<u8> {
        let format = super::super::answer::FORMAT;
        let at = "2026-03-01T14:05:00Z";
        let of = |parcel: &str, answers: &str| {
            format!(r#"{{"format":"{format}","parcel":"{parcel}","answers":[{answers}]}}"#)
        };
        let own = parcel.to_string();
        let taken =
            |id: &str, dispatch: &str| format!(r#"{{"id":"{id}","at":"{at}","dispatch":"{dispatch}","says":"taken"}}"#);
        let stranger = "018f0000-0000-7000-8000-00000000dead";
        let id = dispatch.to_string();
        let text = match self {
            Self::ErrorText => "ERROR: ORA-00001 unique constraint violated".into(),
            Self::Html => "<!doctype html><title>Maintenance</title><h1>We will be back</h1>".into(),
            Self::Huge => format!(r#"{{"format":"{format}","parcel":"{own}","answers":[],"rest":""#),
            Self::Deep => format!(r#"{{"format":"{format}","answers":{}"#, "[".repeat(100_000)),
            Self::Empty => String::new(),
            Self::OtherParcel => of(stranger, &taken("r-1", &id)),
            Self::Words => {
                of(&own, &format!(r#"{{"id":"r-1","at":"{at}","dispatch":"{id}","says":"found","word":"guilty"}}"#))
            }
            Self::Types => of(&own, &format!(r#"{{"id":7,"at":{{}},"dispatch":["{id}"],"says":true}}"#)),
            Self::Cut => {
                let mut text = of(&own, &taken("r-1", &id));
                text.truncate(text.len() / 2);
                text
            }
            Self::Strangers => of(&own, &taken("r-1", stranger)),
            Self::Repeated => of(&own, &vec![taken("r-1", &id); 1000].join(",")),
            Self::Contradiction => {
                let no = format!(r#"{{"id":"r-1","at":"{at}","dispatch":"{id}","says":"rejected","reason":"no"}}"#);
                of(&own, &[taken("r-1", &id), no].join(","))
            }
            Self::Ids => of(&own, &taken(r"r\n\u001b[31m1", &id)),
        };
        text.into_bytes()
    }
}

/// What [`Hostile::Huge`] goes on with.
pub const FILL: &[u8] = &[b'x'; 64 * 1024];
/// How often: 1 GiB in all.
pub const FILLS: usize = 16 * 1024;
