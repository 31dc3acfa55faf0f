//! Sealed bytes as an answer: chunk by chunk, in constant memory, only as long as their receiver may have them; whole, or the
//! part that a resumed download asks for (RFC 9110, section 14).

use crate::{App, Error, error::Result, watch::Watch};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use storage::evidence::{Locked, Opening};

/// Bytes handed over at once: what is handed over cannot be taken back.
const PIECE: usize = 64 << 10;

/// Bytes that no browser shows in the site's own name.
const ALONE: (header::HeaderName, &str) = (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");

/// An object, whole. What cannot be opened is an error before the first byte; what turns out to be damaged on the way ends the
/// connection.
pub async fn whole(app: &App, locked: Locked, kind: String, disposition: &str, watch: Watch) -> Result<Response> {
    let opening = app.vault.unlock(&app.db, locked).await?;
    let size = opening.size();
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
    ];
    Ok((headers, [ALONE], body(opening, 0, size, watch).await?).into_response())
}

/// Which part of an object is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// From the first of these bytes to the second, both in it.
    Part(u64, u64),
    /// Nothing that is there.
    Nothing,
}

/// What a request wants of an object of `size` bytes whose entity tag is `tag`: several parts, malformed ones, and parts of
/// another version are the whole.
pub fn wanted(headers: &HeaderMap, size: u64, tag: &str) -> Wanted {
    let text = |name| headers.get(name).and_then(|v: &header::HeaderValue| v.to_str().ok());
    let Some(range) = text(header::RANGE) else { return Wanted::Whole };
    if text(header::IF_RANGE).is_some_and(|condition| condition.trim() != tag) {
        return Wanted::Whole;
    }
    let Some((first, last)) = range.trim().strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Wanted::Whole;
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return Wanted::Whole;
    }
    // A number that is too long for us is beyond every end.
    let number = |text: &str| if text.is_empty() { None } else { Some(text.parse().unwrap_or(u64::MAX)) };
    match (number(first), number(last)) {
        (None, None) => Wanted::Whole,
        (Some(first), Some(last)) if last < first => Wanted::Whole,
        (Some(first), _) if first >= size => Wanted::Nothing,
        (Some(first), last) => Wanted::Part(first, last.unwrap_or(u64::MAX).min(size - 1)),
        (None, Some(0)) => Wanted::Nothing,
        (None, Some(_)) if size == 0 => Wanted::Nothing,
        (None, Some(length)) => Wanted::Part(size - length.min(size), size - 1),
    }
}

/// An object, or the part of it that is wanted, with what a later request needs to go on.
pub async fn part(
    app: &App,
    locked: Locked,
    headers: &HeaderMap,
    tag: &str,
    disposition: &str,
    watch: Watch,
) -> Result<Response> {
    let opening = app.vault.unlock(&app.db, locked).await?;
    let size = opening.size();
    let (status, first, last, range) = match wanted(headers, size, tag) {
        Wanted::Whole => (StatusCode::OK, 0, size.saturating_sub(1), None),
        Wanted::Part(first, last) => {
            (StatusCode::PARTIAL_CONTENT, first, last, Some(format!("bytes {first}-{last}/{size}")))
        }
        Wanted::Nothing => {
            let there = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            let detail = "the part asked for is not there".into();
            return Ok((there, Error::Body(StatusCode::RANGE_NOT_SATISFIABLE, detail)).into_response());
        }
    };
    let length = if size == 0 { 0 } else { last - first + 1 };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, tag.to_owned()),
    ];
    let mut response = (status, headers, [ALONE], body(opening, first, length, watch).await?).into_response();
    if let Some(range) = range.and_then(|r| r.parse().ok()) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    Ok(response)
}

/// What is on its way.
struct Going {
    opening: Opening,
    /// Opened and not handed over yet.
    held: Bytes,
    /// Bytes to hand over.
    left: u64,
    watch: Watch,
}

async fn body(mut opening: Opening, first: u64, length: u64, watch: Watch) -> Result<Body> {
    let before = if first > 0 { opening.skip_to(first).await? } else { 0 };
    let mut held = opening.next().await?.unwrap_or_default();
    drop(held.split_to(usize::try_from(before).map_or(held.len(), |n| n.min(held.len()))));
    let going = Going { opening, held, left: length, watch };
    let pieces = stream::try_unfold(going, |mut going| async move {
        let piece = going.next().await.inspect_err(Watch::cut)?;
        Ok::<_, Error>(piece.map(|piece| (piece, going)))
    });
    Ok(Body::from_stream(pieces.boxed()))
}

impl Going {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.watch.still().await?;
        if self.held.is_empty() {
            let Some(next) = self.opening.next().await? else { return Ok(None) };
            self.held = next;
        }
        let most = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
        let piece = self.held.split_to(most.min(self.held.len()));
        self.left -= piece.len() as u64;
        Ok(Some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str, condition: Option<&str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        if let Some(condition) = condition {
            headers.insert(header::IF_RANGE, condition.parse().unwrap());
        }
        wanted(&headers, 100, "\"tag\"")
    }

    #[test]
    fn a_part_is_what_the_standard_says() {
        for (range, want) in [
            ("bytes=0-", Wanted::Part(0, 99)),
            ("bytes=10-19", Wanted::Part(10, 19)),
            ("bytes=99-", Wanted::Part(99, 99)),
            ("bytes=10-1000", Wanted::Part(10, 99)),
            ("bytes=-1", Wanted::Part(99, 99)),
            ("bytes=-1000", Wanted::Part(0, 99)),
            ("bytes=10-99999999999999999999999", Wanted::Part(10, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=-", Wanted::Whole),
            ("bytes=19-10", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("items=0-1", Wanted::Whole),
            ("nonsense", Wanted::Whole),
        ] {
            assert_eq!(asked(range, None), want, "{range}");
        }
        assert_eq!(asked("bytes=10-", Some("\"tag\"")), Wanted::Part(10, 99));
        assert_eq!(asked("bytes=10-", Some("\"other\"")), Wanted::Whole);
        assert_eq!(wanted(&HeaderMap::new(), 100, "\"tag\""), Wanted::Whole);
    }
}
