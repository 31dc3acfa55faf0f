//! Region profiles: what the categories of a country's or a partner's scheme mean in our words. They are data, in
//! `profiles/*.toml`; an operator adds one or replaces a shipped one of the same name. What ships is *commonly described*
//! in public, and verified by nobody: `verified = false` until an operator has asked the scheme's owner.

use base::{AgeGroup, Class, Country, Gender};
use std::collections::BTreeMap;

/// What a list's verdict says of content, in our words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Illegal everywhere by INTERPOL's criteria.
    Baseline,
    /// Illegal in the profile's country.
    National,
    /// Not illegal.
    NotIllegal,
    /// Not illegal by itself; belongs to a series and tells about it. Never settles anything.
    Context,
    /// The scheme gives this code no meaning for us. Never settles anything.
    None,
}

impl Standing {
    /// The class that an item settled by such an entry would have.
    pub const fn class(self) -> Option<Class> {
        match self {
            Self::Baseline => Some(Class::Baseline),
            Self::National => Some(Class::National),
            Self::NotIllegal => Some(Class::NotIllegal),
            Self::Context | Self::None => None,
        }
    }
}

/// One scheme.
#[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Short name, lower case, such as `uk`; the key by which one replaces another.
    pub name: String,
    /// For people.
    pub title: String,
    /// How files name the region; compared without case.
    pub regions: Vec<String>,
    /// The country whose law it is; a national verdict needs one, here or by the list.
    #[serde(default)]
    pub country: Option<Country>,
    /// Somebody asked the scheme's owner whether this is right.
    pub verified: bool,
    /// Where the meanings come from.
    pub source: String,
    /// By code as files write it; numbers without leading zeros, words in any case.
    pub categories: BTreeMap<String, Meaning>,
}

/// What one code means.
#[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// In the scheme's words, for people.
    pub text: String,
    /// In ours.
    pub standing: Standing,
    /// The youngest victim's age group, where the code says it.
    #[serde(default)]
    pub age_group: Option<AgeGroup>,
    /// The victims' gender, where the code says it.
    #[serde(default)]
    pub gender: Option<Gender>,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not TOML of this shape.
    #[error("the profile cannot be read: {0}")]
    Shape(#[from] toml::de::Error),
    /// Well-formed, but says nothing usable.
    #[error("profile `{name}`: {reason}")]
    Content {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

impl Profile {
    /// Reads and checks one TOML file.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let profile: Self = toml::from_str(text)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let wrong = match &profile {
            p if p.name.is_empty() || p.name.len() > 40 || !p.name.chars().all(plain) => {
                "its name is 1 to 40 of a to z, 0 to 9 and `-`"
            }
            p if p.regions.iter().any(|r| r.trim().is_empty()) => "a region is empty",
            p if p.categories.is_empty() => "it has no categories",
            p if p.categories.keys().any(|code| fold(code) != *code) => {
                "codes are written in lower case, without blanks and leading zeros"
            }
            _ => return Ok(profile),
        };
        Err(Error::Content { name: profile.name, reason: wrong.into() })
    }

    /// What a code means; `None` when the scheme does not have it.
    pub fn meaning(&self, code: &str) -> Option<&Meaning> {
        self.categories.get(&fold(code))
    }
}

/// A code as the table writes it: trimmed, lower case, without leading zeros.
fn fold(code: &str) -> String {
    let code = code.trim().to_ascii_lowercase();
    let number = code.trim_start_matches('0');
    match number.chars().next() {
        Some(c) if c.is_ascii_digit() => number.into(),
        None if !code.is_empty() => "0".into(),
        _ => code,
    }
}

/// The profiles that ship, each checked by a test.
const SHIPPED: &[&str] = &[
    include_str!("../profiles/us.toml"),
    include_str!("../profiles/ca.toml"),
    include_str!("../profiles/uk.toml"),
    include_str!("../profiles/interpol.toml"),
    include_str!("../profiles/industry.toml"),
    include_str!("../profiles/national.toml"),
];

