//! Texts to begin with: the four national procedures that the exchange has to express. Data, in `templates/`, with contacts
//! left to whoever drafts.

use crate::Document;
use base::Refusal;

/// A text to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its key.
    pub key: &'static str,
    text: &'static str,
}

/// Every template.
pub const TEMPLATES: [Template; 4] = [
    Template { key: "be", text: include_str!("../templates/be.toml") },
    Template { key: "de", text: include_str!("../templates/de.toml") },
    Template { key: "ie", text: include_str!("../templates/ie.toml") },
    Template { key: "nl", text: include_str!("../templates/nl.toml") },
];

impl Template {
    /// The template with this key.
    pub fn find(key: &str) -> Option<Self> {
        TEMPLATES.into_iter().find(|t| t.key == key)
    }

    /// Its text as data.
    pub fn document(&self) -> Result<Document, Refusal> {
        Document::from_toml(self.text)
    }

    /// Its text with its comments.
    pub const fn text(&self) -> &'static str {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_reads_and_is_found() {
        for template in TEMPLATES {
            assert!(template.document().is_ok_and(|d| !d.lanes.is_empty()), "{}", template.key);
            assert_eq!(Template::find(template.key).map(|t| t.text()), Some(template.text));
        }
        assert!(Template::find("xx").is_none());
    }
}
