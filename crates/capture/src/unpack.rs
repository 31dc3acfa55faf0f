//! Undoing an answer's codings, with a cap on what comes out: a small answer may unpack to more than a disk holds.

use std::io::Read;

/// A body unpacked, and why it is not whole.
pub struct Unpacked {
    pub body: Vec<u8>,
    pub cut_short: Option<String>,
}

/// Most codings on top of each other.
const MOST_CODINGS: usize = 3;

/// Undoes `Content-Encoding`, last coding first, up to `most` bytes.
pub fn unpack(sent: &[u8], codings: &str, most: u64) -> Unpacked {
    let codings: Vec<String> = codings
        .split(',')
        .map(|c| c.trim().to_ascii_lowercase())
        .filter(|c| !c.is_empty() && c != "identity")
        .collect();
    if codings.len() > MOST_CODINGS {
        let why = format!("more than {MOST_CODINGS} codings on top of each other");
        return Unpacked { body: sent.to_vec(), cut_short: Some(why) };
    }
    let mut body = sent.to_vec();
    for coding in codings.iter().rev() {
        match undo(&body, coding, most) {
            Ok((unpacked, None)) => body = unpacked,
            Ok((unpacked, Some(why))) => return Unpacked { body: unpacked, cut_short: Some(why) },
            Err(why) => return Unpacked { body, cut_short: Some(why) },
        }
    }
    Unpacked { body, cut_short: None }
}

fn undo(sent: &[u8], coding: &str, most: u64) -> Result<(Vec<u8>, Option<String>), String> {
    match coding {
        "gzip" | "x-gzip" => Ok(read(flate2::read::MultiGzDecoder::new(sent), most)),
        // Servers send both of what RFC 9110 calls deflate and what it does not.
        "deflate" if sent.first().is_some_and(|b| b & 0x0f == 8) => {
            Ok(read(flate2::read::ZlibDecoder::new(sent), most))
        }
        "deflate" => Ok(read(flate2::read::DeflateDecoder::new(sent), most)),
        "br" => Ok(read(brotli_decompressor::Decompressor::new(sent, 4096), most)),
        other => Err(format!("the coding `{}` is not known here", other.chars().take(40).collect::<String>())),
    }
}

fn read(from: impl Read, most: u64) -> (Vec<u8>, Option<String>) {
    let mut body = Vec::new();
    let ended = from.take(most + 1).read_to_end(&mut body);
    if body.len() as u64 > most {
        body.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        return (body, Some(format!("it unpacks to more than {most} bytes")));
    }
    let why = ended.err().map(|_| "its coding is damaged".to_owned());
    (body, why)
}
