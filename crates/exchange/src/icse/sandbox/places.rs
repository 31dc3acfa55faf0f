//! The stand-in behind a drop box: looks into `incoming/` again and again, takes what lies there whole, leaves receipts and
//! answers in `answers/`, signed, and takes the parcel away last, so that a kill in between only makes it look twice.

use super::{Mishap, Mishaps, Settings, receiver::Receiver};
use crate::{
    Signer,
    icse::{answer, client::ANSWER_CONTEXT},
    package::manifest::signature_line,
};
use base::{DispatchId, ParcelId};
use futures_util::{StreamExt, TryStreamExt};
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3, path::Path as Key};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use storage::S3Config;
use tokio::{fs, io::AsyncWriteExt};

/// Most bytes of nonsense in a file: 1 GiB is for connections, which end.
const HUGE: usize = 16 << 20;

/// Where parcels are left.
pub enum Place {
    /// A folder.
    Folder(PathBuf),
    /// A bucket, and what stands before every name.
    Bucket(AmazonS3, Key),
}

impl Place {
    /// A folder, with what belongs in it.
    pub fn folder(root: PathBuf) -> io::Result<Self> {
        for name in ["incoming", "answers", "done"] {
            std::fs::create_dir_all(root.join(name))?;
        }
        Ok(Self::Folder(root))
    }

    /// A bucket.
    pub fn bucket(config: &S3Config) -> Result<Self, storage::Error> {
        Ok(Self::Bucket(storage::bucket(config)?, Key::from(config.prefix.as_str())))
    }

    /// Ids of the parcels that lie there whole.
    async fn parcels(&self) -> io::Result<Vec<ParcelId>> {
        let id = |name: &str| name.strip_suffix(".cport").and_then(|id| id.parse::<ParcelId>().ok());
        let mut found = Vec::new();
        match self {
            Self::Folder(root) => {
                let mut entries = fs::read_dir(root.join("incoming")).await?;
                while let Some(entry) = entries.next_entry().await? {
                    found.extend(entry.file_name().to_str().and_then(id));
                }
            }
            Self::Bucket(client, prefix) => {
                let folder = prefix.clone().join("incoming");
                let mut listed = client.list(Some(&folder)).take(1000);
                while let Some(meta) = listed.try_next().await? {
                    found.extend(meta.location.filename().and_then(id));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Copies a parcel to a file of our own; nothing when it is gone.
    async fn fetch(&self, id: ParcelId, to: &Path) -> io::Result<bool> {
        let name = format!("{id}.cport");
        match self {
            Self::Folder(root) => match fs::copy(root.join("incoming").join(name), to).await {
                Ok(_) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(error),
            },
            Self::Bucket(client, prefix) => {
                let found = match client.get(&prefix.clone().join("incoming").join(name)).await {
                    Ok(found) => found,
                    Err(Error::NotFound { .. }) => return Ok(false),
                    Err(error) => return Err(error.into()),
                };
                let (mut body, mut file) = (found.into_stream(), fs::File::create(to).await?);
                while let Some(piece) = body.try_next().await? {
                    file.write_all(&piece).await?;
                }
                file.flush().await?;
                Ok(true)
            }
        }
    }

    /// Leaves an answer.
    async fn leave(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        match self {
            Self::Folder(root) => {
                let part = root.join("answers").join(format!(".{name}.part"));
                fs::write(&part, bytes).await?;
                fs::rename(&part, root.join("answers").join(name)).await
            }
            Self::Bucket(client, prefix) => {
                client.put(&prefix.clone().join("answers").join(name), PutPayload::from(bytes)).await?;
                Ok(())
            }
        }
    }

    /// Takes a parcel away.
    async fn remove(&self, id: ParcelId) -> io::Result<()> {
        let name = format!("{id}.cport");
        match self {
            Self::Folder(root) => match fs::remove_file(root.join("incoming").join(name)).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
            Self::Bucket(client, prefix) => match client.delete(&prefix.clone().join("incoming").join(name)).await {
                Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            },
        }
    }
}

/// A look at the place.
struct Watch {
    place: Place,
    signer: Signer,
    receiver: Arc<Receiver>,
    mishaps: Mishaps,
    /// Answers that were left.
    after: usize,
}

/// Looks again and again.
pub async fn watch(place: Place, every: Duration, signer: Signer, receiver: Arc<Receiver>) {
    let after = read_cursor(&receiver.settings);
    let mut watch = Watch { place, signer, receiver, mishaps: Mishaps::default(), after };
    loop {
        tokio::time::sleep(every).await;
        if let Err(error) = watch.look().await {
            tracing::warn!(%error, "the stand-in cannot use the place where parcels are left");
        }
    }
}

fn cursor_file(settings: &Settings) -> PathBuf {
    settings.folder.join("answered")
}

fn read_cursor(settings: &Settings) -> usize {
    std::fs::read_to_string(cursor_file(settings)).ok().and_then(|text| text.trim().parse().ok()).unwrap_or_default()
}

impl Watch {
    async fn look(&mut self) -> io::Result<()> {
        for id in self.place.parcels().await? {
            let mishap = self.mishaps.next(&self.receiver.settings);
            if mishap == Some(Mishap::Before) {
                continue;
            }
            let path = self.receiver.scratch();
            let done = self.parcel(id, &path, mishap).await;
            drop(fs::remove_file(&path).await);
            done?;
        }
        while let Some((next, answers)) = self.receiver.due(self.after) {
            let document = match (self.receiver.settings.hostile, answers.first()) {
                (Some(kind), Some(first)) => self.nonsense(kind, ParcelId(first.dispatch.0), first.dispatch),
                _ => answer::document(None, None, &answers),
            };
            self.place.leave(&format!("found-{next:010}.json"), self.signed(document)).await?;
            self.after = next;
            fs::write(cursor_file(&self.receiver.settings), next.to_string()).await?;
        }
        Ok(())
    }

    async fn parcel(&self, id: ParcelId, path: &Path, mishap: Option<Mishap>) -> io::Result<()> {
        if !self.place.fetch(id, path).await? {
            return Ok(());
        }
        let (receiver, file) = (Arc::clone(&self.receiver), path.to_owned());
        let taken = tokio::task::spawn_blocking(move || receiver.take(&file)).await.map_err(io::Error::other)??;
        if mishap.is_some() {
            // As if it was killed here: it finds the parcel again.
            return Ok(());
        }
        let document = match taken {
            Ok((parcel, _)) if parcel != id => {
                answer::document(Some(id), Some("the parcel is another than its name says"), &[])
            }
            Ok((parcel, answers)) => match (self.receiver.settings.hostile, answers.first()) {
                (Some(kind), Some(first)) => self.nonsense(kind, parcel, first.dispatch),
                _ => answer::document(Some(parcel), None, &answers),
            },
            Err(refused) => answer::document(Some(id), Some(&refused.why), &[]),
        };
        self.place.leave(&format!("receipt-{id}.json"), self.signed(document)).await?;
        self.place.remove(id).await
    }

    fn nonsense(&self, kind: super::Hostile, parcel: ParcelId, dispatch: DispatchId) -> Vec<u8> {
        let mut text = kind.text(parcel, dispatch);
        if kind == super::Hostile::Huge {
            text.resize(HUGE, b'x');
        }
        text
    }

    /// A document and the line that signs it.
    fn signed(&self, mut document: Vec<u8>) -> Vec<u8> {
        let signature = self.signer.sign_hex(&[ANSWER_CONTEXT, &document, b"\n"].concat());
        document.push(b'\n');
        document.extend_from_slice(signature_line(self.signer.id(), &signature).as_bytes());
        document
    }
}
