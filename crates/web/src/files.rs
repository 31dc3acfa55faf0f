//! Uploads: multipart bodies become described and sealed files, one at a time and sealed as they come, so that memory
//! stays at what one file's description needs, however large the file.

use crate::{App, error::Result, once::Once};
use axum::{
    extract::{
        Multipart,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use base::{OrgId, Refusal};
use media::Refused;
use reports::{
    facts::{self, Prepared, Receiving, Said, Shelf},
    intake,
};
use std::collections::VecDeque;
use url::Url;

/// Longest text field of a form, in bytes.
const MOST_TEXT: usize = 64 << 10;
/// Most text fields of a form.
const MOST_FIELDS: usize = 600;

/// Why an upload cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileTrouble {
    /// The body is no multipart form, or ends early.
    #[error("the upload is not a complete multipart form: {0}")]
    Broken(String),
    /// No files in it.
    #[error("the upload has no part named `file`, send at least one")]
    None,
    /// Too many files.
    #[error("the upload has more than {0} files, send fewer at a time")]
    TooMany(usize),
    /// A file is too large.
    #[error("`{name}` is larger than {limit} bytes, send a smaller file")]
    TooLarge {
        /// Its name.
        name: String,
        /// Bytes allowed.
        limit: u64,
    },
    /// The whole request is too large.
    #[error("the upload is larger than {0} bytes, send fewer files at a time")]
    RequestTooLarge(u64),
    /// Too many or too long other fields.
    #[error("the form has too many or too long fields")]
    Fields,
}

impl FileTrouble {
    /// Status and rule.
    pub(crate) const fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Broken(_) => (StatusCode::BAD_REQUEST, "broken-upload"),
            Self::None => (StatusCode::UNPROCESSABLE_ENTITY, "missing"),
            Self::TooMany(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-many-files"),
            Self::TooLarge { .. } | Self::RequestTooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Fields => (StatusCode::PAYLOAD_TOO_LARGE, "too-many-fields"),
        }
    }

    /// Status and rule of what the workshop refused.
    pub(crate) const fn of_refused(why: &Refused) -> (StatusCode, &'static str) {
        match why {
            Refused::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "empty-file"),
            Refused::TooLarge { .. } | Refused::TooManyPixels { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Refused::Unsupported { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-file"),
            Refused::UnknownType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown-file-type"),
            Refused::Undecodable { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "damaged-file"),
            Refused::WorkerDied | Refused::TimedOut => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable-file"),
        }
    }

    fn of(error: &MultipartError, limit: u64) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::RequestTooLarge(limit)
        } else {
            Self::Broken(error.body_text().chars().take(200).collect())
        }
    }
}

/// A form with files: the files prepared, the other fields as text.
#[derive(Default)]
pub struct Upload {
    /// Described and sealed; not yet part of a report.
    pub files: Vec<Prepared>,
    /// Other fields in order.
    pub fields: Vec<(String, String)>,
    digests: Vec<[u8; 32]>,
}

impl Upload {
    /// The last value of a text field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// How to recognise the same upload again.
    pub fn once(&self, key: Option<String>, place: &str) -> Once {
        let contents: Vec<&[u8]> = self.digests.iter().map(<[u8; 32]>::as_slice).collect();
        Once::new(key, place, &contents)
    }
}

/// Reads a form, preparing each file for an organisation. On any refusal everything sealed so far is taken back; the
/// text fields read so far stay, so that a page can show them again.
pub async fn read(app: &App, org: OrgId, form: Multipart, upload: &mut Upload) -> Result<()> {
    let read = read_into(app, org, form, upload).await;
    if read.is_err() {
        facts::discard(&app.vault, &upload.files).await;
        upload.files.clear();
    }
    read
}

async fn read_into(app: &App, org: OrgId, mut form: Multipart, upload: &mut Upload) -> Result<()> {
    let broken = |e: MultipartError| FileTrouble::of(&e, app.config.max_request_bytes);
    // `url` parts say where the files were found: the first the first file, and so on. Each stands before its file;
    // clients that send all text fields first are understood too.
    let mut urls: VecDeque<Option<Url>> = VecDeque::new();
    let shelf = facts::shelf(&app.db, org).await?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" || name == "files" {
            if upload.files.len() >= app.config.max_files {
                return Err(FileTrouble::TooMany(app.config.max_files).into());
            }
            let url = urls.pop_front().flatten();
            if let Some((file, digest)) = read_file(app, shelf, field, url).await? {
                upload.files.push(file);
                upload.digests.push(digest);
            }
        } else {
            if upload.fields.len() >= MOST_FIELDS {
                return Err(FileTrouble::Fields.into());
            }
            let text = read_text(field, app.config.max_request_bytes).await?;
            if name == "url" {
                let given = Some(text.trim()).filter(|t| !t.is_empty());
                urls.push_back(given.map(|t| intake::http_url("url", t)).transpose()?);
            }
            upload.fields.push((name, text));
        }
    }
    Ok(())
}

fn digest(url: &str, file: &Prepared) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut sum = Sha256::new();
    sum.update(url);
    sum.update([0]);
    sum.update(file.sha256());
    sum.finalize().into()
}

/// One file, sealed as it comes; `None` for the empty part that a browser sends when no file was chosen.
async fn read_file(
    app: &App,
    shelf: Shelf,
    mut field: Field<'_>,
    url: Option<Url>,
) -> Result<Option<(Prepared, [u8; 32])>> {
    let given = field.file_name().unwrap_or_default().to_owned();
    let declared = field.content_type().map(str::to_owned);
    let name = file_name(&given)?;
    let at = url.as_ref().map(Url::to_string).unwrap_or_default();
    let said = Said { name: name.clone(), declared, url };
    let mut receiving = facts::receive(&app.db, &app.vault, &app.workshop, shelf, said)?;
    if let Err(error) = read_into_store(app, &mut field, &mut receiving, &name).await {
        receiving.abort().await;
        return Err(error);
    }
    if receiving.size() == 0 && given.is_empty() {
        receiving.abort().await;
        return Ok(None);
    }
    let file = receiving.finish(&app.db, &app.vault, &app.workshop).await?;
    let digest = digest(&at, &file);
    Ok(Some((file, digest)))
}

async fn read_into_store(app: &App, field: &mut Field<'_>, receiving: &mut Receiving, name: &str) -> Result<()> {
    let limit = app.config.max_file_bytes;
    while let Some(chunk) = field.chunk().await.map_err(|e| FileTrouble::of(&e, app.config.max_request_bytes))? {
        if receiving.size() + chunk.len() as u64 > limit {
            return Err(FileTrouble::TooLarge { name: name.to_owned(), limit }.into());
        }
        receiving.write(&chunk).await?;
    }
    Ok(())
}

/// The last part of a name as sent, one line of at most 255 characters.
fn file_name(given: &str) -> Result<String, Refusal> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if last.is_empty() { Ok("unnamed".into()) } else { base::one_line("file", last, 255) }
}

async fn read_text(mut field: Field<'_>, limit: u64) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| FileTrouble::of(&e, limit))? {
        if bytes.len() + chunk.len() > MOST_TEXT {
            return Err(FileTrouble::Fields.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| FileTrouble::Broken("a text field is not UTF-8".into()).into())
}
