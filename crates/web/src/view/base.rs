//! What every page carries: who is signed in, where they can go, what just happened.

use super::words::known_word;

/// The frame of a page.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// Whether this is the demo; shows the banner.
    pub demo: bool,
    /// Who is signed in.
    pub person: Option<PersonView>,
    /// Where they can go.
    pub nav: Vec<NavItem>,
    /// What just happened: a word of the `flash` vocabulary. Others are not shown.
    pub flash: Option<String>,
}

/// Somebody signed in.
#[derive(Clone, Debug, Default)]
pub struct PersonView {
    /// Their name.
    pub name: String,
    /// Word: `analyst`, `officer`, …
    pub role: String,
    /// Where they work.
    pub organisation: String,
    /// Its country, where it has one.
    pub country: Option<String>,
}

/// One place in the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavItem {
    /// Path.
    pub href: String,
    /// Word: `reports`, `assess`, `owned`, `inbox`, `partner`, `network`, `lists`, `audit`.
    pub label: String,
    /// Whether the page is in this place.
    pub current: bool,
}

/// A field that cannot be used, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldError {
    /// As the form or the refusal names it; `hosting.ip` and `hosting_ip` are the same.
    pub field: String,
    /// A sentence.
    pub message: String,
}

impl Base {
    /// What just happened, in words.
    pub fn flash_text(&self) -> Option<String> {
        self.flash.as_deref().and_then(|word| known_word("flash", word))
    }
}

impl FieldError {
    /// Id of the field on the page.
    pub fn anchor(&self) -> String {
        match self.field.as_str() {
            "file" => "files".into(),
            other => other.replace('.', "_"),
        }
    }

    /// The sentence with a capital letter and a full stop, however it was written.
    pub fn sentence(&self) -> String {
        sentence(&self.message)
    }
}

/// A capital letter at the start and a full stop at the end; refusals are written without.
pub fn sentence(message: &str) -> String {
    let text = message.trim();
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

/// What is wrong with one field.
pub fn error_of(errors: &[FieldError], field: &str) -> Option<String> {
    errors.iter().find(|e| e.anchor() == field).map(FieldError::sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_become_sentences() {
        assert_eq!(sentence("`x` is not a country"), "`x` is not a country.");
        assert_eq!(sentence("write two letters"), "Write two letters.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn a_refusal_finds_its_field() {
        let errors = [FieldError { field: "hosting.ip".into(), message: "no address".into() }];
        assert_eq!(error_of(&errors, "hosting_ip").as_deref(), Some("No address."));
        assert_eq!(error_of(&errors, "note"), None);
    }
}
