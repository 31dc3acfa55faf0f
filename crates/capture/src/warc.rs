//! The archive: WARC 1.1 (ISO 28500:2017), each record a gzip member of its own, so that it reads from any record on.

use crate::{
    Payload,
    dial::sha256,
    exchange::{Talked, USER_AGENT},
};
use base::Time;
use flate2::{Compression, write::GzEncoder};
use std::{collections::BTreeMap, io::Write};
use url::Url;

/// Writes records; remembers payloads, so that the same one is stored once.
pub struct Archive {
    seen: BTreeMap<[u8; 32], (String, String, Time)>,
    info: String,
}

impl Archive {
    /// Begins an archive: what wrote it, when. Returns the bytes of its first record.
    pub fn begin(tool: &str, payload: Payload, now: Time) -> (Self, Vec<u8>) {
        let id = new_id();
        let kept = match payload {
            Payload::Kept => "every answer as it was sent",
            Payload::HashedOnly => "bodies that may hold media are left out, their digests stand in metadata records",
        };
        let block = format!(
            "software: {tool}\r\nformat: WARC File Format 1.1\r\n\
             conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
             http-header-user-agent: {USER_AGENT}\r\ndescription: {kept}\r\n"
        );
        let head = [("WARC-Type", "warcinfo".to_owned()), ("Content-Type", "application/warc-fields".into())];
        let bytes = record(&id, now, &head, block.as_bytes());
        (Self { seen: BTreeMap::new(), info: id }, bytes)
    }

    /// Records an exchange; returns the bytes and notes the response's record id. A body that may not be kept (`left_out`)
    /// stands nowhere in it, and the record says so.
    pub fn add(&mut self, talked: &mut Talked, left_out: bool) -> Vec<u8> {
        let at = talked.exchange.at;
        let mut bytes = Vec::new();
        if talked.exchange.status.is_some() && talked.head > 0 {
            let id = new_id();
            bytes.extend(self.response(&id, talked, left_out));
            let head =
                self.about(&talked.exchange.url, "request", "application/http;msgtype=request", talked, Some(&id));
            bytes.extend(record(&new_id(), at, &head, &talked.request));
            talked.exchange.record_id = Some(format!("<urn:uuid:{id}>"));
        }
        let facts = serde_json::to_vec(&talked.exchange).unwrap_or_default();
        let concurrent = talked.exchange.record_id.clone();
        let id = concurrent.as_deref().map(|id| id.trim_start_matches("<urn:uuid:").trim_end_matches('>').to_owned());
        let head = self.about(&talked.exchange.url, "metadata", "application/json", talked, id.as_deref());
        bytes.extend(record(&new_id(), at, &head, &facts));
        bytes
    }

    fn response(&mut self, id: &str, talked: &Talked, left_out: bool) -> Vec<u8> {
        let (at, url) = (talked.exchange.at, &talked.exchange.url);
        let (head_bytes, whole) = (talked.response.get(..talked.head).unwrap_or_default(), &talked.response);
        let payload = ("WARC-Payload-Digest", digest(&talked.payload));
        let http = "application/http;msgtype=response";
        if left_out {
            let mut head = self.about(url, "response", http, talked, None);
            // The payload's digests stand in the metadata record beside it: a reader would compare one here with no bytes.
            head.push(("WARC-Truncated", "unspecified".into()));
            return record(id, at, &head, head_bytes);
        }
        let known = self.seen.get(&talked.payload).filter(|_| whole.len() > talked.head + 256).cloned();
        if let Some((earlier, earlier_url, earlier_at)) = known {
            let mut head = self.about(url, "revisit", http, talked, None);
            let profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
            head.extend([
                payload,
                ("WARC-Profile", profile.into()),
                ("WARC-Refers-To", format!("<urn:uuid:{earlier}>")),
                ("WARC-Refers-To-Target-URI", earlier_url),
                ("WARC-Refers-To-Date", date(earlier_at)),
                ("WARC-Truncated", "length".into()),
            ]);
            return record(id, at, &head, head_bytes);
        }
        let mut head = self.about(url, "response", http, talked, None);
        match talked.truncated {
            // Of a part there is no payload whose digest another reader could find again.
            Some(why) => head.push(("WARC-Truncated", why.into())),
            None => {
                head.push(payload);
                self.seen.insert(talked.payload, (id.to_owned(), url.to_string(), at));
            }
        }
        record(id, at, &head, whole)
    }

