//! The child's side: one capture, from the order on standard input to the last frame on standard output.

use crate::{
    CaptureConfig, Ended, Event, Failed, Found, FoundBy, Login, Order, Payload, Record, Shown,
    address::Allowed,
    cage,
    clock::now,
    dial::{Encryption, WayOut, base64},
    exchange::{Ask, Desk, Talked, talk},
    judge::{Kind, kind, may_stand_in_archive},
    ledger::Ledger,
    links::{self, Page},
    names::Names,
    picture,
    pipe::{self, MOST_ORDER, Ordered},
    warc::Archive,
};
use aws_lc_rs::digest::{Context, SHA256};
use base::{Time, hex};
use futures_util::{StreamExt, stream};
use std::{
    io::{self, Read, Write},
    process::ExitCode,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use url::Url;

/// Name and version of what fetches.
pub const TOOL: &str = concat!("cport-capture/", env!("CARGO_PKG_VERSION"));

/// What the hidden subcommand does, before anything else in its process: reads one order, locks itself in, fetches or
/// draws, and writes what it finds to standard output. Ends with 0; with 3 when it cannot lock itself in, with 4 when the order makes
/// no sense, with 5 when nobody takes what it finds.
pub fn run_scout() -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    let mut input = io::stdin().lock();
    let order = match receive(&mut input) {
        Ok(Ordered::Fetch(order)) => *order,
        Ok(Ordered::Draw(drawing)) => return picture::run_draw(&drawing, &mut input),
        Err(_) => return ExitCode::from(4),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::from(3);
    };
    runtime.block_on(async move {
        // Reads what names need from /etc, and is the last thing to do so.
        let desk = match desk(&order.config) {
            Ok(desk) => desk,
            Err(why) => return refused(&order, why),
        };
        let memory = (1 << 30) + 4 * order.config.max_file;
        if cage::enter(memory, &[]).is_err() {
            return ExitCode::from(3);
        }
        let (flow, first) = Flow::new(desk, order);
        match flow.run(first).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(5),
        }
    })
}

fn receive(from: &mut impl Read) -> io::Result<Ordered> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST_ORDER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    pipe::read_order(&bytes)
}

fn desk(config: &CaptureConfig) -> Result<Desk, String> {
    let allowed = Allowed::parse(&config.allow)?;
    Ok(Desk {
        names: Names::new(&config.name_servers, allowed)?,
        way_out: WayOut::of(&config.egress)?,
        encryption: Encryption::new()?,
        clock: now,
        most: config.max_file,
        seconds: config.exchange_seconds,
        until: tokio::time::Instant::now() + Duration::from_secs(config.total_seconds),
        total_seconds: config.total_seconds,
        large: Mutex::new(()),
    })
}

/// Settings that make no sense end a capture before it begins, in words.
fn refused(order: &Order, why: String) -> ExitCode {
    let record = empty_record(order, now(), "");
    let ended = Ended { record, failed: Some(Failed::BadUrl(why)) };
    let written = pipe::frame(&Event::Ended(Box::new(ended))).and_then(|f| io::stdout().lock().write_all(&f));
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(5) }
}

/// A record in which nothing has happened yet.
pub fn empty_record(order: &Order, at: Time, egress: &str) -> Record {
    Record {
        tool: TOOL.into(),
        time_source: order.config.time_source.clone(),
        egress: egress.into(),
        started_at: at,
        ended_at: at,
        url: order.url.clone(),
        final_url: None,
        title: None,
        payload: order.payload,
        exchanges: Vec::new(),
        left_out: Vec::new(),
        archive_sha256: String::new(),
        archive_bytes: 0,
    }
}

/// One capture under way.
struct Flow {
    desk: Rc<Desk>,
    order: Order,
    archive: Archive,
    sum: Context,
    record: Record,
    until: Instant,
    /// Bytes of all answers so far.
    taken: u64,
    ledger: Ledger,
}

impl Flow {
    fn new(desk: Desk, order: Order) -> (Self, Vec<u8>) {
        let record = empty_record(&order, now(), &desk.way_out.words());
        let (archive, first) = Archive::begin(TOOL, order.payload, record.started_at);
        let until = Instant::now() + Duration::from_secs(order.config.total_seconds);
        let sum = Context::new(&SHA256);
        (Self { desk: Rc::new(desk), order, archive, sum, record, until, taken: 0, ledger: Ledger::default() }, first)
    }

