//! Small spellings that pages share: sizes, shortened digests, addresses that must not be clicked.

/// A number of bytes for people: `312 B`, `48 kB`, `2.4 MB`.
pub fn bytes(n: &u64) -> String {
    let n = *n;
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{} kB", (n + 500) / 1_000),
        _ => {
            let tenths = n.saturating_add(50_000) / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// The beginning of a digest, enough to tell two apart by eye.
pub fn short(digest: &str) -> String {
    let mut shown: String = digest.chars().take(12).collect();
    if digest.chars().count() > 12 {
        shown.push('…');
    }
    shown
}

/// The end of an id: ids begin with a time, their ends differ.
pub fn tail(id: &str) -> String {
    let start = id.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    match id.get(start..) {
        Some(end) if start > 0 => format!("…{end}"),
        _ => id.to_owned(),
    }
}

/// An address that no program turns into a link: `hxxps://example[.]test/a.png`.
pub fn defang(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.replace('.', "[.]");
    if scheme.is_empty() { format!("{host}{path}") } else { format!("{}://{host}{path}", scheme.replace("tt", "xx")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let said: Vec<String> = [0, 999, 1_000, 48_312, 2_440_000, u64::MAX].iter().map(bytes).collect();
        assert_eq!(said[..5], ["0 B", "999 B", "1 kB", "48 kB", "2.4 MB"]);
    }

    #[test]
    fn addresses_cannot_be_clicked() {
        assert_eq!(defang("https://a.example.test/x.png?y=1.2"), "hxxps://a[.]example[.]test/x.png?y=1.2");
        assert_eq!(defang("http://192.0.2.7"), "hxxp://192[.]0[.]2[.]7");
        assert_eq!(defang("a.test/b.c"), "a[.]test/b.c");
    }

    #[test]
    fn digests_are_cut() {
        assert_eq!(short("0123456789abcdef"), "0123456789ab…");
        assert_eq!(short("0123"), "0123");
        assert_eq!(tail("019ab-c0ffee12"), "…c0ffee12");
        assert_eq!(tail("c0ffee12"), "c0ffee12");
    }
}
