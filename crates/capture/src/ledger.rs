//! How much of a capture its record tells. A hostile site can make thousands of exchanges with long headers; the record
//! stays small enough to be stored and read, and the archive has every one of them.

use crate::{Exchange, Record};
use url::Url;

/// Bytes that are told in full.
const IN_FULL: usize = 8 << 20;
/// Bytes after which no more exchanges are told; those in between come without headers and certificates.
const MOST: usize = 16 << 20;
/// Bytes of files left out that are named.
const MOST_LEFT_OUT: usize = 2 << 20;

/// How many bytes were told, and how many exchanges were not.
#[derive(Default)]
pub struct Ledger {
    told: usize,
    left_out: usize,
    full: bool,
}

impl Ledger {
    /// Notes an exchange in the record, as far as there is room.
    pub fn note(&mut self, record: &mut Record, exchange: &Exchange) {
        if self.told > MOST {
            if !self.full {
                self.full = true;
                let why = "from here on exchanges stand in the archive only".to_owned();
                record.left_out.push((exchange.url.clone(), why));
            }
            return;
        }
        let mut told = exchange.clone();
        if self.told > IN_FULL {
            told.headers.clear();
            told.tls.iter_mut().for_each(|tls| tls.chain.clear());
        }
        self.told += size(&told);
        record.exchanges.push(told);
    }

    /// Notes a file that is left out, as far as there is room.
    pub fn leave_out(&mut self, record: &mut Record, url: Url, why: String) {
        self.left_out += url.as_str().len() + why.len() + 20;
        if self.left_out <= MOST_LEFT_OUT {
            record.left_out.push((url, why));
        }
    }
}

/// About the bytes that an exchange takes in a record.
fn size(exchange: &Exchange) -> usize {
    let headers: usize = exchange.headers.iter().map(|(name, value)| name.len() + value.len() + 10).sum();
    let tls = exchange.tls.as_ref().map_or(0, |t| {
        let names: usize = t.names.iter().map(|n| n.len() + 4).sum();
        t.chain.iter().map(String::len).sum::<usize>() + names + t.subject.len() + t.issuer.len() + 400
    });
    let from = exchange.redirected_from.as_ref().map_or(0, |u| u.as_str().len());
    exchange.url.as_str().len() + from + headers + tls + exchange.addresses.len() * 45 + 800
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CaptureConfig, Order, Payload, work::empty_record};
    use base::Time;

    #[test]
    fn fe_4_a_record_stays_small_whatever_a_site_sends() {
        let url = Url::parse(&format!("http://a.example/{}", "x".repeat(8_000))).unwrap();
        let config = CaptureConfig::default();
        let order = Order { url: url.clone(), referrer: None, login: None, payload: Payload::Kept, config };
        let mut record = empty_record(&order, Time::default(), "");
        let exchange = Exchange {
            url: url.clone(),
            redirected_from: Some(url.clone()),
            at: Time::default(),
            took_ms: 1,
            addresses: Vec::new(),
            connected: None,
            tls: None,
            status: Some(200),
            headers: vec![("X".into(), "\u{1}".repeat(8_000)); 8],
            sent_bytes: 0,
            body_bytes: 0,
            digests: None,
            cut_short: None,
            failed: None,
            record_id: None,
        };
        let mut ledger = Ledger::default();
        for _ in 0..6_000 {
            ledger.note(&mut record, &exchange);
            ledger.leave_out(&mut record, url.clone(), "why".into());
        }
        // Control characters take six bytes each in JSON, which is the worst there is.
        let bytes = serde_json::to_vec(&record).unwrap().len();
        assert!(bytes < crate::pipe::MOST_JSON, "{bytes}");
        assert!(record.exchanges.len() > 500 && record.exchanges.last().unwrap().headers.is_empty());
        assert!(record.left_out.iter().any(|(_, why)| why.contains("archive only")));
    }
}