    async fn run(mut self, first: Vec<u8>) -> io::Result<()> {
        self.send_archive(first)?;
        let failed = match self.page().await? {
            Ok(page) => {
                self.files(page).await?;
                None
            }
            Err(why) => Some(why),
        };
        self.record.ended_at = now();
        let json = serde_json::to_vec(&self.record)?;
        let last = self.archive.end(&self.order.url, &json, self.record.ended_at);
        self.send_archive(last)?;
        self.record.archive_sha256 = hex(self.sum.clone().finish().as_ref());
        send(&Event::Ended(Box::new(Ended { record: self.record, failed })))
    }

    /// Fetches the page itself, redirect after redirect. What it shows, or why it could not be had.
    async fn page(&mut self) -> io::Result<Result<Page, Failed>> {
        let mut url = self.order.url.clone();
        url.set_fragment(None);
        let home = url.clone();
        let mut from = None;
        for _ in 0..=self.order.config.max_redirects {
            let ask = Ask {
                authorization: self.order.login.as_ref().filter(|_| same_origin(&url, &home)).map(authorization),
                referrer: self.order.referrer.clone().filter(|_| from.is_none()),
                redirected_from: from.clone(),
                url: url.clone(),
            };
            let mut talked = talk(&self.desk, ask).await;
            self.keep(&mut talked)?;
            if let Some(why) = talked.exchange.failed {
                return Ok(Err(why));
            }
            let next = talked.redirect().or_else(|| refresh(&talked).filter(|next| *next != url));
            if let Some(next) = next {
                from = Some(std::mem::replace(&mut url, next));
                continue;
            }
            return self.arrived(talked);
        }
        Ok(Err(Failed::Redirects(self.order.config.max_redirects)))
    }

    /// The page's own answer, after all redirects.
    fn arrived(&mut self, talked: Talked) -> io::Result<Result<Page, Failed>> {
        let url = talked.exchange.url.clone();
        self.record.final_url = Some(url.clone());
        let status = talked.exchange.status.unwrap_or(0);
        if status >= 400 {
            return Ok(Err(Failed::Status(status)));
        }
        match kind(&talked) {
            Kind::Media => {
                self.send_file(self.order.url.clone(), FoundBy::Report, talked)?;
                return Ok(Ok(Page::default()));
            }
            // Such as an archive: its bytes are evidence, what is packed into it is nobody's to open here.
            Kind::Other => {
                let why = format!("it is {}, neither a page nor a picture or video, and not opened", named(&talked));
                self.ledger.leave_out(&mut self.record, url, why);
                return Ok(Ok(Page::default()));
            }
            Kind::Text => {}
        }
        let page = links::read(&talked.body, &url);
        self.record.title.clone_from(&page.title);
        self.send_page(url.clone(), talked)?;
        Ok(Ok(page))
    }

    /// Fetches what the page shows, several at once.
    async fn files(&mut self, mut page: Page) -> io::Result<()> {
        let sheets = std::mem::take(&mut page.sheets);
        let talks = self.fetch_all(sheets.into_iter().map(|url| (url, FoundBy::Style)).collect(), true).await?;
        for (url, talked) in talks {
            let css = String::from_utf8_lossy(&talked.body).into_owned();
            page.add_style(&css, &talked.exchange.url);
            self.send_page(url, talked)?;
        }
        let most = self.order.config.max_files;
        let mut files = page.files;
        for (url, _) in files.drain(most.min(files.len())..) {
            self.ledger.leave_out(&mut self.record, url, format!("the page names more than {most} files"));
        }
        self.fetch_all(files, false).await.map(drop)
    }

    /// Fetches each, redirects followed, and keeps or returns what came. Style sheets are returned, files are sent on.
    async fn fetch_all(&mut self, wanted: Vec<(Url, FoundBy)>, sheets: bool) -> io::Result<Vec<(Url, Talked)>> {
        let (redirects, at_once) = (self.order.config.max_redirects, self.order.config.at_once.clamp(1, 32));
        let mut kept = Vec::new();
        let mut waiting = wanted.into_iter();
        let mut running = stream::FuturesUnordered::new();
        loop {
            while running.len() < at_once {
                let Some((url, by)) = waiting.next() else { break };
                if let Some(why) = self.spent() {
                    self.ledger.leave_out(&mut self.record, url, why);
                    continue;
                }
                running.push(follow(Rc::clone(&self.desk), url, by, redirects));
            }
            let Some((url, by, talks)) = running.next().await else { return Ok(kept) };
            let last = talks.len();
            for (n, mut talked) in talks.into_iter().enumerate() {
                self.keep(&mut talked)?;
                if n + 1 == last {
                    if sheets { kept.push((url.clone(), talked)) } else { self.decide(url.clone(), by, talked)? }
                }
            }
        }
    }

