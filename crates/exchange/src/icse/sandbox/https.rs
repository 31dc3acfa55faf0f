//! The stand-in over HTTPS: `POST …/parcels` and `GET …/answers?after=…`, for senders with a certificate.

use super::{
    Hostile, Mishap, Mishaps,
    hostile::{FILL, FILLS},
    receiver::Receiver,
};
use crate::icse::{answer, client::CURSOR};
use aws_lc_rs::digest::{Context, SHA256};
use base::{DispatchId, ParcelId};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, StreamBody, combinators::BoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::{io, path::Path, sync::Arc};
use tokio::{fs::File, io::AsyncWriteExt, net::TcpListener, task::JoinSet};
use tokio_rustls::TlsAcceptor;

/// Most bytes of a parcel.
const LONGEST: u64 = 1 << 30;

type Answered = Response<BoxBody<Bytes, io::Error>>;

/// What all connections share.
struct Desk {
    receiver: Arc<Receiver>,
    mishaps: Mishaps,
}

pub async fn serve(listener: TcpListener, tls: Arc<ServerConfig>, receiver: Arc<Receiver>) {
    let desk = Arc::new(Desk { receiver, mishaps: Mishaps::default() });
    let acceptor = TlsAcceptor::from(tls);
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (acceptor, desk) = (acceptor.clone(), Arc::clone(&desk));
        connections.spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request| desk.answer(request));
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new());
            drop(builder.serve_connection(TokioIo::new(stream), service).await);
        });
        while connections.try_join_next().is_some() {}
    }
}

impl Desk {
    /// An error ends the connection without an answer.
    async fn answer(&self, request: Request<Incoming>) -> Result<Answered, io::Error> {
        let settings = &self.receiver.settings;
        let mishap = self.mishaps.next(settings);
        tokio::time::sleep(settings.slow).await;
        if mishap == Some(Mishap::Before) {
            return Ok(plain(StatusCode::SERVICE_UNAVAILABLE, "come back later"));
        }
        let path = request.uri().path().to_owned();
        let answered = match (request.method(), path.rsplit('/').next()) {
            (&Method::POST, Some("parcels")) => self.parcel(request).await?,
            (&Method::GET, Some("answers")) => self.answers(&request),
            _ => plain(StatusCode::NOT_FOUND, "there is nothing here"),
        };
        match mishap {
            Some(Mishap::After) => Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")),
            Some(_) => Err(io::Error::other("cut")),
            None => Ok(answered),
        }
    }

    async fn parcel(&self, request: Request<Incoming>) -> Result<Answered, io::Error> {
        let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let Ok(key) = header("idempotency-key").parse::<ParcelId>() else {
            return Ok(refused(None, "the header Idempotency-Key is no id of a parcel"));
        };
        let expected = header("content-digest").to_owned();
        let path = self.receiver.scratch();
        let kept = keep(request.into_body(), &path).await;
        let answered = match kept {
            Err(error) => Err(error),
            Ok(None) => Ok(refused(Some(key), "the parcel is too long")),
            Ok(Some(sha256)) if expected != format!("sha-256=:{}:", STANDARD.encode(&sha256)) => {
                Ok(refused(Some(key), "the bytes are not those of Content-Digest"))
            }
            Ok(Some(_)) => self.take(key, path.clone()).await,
        };
        drop(tokio::fs::remove_file(&path).await);
        answered
    }

    async fn take(&self, key: ParcelId, path: std::path::PathBuf) -> Result<Answered, io::Error> {
        let receiver = Arc::clone(&self.receiver);
        let taken = tokio::task::spawn_blocking(move || receiver.take(&path)).await.map_err(io::Error::other)??;
        let (parcel, answers) = match taken {
            Ok(taken) => taken,
            Err(why) => return Ok(refused(why.parcel.or(Some(key)), &why.why)),
        };
        if parcel != key {
            return Ok(refused(Some(key), "the header Idempotency-Key names another parcel"));
        }
        if let Some(hostile) = self.receiver.settings.hostile {
            return Ok(nonsense(hostile, parcel, answers.first().map(|answer| answer.dispatch)));
        }
        Ok(json(answer::document(Some(parcel), None, &answers), None))
    }

    fn answers(&self, request: &Request<Incoming>) -> Answered {
        let query = request.uri().query().unwrap_or_default();
        let after = query.split('&').find_map(|part| part.strip_prefix("after=")).unwrap_or("0");
        let Ok(after) = after.parse::<usize>() else {
            return plain(StatusCode::BAD_REQUEST, "`after` is no cursor");
        };
        let Some((next, answers)) = self.receiver.due(after) else {
            return plain(StatusCode::NO_CONTENT, "");
        };
        if let Some(hostile) = self.receiver.settings.hostile {
            let dispatch = answers.first().map(|answer| answer.dispatch).unwrap_or(DispatchId(Default::default()));
            let mut answered = nonsense(hostile, ParcelId(dispatch.0), Some(dispatch));
            if let Ok(cursor) = next.to_string().parse() {
                answered.headers_mut().insert(CURSOR, cursor);
            }
            return answered;
        }
        json(answer::document(None, None, &answers), Some(next))
    }
}

/// Keeps a body as a file; its SHA-256, or nothing where it is too long.
async fn keep(mut body: Incoming, path: &Path) -> io::Result<Option<Vec<u8>>> {
    let (mut file, mut digest, mut size) = (File::create(path).await?, Context::new(&SHA256), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(io::Error::other)?.into_data() else { continue };
        size += data.len() as u64;
        if size > LONGEST {
            return Ok(None);
        }
        digest.update(&data);
        file.write_all(&data).await?;
    }
    file.flush().await?;
    Ok(Some(digest.finish().as_ref().to_vec()))
}

fn body(bytes: Vec<u8>) -> BoxBody<Bytes, io::Error> {
    http_body_util::Full::new(Bytes::from(bytes)).map_err(|never| match never {}).boxed()
}

fn with(status: StatusCode, kind: &'static str, bytes: Vec<u8>) -> Answered {
    let mut response = Response::new(body(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static(kind));
    response
}

fn plain(status: StatusCode, text: &str) -> Answered {
    with(status, "text/plain; charset=utf-8", text.into())
}

fn json(bytes: Vec<u8>, cursor: Option<usize>) -> Answered {
    let mut response = with(StatusCode::OK, "application/json", bytes);
    if let Some(cursor) = cursor.and_then(|cursor| cursor.to_string().parse().ok()) {
        response.headers_mut().insert(CURSOR, cursor);
    }
    response
}

fn refused(parcel: Option<ParcelId>, why: &str) -> Answered {
    with(StatusCode::UNPROCESSABLE_ENTITY, "application/json", answer::document(parcel, Some(why), &[]))
}

fn nonsense(kind: Hostile, parcel: ParcelId, dispatch: Option<DispatchId>) -> Answered {
    let text = kind.text(parcel, dispatch.unwrap_or(DispatchId(parcel.0)));
    if kind != Hostile::Huge {
        return with(StatusCode::OK, "application/json", text);
    }
    let fill = stream::iter(std::iter::repeat_n(Bytes::from_static(FILL), FILLS));
    let all = stream::once(async move { Bytes::from(text) }).chain(fill).map(|piece| Ok(Frame::data(piece)));
    Response::new(BodyExt::boxed(StreamBody::new(all)))
}
