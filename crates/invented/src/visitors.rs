//! The page for visitors of this machine: what there is in the invented web, and a button for each thing that can change.

use crate::{State, sites, web, world};

/// Answers a visitor. Changes come by POST, so that nothing changes by looking.
pub fn respond(method: &str, path: &str, port: u16, state: &State) -> Vec<u8> {
    match (method, path) {
        ("POST", "/move") => state.change(|memory| memory.moved = !memory.moved),
        ("POST", "/vanish") => state.change(|memory| memory.vanished = !memory.vanished),
        ("GET" | "HEAD", "/") => return page(port, state),
        _ => return web::send(404, "text/plain", &[], b"nothing here"),
    }
    web::to(303, "/")
}

fn page(port: u16, state: &State) -> Vec<u8> {
    let row = |site: crate::Site| {
        let host = site.url.split(['/', ':']).find(|part| part.ends_with(".example")).unwrap_or_default();
        let at = world::address(host, state.has_moved()).or_else(|| {
            let (_, to) = world::ALIASES.iter().find(|(from, _)| *from == host)?;
            world::address(to, state.has_moved())
        });
        // A browser of this machine follows no name of the invented world, and knows no certificate of it.
        let followed = site.url.starts_with("https") || host == "short.example";
        let look = match (at, followed) {
            (Some(at), false) => format!("<a href=\"http://{at}:{port}/\">look</a>"),
            _ => String::new(),
        };
        format!("<tr><td>{}<td><code>{}</code><td>{}<td>{look}", site.country, site.url, site.what)
    };
    let rows: String = sites(port, state.tls_port(), state.has_moved()).into_iter().map(row).collect();
    let (here, there) = if state.has_moved() { ("the Netherlands", "Germany") } else { ("Germany", "the Netherlands") };
    let (is, back) =
        if state.has_vanished() { ("has vanished", "Bring it back") } else { ("is there", "Let it vanish") };
    let body = format!(
        "<p>Report one of these URLs in the demo and its page is fetched. The names exist for the demo's own name server \
         only; <i>look</i> shows a site to you.<table>{rows}</table>\
         <h2>What can change</h2>\
         <form method=post action=/move><p>moving.example is in {here}. <button>Move it to {there}</button></form>\
         <form method=post action=/vanish><p>vanishing.example {is}. <button>{back}</button></form>\
         <p>Then fetch the page again or look its host up again at the desk.",
    );
    web::send(200, "text/html; charset=utf-8", &[], web::html("The invented web", &body).as_bytes())
}
