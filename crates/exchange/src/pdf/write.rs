//! The file: catalogue, pages, font, profile, metadata.

use super::{
    Report, archive,
    font::{FILE, Font},
    layout::{Line, PAGE},
};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, OutputIntentSubtype, SystemInfo, UnicodeCmap},
};
use std::io::Write;

const FONT: Name<'static> = Name(b"F");
/// As fonts that are not whole are named; this one is whole and says so.
const BASE: Name<'static> = Name(b"DejaVuSans");
const ORDER: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Numbers of objects, given out in order.
struct Refs(i32);

impl Refs {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

/// Puts a report together.
pub fn write(report: &Report, pages: &[Vec<Line>], font: &Font) -> Vec<u8> {
    let (mut pdf, mut refs) = (Pdf::new(), Refs(0));
    let [catalog, tree, metadata, profile, type0] = [(); 5].map(|()| refs.next());
    let page_refs: Vec<Ref> = pages.iter().map(|_| refs.next()).collect();
    write_catalog(&mut pdf, [catalog, tree, metadata, profile]);
    pdf.pages(tree).kids(page_refs.iter().copied()).count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    for (page, lines) in page_refs.iter().zip(pages) {
        let contents = refs.next();
        let mut to = pdf.page(*page);
        to.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(tree).contents(contents);
        to.resources().fonts().pair(FONT, type0);
        to.finish();
        pdf.stream(contents, &packed(&drawn(lines))).filter(Filter::FlateDecode);
    }
    write_font(&mut pdf, &mut refs, type0, font);
    // Metadata is never packed: who looks for it need not understand the file.
    pdf.stream(metadata, &archive::xmp(report))
        .pair(Name(b"Type"), Name(b"Metadata"))
        .pair(Name(b"Subtype"), Name(b"XML"));
    pdf.stream(profile, &packed(&archive::grey_profile())).filter(Filter::FlateDecode).pair(Name(b"N"), 1);
    pdf.set_file_id((report.id.to_vec(), report.id.to_vec()));
    pdf.finish()
}

fn write_catalog(pdf: &mut Pdf, [catalog, tree, metadata, profile]: [Ref; 4]) {
    let mut to = pdf.catalog(catalog);
    to.pages(tree).lang(TextStr("en")).metadata(metadata);
    let mut intents = to.output_intents();
    let mut intent = intents.push();
    intent.subtype(OutputIntentSubtype::PDFA).output_condition_identifier(TextStr("Custom"));
    intent.info(TextStr("Grey, gamma 2.2")).dest_output_profile(profile);
    intent.finish();
    intents.finish();
    to.finish();
}

/// The operators that draw a page.
fn drawn(lines: &[Line]) -> Vec<u8> {
    let mut content = Content::new();
    for line in lines {
        content.begin_text().set_font(FONT, line.size).set_fill_gray(line.gray);
        content.next_line(line.x, line.y).show(Str(&line.glyphs)).end_text();
    }
    content.finish().into_vec()
}

fn write_font(pdf: &mut Pdf, refs: &mut Refs, type0: Ref, font: &Font) {
    let [cid, descriptor, file, unicode] = [(); 4].map(|()| refs.next());
    let mut to = pdf.type0_font(type0);
    to.base_font(BASE).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(unicode);
    to.finish();
    let mut to = pdf.cid_font(cid);
    to.subtype(CidFontType::Type2).base_font(BASE).system_info(ORDER).font_descriptor(descriptor).default_width(0.0);
    to.cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = to.widths();
    for glyph in font.used.keys() {
        widths.consecutive(*glyph, [font.width_of(*glyph)]);
    }
    widths.finish();
    to.finish();
    write_descriptor(pdf, descriptor, file, font);
    let length = i32::try_from(FILE.len()).unwrap_or(i32::MAX);
    pdf.stream(file, &packed(FILE)).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    let mut map = UnicodeCmap::new(Name(b"Custom"), ORDER);
    for (glyph, letter) in &font.used {
        map.pair(*glyph, *letter);
    }
    pdf.cmap(unicode, &map.finish());
}

fn write_descriptor(pdf: &mut Pdf, descriptor: Ref, file: Ref, font: &Font) {
    let face = font.face();
    let measure = |units: i16| font.thousandths(units);
    let all = face.global_bounding_box();
    let box_ = Rect::new(measure(all.x_min), measure(all.y_min), measure(all.x_max), measure(all.y_max));
    let capital = face.capital_height().unwrap_or_else(|| face.ascender());
    let mut to = pdf.font_descriptor(descriptor);
    to.name(BASE).flags(FontFlags::SYMBOLIC).bbox(box_).italic_angle(0.0).ascent(measure(face.ascender()));
    to.descent(measure(face.descender())).cap_height(measure(capital)).stem_v(80.0).font_file2(file);
    to.finish();
}

/// Deflated; writing to memory does not fail.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut to = ZlibEncoder::new(Vec::new(), Compression::default());
    _ = to.write_all(bytes);
    to.finish().unwrap_or_default()
}
