//! `POST /api/v1/match`: what the caller's lists know of some hashes, or of one file's bytes.  of it is kept; the
//! log says how many were asked and known, not which.

use crate::{
    App, Error,
    caller::MayReadLists,
    error::{Problem, Result},
    files::FileTrouble,
    once,
};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
};
use base::Refusal;
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use hashlists::{Digests, Hashes, Opaque, Pdq, ask, digest};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Files to look up; at most 1,000.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Their hashes.
    files: Vec<File>,
}

/// Hashes of one file; at least one.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// 32 hexadecimal characters.
    md5: Option<String>,
    /// 40.
    sha1: Option<String>,
    /// 64.
    sha256: Option<String>,
    /// Base64 of the 144 bytes of a PhotoDNA value that the caller has; compared for equality.
    photodna: Option<String>,
    /// 64.
    pdq: Option<String>,
    /// 0 to 100.
    pdq_quality: Option<u8>,
    /// PDQ hashes of a video's frames, 64 hexadecimal characters each; at most 10,000.
    frames: Vec<String>,
}

/// What is known.
#[derive(Serialize, ToSchema)]
pub struct Known {
    /// One for each file asked about, in that order.
    items: Vec<KnownFile>,
}

/// What is known of one file.
#[derive(Serialize, ToSchema)]
pub struct KnownFile {
    /// Whether any list that the caller reads knows it.
    known: bool,
    /// Entries that know it, strongest and nearest first; at most 200.
    entries: Vec<KnownBy>,
}

/// An entry that knows a file.
#[derive(Serialize, ToSchema)]
pub struct KnownBy {
    /// The list.
    list_id: String,
    /// Its name.
    list: String,
    /// The entry.
    entry_id: String,
    /// baseline, national or context.
    class: &'static str,
    /// For national: where it is illegal.
    country: Option<String>,
    /// sha256, sha1, md5, photodna, pdq or frames.
    how: &'static str,
    /// Bits of difference; 0 of the very same file.
    distance: u32,
    /// The change of the list by which the entry is as it is.
    version: i64,
}

impl From<&ask::Found> for KnownBy {
    fn from(found: &ask::Found) -> Self {
        Self {
            list_id: found.list.to_string(),
            list: found.name.clone(),
            entry_id: found.entry.to_string(),
            class: found.says.class.word(),
            country: found.country.map(|c| c.to_string()),
            how: found.how.word(),
            distance: found.distance,
            version: found.version,
        }
    }
}

/// Most frames of one video.
const MOST_FRAMES: usize = 10_000;

/// Ask what lists know.
#[utoipa::path(post, path = "/api/v1/match", tag = "lists",
    request_body(content((Question = "application/json"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 200, body = Known), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(State(app): State<App>, MayReadLists(who): MayReadLists, request: Request) -> Result<Json<Known>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let asked = if kind.eq_ignore_ascii_case("application/octet-stream") {
        vec![of_bytes(&app, request.into_body()).await?.0]
    } else {
        let once::Json { value: Question { files }, .. } = once::Json::from_request(request, &app).await?;
        of_question(&files)?
    };
    let tx = app.db.look(&who.actor).await?;
    let (told, act) = ask::ask(&tx, &app.lists, &asked).await?;
    tx.commit(&act).await?;
    let file = |known: &Vec<ask::Found>| KnownFile {
        known: !known.is_empty(),
        entries: known.iter().map(Into::into).collect(),
    };
    Ok(Json(Known { items: told.iter().map(file).collect() }))
}

fn of_question(files: &[File]) -> Result<Vec<Hashes>, Refusal> {
    if files.is_empty() || files.len() > ask::MOST_ASKED {
        let reason = format!("ask about 1 to {} files at once", ask::MOST_ASKED);
        return Err(Refusal::new("files", "file-count", reason));
    }
    let read = |(n, file): (usize, &File)| {
        hashes(file).map_err(|r| Refusal { reason: format!("file {}: {}", n + 1, r.reason), ..r })
    };
    files.iter().enumerate().map(read).collect()
}

fn hashes(file: &File) -> Result<Hashes, Refusal> {
    fn read<const N: usize>(field: &'static str, text: Option<&str>) -> Result<Option<[u8; N]>, Refusal> {
        text.map(|t| digest(field, t.as_bytes())).transpose()
    }
    if file.pdq_quality.is_some_and(|q| q > 100) {
        return Err(Refusal::new("pdq_quality", "quality", "`pdq_quality` is 0 to 100"));
    }
    if file.frames.len() > MOST_FRAMES {
        return Err(Refusal::new("frames", "frame-count", format!("a video has at most {MOST_FRAMES} frames here")));
    }
    let pdq = read("pdq", file.pdq.as_deref())?.map(|bits| Pdq { bits, quality: file.pdq_quality });
    let frame = |text: &String| digest("frames", text.as_bytes()).map(|bits| Pdq { bits, quality: None });
    let hashes = Hashes {
        digests: Digests {
            md5: read("md5", file.md5.as_deref())?,
            sha1: read("sha1", file.sha1.as_deref())?,
            sha256: read("sha256", file.sha256.as_deref())?,
        },
        photodna: file.photodna.as_deref().map(photodna).transpose()?,
        pdq,
        frames: file.frames.iter().map(frame).collect::<Result<_, _>>()?,
    };
    if hashes == Hashes::default() {
        return Err(Refusal::new("files", "nothing-to-match", "give at least one hash"));
    }
    Ok(hashes)
}

/// A PhotoDNA value as it is compared.
pub fn photodna(text: &str) -> Result<[u8; 32], Refusal> {
    let refused = || Refusal::new("photodna", "fingerprint", "`photodna` is the base64 of 144 bytes");
    let bytes = BASE64.decode(text.trim()).map_err(|_| refused())?;
    Opaque::photodna(bytes)?.equal_by().ok_or_else(refused)
}

/// Hashes of a file that is sent, described in the workshop's cage and forgotten.
pub async fn of_bytes(app: &App, body: Body) -> Result<(Hashes, usize)> {
    let limit = app.config.max_file_bytes;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let bytes = to_bytes(body, most).await.map_err(|_| FileTrouble::TooLarge { name: "the file".into(), limit })?;
    let size = bytes.len();
    let workshop = Arc::clone(&app.workshop);
    let described = tokio::task::spawn_blocking(move || workshop.describe(&bytes)).await;
    let facts = match described {
        Ok(Ok(facts)) => facts,
        Ok(Err(why)) => return Err(reports::Error::File { name: "the file".into(), why }.into()),
        Err(_) => return Err(Error::Body(StatusCode::INTERNAL_SERVER_ERROR, "the file was not described".into())),
    };
    let pdq = |p: &media::Pdq| Pdq { bits: p.bits, quality: Some(p.quality) };
    let hashes = Hashes {
        digests: Digests { md5: Some(facts.md5), sha1: Some(facts.sha1), sha256: Some(facts.sha256) },
        photodna: None,
        pdq: facts.pdq.as_ref().map(pdq),
        frames: facts.video.iter().flat_map(|v| &v.frames).map(|f| pdq(&f.pdq)).collect(),
    };
    Ok((hashes, size))
}
