//! Uploads that are refused before they were read to the end. Closing the connection then would reach many clients as a
//! broken pipe instead of the answer, so what is still on its way is read and thrown away first, up to a limit.

use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    middleware::Next,
    response::Response,
};
use futures_util::{StreamExt, stream};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time};

/// Bytes thrown away at most; a client that sends more is cut off.
const MOST_BYTES: usize = 1 << 30;
/// And for at most this long.
const MOST_TIME: Duration = Duration::from_secs(20);

/// Hands the body to the handler and afterwards empties what it left.
pub async fn uploads(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let shared = Arc::new(Mutex::new(body.into_data_stream()));
    let chunks = stream::unfold(Arc::clone(&shared), |shared| async move {
        let chunk = shared.lock().await.next().await?;
        Some((chunk, shared))
    });
    let response = next.run(Request::from_parts(parts, Body::from_stream(chunks))).await;
    // Whoever reads too slowly or without end is cut off, with the answer already written.
    drop(time::timeout(MOST_TIME, empty(&shared)).await);
    response
}

async fn empty(shared: &Mutex<BodyDataStream>) {
    let mut body = shared.lock().await;
    let mut seen = 0;
    while let Some(Ok(chunk)) = body.next().await {
        seen += chunk.len();
        if seen > MOST_BYTES {
            break;
        }
    }
}
