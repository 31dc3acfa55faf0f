//! Nodes of the graph, written one after the other; names and typed values.

use aws_lc_rs::digest::{Context, SHA256};
use base::Time;
use serde_json::{Value, json};

/// Prefixes that the document uses.
const CONTEXT: [(&str, &str); 9] = [
    ("kb", "https://cport.example/kb/"),
    ("case-investigation", "https://ontology.caseontology.org/case/investigation/"),
    ("uco-action", "https://ontology.unifiedcyberontology.org/uco/action/"),
    ("uco-core", "https://ontology.unifiedcyberontology.org/uco/core/"),
    ("uco-identity", "https://ontology.unifiedcyberontology.org/uco/identity/"),
    ("uco-observable", "https://ontology.unifiedcyberontology.org/uco/observable/"),
    ("uco-tool", "https://ontology.unifiedcyberontology.org/uco/tool/"),
    ("uco-types", "https://ontology.unifiedcyberontology.org/uco/types/"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The document in the making: one node in memory.
pub struct Graph {
    out: Vec<u8>,
    nodes: usize,
}

impl Graph {
    /// Begins a document.
    pub fn new() -> Self {
        let context: serde_json::Map<String, Value> =
            CONTEXT.iter().map(|(prefix, iri)| ((*prefix).to_owned(), Value::from(*iri))).collect();
        let out = format!("{{\"@context\":{},\n\"@graph\":[", Value::from(context)).into_bytes();
        Self { out, nodes: 0 }
    }

    /// Adds a node.
    pub fn add(&mut self, node: &Value) -> serde_json::Result<()> {
        self.out.extend_from_slice(if self.nodes == 0 { b"\n" } else { b",\n" });
        self.nodes += 1;
        serde_json::to_writer(&mut self.out, node)
    }

    /// Ends the document.
    pub fn finish(mut self) -> serde_json::Result<Vec<u8>> {
        self.out.extend_from_slice(b"\n]}\n");
        Ok(self.out)
    }
}

/// The name of a node: what it is, and a UUID (version 5 in form, of SHA-256) of what it is about.
pub fn id(kind: &str, about: &[&str]) -> String {
    let mut sum = Context::new(&SHA256);
    for part in [kind].iter().chain(about) {
        sum.update(&(part.len() as u64).to_be_bytes());
        sum.update(part.as_bytes());
    }
    let digest = sum.finish();
    let mut bytes: Vec<u8> = digest.as_ref().iter().copied().take(16).collect();
    for (at, keep, set) in [(6, 0x0f, 0x50), (8, 0x3f, 0x80)] {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *byte & keep | set;
        }
    }
    let hex = base::hex(&bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("kb:{kind}-{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// A time.
pub fn date_time(at: Time) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": at.to_string() })
}

/// A digest.
pub fn hex_binary(hex: &str) -> Value {
    json!({ "@type": "xsd:hexBinary", "@value": hex })
}

/// A whole number.
pub fn integer(number: i64) -> Value {
    json!({ "@type": "xsd:integer", "@value": number.to_string() })
}
