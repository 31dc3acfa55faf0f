//! `cport evidence verify-package`: checks what an officer took along, without the exchange.

use cli::{house::Result, print};
use exchange::{
    age::{self, Identity},
    package::{self, PublicKey, Verified},
};
use std::{
    fs::{self, File},
    io::{BufReader, Read, Seek, SeekFrom},
    path::PathBuf,
    process::ExitCode,
};

/// Which package, and with which keys.
#[derive(clap::Args)]
pub struct Args {
    /// The package, as it was downloaded or decrypted
    file: PathBuf,
    /// File with your private key, as `age-keygen` writes it; for an encrypted package
    #[arg(long, value_name = "KEY_FILE")]
    identity: Option<PathBuf>,
    /// The exchange's public key, 64 hexadecimal characters, as it publishes it; without it, the key the package names
    #[arg(long, value_name = "PUBLIC_KEY")]
    key: Option<String>,
    /// Print the manifest of a package that is as it was made
    #[arg(long)]
    manifest: bool,
}

/// Prints what is wrong, a line each; fails when there is something.
pub fn verify(args: &Args) -> Result<ExitCode> {
    let key = args.key.as_deref().map(|text| PublicKey::parse(text).ok_or("--key is 64 hexadecimal characters"));
    let key = key.transpose()?;
    let path = args.file.display();
    let mut file = File::open(&args.file).map_err(|e| format!("cannot read {path}: {e}"))?;
    let mut begin = Vec::new();
    (&mut file).take(age::FIRST_LINE.len() as u64).read_to_end(&mut begin)?;
    file.seek(SeekFrom::Start(0))?;
    let found = if begin == age::FIRST_LINE.as_bytes() {
        let missing = "the package is encrypted, name your key's file with --identity";
        let keys = fs::read_to_string(args.identity.as_ref().ok_or(missing)?)?;
        let identity = Identity::from_file(&keys).map_err(|e| e.to_string())?;
        match age::Reader::open(BufReader::new(file), &identity) {
            Ok(mut plain) => package::verify(&mut plain, key.as_ref()),
            Err(error) => return Ok(print::failed(&format!("{path}: {error}"))),
        }
    } else {
        package::verify(&mut BufReader::new(file), key.as_ref())
    };
    tell(args, key.as_ref(), &found)
}

fn tell(args: &Args, given: Option<&PublicKey>, found: &Verified) -> Result<ExitCode> {
    for flaw in &found.flaws {
        print::line(&flaw.to_string());
    }
    let (Some(manifest), true) = (&found.manifest, found.flaws.is_empty()) else {
        return Ok(print::failed(&format!("{} is not as it was made", args.file.display())));
    };
    if args.manifest {
        print::line(&serde_json::to_string_pretty(manifest)?);
        return Ok(ExitCode::SUCCESS);
    }
    let (package, made, files) = (manifest.package, manifest.made_at, manifest.files.len());
    print::line(&format!("package {package} of {made} is as it was made: {files} files"));
    let who = &manifest.recipient;
    let number = &who.case_number;
    print::line(&format!("taken along by {}, {}, case number {number}", who.name, who.organisation_name));
    if let (None, Some(key)) = (given, &found.key) {
        print::line(&format!("signed with {}: compare this with the key that the exchange publishes", key.hex()));
    }
    Ok(ExitCode::SUCCESS)
}
