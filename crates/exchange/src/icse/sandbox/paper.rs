//! Certificates to try the stand-in with: an authority of its own making, a receiver and a sender that it vouches for. They are
//! made once in a folder and stay. Nobody else believes them.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, SanType,
};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The receiver's files, PEM.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its certificate and chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Who vouches for senders.
    pub client_authority: PathBuf,
}

/// Everything that [`make`] made.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Who vouches for both.
    pub authority: PathBuf,
    /// The receiver's.
    pub server: Server,
    /// The sender's certificate.
    pub certificate: PathBuf,
    /// The sender's private key.
    pub key: PathBuf,
}

/// Makes an authority, a receiver called `name` and a sender, as files in a folder; what is there already stays.
///
/// # Errors
/// The folder cannot be written, or `name` is no name.
pub fn make(folder: &Path, name: &str) -> io::Result<Paper> {
    let at = |file: &str| folder.join(file);
    let authority = at("authority.pem");
    let server =
        Server { certificate: at("receiver.pem"), key: at("receiver.key"), client_authority: authority.clone() };
    let paper = Paper { authority, server, certificate: at("sender.pem"), key: at("sender.key") };
    let all = [&paper.authority, &paper.server.certificate, &paper.server.key, &paper.certificate, &paper.key];
    if all.iter().all(|path| path.exists()) {
        return Ok(paper);
    }
    fs::create_dir_all(folder)?;
    let other = |error: rcgen::Error| io::Error::other(error.to_string());
    let mut params = named("stand-in authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().map_err(other)?).map_err(other)?;
    write(&paper.authority, &issuer.pem())?;
    let mut params = named(name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.subject_alt_names = vec![match name.parse::<IpAddr>() {
        Ok(ip) => SanType::IpAddress(ip),
        Err(_) => SanType::DnsName(name.try_into().map_err(other)?),
    }];
    let (certificate, key) = signed(params, &issuer).map_err(other)?;
    write(&paper.server.certificate, &certificate)?;
    write(&paper.server.key, &key)?;
    let mut params = named("stand-in sender");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let (certificate, key) = signed(params, &issuer).map_err(other)?;
    write(&paper.certificate, &certificate)?;
    write(&paper.key, &key)?;
    Ok(paper)
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn signed(
    params: CertificateParams,
    issuer: &CertifiedIssuer<'static, KeyPair>,
) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, issuer)?.pem(), key.serialize_pem()))
}

/// Writes a file that its owner alone can read.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

impl Server {
    /// TLS as the receiver speaks it: only a sender with a certificate is heard.
    pub(super) fn config(&self) -> io::Result<Arc<ServerConfig>> {
        let wrong = |path: &Path| io::Error::other(format!("{} cannot be used", path.display()));
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.client_authority)? {
            roots.add(certificate).map_err(io::Error::other)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = verifier.build().map_err(io::Error::other)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|_| wrong(&self.key))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates(&self.certificate)?, key);
        Ok(Arc::new(config.map_err(|_| wrong(&self.certificate))?))
    }
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let wrong = |_| io::Error::other(format!("{} has no certificate", path.display()));
    CertificateDer::pem_file_iter(path).map_err(wrong)?.collect::<Result<_, _>>().map_err(wrong)
}
