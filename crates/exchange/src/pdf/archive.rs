//! What PDF/A asks for beside the pages: metadata in XMP, and the profile that says which greys are meant.

use super::Report;

/// The metadata packet (XMP, ISO 16684-1) with the claim of PDF/A-2b.
pub fn xmp(report: &Report) -> Vec<u8> {
    let [title, author, producer] = [&report.title, &report.author, &report.producer].map(|text| escaped(text));
    // Seconds are enough, and every reader takes them.
    let at: String = report.at.to_string().chars().take(19).collect();
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" \
xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
<dc:format>application/pdf</dc:format>\n\
<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>\n\
<xmp:CreateDate>{at}Z</xmp:CreateDate>\n\
<xmp:ModifyDate>{at}Z</xmp:ModifyDate>\n\
<pdf:Producer>{producer}</pdf:Producer>\n\
<pdfaid:part>2</pdfaid:part>\n\
<pdfaid:conformance>B</pdfaid:conformance>\n\
</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>"
    )
    .into_bytes()
}

fn escaped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).fold(String::new(), |mut out, letter| {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
        out
    })
}

/// An ICC profile (version 2.1) of a grey display with gamma 2.2, made here: it is a few numbers.
pub fn grey_profile() -> Vec<u8> {
    let mut description = b"desc\0\0\0\0".to_vec();
    let name = b"Grey, gamma 2.2\0";
    description.extend(u32::try_from(name.len()).unwrap_or_default().to_be_bytes());
    description.extend(name);
    // No Unicode and no Macintosh name.
    description.extend([0; 4 + 4 + 2 + 1 + 67]);
    let mut white = b"XYZ \0\0\0\0".to_vec();
    white.extend(D50);
    let mut curve = b"curv\0\0\0\0\0\0\0\x01".to_vec();
    curve.extend(0x0233_u16.to_be_bytes());
    let right = b"text\0\0\0\0No copyright, use freely.\0".to_vec();
    let tags = [(b"desc", description), (b"wtpt", white), (b"kTRC", curve), (b"cprt", right)];
    let mut table = u32::try_from(tags.len()).unwrap_or_default().to_be_bytes().to_vec();
    let (mut body, begin) = (Vec::new(), 128 + 4 + 12 * tags.len());
    for (name, mut data) in tags {
        table.extend(name);
        table.extend(u32::try_from(begin + body.len()).unwrap_or_default().to_be_bytes());
        table.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
        data.resize(data.len().next_multiple_of(4), 0);
        body.extend(data);
    }
    let mut profile = header(begin + body.len());
    profile.extend(table);
    profile.extend(body);
    profile
}

/// The white that profiles are about, three numbers of 16.16 bits.
const D50: [u8; 12] = [0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d];

fn header(size: usize) -> Vec<u8> {
    let mut header = u32::try_from(size).unwrap_or_default().to_be_bytes().to_vec();
    header.extend([0; 4]);
    header.extend([2, 0x10, 0, 0]);
    header.extend(b"mntrGRAYXYZ ");
    // 2026-01-01, midnight.
    header.extend([0x07, 0xea, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    header.extend(b"acsp");
    // Platform, flags, maker, model, attributes, intent.
    header.extend([0; 4 + 4 + 4 + 4 + 8 + 4]);
    header.extend(D50);
    header.resize(128, 0);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_says_how_long_it_is() {
        let profile = grey_profile();
        assert_eq!(profile[..4], u32::try_from(profile.len()).unwrap().to_be_bytes());
        assert_eq!((&profile[36..40], profile.len() % 4), (&b"acsp"[..], 0));
    }

    #[test]
    fn in_4_metadata_cannot_be_broken_out_of() {
        assert_eq!(escaped("</dc:title>\u{0}&\""), "&lt;/dc:title&gt;&amp;&quot;");
    }
}
