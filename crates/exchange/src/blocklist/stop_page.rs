//! The page that people see instead of a blocked one, as plain files for a provider's web server: why, under which law, where to
//! complain, in several languages. No script, no picture, nothing from anywhere else; it keeps nothing and asks for nothing.
//!
//! `index.html` has every language one below the other, as whoever comes may read any; a file for each language has one.

use std::{fs, io, path::Path};

/// What a provider says on its page.
#[derive(Clone, Debug)]
pub struct StopPages<'a> {
    /// The law or the terms under which it blocks, as a title: `Article 11 of the Example Act`.
    pub law: &'a str,
    /// Where to complain: an address of the web.
    pub complaints: &'a str,
    /// Who blocks; may be empty.
    pub provider: &'a str,
}

/// Words of one language.
struct Words {
    code: &'static str,
    language: &'static str,
    title: &'static str,
    why: &'static str,
    law: &'static str,
    kept: &'static str,
    complain: &'static str,
    link: &'static str,
    help: &'static str,
}

const LANGUAGES: [Words; 6] = [
    Words {
        code: "en",
        language: "English",
        title: "This site is blocked",
        why: "Police of two countries have looked at evidence that this domain distributes child sexual abuse material of the \
              gravest kind. It is on an international list of such domains, which access providers block.",
        law: "It is blocked under:",
        kept: "This page does not record who you are or what you were looking for.",
        complain: "You run this site, or believe that it is blocked wrongly? You can complain. The complaint is looked at, and \
                   answered by a date that you are told.",
        link: "Complain about this block",
        help: "If you came across such material, you can report it to the hotline of your country without giving your name.",
    },
    Words {
        code: "fr",
        language: "Français",
        title: "Ce site est bloqué",
        why: "Les polices de deux pays ont examiné des preuves que ce domaine diffuse des contenus d’abus sexuels d’enfants de la \
              plus grande gravité. Il figure sur une liste internationale de tels domaines, que les fournisseurs d’accès bloquent.",
        law: "Le blocage se fonde sur :",
        kept: "Cette page n’enregistre ni qui vous êtes ni ce que vous cherchiez.",
        complain: "Vous exploitez ce site, ou vous pensez qu’il est bloqué à tort ? Vous pouvez déposer une réclamation. Elle sera \
                   examinée, et une réponse vous sera donnée à une date qui vous est indiquée.",
        link: "Contester ce blocage",
        help: "Si vous avez rencontré de tels contenus, vous pouvez les signaler à la ligne d’assistance de votre pays sans donner votre nom.",
    },
    Words {
        code: "de",
        language: "Deutsch",
        title: "Diese Seite ist gesperrt",
        why: "Polizeibehörden zweier Länder haben Beweise geprüft, dass über diese Domain schwerste Darstellungen sexuellen \
              Missbrauchs von Kindern verbreitet werden. Sie steht auf einer internationalen Liste solcher Domains, die \
              Zugangsanbieter sperren.",
        law: "Die Sperre beruht auf:",
        kept: "Diese Seite zeichnet nicht auf, wer Sie sind oder was Sie gesucht haben.",
        complain: "Sie betreiben diese Seite oder halten die Sperre für falsch? Sie können sich beschweren. Die Beschwerde wird \
                   geprüft und bis zu einem Tag beantwortet, der Ihnen genannt wird.",
        link: "Über diese Sperre beschweren",
        help: "Wenn Sie auf solche Darstellungen gestoßen sind, können Sie sie der Meldestelle Ihres Landes ohne Namen melden.",
    },
    Words {
        code: "nl",
        language: "Nederlands",
        title: "Deze site is geblokkeerd",
        why: "De politie van twee landen heeft bewijs bekeken dat dit domein materiaal van seksueel kindermisbruik van de ernstigste \
              soort verspreidt. Het staat op een internationale lijst van zulke domeinen, die toegangsaanbieders blokkeren.",
        law: "De blokkering berust op:",
        kept: "Deze pagina legt niet vast wie u bent of wat u zocht.",
        complain: "Beheert u deze site, of denkt u dat zij ten onrechte is geblokkeerd? U kunt een klacht indienen. Die wordt \
                   bekeken en beantwoord voor een datum die u te horen krijgt.",
        link: "Klagen over deze blokkering",
        help: "Bent u zulk materiaal tegengekomen, dan kunt u het zonder naam melden bij het meldpunt van uw land.",
    },
    Words {
        code: "es",
        language: "Español",
        title: "Este sitio está bloqueado",
        why: "La policía de dos países ha examinado pruebas de que este dominio distribuye material de abuso sexual infantil de la \
              mayor gravedad. Figura en una lista internacional de tales dominios, que los proveedores de acceso bloquean.",
        law: "El bloqueo se basa en:",
        kept: "Esta página no registra quién es usted ni qué buscaba.",
        complain: "¿Es responsable de este sitio o cree que está bloqueado por error? Puede presentar una reclamación. Se examinará y \
                   se responderá antes de una fecha que se le indicará.",
        link: "Reclamar contra este bloqueo",
        help: "Si ha encontrado material de este tipo, puede denunciarlo ante la línea de denuncia de su país sin dar su nombre.",
    },
    Words {
        code: "it",
        language: "Italiano",
        title: "Questo sito è bloccato",
        why: "Le polizie di due paesi hanno esaminato prove che questo dominio diffonde materiale di abuso sessuale su minori della \
              massima gravità. È in un elenco internazionale di tali domini, che i fornitori di accesso bloccano.",
        law: "Il blocco si basa su:",
        kept: "Questa pagina non registra chi è Lei né che cosa cercava.",
        complain: "Gestisce questo sito, o ritiene che sia bloccato per errore? Può presentare un reclamo. Sarà esaminato e riceverà \
                   risposta entro una data che Le sarà indicata.",
        link: "Reclamare contro questo blocco",
        help: "Se ha incontrato materiale di questo tipo, può segnalarlo alla linea di segnalazione del Suo paese senza dare il Suo nome.",
    },
];

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1b1f;--quiet:#55565c;--line:#c9cad0;--link:#1a4fa3}\
@media (prefers-color-scheme:dark){:root{--paper:#17181b;--ink:#ececef;--quiet:#b4b5bc;--line:#4a4b52;--link:#9cc2ff}}\
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}\
main{max-inline-size:42rem;margin-inline:auto;padding:2rem 1rem}\
h1{font-size:1.6rem;line-height:1.25;margin-block:0 1rem}h2{font-size:1.4rem;line-height:1.25;margin-block:0 1rem}\
section{border-block-start:1px solid var(--line);padding-block:1.5rem}section:first-of-type{border:0}\
a{color:var(--link)}a:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:0;padding:1rem 0}li a{display:inline-block;padding-block:.4rem}\
p{overflow-wrap:anywhere}.quiet{color:var(--quiet)}";

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        out
    })
}

