//! What taking in files costs, through the real server.

use super::{Backend, Client, Site, percentile, say};
use serde_json::Value;
use std::{thread, time::Instant};

/// Pictures sent, and how many in one request.
const PICTURES: usize = 6_000;
const IN_ONE: usize = 20;
const SENDERS: usize = 4;

/// Small drawn pictures through HTTP: described, hashed, sealed, stored and acknowledged; every one different.
pub fn small_pictures(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let token = site.token("H", "A");
    site.serve();
    let drawn: Vec<Vec<u8>> = (0..PICTURES as u32).map(testkit::pictures::jpeg).collect();
    let bytes = drawn.iter().map(Vec::len).sum::<usize>() / PICTURES;
    let begun = Instant::now();
    let mut times: Vec<f64> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (address, token, drawn) = (&site.address, &token, &drawn);
                scope.spawn(move || {
                    let mut http = Client::new(address, token);
                    let batches = drawn.chunks(IN_ONE).enumerate().filter(|(n, _)| n % SENDERS == sender);
                    batches.map(|(n, batch)| send(&mut http, n, batch)).collect::<Vec<f64>>()
                })
            })
            .collect();
        senders.into_iter().flat_map(|s| s.join().unwrap()).collect()
    });
    let took = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    say(name, PICTURES, "pictures/s", PICTURES as f64 / took);
    say(&format!("{name}_bytes_each"), PICTURES, "B", bytes as f64);
    say(&format!("{name}_request_p99"), PICTURES / IN_ONE, "ms", percentile(&times, 0.99));
    say(&format!("{name}_rss_after"), PICTURES, "MB", site.resident_mb());
}

/// One report with one request of pictures; milliseconds of the request with the pictures.
fn send(http: &mut Client, n: usize, batch: &[Vec<u8>]) -> f64 {
    let body = format!("{{\"source_url\":\"https://pictures.example/{n}\",\"received_at\":\"2026-01-01T00:00:00Z\"}}");
    let (status, answer) = http.call("POST", "/api/v1/reports", Some(&body));
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let report: Value = serde_json::from_slice(&answer).unwrap();
    let mut form = Vec::new();
    for (place, picture) in batch.iter().enumerate() {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{place}.jpg\"\r\n\r\n");
        form.extend([head.as_bytes(), picture, b"\r\n"].concat());
    }
    form.extend(b"--b--\r\n");
    let path = format!("/api/v1/reports/{}/files", report["id"].as_str().unwrap());
    let sent = Instant::now();
    let (status, answer) = http.send("POST", &path, "multipart/form-data; boundary=b", &form);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    sent.elapsed().as_secs_f64() * 1e3
}
