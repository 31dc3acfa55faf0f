//! `cport sandbox`: stand-ins for partners, to set up a link with before the partner is there.

use cli::{house::Result, print};
use exchange::{
    Signer,
    age::Identity,
    icse::sandbox::{Face, Hostile, Settings, paper, serve},
    package::PublicKey,
};
use std::{
    fs,
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use storage::{Chance, S3Config};

/// A partner's stand-in.
#[derive(clap::Subcommand)]
pub enum Command {
    /// A receiver of confirmed material: strict, and slow, failing or talking nonsense when told so
    Icse(Box<Args>),
}

/// How the receiver is.
#[derive(clap::Args)]
pub struct Args {
    /// Address to listen on over HTTPS
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Folder for what it is told, its keys and its certificates
    #[arg(long, value_name = "FOLDER", default_value = "var/receiver")]
    folder: PathBuf,
    /// Name in its certificate, as senders call it
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    name: String,
    /// Its own certificate, PEM; with --certificate-key and --client-ca
    #[arg(long, value_name = "FILE", requires_all = ["certificate_key", "client_ca"])]
    certificate: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "certificate")]
    certificate_key: Option<PathBuf>,
    /// Who vouches for senders, PEM
    #[arg(long, value_name = "FILE", requires = "certificate")]
    client_ca: Option<PathBuf>,
    /// Look into this folder instead of listening: what an SFTP server shows, with `incoming`, `answers` and `done`
    #[arg(long, value_name = "FOLDER", conflicts_with = "bucket")]
    sftp_root: Option<PathBuf>,
    /// Look into this bucket instead of listening
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// Where the bucket's service is
    #[arg(long, value_name = "URL", requires = "bucket")]
    endpoint: Option<String>,
    /// What stands before the name of every object
    #[arg(long, value_name = "PREFIX", default_value = "", requires = "bucket")]
    prefix: String,
    /// File with the bucket's credentials
    #[arg(long, value_name = "FILE", requires = "bucket")]
    credentials: Option<PathBuf>,
    /// The exchange's public key, 64 hexadecimal characters; without it, parcels of any key are taken
    #[arg(long, value_name = "PUBLIC_KEY")]
    key: Option<String>,
    /// Seconds from a receipt to the answer
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    answer_after: i64,
    /// Milliseconds that it thinks before it says anything over HTTPS
    #[arg(long, value_name = "MS", default_value_t = 0)]
    slow: u64,
    /// Of a hundred questions, how many fail: before, after, or by a cut connection
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100))]
    fail: u64,
    /// Which of them fail
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Give answers again, and in the wrong order
    #[arg(long)]
    repeat: bool,
    /// Talk nonsense: error-text, html, huge, deep, empty, other-parcel, words, types, cut, strangers, repeated,
    /// contradiction, ids
    #[arg(long, value_name = "KIND")]
    hostile: Option<Hostile>,
}

/// Runs a stand-in until it is ended.
pub async fn run(command: Command) -> Result<()> {
    let Command::Icse(args) = command;
    fs::create_dir_all(&args.folder)?;
    let identity = identity(&args.folder.join("identity.txt"))?;
    let signer = Signer::open(&args.folder.join("answers.key"))?;
    let mut settings = Settings::new(&args.folder);
    if let Some(text) = &args.key {
        settings.key = Some(PublicKey::parse(text).ok_or("--key is 64 hexadecimal characters")?);
    }
    settings.answer_after = args.answer_after;
    settings.slow = Duration::from_millis(args.slow);
    (settings.fail, settings.seed, settings.repeat, settings.hostile) =
        (args.fail, args.seed, args.repeat, args.hostile);
    let recipient = identity.recipient().map_err(|e| e.to_string())?.to_string();
    settings.identity = Some(identity);
    let keys = format!("recipient = \"{recipient}\"\nanswer_key = \"{}\"\n", signer.public_hex());
    let (face, told) = face(&args, signer)?;
    let running = serve(settings, face).await?;
    let at = match running.address {
        Some(address) => format!("listens at {address}"),
        None => "looks for parcels".into(),
    };
    print::line(&format!("The stand-in {at}; what it is told is in {}.", args.folder.join("held.jsonl").display()));
    print::line("A link reaches it with:\n");
    print::text(&format!("[icse]\nenabled = true\nprivate = true\n{keys}{told}"));
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// Where it is reached, and what a link's config says of that.
fn face(args: &Args, signer: Signer) -> Result<(Face, String)> {
    let every = Duration::from_secs(1);
    if let Some(root) = args.sftp_root.clone() {
        let told = "\n[icse.transport.sftp]\nhost = \"…\"\nuser = \"…\"\nkey = \"…\"\nknown_hosts = \"…\"\n";
        return Ok((Face::Folder { root, every, signer }, told.into()));
    }
    if let Some(name) = &args.bucket {
        let mut text = format!("bucket = {}\nprefix = {}\n", quoted(name), quoted(&args.prefix));
        text += &args.endpoint.iter().map(|url| format!("endpoint = {}\n", quoted(url))).collect::<String>();
        let plain = args.endpoint.as_ref().is_some_and(|url| url.starts_with("http://"));
        text += &format!("allow_http = {plain}\n");
        let file = args.credentials.iter().map(|path| format!("credentials_file = {}\n", quoted(&path.display())));
        text += &file.collect::<String>();
        let bucket: S3Config = toml::from_str(&text).map_err(|e| e.to_string())?;
        return Ok((Face::Bucket { bucket, every, signer }, format!("\n[icse.transport.bucket]\n{text}")));
    }
    let own = match (&args.certificate, &args.certificate_key, &args.client_ca) {
        (Some(certificate), Some(key), Some(ca)) => {
            let (certificate, key, client_authority) = (certificate.clone(), key.clone(), ca.clone());
            Some(paper::Server { certificate, key, client_authority })
        }
        _ => None,
    };
    let url = format!("https://{}:{}/icse", args.name, args.listen.port());
    let Some(paper) = own else {
        let made = paper::make(&args.folder, &args.name)?;
        let told = format!(
            "\n[icse.transport.https]\nurl = {}\ncertificate = {}\nkey = {}\nauthority = {}\n",
            quoted(&url),
            quoted(&made.certificate.display()),
            quoted(&made.key.display()),
            quoted(&made.authority.display()),
        );
        return Ok((Face::Https { listen: args.listen, paper: made.server }, told));
    };
    let told = format!(
        "\n[icse.transport.https]\nurl = {}\ncertificate = \"…\"\nkey = \"…\"\nauthority = \"…\"\n",
        quoted(&url)
    );
    Ok((Face::Https { listen: args.listen, paper }, told))
}

/// As TOML writes text.
fn quoted(text: &impl ToString) -> String {
    toml::Value::from(text.to_string()).to_string()
}

/// The key that opens parcels, made at the first start.
fn identity(path: &Path) -> Result<Identity> {
    if !path.exists() {
        let made = Identity::from_bytes(Chance.bytes()?);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{}", made.expose())?;
    }
    Ok(Identity::from_file(&fs::read_to_string(path)?).map_err(|e| e.to_string())?)
}