/// Every scheme known, by name.
#[derive(Clone, Debug, Default)]
pub struct Profiles(BTreeMap<String, Profile>);

impl Profiles {
    /// What ships.
    pub fn shipped() -> Result<Self, Error> {
        let mut all = Self::default();
        for text in SHIPPED {
            all.put(Profile::parse(text)?);
        }
        Ok(all)
    }

    /// Adds one, or replaces the one of the same name.
    pub fn put(&mut self, profile: Profile) {
        self.0.insert(profile.name.clone(), profile);
    }

    /// By its name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.0.get(name)
    }

    /// By the region a file names, either case. `None` when no profile or more than one claims it: then a person says.
    pub fn of_region(&self, region: &str) -> Option<&Profile> {
        let mut claims = self.0.values().filter(|p| p.regions.iter().any(|r| r.eq_ignore_ascii_case(region.trim())));
        claims.next().filter(|_| claims.next().is_none())
    }

    /// In order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_reads_and_says_that_nobody_verified_it() {
        let all = Profiles::shipped().unwrap();
        let names: Vec<&str> = all.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["ca", "industry", "interpol", "national", "uk", "us"]);
        for profile in all.iter() {
            // `national` is made of our own words, there is nobody to ask.
            assert_eq!(profile.verified, profile.name == "national", "{}", profile.name);
            assert!(profile.source.len() > 20, "{}", profile.name);
        }
    }

    #[test]
    fn no_shipped_scheme_of_a_country_reaches_baseline_by_itself() {
        for name in ["us", "ca", "uk", "industry"] {
            let all = Profiles::shipped().unwrap();
            let reach = all.get(name).unwrap().categories.values().any(|m| m.standing == Standing::Baseline);
            assert!(!reach, "{name}: baseline is narrower than any nation's law, only its own list says it");
        }
    }

    #[test]
    fn codes_are_found_however_they_are_written() {
        let all = Profiles::shipped().unwrap();
        let us = all.of_region("us").unwrap();
        for code in ["1", " 1", "01"] {
            assert_eq!(us.meaning(code).map(|m| m.standing), Some(Standing::National), "{code}");
        }
        assert_eq!(us.meaning("99"), None);
        assert_eq!(all.of_region("INTERPOL").unwrap().meaning("Baseline").unwrap().standing, Standing::Baseline);
        assert_eq!(all.of_region("ZZ"), None);
    }

    #[test]
    fn an_operator_replaces_a_profile_and_a_doubted_region_is_nobodys() {
        let mut all = Profiles::shipped().unwrap();
        let text = "name = 'us'\ntitle = 'US'\nregions = ['US']\nverified = true\nsource = 'asked in 2026'\n\
                    [categories.'1']\ntext = 'one'\nstanding = 'context'\n";
        all.put(Profile::parse(text).unwrap());
        assert_eq!(all.of_region("US").unwrap().meaning("1").unwrap().standing.class(), None);
        all.put(Profile::parse(&text.replace("name = 'us'", "name = 'us-2'")).unwrap());
        assert_eq!(all.of_region("US"), None);
    }

    #[test]
    fn a_profile_that_cannot_mean_anything_is_refused() {
        let good = "name = 'x'\ntitle = 'x'\nregions = ['X']\nverified = false\nsource = 'x'\n[categories.a]\ntext = 'x'\n\
                    standing = 'national'\n";
        assert!(Profile::parse(good).is_ok());
        for (from, to) in [
            ("'x'\ntitle", "'X y'\ntitle"),
            ("['X']", "['']"),
            ("categories.a", "categories.A"),
            ("categories.a", "categories.01"),
            ("'national'", "'illegal'"),
            ("verified", "verfied"),
        ] {
            assert!(Profile::parse(&good.replace(from, to)).is_err(), "{from} → {to}");
        }
        let (head, _) = good.split_once("[categories").unwrap();
        assert!(Profile::parse(&format!("{head}categories = {{}}")).is_err());
    }
}
