//! Connections: to an address that was checked, directly or through a proxy, encrypted or not. Any certificate is taken,
//! because evidence is taken either way; what a browser would say of it is noted.

use crate::{Egress, Failed, Tls};
use base::{Secret, Time, hex};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::Url;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// Most bytes of certificates noted.
const MOST_CHAIN: usize = 64 << 10;

/// Anything bytes go to and come from.
pub trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

/// The way out, read.
#[derive(Clone, Debug)]
pub enum WayOut {
    /// From this machine.
    Direct,
    /// HTTP proxy, by CONNECT.
    Http(Proxy, Option<Secret<String>>),
    /// SOCKS5 proxy.
    Socks(Proxy, Option<(String, Secret<String>)>),
}

/// Where a proxy is.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// As the setting says.
    at: String,
    /// Looked up before the fetch process locks itself in; afterwards it can ask its name servers only.
    addresses: Vec<SocketAddr>,
}

impl Proxy {
    fn find(at: String) -> Result<Self, String> {
        let addresses = at.to_socket_addrs().map_err(|e| format!("capture.egress: the proxy {at}: {e}"))?;
        Ok(Self { addresses: addresses.take(4).collect(), at })
    }

    async fn connect(&self) -> Result<TcpStream, Failed> {
        let none = |_| Failed::NoConnection(format!("the proxy {}", self.at));
        TcpStream::connect(self.addresses.as_slice()).await.map_err(none)
    }
}

impl WayOut {
    /// Reads the setting and looks the proxy up.
    pub fn of(egress: &Egress) -> Result<Self, String> {
        let Egress::Proxy(text) = egress else { return Ok(Self::Direct) };
        let url =
            Url::parse(text).map_err(|_| "capture.egress is not a URL such as socks5://127.0.0.1:1080".to_owned())?;
        let host = url.host_str().ok_or("capture.egress has no host")?;
        let at = |usual: u16| Proxy::find(format!("{host}:{}", url.port().unwrap_or(usual)));
        let user = percent(url.username());
        let password = percent(url.password().unwrap_or_default());
        match url.scheme() {
            "http" => {
                let basic = (!user.is_empty()).then(|| Secret::new(base64(format!("{user}:{password}").as_bytes())));
                Ok(Self::Http(at(8080)?, basic))
            }
            "socks5" => {
                let login = (!user.is_empty()).then(|| (user, Secret::new(password)));
                Ok(Self::Socks(at(1080)?, login))
            }
            other => Err(format!("capture.egress: `{other}` is neither http nor socks5")),
        }
    }

    /// The proxy of a setting as a URL for another client, by address; none when there is no proxy.
    pub fn proxy_url(egress: &Egress) -> Result<Option<Url>, String> {
        let (Self::Http(proxy, _) | Self::Socks(proxy, _)) = Self::of(egress)? else { return Ok(None) };
        let (Egress::Proxy(text), Some(at)) = (egress, proxy.addresses.first()) else { return Ok(None) };
        let none = || "capture.egress is no proxy".to_owned();
        let mut url = Url::parse(text).map_err(|_| none())?;
        url.set_ip_host(at.ip()).map_err(|()| none())?;
        url.set_port(Some(at.port())).map_err(|()| none())?;
        Ok(Some(url))
    }

    /// In words, without secrets.
    pub fn words(&self) -> String {
        match self {
            Self::Direct => "direct".into(),
            Self::Http(proxy, _) => format!("HTTP proxy {}", proxy.at),
            Self::Socks(proxy, _) => format!("SOCKS5 proxy {}", proxy.at),
        }
    }

    /// Opens a connection to an address.
    pub async fn connect(&self, to: SocketAddr) -> Result<TcpStream, Failed> {
        let failed = |_| Failed::NoConnection(to.to_string());
        match self {
            Self::Direct => TcpStream::connect(to).await.map_err(failed),
            Self::Http(proxy, basic) => {
                let mut stream = proxy.connect().await?;
                http_connect(&mut stream, to, basic.as_ref()).await?;
                Ok(stream)
            }
            Self::Socks(proxy, login) => {
                let mut stream = proxy.connect().await?;
                socks(&mut stream, to, login.as_ref())
                    .await
                    .map_err(|why| Failed::NoConnection(format!("{to}: {why}")))?;
                Ok(stream)
            }
        }
    }
}