    fn about(
        &self,
        url: &Url,
        kind: &str,
        content: &str,
        talked: &Talked,
        concurrent: Option<&str>,
    ) -> Vec<(&'static str, String)> {
        let mut head = vec![
            ("WARC-Type", kind.to_owned()),
            ("WARC-Target-URI", url.to_string()),
            ("Content-Type", content.to_owned()),
            ("WARC-Warcinfo-ID", format!("<urn:uuid:{}>", self.info)),
        ];
        head.extend(talked.exchange.connected.map(|a| ("WARC-IP-Address", a.ip().to_string())));
        if kind != "metadata" {
            head.extend(spoken(talked));
        }
        head.extend(concurrent.map(|id| ("WARC-Concurrent-To", format!("<urn:uuid:{id}>"))));
        head
    }

    /// Ends the archive with the capture record.
    pub fn end(&self, url: &Url, capture_record: &[u8], now: Time) -> Vec<u8> {
        let head = [
            ("WARC-Type", "metadata".to_owned()),
            ("WARC-Target-URI", url.to_string()),
            ("Content-Type", "application/json".to_owned()),
            ("WARC-Warcinfo-ID", format!("<urn:uuid:{}>", self.info)),
        ];
        record(&new_id(), now, &head, capture_record)
    }
}

/// What was spoken on the connection: fields that later versions of the format know, and this one permits.
fn spoken(talked: &Talked) -> Vec<(&'static str, String)> {
    let mut head = vec![("WARC-Protocol", "http/1.1".to_owned())];
    if let Some(tls) = &talked.exchange.tls {
        head.push(("WARC-Protocol", tls.version.replace("TLSv", "tls/").replace('_', ".")));
        head.push(("WARC-Cipher-Suite", tls.cipher.replace("TLS13_", "TLS_")));
    }
    head
}

fn record(id: &str, at: Time, head: &[(&'static str, String)], block: &[u8]) -> Vec<u8> {
    let mut text = format!("WARC/1.1\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: {}\r\n", date(at));
    for (name, value) in head {
        text += &format!("{name}: {}\r\n", value.replace(['\r', '\n'], " "));
    }
    let length = block.len();
    text += &format!("WARC-Block-Digest: {}\r\nContent-Length: {length}\r\n\r\n", digest(&sha256(block)));
    let mut member = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    let written = member.write_all(text.as_bytes()).and_then(|()| member.write_all(block));
    drop(written.and_then(|()| member.write_all(b"\r\n\r\n")));
    member.finish().unwrap_or_default()
}

/// W3C date with microseconds.
fn date(at: Time) -> String {
    let text = at.to_string();
    let plain = text.trim_end_matches('Z');
    match plain.split_once('.') {
        Some((seconds, fraction)) => format!("{seconds}.{fraction:0<6}Z"),
        None => format!("{plain}.000000Z"),
    }
}

/// `sha256:` and base32 (RFC 4648), as archives write it.
fn digest(bytes: &[u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut held, mut bits) = (String::from("sha256:"), 0_u32, 0);
    for byte in bytes.iter().chain([&0_u8; 3]) {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 && text.len() < 7 + 52 {
            bits -= 5;
            let letter = ALPHABET.get(((held >> bits) & 31) as usize).copied().unwrap_or(b'A');
            text.push(char::from(letter));
        }
    }
    text + "===="
}

fn new_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness there is no id that counts; the process ends rather than repeat one.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::exit(5);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_as_archives_do() {
        // base64.b32encode(hashlib.sha256(b"abc").digest())
        let wanted = "sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====";
        assert_eq!(digest(&sha256(b"abc")), wanted);
    }

    #[test]
    fn dates_have_microseconds() {
        assert_eq!(date(Time::from_micros(1_000_000)), "1970-01-01T00:00:01.000000Z");
        assert_eq!(date(Time::from_micros(1_500_000)), "1970-01-01T00:00:01.500000Z");
    }
}
