//! Asks a server of this protocol for entries.

use super::{EntriesQuery, read};
use crate::{
    End, Limits,
    peer::{Peer, Trouble},
};
use base::Refusal;
use hashlists::Record;
use std::ops::ControlFlow;

/// A page that was read whole.
#[derive(Debug)]
pub struct Fetched {
    /// Its entries, or why one is refused.
    pub rows: Vec<Result<Record, Refusal>>,
    /// Where it goes on.
    pub next: Option<EntriesQuery>,
}

/// Most entries on a page that are believed: ten times what servers of this protocol send.
const MOST: usize = 10_000;

/// Fetches a page of entries.
pub async fn entries(peer: &Peer, query: &EntriesQuery) -> Result<Fetched, Trouble> {
    let limits = Limits::default();
    let answer = peer.get(&format!("{}{query}", peer.base()), limits.answer).await?;
    page(&answer.body, &limits)
}

/// Reads a page; one that says another number of entries than it has, or cannot be read to its end, is none.
fn page(body: &[u8], limits: &Limits) -> Result<Fetched, Trouble> {
    let mut rows = Vec::new();
    let read = read(body, limits, |row| {
        rows.push(row.content);
        if rows.len() > MOST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match read.done.end {
        End::Whole => {}
        End::Stopped => return Err(Trouble::Garbage(format!("more than {MOST} entries stand on a page"))),
        End::Broken(_, refusal) => return Err(refusal.into()),
    }
    if read.images.miscounted() || read.videos.miscounted() {
        return Err(Trouble::Garbage("a page says another number of entries than it has".into()));
    }
    Ok(Fetched { rows, next: read.next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fa_5_what_is_no_whole_page_is_refused() {
        let limits = Limits::default();
        let entry = "<image><member id=\"1\">n</member><id>a</id><timestamp>2026-01-01T00:00:00Z</timestamp></image>";
        let whole = format!("<queryResult><images count=\"1\">{entry}</images></queryResult>");
        assert_eq!(page(whole.as_bytes(), &limits).expect("a page").rows.len(), 1);
        let bad = [
            String::new(),
            "<html><body>maintenance</body></html>".into(),
            "{\"ok\":true}".into(),
            whole.replace("count=\"1\"", "count=\"2\""),
            whole.replace("</queryResult>", ""),
            whole.replace(
                "</queryResult>",
                "<paging><next>https://elsewhere.example/v2/entries?start=1</next></paging></queryResult>",
            ),
        ];
        for body in bad {
            assert!(matches!(page(body.as_bytes(), &limits), Err(Trouble::Garbage(_))), "{body}");
        }
    }
}