async fn http_connect(stream: &mut TcpStream, to: SocketAddr, basic: Option<&Secret<String>>) -> Result<(), Failed> {
    let login = basic.map(|b| format!("Proxy-Authorization: Basic {}\r\n", b.expose())).unwrap_or_default();
    let ask = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{login}\r\n");
    let broken = |_| Failed::NoConnection(format!("{to}: the proxy hung up"));
    stream.write_all(ask.as_bytes()).await.map_err(broken)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 8 << 10 {
            return Err(Failed::NoConnection(format!("{to}: the proxy's answer is too long")));
        }
        head.push(stream.read_u8().await.map_err(broken)?);
    }
    let line = String::from_utf8_lossy(head.split(|b| *b == b'\r').next().unwrap_or_default()).into_owned();
    if line.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    Err(Failed::NoConnection(format!("{to}: the proxy answered `{}`", line.chars().take(80).collect::<String>())))
}

/// SOCKS5 (RFC 1928, RFC 1929). The proxy is given an address, never a name.
async fn socks(stream: &mut TcpStream, to: SocketAddr, login: Option<&(String, Secret<String>)>) -> Result<(), String> {
    let hung_up = |_| "the proxy hung up".to_owned();
    let method = if login.is_some() { 2 } else { 0 };
    stream.write_all(&[5, 1, method]).await.map_err(hung_up)?;
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).await.map_err(hung_up)?;
    if answer != [5, method] {
        return Err("the proxy wants another way to sign in".into());
    }
    if let Some((user, password)) = login {
        let part = |text: &str| {
            let bytes: Vec<u8> = text.bytes().take(255).collect();
            [&[u8::try_from(bytes.len()).unwrap_or(255)], bytes.as_slice()].concat()
        };
        stream.write_all(&[&[1], part(user).as_slice(), &part(password.expose())].concat()).await.map_err(hung_up)?;
        stream.read_exact(&mut answer).await.map_err(hung_up)?;
        if answer != [1, 0] {
            return Err("the proxy refuses user name and password".into());
        }
    }
    let mut ask = vec![5, 1, 0];
    match to.ip() {
        IpAddr::V4(v4) => ask.extend([&[1], v4.octets().as_slice()].concat()),
        IpAddr::V6(v6) => ask.extend([&[4], v6.octets().as_slice()].concat()),
    }
    ask.extend(to.port().to_be_bytes());
    stream.write_all(&ask).await.map_err(hung_up)?;
    let mut head = [0; 4];
    stream.read_exact(&mut head).await.map_err(hung_up)?;
    let rest = match head {
        [5, 0, _, 1] => 4,
        [5, 0, _, 4] => 16,
        [5, 0, _, 3] => usize::from(stream.read_u8().await.map_err(hung_up)?),
        [5, code, ..] => return Err(format!("the proxy answered with code {code}")),
        _ => return Err("the proxy does not speak SOCKS5".into()),
    };
    let mut bound = vec![0; rest + 2];
    stream.read_exact(&mut bound).await.map(drop).map_err(hung_up)
}

/// What encrypted connections need.
#[derive(Clone)]
pub struct Encryption {
    provider: Arc<CryptoProvider>,
    browser: Arc<WebPkiServerVerifier>,
}

