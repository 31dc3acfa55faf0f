//! A bucket that talks S3: a parcel is put under `incoming/`, answers lie under `answers/` and go to `done/`. An object appears
//! whole or not at all. A small one is put only where none is; a large one, in parts, after looking: its name stands for its
//! bytes, so that putting it twice puts the same.

use super::{Bad, Body, Delivered, MOST_FILES, RawAnswer, Trouble, later};
use crate::icse::dispatch::Parcel;
use bytes::BytesMut;
use futures_util::{StreamExt, TryStreamExt};
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    WriteMultipart, aws::AmazonS3, path::Path,
};
use storage::S3Config;

/// Bytes of a part.
const PART: usize = 8 << 20;
/// Name of the SHA-256 in an object's own metadata.
const DIGEST: &str = "sha256";

/// A bucket.
pub struct Bucket {
    client: AmazonS3,
    prefix: Path,
}

impl Bucket {
    pub fn new(config: &S3Config) -> Result<Self, String> {
        let client = storage::bucket(config).map_err(|error| error.to_string())?;
        Ok(Self { client, prefix: Path::from(config.prefix.as_str()) })
    }

    fn path(&self, folder: &str, name: &str) -> Path {
        self.prefix.clone().join(folder).join(name)
    }

    pub async fn deliver(&self, parcel: &Parcel, mut body: Body) -> Result<Delivered, Trouble> {
        let path = self.path("incoming", &format!("{}.cport", parcel.id));
        if self.lies_there(parcel, &path).await? {
            return Ok(Delivered::Left);
        }
        let digest = Attribute::Metadata(DIGEST.into());
        let attributes = Attributes::from_iter([(digest, base::hex(&parcel.sha256))]);
        if parcel.size <= PART as u64 {
            let mut all = BytesMut::with_capacity(usize::try_from(parcel.size).unwrap_or_default());
            while let Some(piece) = body.try_next().await.map_err(|error| ours(&error))? {
                all.extend_from_slice(&piece);
            }
            let options = PutOptions { mode: PutMode::Create, attributes, ..PutOptions::default() };
            return match self.client.put_opts(&path, PutPayload::from(all.freeze()), options).await {
                Ok(_) => Ok(Delivered::Left),
                // Somebody was faster, or an answer was lost on the way here.
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                    match self.lies_there(parcel, &path).await? {
                        true => Ok(Delivered::Left),
                        false => Err(later("the receiver took the parcel away while it was put")),
                    }
                }
                Err(error) => Err(broken(&error)),
            };
        }
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let upload = self.client.put_multipart_opts(&path, options).await.map_err(|error| broken(&error))?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        loop {
            let piece = body.try_next().await.map_err(|error| ours(&error));
            let ready = parts.wait_for_capacity(1).await.map_err(|error| broken(&error));
            match (piece, ready) {
                (Ok(Some(piece)), Ok(())) => parts.put(piece),
                (Ok(None), Ok(())) => break,
                (piece, ready) => {
                    // Best effort; what the service keeps of it is ended by its lifecycle rule.
                    drop(parts.abort().await);
                    return Err(piece.err().or(ready.err()).unwrap_or_else(|| later("the parcel was cut")));
                }
            }
        }
        parts.finish().await.map_err(|error| broken(&error))?;
        Ok(Delivered::Left)
    }

    /// Whether the parcel lies there already; another object under its name is trouble.
    async fn lies_there(&self, parcel: &Parcel, path: &Path) -> Result<bool, Trouble> {
        let found =
            match self.client.get_opts(path, object_store::GetOptions { head: true, ..Default::default() }).await {
                Ok(found) => found,
                Err(Error::NotFound { .. }) => return Ok(false),
                Err(error) => return Err(broken(&error)),
            };
        let digest = found.attributes.get(&Attribute::Metadata(DIGEST.into())).map(|value| value.as_ref().to_owned());
        if found.meta.size == parcel.size && digest.as_deref() == Some(base::hex(&parcel.sha256).as_str()) {
            return Ok(true);
        }
        Err(Trouble::Refused("something else lies in the bucket under the parcel's name".into()))
    }

    pub async fn answers(&self, most: u64) -> Result<Vec<RawAnswer>, Trouble> {
        let folder = self.prefix.clone().join("answers");
        let listed: Vec<_> = self.client.list(Some(&folder)).take(MOST_FILES).collect().await;
        let mut answers = Vec::new();
        for meta in listed {
            let meta = meta.map_err(|error| broken(&error))?;
            let Some(name) = meta.location.filename().map(str::to_owned) else { continue };
            // Only what lies directly there.
            if self.path("answers", &name) != meta.location {
                continue;
            }
            let bytes = if meta.size > most {
                Err(Bad::new("document", format!("it is longer than {most} bytes")))
            } else {
                match self.read(&meta.location, most).await {
                    Ok(bytes) => bytes,
                    // Somebody else of ours was faster.
                    Err(Error::NotFound { .. }) => continue,
                    Err(error) => return Err(broken(&error)),
                }
            };
            answers.push(RawAnswer { cursor: name, bytes });
        }
        Ok(answers)
    }

    /// An object, whatever size the list said.
    async fn read(&self, path: &Path, most: u64) -> Result<Result<Vec<u8>, Bad>, Error> {
        let mut body = self.client.get(path).await?.into_stream();
        let mut bytes = Vec::new();
        while let Some(piece) = body.try_next().await? {
            if bytes.len() as u64 + piece.len() as u64 > most {
                return Ok(Err(Bad::new("document", format!("it is longer than {most} bytes"))));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Ok(bytes))
    }

    pub async fn acknowledge(&self, cursor: &str) -> Result<(), Trouble> {
        let (from, to) = (self.path("answers", cursor), self.path("done", cursor));
        match self.client.copy(&from, &to).await {
            Ok(()) => {}
            Err(Error::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(broken(&error)),
        }
        match self.client.delete(&from).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(broken(&error)),
        }
    }
}

/// Our own side failed.
fn ours(error: &std::io::Error) -> Trouble {
    later(format!("the parcel cannot be read: {error}"))
}

/// In our own words: a library's may repeat what the service sent.
fn broken(error: &Error) -> Trouble {
    later(match error {
        Error::NotFound { .. } => "the bucket is not there",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => "the bucket does not let us in",
        _ => "the bucket does not answer",
    })
}
