//! Sealed objects in a bucket that talks S3. What is small goes in one request, what is large in parts of 8 MiB from a
//! file, so that memory stays at a few parts however large an object is.

use super::folder::{id_of, place};
use crate::{Error, Result, S3Config};
use base::{BlobId, Secret};
use bytes::Bytes;
use futures_util::{StreamExt, stream::BoxStream};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig, WriteMultipart,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use std::{fs::File, io::Read, sync::Arc, time::Duration};

/// Bytes of a part, and most bytes of an object sent in one request. Services take 5 MiB to 5 GiB and 10,000 parts.
pub const PART: usize = 8 << 20;

/// A bucket.
#[derive(Clone)]
pub struct S3 {
    client: Arc<AmazonS3>,
    prefix: Path,
}

/// What a credentials file says. The one place where they are held.
struct Credentials {
    id: String,
    secret: Secret<String>,
    token: Option<Secret<String>>,
}

impl S3 {
    /// Prepares the way to a bucket. Nothing is asked of it yet: it may be away.
    pub fn open(config: &S3Config) -> Result<Self> {
        Ok(Self { client: Arc::new(bucket(config)?), prefix: Path::from(config.prefix.as_str()) })
    }

    fn path(&self, id: BlobId) -> Path {
        let (folder, name) = place(id);
        self.prefix.clone().join(folder).join(name)
    }

    /// Sends an object whose sealed bytes are all here.
    pub async fn put(&self, id: BlobId, sealed: Bytes) -> Result<()> {
        self.client.put(&self.path(id), PutPayload::from(sealed)).await?;
        Ok(())
    }

    /// Sends an object from a file, from where it stands, `size` bytes. After an error nothing of it is there.
    pub async fn send(&self, id: BlobId, mut file: File, size: u64) -> Result<()> {
        if size <= PART as u64 {
            let (_, part) = next_part(file).await?;
            return self.put(id, part).await;
        }
        let upload = self.client.put_multipart(&self.path(id)).await?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        loop {
            let read = next_part(file).await;
            let ready = parts.wait_for_capacity(1).await;
            match (read, ready) {
                (Ok((back, part)), Ok(())) if !part.is_empty() => {
                    file = back;
                    parts.put(part);
                }
                (Ok(_), Ok(())) => break,
                (read, ready) => {
                    // Best effort; what the service keeps of it is ended by its lifecycle rule.
                    drop(parts.abort().await);
                    read?;
                    ready?;
                    return Err(Error::Moved);
                }
            }
        }
        parts.finish().await?;
        Ok(())
    }

    /// An object's length and its sealed bytes as they come; `None` when there is none.
    pub async fn get(&self, id: BlobId) -> Result<Option<(u64, BoxStream<'static, object_store::Result<Bytes>>)>> {
        match self.client.get(&self.path(id)).await {
            Ok(found) => Ok(Some((found.meta.size, found.into_stream()))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an object; one that is not there is no error.
    pub async fn remove(&self, id: BlobId) -> Result<()> {
        match self.client.delete(&self.path(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The ids of all objects, as they come.
    pub fn list(&self) -> BoxStream<'static, Result<BlobId>> {
        let prefix = (!self.prefix.as_ref().is_empty()).then_some(&self.prefix);
        self.client
            .list(prefix)
            .filter_map(|found| async move {
                match found {
                    Ok(meta) => meta.location.filename().and_then(id_of).map(Ok),
                    Err(error) => Some(Err(error.into())),
                }
            })
            .boxed()
    }
}

/// A client of a bucket, as its settings say; also for what is no evidence. Nothing is asked yet: it may be away.
///
/// # Errors
/// The credentials' file cannot be read or lacks a key, or a setting is none that the client takes.
pub fn bucket(config: &S3Config) -> Result<AmazonS3> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&config.bucket)
        .with_region(&config.region)
        .with_allow_http(config.allow_http)
        .with_client_options(
            ClientOptions::new()
                .with_allow_http(config.allow_http)
                .with_connect_timeout(Duration::from_secs(5))
                .with_timeout(Duration::from_secs(config.request_seconds)),
        )
        // Short: whoever waits has a spool to go to, and the drain tries again.
        .with_retry(RetryConfig {
            backoff: BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() },
            max_retries: 2,
            retry_timeout: Duration::from_secs(15),
        });
    if let Some(endpoint) = &config.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(path) = &config.credentials_file {
        let text = std::fs::read_to_string(path).map_err(|source| Error::disk(path, source))?;
        let found = credentials(&text)
            .ok_or_else(|| Error::Schema(format!("credentials file {} lacks a key or a secret", path.display())))?;
        builder = builder.with_access_key_id(found.id).with_secret_access_key(found.secret.expose());
        if let Some(token) = found.token {
            builder = builder.with_token(token.expose());
        }
    }
    Ok(builder.build()?)
}

/// Up to a part of what is left of a file; empty at its end.
async fn next_part(file: File) -> Result<(File, Bytes)> {
    let read = tokio::task::spawn_blocking(move || {
        let mut part = Vec::with_capacity(PART);
        (&file).take(PART as u64).read_to_end(&mut part)?;
        Ok((file, Bytes::from(part)))
    });
    read.await.map_err(|_| Error::Crypto)?.map_err(|source: std::io::Error| Error::disk("spool", source))
}

fn credentials(text: &str) -> Option<Credentials> {
    let value = |wanted: &str| {
        let lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .map(|(name, value)| (name.trim(), value.trim()))
            .find(|(name, _)| *name == wanted)
            .map(|(_, v)| v.to_owned())
    };
    Some(Credentials {
        id: value("aws_access_key_id")?,
        secret: Secret::new(value("aws_secret_access_key")?),
        token: value("aws_session_token").map(Secret::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_from_the_usual_file() {
        let found = credentials("[default]\naws_access_key_id = A\naws_secret_access_key=b=c\n").unwrap();
        assert_eq!((found.id.as_str(), found.secret.expose().as_str()), ("A", "b=c"));
        assert!(found.token.is_none());
        assert!(credentials("aws_access_key_id = A").is_none());
    }

    #[test]
    fn cr_4_neither_config_nor_errors_print_credentials() {
        let folder = std::env::temp_dir().join(format!("cport-credentials-{}", std::process::id()));
        std::fs::write(&folder, "aws_secret_access_key = canary-secret\n").unwrap();
        let config = S3Config {
            bucket: "b".into(),
            endpoint: None,
            region: "r".into(),
            prefix: String::new(),
            allow_http: false,
            credentials_file: Some(folder.clone()),
            request_seconds: 1,
        };
        let error = S3::open(&config).err().unwrap();
        let said = format!("{config:?} {error:?} {error}");
        assert!(said.contains("lacks a key") && !said.contains("canary"), "{said}");
        std::fs::remove_file(folder).unwrap();
    }
}