fn section(words: &Words, says: &StopPages<'_>, heading: &str) -> String {
    let Words { code, title, why, law, kept, complain, link, help, .. } = words;
    let (named, at) = (escaped(says.law), escaped(says.complaints));
    let who = match says.provider {
        "" => String::new(),
        provider => format!("<p class=\"quiet\">{}</p>\n", escaped(provider)),
    };
    format!(
        "<section id=\"{code}\" lang=\"{code}\" aria-labelledby=\"title-{code}\">\n<{heading} id=\"title-{code}\">{title}</{heading}>\n\
         <p>{why}</p>\n<p>{law} <strong>{named}</strong></p>\n<p>{complain}</p>\n<p><a href=\"{at}\" rel=\"noreferrer\">{link}</a></p>\n\
         <p>{help}</p>\n<p class=\"quiet\">{kept}</p>\n{who}</section>\n"
    )
}

fn page(lang: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// Every file: its name and its text.
pub fn files(says: &StopPages<'_>) -> Vec<(String, String)> {
    let links: String = LANGUAGES
        .iter()
        .map(|w| format!("<li><a href=\"#{0}\" lang=\"{0}\" hreflang=\"{0}\">{1}</a></li>\n", w.code, w.language))
        .collect();
    let sections: String =
        LANGUAGES.iter().enumerate().map(|(n, words)| section(words, says, if n == 0 { "h1" } else { "h2" })).collect();
    let all = format!("<nav aria-label=\"Languages\">\n<ul>\n{links}</ul>\n</nav>\n{sections}");
    let first = LANGUAGES.first().map_or("", |words| words.title);
    let mut files = vec![("index.html".to_owned(), page("en", first, &all))];
    files
        .extend(LANGUAGES.iter().map(|w| (format!("{}.html", w.code), page(w.code, w.title, &section(w, says, "h1")))));
    files
}

/// Writes the files into a folder, which is made when it is missing; returns their names.
///
/// # Errors
/// The folder or a file cannot be written.
pub fn write(out: &Path, says: &StopPages<'_>) -> io::Result<Vec<String>> {
    fs::create_dir_all(out)?;
    let mut names = Vec::new();
    for (name, text) in files(says) {
        fs::write(out.join(&name), text)?;
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_page_says_why_and_where_and_asks_for_nothing() {
        let says = StopPages {
            law: "Act <b> & \"more\"",
            complaints: "https://cport.example/domains/complaint",
            provider: "P",
        };
        let files = files(&says);
        assert_eq!(files.len(), LANGUAGES.len() + 1);
        for (name, text) in files {
            assert!(text.contains("Act &lt;b&gt; &amp; &quot;more&quot;") && text.contains(says.complaints), "{name}");
            for never in ["<script", "<img", "<iframe", "src=", "@import", "url(", "<form"] {
                assert!(!text.contains(never), "{name} has {never}");
            }
            assert_eq!(
                text.matches("http").count(),
                text.matches(says.complaints).count(),
                "{name} leads nowhere else"
            );
        }
    }
}
