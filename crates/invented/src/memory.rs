//! What a folder remembers between two starts of the same world, so that reported URLs keep leading to their sites.

use serde_json::{Value, json};
use std::{fs, io, path::Path};

const FILE: &str = "invented-world.json";

/// What is remembered; nothing at the first start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Port of the sites; 0: any.
    pub port: u16,
    /// Port of the site over TLS; 0: any.
    pub tls_port: u16,
    /// Whether the moving site has moved.
    pub moved: bool,
    /// Whether the vanishing site has vanished.
    pub vanished: bool,
}

impl Memory {
    /// Reads it; what cannot be read is not remembered.
    pub fn read(folder: &Path) -> Self {
        let text = fs::read(folder.join(FILE)).unwrap_or_default();
        let value: Value = serde_json::from_slice(&text).unwrap_or_default();
        let port = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|p| u16::try_from(p).ok());
        let switch = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or_default();
        Self {
            port: port("port").unwrap_or_default(),
            tls_port: port("tls_port").unwrap_or_default(),
            moved: switch("moved"),
            vanished: switch("vanished"),
        }
    }

    /// Writes it.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let Self { port, tls_port, moved, vanished } = self;
        let value = json!({ "port": port, "tls_port": tls_port, "moved": moved, "vanished": vanished });
        fs::write(folder.join(FILE), value.to_string())
    }
}
