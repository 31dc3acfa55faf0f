//! The closed vocabularies of the exchange. Each word has one spelling, used in the database, the API and the log;
//! what people read comes from the locales.

use crate::Refusal;
use std::{fmt, str::FromStr};

/// Makes an enum whose every variant has one spelling: `word`, `ALL`, `Display`, `FromStr` with a refusal that names the field
/// and what is known. For closed vocabularies of every room.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The one spelling.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::Refusal;
            fn from_str(text: &str) -> Result<Self, $crate::Refusal> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => {
                        let known = [$($text),*].join(", ");
                        let other: String = other.chars().take(40).collect();
                        Err($crate::Refusal::new($field, concat!("unknown-", $field), format!("`{other}` is not one of {known}")))
                    }
                }
            }
        }
    };
}

words! {
    /// Kind of organisation.
    OrgKind, "kind" {
        /// Takes reports from the public.
        Hotline = "hotline",
        /// National law-enforcement agency.
        Lea = "lea",
        /// INTERPOL.
        Interpol = "interpol",
        /// Access service provider.
        Asp = "asp",
        /// The network's secretariat.
        Network = "network",
    }
}

words! {
    /// What a person does in the organisation. Rights follow from role and kind, in `agreements::rights`.
    Role, "role" {
        /// Grades at a hotline.
        Analyst = "analyst",
        /// Works cases at an LEA or INTERPOL.
        Officer = "officer",
        /// Reads the organisation's audit log, nothing else.
        Auditor = "auditor",
        /// Runs the network's secretariat.
        Secretary = "secretary",
        /// Technical contact of an access provider.
        Operator = "operator",
        /// The exchange itself.
        Machine = "machine",
    }
}

words! {
    /// What an item is, by one analyst's judgement.
    Class, "class" {
        /// Illegal everywhere by INTERPOL's criteria.
        Baseline = "baseline",
        /// Illegal in a named country.
        National = "national",
        /// Not illegal.
        NotIllegal = "not_illegal",
    }
}

words! {
    /// Apparent age of the youngest victim seen.
    AgeGroup, "age_group" {
        /// 0 to 2 years.
        Infant = "infant",
        /// 3 to 9 years.
        Prepubescent = "prepubescent",
        /// 10 to 13 years.
        Pubescent = "pubescent",
        /// 14 to 17 years.
        Adolescent = "adolescent",
        /// 18 or older.
        Adult = "adult",
        /// Cannot be told.
        Unknown = "unknown",
    }
}

words! {
    /// Gender of the victims seen.
    Gender, "gender" {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Both.
        Both = "both",
        /// Cannot be told.
        Unknown = "unknown",
    }
}

words! {
    /// How much of a report one disclosure opens. Ordered: each includes the one before.
    Width, "width" {
        /// Facts only: hosting, class, times.
        Metadata = "metadata",
        /// The item with its own URL and digests.
        Item = "item",
        /// The page: all disclosed items of the report with its source URL and note.
        Page = "page",
        /// The whole series, harmless-looking context included.
        Series = "series",
    }
}

words! {
    /// What victim identification says of an item.
    FindingWord, "finding" {
        /// Nobody had it before.
        New = "new",
        /// It was there already; nobody is identified.
        Known = "known",
        /// It belongs to a series whose victim is identified.
        Identified = "identified",
        /// The victim was identified, by this or since.
        VictimIdentified = "victim_identified",
        /// It was not taken.
        Rejected = "rejected",
    }
}

words! {
    /// What an LEA did with a case.
    OutcomeKind, "outcome" {
        /// Useful for an investigation.
        Useful = "useful",
        /// The agency knew it already.
        Known = "known",
        /// A victim was identified.
        VictimIdentified = "victim_identified",
        /// Someone was arrested.
        Arrest = "arrest",
        /// Not enough to work with; the note says what was missing.
        Insufficient = "insufficient",
        /// Not illegal in this jurisdiction.
        NotIllegalHere = "not_illegal_here",
    }
}

