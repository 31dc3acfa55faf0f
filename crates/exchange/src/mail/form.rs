//! The mail itself. The same words for every case, every search and every unit: nothing in it can be told apart.

/// Subject.
pub const SUBJECT: &str = "CPORT: a saved search has new cases";

/// The text, with the place to sign in where there is one.
pub fn text(link: &str) -> String {
    let place = if link.is_empty() { String::new() } else { format!("\r\n\r\n{link}") };
    format!("Your saved search has new cases. Sign in to see them.{place}\r\n")
}

/// Its id: the same in every try.
pub fn message_id(id: base::MailId, from: &str) -> String {
    let host = from.rsplit_once('@').map_or("localhost", |(_, host)| host.trim_end_matches('>'));
    format!("<{id}@{host}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_says_that_and_never_what() {
        assert_eq!(text(""), "Your saved search has new cases. Sign in to see them.\r\n");
        assert!(text("https://cport.example/").ends_with("\r\n\r\nhttps://cport.example/\r\n"));
        let id = base::MailId(uuid::Uuid::nil());
        assert_eq!(message_id(id, "CPORT <cport@net.example>"), format!("<{id}@net.example>"));
    }
}
