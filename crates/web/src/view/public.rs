//! Pages for people who are not signed in, and the page for everything that went wrong.

use super::{
    base::{Base, FieldError, error_of, sentence},
    words::{known_word, t, t1, word},
};
use askama::Template;

/// Somebody of the invented network, to sign in as.
#[derive(Clone, Debug, Default)]
pub struct PersonaView {
    /// Their name.
    pub name: String,
    /// What they do, a word or text.
    pub role: String,
    /// Where they work.
    pub organisation: String,
    /// Its country, where it has one.
    pub country: Option<String>,
    /// Path of the sign-in link.
    pub sign_in_path: String,
}

/// The front page of the demo: choose somebody.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// The frame.
    pub base: Base,
    /// Who can be chosen.
    pub personas: Vec<PersonaView>,
    /// Sites of the invented web: URL, country, what it is.
    pub sites: Vec<(String, String, String)>,
}

/// Signing in with an access token.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub base: Base,
    /// What is wrong; field `token`.
    pub errors: Vec<FieldError>,
}

/// Something went wrong.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame; without a person when nobody is signed in.
    pub base: Base,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do, as `error.rs` says it. Empty: the locales' own sentence for the status.
    pub detail: String,
    /// Where to go from here; nothing: the front page.
    pub back: Option<String>,
}

impl ErrorPage {
    /// What happened, in a few words.
    pub fn title(&self) -> String {
        known_word("error", &self.status.to_string()).unwrap_or_else(|| t("error-other"))
    }

    /// What to do.
    pub fn advice(&self) -> String {
        known_word("advice", &self.status.to_string()).unwrap_or_else(|| t("advice-other"))
    }

    /// The reason given, as a sentence; nothing where the title says it all.
    pub fn reason(&self) -> Option<String> {
        let hidden = self.detail.trim().is_empty() || matches!(self.status, 404 | 500);
        (!hidden).then(|| sentence(&self.detail))
    }
}