    /// Why no more is fetched, if so.
    fn spent(&self) -> Option<String> {
        let config = &self.order.config;
        if Instant::now() >= self.until {
            return Some(format!("no time was left: a capture takes at most {} seconds", config.total_seconds));
        }
        (self.taken >= config.max_total).then(|| format!("a capture takes at most {} bytes", config.max_total))
    }

    fn decide(&mut self, url: Url, by: FoundBy, talked: Talked) -> io::Result<()> {
        let exchange = &talked.exchange;
        let why = if let Some(why) = &exchange.failed {
            why.to_string()
        } else if exchange.status.is_none_or(|s| s >= 300) {
            Failed::Status(exchange.status.unwrap_or(0)).to_string()
        } else if let Some(why) = &exchange.cut_short {
            why.clone()
        } else if kind(&talked) == Kind::Media {
            return self.send_file(url, by, talked);
        } else {
            format!("it is {}, no picture or video", named(&talked))
        };
        self.ledger.leave_out(&mut self.record, url, why);
        Ok(())
    }

    /// Hands a page or style sheet on for the picture, where one is drawn.
    fn send_page(&self, url: Url, talked: Talked) -> io::Result<()> {
        let whole = talked.exchange.status.is_some_and(|s| s < 300);
        if !whole || picture::why_not(&self.order.config, self.order.payload).is_some() {
            return Ok(());
        }
        let content_type = talked.header("content-type").map(|t| t.chars().take(200).collect());
        let shown = Shown { url, final_url: talked.exchange.url.clone(), content_type };
        send(&Event::Page(Box::new(shown), talked.body))
    }

    fn send_file(&mut self, url: Url, by: FoundBy, talked: Talked) -> io::Result<()> {
        let found = Found {
            url,
            final_url: talked.exchange.url.clone(),
            by,
            declared: talked.declared(),
            at: talked.exchange.at,
            sha256: crate::dial::sha256(&talked.body),
        };
        send(&Event::File(Box::new(found), talked.body))
    }

    /// Records an exchange and sends the archive's next bytes.
    fn keep(&mut self, talked: &mut Talked) -> io::Result<()> {
        self.taken += talked.exchange.sent_bytes;
        let left_out = self.order.payload == Payload::HashedOnly && !may_stand_in_archive(talked);
        let bytes = self.archive.add(talked, left_out);
        self.ledger.note(&mut self.record, &talked.exchange);
        talked.response = Vec::new();
        self.send_archive(bytes)
    }

    fn send_archive(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.sum.update(&bytes);
        self.record.archive_bytes += bytes.len() as u64;
        send(&Event::Archive(bytes))
    }
}

fn send(event: &Event) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(&pipe::frame(event)?)?;
    out.flush()
}

/// Follows a file's redirects; every exchange on the way.
async fn follow(desk: Rc<Desk>, url: Url, by: FoundBy, redirects: usize) -> (Url, FoundBy, Vec<Talked>) {
    let (mut talks, mut next, mut from): (Vec<Talked>, _, _) = (Vec::new(), Some(url.clone()), None);
    while let Some(at) = next.take() {
        let ask = Ask { url: at.clone(), redirected_from: from.take(), referrer: None, authorization: None };
        let talked = talk(&desk, ask).await;
        if talks.len() < redirects {
            next = talked.redirect();
            from = Some(at);
        }
        talks.push(talked);
    }
    (url, by, talks)
}

fn refresh(talked: &Talked) -> Option<Url> {
    let url = &talked.exchange.url;
    let by_header = talked.header("refresh").and_then(|value| links::refresh_target(value, url));
    if by_header.is_some() || talked.exchange.status != Some(200) || kind(talked) != Kind::Text {
        return by_header;
    }
    links::read(&talked.body, url).refresh
}

fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}

fn authorization(login: &Login) -> String {
    format!("Basic {}", base64(format!("{}:{}", login.user, login.password.expose()).as_bytes()))
}

/// What an answer is declared to be, in words.
fn named(talked: &Talked) -> String {
    talked.declared().unwrap_or_else(|| "of no declared type".into())
}
