//! What devices note in pictures: read where it makes sense, left out where it lies, and never in a rendition.

use crate::{
    pictures::{FORMATS, file, fixture},
    refusals::crc32,
    workers::caged,
};
use media::{Device, Limits, describe};

/// One value of an Exif directory: tag, type, count, and its bytes.
type Entry = (u16, u16, u32, Vec<u8>);

/// An Exif block by hand: the main directory, the camera's and the place's, little- or big-endian.
struct Block {
    little: bool,
    main: Vec<Entry>,
    camera: Vec<Entry>,
    place: Vec<Entry>,
}

impl Block {
    fn short(&self, value: u16) -> [u8; 2] {
        if self.little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        if self.little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn fractions(&self, parts: &[(u32, u32)]) -> Vec<u8> {
        parts.iter().flat_map(|(above, below)| [self.long(*above), self.long(*below)]).flatten().collect()
    }

    fn bytes(&self) -> Vec<u8> {
        let size = |entries: &[Entry]| 2 + entries.len() as u32 * 12 + 4;
        let camera_at = 8 + size(&self.main) + 24;
        let place_at = camera_at + size(&self.camera);
        let mut main = self.main.clone();
        main.push((0x8769, 4, 1, self.long(camera_at).to_vec()));
        main.push((0x8825, 4, 1, self.long(place_at).to_vec()));
        let mut data_at = place_at + size(&self.place);
        let (mut bytes, mut data) = (if self.little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() }, Vec::new());
        bytes.extend(self.long(8));
        for entries in [&main, &self.camera, &self.place] {
            bytes.extend(self.short(entries.len() as u16));
            for (tag, kind, count, value) in entries {
                bytes.extend([self.short(*tag), self.short(*kind)].concat());
                bytes.extend(self.long(*count));
                if value.len() <= 4 {
                    bytes.extend(value.iter().chain(&[0; 4]).take(4));
                } else {
                    bytes.extend(self.long(data_at));
                    data_at += value.len() as u32;
                    data.extend(value);
                }
            }
            bytes.extend([0; 4]);
        }
        [bytes, data].concat()
    }
}

fn text(tag: u16, words: &str) -> Entry {
    (tag, 2, words.len() as u32 + 1, [words.as_bytes(), &[0]].concat())
}

/// A telephone at an invented place: 48° 12' 30.6" N, 16° 22' 12" W.
fn telephone(little: bool) -> Block {
    let mut block = Block { little, main: vec![], camera: vec![], place: vec![] };
    block.main = vec![
        text(0x010f, "Example Works"),
        text(0x0110, "E-1"),
        (0x0112, 3, 1, block.short(6).to_vec()),
        text(0x0131, "drawn 1.0"),
    ];
    block.camera = vec![text(0x9003, "2026:03:01 14:05:00"), text(0x9011, "+01:00"), text(0xa431, "SN-0001")];
    block.place = vec![
        text(1, "N"),
        (2, 5, 3, block.fractions(&[(48, 1), (12, 1), (3060, 100)])),
        text(3, "W"),
        (4, 5, 3, block.fractions(&[(16, 1), (22, 1), (12, 1)])),
    ];
    block
}

fn in_jpeg(block: &[u8]) -> Vec<u8> {
    let bytes = file(FORMATS[0], 60, 40, 3);
    let body = [b"Exif\0\0", block].concat();
    [&bytes[..2], &[0xff, 0xe1], &(body.len() as u16 + 2).to_be_bytes(), &body, &bytes[2..]].concat()
}

fn in_png(block: &[u8]) -> Vec<u8> {
    let bytes = file(FORMATS[1], 60, 40, 3);
    let sum = crc32(&[b"eXIf", block].concat());
    let chunk = [&(block.len() as u32).to_be_bytes(), b"eXIf".as_slice(), block, &sum.to_be_bytes()].concat();
    [&bytes[..33], &chunk, &bytes[33..]].concat()
}