impl Encryption {
    /// With Mozilla's roots, as browsers have them.
    pub fn new() -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let roots = Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
        let browser = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
        Ok(Self { provider, browser: browser.build().map_err(|e| format!("certificates: {e}"))? })
    }

    /// Encrypts a connection and says with what.
    pub async fn wrap(&self, stream: TcpStream, host: &str) -> Result<(impl Stream + use<>, Tls), Failed> {
        let failed = |e: String| Failed::Tls(e.chars().take(200).collect());
        let found = Arc::new(Witness { encryption: self.clone(), problem: Mutex::new(None) });
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|e| failed(e.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&found) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_owned();
        let name = ServerName::try_from(bare).map_err(|e| failed(e.to_string()))?;
        let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let stream = connected.map_err(|e| failed(e.to_string()))?;
        let (_, session) = stream.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        let problem = found.problem.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let version = session.protocol_version().map(|v| format!("{v:?}")).unwrap_or_default();
        let cipher = session.negotiated_cipher_suite().map(|c| format!("{:?}", c.suite())).unwrap_or_default();
        let tls = describe(chain, version, cipher, problem);
        Ok((stream, tls))
    }
}

/// Takes every certificate and notes what a browser would say against it. Signatures of the handshake are checked: who
/// answers holds the certificate's key.
#[derive(Debug)]
struct Witness {
    encryption: Encryption,
    problem: Mutex<Option<String>>,
}

impl std::fmt::Debug for Encryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encryption")
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let verdict = self.encryption.browser.verify_server_cert(leaf, others, name, ocsp, now);
        let problem = verdict.err().map(|e| e.to_string().chars().take(200).collect());
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.encryption.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.encryption.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.encryption.provider.signature_verification_algorithms.supported_schemes()
    }
}

pub(crate) fn describe(chain: &[CertificateDer<'_>], version: String, cipher: String, problem: Option<String>) -> Tls {
    let leaf = chain.first().map(|c| c.as_ref()).unwrap_or_default();
    let mut tls = Tls {
        version,
        cipher,
        problem,
        chain: Vec::new(),
        subject: String::new(),
        issuer: String::new(),
        names: Vec::new(),
        not_before: Time::default(),
        not_after: Time::default(),
        sha256: hex(&sha256(leaf)),
    };
    let mut bytes = 0;
    for certificate in chain {
        bytes += certificate.len();
        if bytes <= MOST_CHAIN {
            tls.chain.push(hex(certificate));
        }
    }
    if let Ok((_, parsed)) = X509Certificate::from_der(leaf) {
        let short = |text: String| text.chars().filter(|c| !c.is_control()).take(300).collect::<String>();
        let seconds = |s: i64| Time::default().plus_seconds(s);
        tls.subject = short(parsed.subject().to_string());
        tls.issuer = short(parsed.issuer().to_string());
        tls.not_before = seconds(parsed.validity().not_before.timestamp());
        tls.not_after = seconds(parsed.validity().not_after.timestamp());
        if let Ok(Some(names)) = parsed.subject_alternative_name() {
            let name = |n: &GeneralName<'_>| match n {
                GeneralName::DNSName(name) => Some(short((*name).to_owned())),
                _ => None,
            };
            tls.names = names.value.general_names.iter().filter_map(name).take(50).collect();
        }
    }
    tls
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    fixed(&aws_lc_rs::digest::SHA256, bytes)
}

/// SHA-1, for lists that hold nothing else.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    fixed(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

fn fixed<const N: usize>(algorithm: &'static aws_lc_rs::digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut fixed = [0; N];
    fixed.iter_mut().zip(aws_lc_rs::digest::digest(algorithm, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    fixed
}

/// Undoes percent signs of a URL's user name or password.
fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let code =
            (*byte == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Base64 (RFC 4648), for Basic authentication.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let all = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = (all >> (18 - 6 * place)) & 63;
            let letter = ALPHABET.get(six as usize).copied().unwrap_or(b'=');
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_published_one() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_way_out_says_where_it_goes_and_no_secrets() {
        let way = WayOut::of(&Egress::Proxy("socks5://ada:p%40ss@127.0.0.1:9050".into())).unwrap();
        assert_eq!(way.words(), "SOCKS5 proxy 127.0.0.1:9050");
        assert!(!format!("{way:?}").contains("p@ss"));
        assert!(WayOut::of(&Egress::Proxy("ftp://x".into())).is_err());
    }
}
