//! Delivery networks, told by the names a host is an alias of or by the network it is in.

/// Ends of names, words of networks, and what people call the delivery network.
const KNOWN: &str = include_str!("cdns.txt");

/// The delivery network that these aliases or this network belong to.
pub fn named(aliases: &[String], network: Option<&str>) -> Option<String> {
    let lines = KNOWN.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(" = "));
    for (mark, name) in lines {
        let by_alias = aliases.iter().any(|a| a == mark.trim_start_matches('.') || a.ends_with(mark));
        let by_network = network.is_some_and(|n| n.to_ascii_lowercase() == mark);
        if by_alias || by_network {
            return Some(name.to_owned());
        }
    }
    None
}

/// Names at which a site's own server often answers.
pub fn origins(host: &str) -> Vec<String> {
    let bare = host.strip_prefix("www.").unwrap_or(host);
    ["origin", "direct", "origin-www", "ftp", "cpanel"].iter().map(|first| format!("{first}.{bare}")).collect()
}
