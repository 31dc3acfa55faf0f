//! Hands a mail to a server (RFC 5321) and says what came of it.

use super::{MailConfig, Security, form};
use base::{MailId, Time};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use std::{
    net::IpAddr,
    time::{Duration, UNIX_EPOCH},
};

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The settings cannot be used.
    #[error("[mail] {0}")]
    Config(String),
    /// The mail cannot be made.
    #[error("the mail cannot be made: {0}")]
    Form(String),
    /// The server is away or refuses.
    #[error("the server did not take it: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

/// The way to the server.
pub struct Client {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
    link: String,
}

impl Client {
    /// Reads the settings; nothing is connected yet.
    pub fn new(config: &MailConfig) -> Result<Self, Trouble> {
        let from: Mailbox = config.from.parse().map_err(|e| Trouble::Config(format!("`from`: {e}")))?;
        let tls = || TlsParameters::new(config.server.clone());
        let security = match config.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::Starttls => Tls::Required(tls()?),
            Security::None if is_here(&config.server) => Tls::None,
            Security::None => {
                return Err(Trouble::Config("`security` may be none for a server on the same machine only".into()));
            }
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.server.clone())
            .port(config.port)
            .tls(security)
            .timeout(Some(Duration::from_secs(config.timeout_seconds)));
        if let Some(credentials) = credentials(config)? {
            server = server.credentials(credentials);
        }
        Ok(Self { server: server.build(), host: from.email.to_string(), from, link: config.link.clone() })
    }

    /// Sends the one mail there is to an address.
    pub async fn send(&self, id: MailId, to: &str, now: Time) -> Result<(), Trouble> {
        let to: Mailbox = to.parse().map_err(|e| Trouble::Form(format!("the address: {e}")))?;
        let date = UNIX_EPOCH + Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0));
        let mail = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(form::SUBJECT)
            .date(date)
            .message_id(Some(form::message_id(id, &self.host)))
            .header(ContentType::TEXT_PLAIN)
            .body(form::text(&self.link))
            .map_err(|e| Trouble::Form(e.to_string()))?;
        self.server.send(mail).await?;
        Ok(())
    }
}

fn credentials(config: &MailConfig) -> Result<Option<Credentials>, Trouble> {
    let Some(file) = config.password_file.as_ref().filter(|_| !config.user.is_empty()) else { return Ok(None) };
    let password = std::fs::read_to_string(file).map_err(|e| Trouble::Config(format!("`password_file`: {e}")))?;
    Ok(Some(Credentials::new(config.user.clone(), password.trim_end().to_owned())))
}

fn is_here(server: &str) -> bool {
    server == "localhost" || server.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn op_2_mail_without_tls_goes_nowhere_else() {
        let config = |server: &str, security| MailConfig { server: server.into(), security, ..MailConfig::default() };
        assert!(Client::new(&config("127.0.0.1", Security::None)).is_ok());
        assert!(Client::new(&config("mail.example", Security::Starttls)).is_ok());
        assert!(matches!(Client::new(&config("mail.example", Security::None)), Err(Trouble::Config(_))));
        let from = MailConfig { from: "nobody".into(), ..MailConfig::default() };
        assert!(matches!(Client::new(&from), Err(Trouble::Config(_))));
    }
}
