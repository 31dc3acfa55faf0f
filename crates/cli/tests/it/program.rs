//! Runs `cport` in a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A folder with a config file and everything it names.
pub struct Place {
    pub folder: PathBuf,
}

impl Place {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("cport-cli-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let at = folder.display();
        let text = format!(
            "[web]\nlisten = \"127.0.0.1:0\"\ntls_in_front = false\n[database]\nurl = \"sqlite:{at}/cport.db\"\n\
             [evidence]\nfolder = \"{at}/evidence\"\nspool = \"{at}/spool\"\nroot_key_file = \"{at}/root.key\"\n\
             [lists]\nindex_folder = \"{at}/index\"\nindex_save_seconds = 1\n"
        );
        fs::write(folder.join("cport.toml"), text).unwrap();
        Self { folder }
    }

    pub fn config(&self) -> PathBuf {
        self.folder.join("cport.toml")
    }

    /// Runs a subcommand with the config.
    pub fn run(&self, args: &[&str]) -> Output {
        cport(args).arg("--config").arg(self.config()).output().unwrap()
    }

    /// Runs a subcommand that has to succeed and returns what it printed.
    pub fn must(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout).trim().to_owned()
    }

    /// Everything a hotline of one person needs; returns an analyst's token.
    pub fn set_up(&self) -> String {
        self.must(&["migrate"]);
        self.must(&["admin", "root-key"]);
        self.must(&["admin", "organisation", "--kind", "hotline", "--name", "Hotline", "--country", "NL"]);
        self.must(&["admin", "person", "--organisation", "Hotline", "--name", "Ada", "--role", "analyst"]);
        self.must(&["admin", "token", "--organisation", "Hotline", "--person", "Ada", "--label", "test"])
    }

    /// Starts the server.
    pub fn serve(&self) -> Server {
        let mut child = cport(&["serve", "--config"]).arg(self.config()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").expect("says where it listens").to_owned();
        Server { child, url }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// A running server; killed without warning when dropped.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn cport(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cport"));
    command.args(args).env_remove("DATABASE_URL").env_remove("CPORT_TOKEN");
    command
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A drawn picture in a file.
pub fn picture(folder: &Path, name: &str, seed: u8) -> PathBuf {
    let path = folder.join(name);
    image::RgbImage::from_fn(80, 60, |x, y| image::Rgb([seed, (x * 3) as u8, (y * 4) as u8])).save(&path).unwrap();
    path
}
