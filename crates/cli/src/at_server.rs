//! A running server as a command talks to it: the native API with a token, and the server's own sentence when it refuses.

use cli::house::Result;
use reqwest::{Client, Response};
use serde::{Deserialize, de::DeserializeOwned};
use std::path::Path;

/// A server and the way in.
pub struct Server {
    client: Client,
    address: String,
    token: String,
}

/// What of a refusal is told.
#[derive(Deserialize)]
struct Problem {
    detail: String,
    field: Option<String>,
}

impl Server {
    /// The server at an address, with the token of a file or of `CPORT_TOKEN`.
    pub fn new(address: &str, token_file: Option<&Path>) -> Result<Self> {
        let client = Client::builder().user_agent(concat!("cport/", env!("CARGO_PKG_VERSION"))).build()?;
        Ok(Self { client, address: address.trim_end_matches('/').to_owned(), token: token(token_file)? })
    }

    /// Asks, and reads the answer.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Ok(self.open(path, &[]).await?.json().await?)
    }

    /// Asks, and leaves the answer to be read piece by piece.
    pub async fn open(&self, path: &str, query: &[(&str, &str)]) -> Result<Response> {
        let url = self.url(path, query)?;
        understood(self.client.get(url).bearer_auth(&self.token).send().await?).await
    }

    /// Sends bytes, and reads the answer.
    pub async fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: reqwest::Body,
    ) -> Result<T> {
        let url = self.url(path, query)?;
        let request = self.client.post(url).bearer_auth(&self.token);
        let request = request.header("content-type", "application/octet-stream").body(body);
        Ok(understood(request.send().await?).await?.json().await?)
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<url::Url> {
        let text = format!("{}{path}", self.address);
        let mut url = url::Url::parse(&text).map_err(|e| format!("{text}: {e}"))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

/// The token of a file or of `CPORT_TOKEN`.
pub fn token(file: Option<&Path>) -> Result<String> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|e| format!("token file {}: {e}", path.display()))?,
        None => std::env::var("CPORT_TOKEN").map_err(|_| "give --token-file, or set CPORT_TOKEN")?,
    };
    Ok(text.trim().to_owned())
}

/// The answer, or the server's sentence as failure.
pub async fn understood(response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let Ok(Problem { detail, field }) = response.json().await else {
        return Err(format!("{status}: the server gave no reason").into());
    };
    let field = field.map(|f| format!(" ({f})")).unwrap_or_default();
    Err(format!("{status}: {detail}{field}").into())
}