/// The extended form with the Exif flag; the block stands after the picture.
fn in_webp(block: &[u8]) -> Vec<u8> {
    let simple = fixture("lossy.webp");
    let size = [8, 0, 0, 0, 82, 0, 0, 60, 0, 0];
    let chunk = |name: &[u8], body: &[u8]| {
        let padding = vec![0; body.len() % 2];
        [name, &(body.len() as u32).to_le_bytes(), body, &padding].concat()
    };
    let at = simple.windows(4).position(|four| four == b"VP8 ").unwrap();
    let body = [b"WEBP".to_vec(), chunk(b"VP8X", &size), simple[at..].to_vec(), chunk(b"EXIF", block)].concat();
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// A file that carries a block, whatever the block says.
type Carrier = fn(&[u8]) -> Vec<u8>;
const CARRIERS: [(&str, Carrier); 3] = [("jpeg", in_jpeg), ("png", in_png), ("webp", in_webp)];

fn noted(bytes: &[u8]) -> Option<Device> {
    let device = describe(bytes, &Limits::default()).unwrap().device;
    assert_eq!(caged(Limits::default()).describe(bytes).unwrap().device, device, "caged or not");
    device
}

#[test]
fn camera_time_and_place_are_read_in_both_byte_orders_and_every_format() {
    for (name, carry) in CARRIERS {
        for little in [true, false] {
            let device = noted(&carry(&telephone(little).bytes())).unwrap_or_else(|| panic!("{name} {little}"));
            let text = |words: &str| Some(words.to_owned());
            assert_eq!((&device.make, &device.model), (&text("Example Works"), &text("E-1")), "{name}");
            assert_eq!((&device.serial, &device.software), (&text("SN-0001"), &text("drawn 1.0")), "{name}");
            assert_eq!(device.taken, text("2026-03-01 14:05:00+01:00"), "{name}");
            let (north, east) = (device.latitude.unwrap(), device.longitude.unwrap());
            assert!((north - 48.2085).abs() < 1e-9 && (east + 16.37).abs() < 1e-9, "{name}: {north} {east}");
        }
    }
    assert_eq!(noted(&file(FORMATS[0], 60, 40, 3)), None);
}

/// Each lie on its own: the picture is described, what lies is left out, the rest stays.
#[test]
fn what_lies_is_left_out_and_nothing_else() {
    let change = |alter: fn(&mut Block)| {
        let mut block = telephone(true);
        alter(&mut block);
        let facts: Vec<Option<Device>> = CARRIERS.iter().map(|(_, carry)| noted(&carry(&block.bytes()))).collect();
        assert!(facts.windows(2).all(|two| two[0] == two[1]), "every format says the same");
        facts.into_iter().next().flatten().unwrap_or_default()
    };
    let whole = change(|_| {});
    let no_place = |device: &Device| device.latitude.is_none() && device.longitude.is_none();
    for (name, device) in [
        ("north of the pole", change(|b| b.place[1].3[..4].copy_from_slice(&91_u32.to_le_bytes()))),
        ("divided by zero", change(|b| b.place[1].3[4..8].copy_from_slice(&[0; 4]))),
        ("4 billion degrees", change(|b| b.place[3].3[..4].copy_from_slice(&[255; 4]))),
        ("half a place", change(|b| drop(b.place.drain(..2)))),
        ("one fraction for three", change(|b| b.place[1].2 = 1)),
        ("a text for a number", change(|b| b.place[1].1 = 2)),
    ] {
        assert!(no_place(&device), "{name}: {device:?}");
        assert_eq!(Device { latitude: whole.latitude, longitude: whole.longitude, ..device }, whole, "{name}");
    }
    for (name, device) in [
        ("4 GiB of text", change(|b| b.main[0].2 = u32::MAX)),
        ("no text", change(|b| b.main[0].3.fill(0))),
        ("control characters", change(|b| b.main[0].3[..13].fill(7))),
    ] {
        assert_eq!(Device { make: whole.make.clone(), ..device.clone() }, whole, "{name}");
        assert!(device.make.is_none_or(|make| make.chars().count() <= 200 && !make.contains('\u{7}')), "{name}");
    }
    let odd_times = ["2026:3:1 14:05:00  ", "0000:00:00 00:00:00", "2026-03-01T14:05:00", "                   "];
    for words in odd_times {
        let mut block = telephone(true);
        block.camera[0] = text(0x9003, words);
        assert_eq!(noted(&in_jpeg(&block.bytes())).unwrap().taken, None, "{words}");
    }
}

#[test]
fn long_texts_are_cut_and_bytes_that_are_no_text_are_shown_as_such() {
    let mut block = telephone(true);
    block.main[0] = text(0x010f, &"<b>é".repeat(500));
    block.main[1] = (0x0110, 2, 6, vec![0xff, 0xfe, b'A', 0xc3, 0, 0]);
    let device = noted(&in_jpeg(&block.bytes())).unwrap();
    assert_eq!(device.make.unwrap().chars().count(), 200);
    assert_eq!(device.model.unwrap(), "\u{fffd}\u{fffd}A\u{fffd}");
}

/// Directories that lead to themselves, to nowhere, or are said to be longer than the file; any cut of a block.
#[test]
fn hostile_blocks_cost_nothing_and_the_picture_is_described() {
    let block = telephone(true).bytes();
    let mut loops = block.clone();
    let entries = u16::from_le_bytes([block[8], block[9]]) as usize;
    for entry in 0..entries {
        loops[10 + entry * 12 + 8..10 + entry * 12 + 12].copy_from_slice(&8_u32.to_le_bytes());
    }
    let mut endless = block.clone();
    endless[8..10].copy_from_slice(&[255, 255]);
    let mut nowhere = block.clone();
    nowhere[4..8].copy_from_slice(&[255; 4]);
    let cuts = (0..block.len()).map(|at| block[..at].to_vec());
    for hostile in [loops, endless, nowhere, vec![b'I'; 65_000]].into_iter().chain(cuts) {
        for (name, carry) in CARRIERS {
            let facts = describe(&carry(&hostile), &Limits::default());
            assert!(facts.is_ok(), "{name}: {:?}", facts.err());
        }
    }
}

#[test]
fn a_rendition_is_turned_bounded_and_holds_nothing_of_what_was_noted() {
    let workshop = caged(Limits::default());
    let noted = in_jpeg(&telephone(true).bytes());
    let rendition = workshop.rendition(&noted).unwrap();
    let picture = image::load_from_memory(&rendition).unwrap();
    // Orientation 6: a quarter turn.
    assert_eq!((picture.width(), picture.height()), (40, 60));
    for word in [b"Exif".as_slice(), b"Example", b"SN-0001", b"ICC_PROFILE", b"http"] {
        assert!(!rendition.windows(word.len()).any(|piece| piece == word));
    }
    // Nothing but the frame: application segments E1 to EF and comments are not there.
    let mut at = 2;
    while rendition[at + 1] != 0xda {
        assert!(!(0xe1..=0xef).contains(&rendition[at + 1]) && rendition[at + 1] != 0xfe);
        at += 2 + usize::from(u16::from_be_bytes([rendition[at + 2], rendition[at + 3]]));
    }
    let large = workshop.rendition(&file(FORMATS[0], 2400, 1000, 1)).unwrap();
    let large = image::load_from_memory(&large).unwrap();
    assert_eq!((large.width(), large.height()), (1600, 666));
    for name in ["palette.gif", "lossy.webp", "palette.bmp", "lzw.tif", "grey_16.png", "cmyk.jpg"] {
        let picture = image::load_from_memory(&workshop.rendition(&fixture(name)).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (83, 61), "{name}");
    }
    assert_eq!(workshop.rendition(b""), Err(media::Refused::Empty));
}

/// MD-4: the preview of a picture is the preview of its own preview's raster; whatever is finer makes no difference.
#[test]
fn md_4_what_is_finer_than_the_preview_is_not_in_it() {
    let workshop = caged(Limits::default());
    for name in ["plain.jpg", "palette.png", "moving.gif", "lossy.webp", "colour.bmp", "lzw.tif"] {
        let facts = workshop.describe(&fixture(name)).unwrap();
        let preview = image::load_from_memory(&facts.preview_png).unwrap();
        assert!(preview.width() <= 64 && preview.height() <= 64 && preview.color() == image::ColorType::L8, "{name}");
        // Blurred: a pixel differs from its neighbour by less than a sharp edge would.
        let grey = preview.to_luma8();
        let steps = grey.rows().flat_map(|row| {
            let row: Vec<i32> = row.map(|pixel| i32::from(pixel.0[0])).collect();
            row.windows(2).map(|two| (two[0] - two[1]).abs()).collect::<Vec<_>>()
        });
        assert!(steps.max().unwrap() < 90, "{name}");
    }
    // A picture, and the same with every block of 20 by 20 pixels shuffled within: alike at 64 pixels, not beyond.
    let (side, block) = (1280_u32, 20_u32);
    let coarse = |x: u32, y: u32| ((x / block * 37 + y / block * 101) % 200) as u8;
    let png = |fine: bool| {
        let picture = image::GrayImage::from_fn(side, side, |x, y| {
            let detail = if fine { ((x + y) % 2) as u8 * 40 } else { 20 };
            image::Luma([coarse(x, y) + detail])
        });
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        workshop.describe(bytes.get_ref()).unwrap().preview_png
    };
    let raster = |png: &[u8]| image::load_from_memory(png).unwrap().to_luma8().into_raw();
    let (fine, plain) = (raster(&png(true)), raster(&png(false)));
    assert!(fine.iter().zip(&plain).all(|(one, other)| one.abs_diff(*other) <= 1));
}