words! {
    /// What kind of site a report is about.
    SiteType, "site_type" {
        /// Pages of its owner.
        Website = "website",
        /// Discussions and boards.
        Forum = "forum",
        /// Shows pictures that others upload.
        ImageHost = "image_host",
        /// Keeps files that others upload.
        FileHost = "file_host",
        /// Profiles and posts.
        SocialMedia = "social_media",
        /// Messages between people.
        Messenger = "messenger",
        /// Finds what others hold.
        Search = "search",
        /// Reached through an anonymity network only.
        Onion = "onion",
        /// None of these.
        Other = "other",
        /// Nobody has said.
        Unknown = "unknown",
    }
}

words! {
    /// What an LEA asks its hotline for.
    RequestKind, "kind" {
        /// The page: its address, the hotline's note, captures.
        Page = "page",
        /// The whole series, harmless-looking context included.
        Series = "series",
        /// The files themselves.
        Files = "files",
        /// A new look-up of where the host is.
        Trace = "trace",
        /// A new fetch of the page: is it still there?
        Recheck = "recheck",
    }
}

words! {
    /// Whether a file shows somebody real.
    Synthetic, "synthetic" {
        /// A recording of somebody real.
        Real = "real",
        /// Made or changed by a generator.
        Generated = "generated",
        /// Drawn or modelled by hand.
        Drawn = "drawn",
        /// Cannot be told, or nobody has said.
        Unknown = "unknown",
    }
}

words! {
    /// Where a request is.
    RequestState, "state" {
        /// Waits for the hotline.
        Open = "open",
        /// Granted: the answer attaches itself.
        Granted = "granted",
        /// Declined, with a reason.
        Declined = "declined",
        /// Taken back by the LEA before it was answered.
        TakenBack = "taken_back",
    }
}

words! {
    /// What was missing where a case was insufficient.
    Missing, "missing" {
        /// The address of the item.
        Address = "address",
        /// The page it was found on.
        Page = "page",
        /// The files.
        Files = "files",
        /// The rest of the series.
        Series = "series",
        /// Where the host is.
        Host = "host",
        /// Anything that points to who put it there.
        Uploader = "uploader",
        /// Anything that points to the victim.
        Victim = "victim",
        /// A time close enough for providers to still have records.
        Freshness = "freshness",
    }
}

words! {
    /// How a magistrate approved.
    ApprovalForm, "form" {
        /// By word.
        Oral = "oral",
        /// On paper.
        Written = "written",
    }
}

/// An ISO 3166-1 alpha-2 country code, upper case, known to exist.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Two upper-case letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// The English short name by ISO 3166-1.
    pub fn name(&self) -> &'static str {
        rust_iso3166::from_alpha2(self.code()).map_or("unknown country", |c| c.name)
    }

    /// Every country, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        let codes = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| Self([a, b])));
        codes.filter(|c| rust_iso3166::from_alpha2(c.code()).is_some())
    }

    /// Parses the value of a named field; either case is taken, `EU`, `XX` and the like are not countries.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Refusal> {
        let upper = text.trim().to_ascii_uppercase();
        match (upper.as_bytes(), rust_iso3166::from_alpha2(&upper)) {
            (&[a, b], Some(_)) => Ok(Self([a, b])),
            _ => {
                let shown: String = text.chars().take(20).collect();
                let reason = format!("`{shown}` is not an ISO 3166-1 country code, write two letters like DE");
                Err(Refusal::new(field, "unknown-country", reason))
            }
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse("country", text)
    }
}

impl serde::Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_countries_parse() {
        assert_eq!(Country::parse("country", "de").map(|c| c.to_string()), Ok("DE".into()));
        for bad in ["", "D", "DEU", "XX", "EU", "ZZ", "ÄÖ", "D\0"] {
            assert_eq!(Country::parse("country", bad).map_err(|r| r.rule), Err("unknown-country"), "{bad:?}");
        }
    }

    #[test]
    fn every_word_parses_to_itself_and_nothing_else_does() {
        for class in Class::ALL {
            assert_eq!(class.word().parse::<Class>(), Ok(*class));
        }
        assert_eq!("Baseline".parse::<Class>().map_err(|r| r.rule), Err("unknown-class"));
    }

    #[test]
    fn width_is_ordered_from_narrow_to_wide() {
        assert!(Width::Metadata < Width::Item && Width::Item < Width::Page && Width::Page < Width::Series);
    }
}
