//! From the first marker to the last: tables, the frame, and every scan (ISO/IEC 10918-1, annexes B, F and G).

use super::{
    bits::{Codes, Wrong},
    scan,
};
use crate::{Refused, refused::undecodable};

/// Scans of one picture; a progressive one has about ten.
pub const MOST_SCANS: usize = 100;

/// What the frame header says, and what its scans were.
pub struct Frame {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    pub components: Vec<Component>,
    /// Most samples of any component in a unit of the picture, each way.
    pub across: usize,
    pub down: usize,
    pub progressive: bool,
    /// Whether a scan left components to a later one.
    pub several_scans: bool,
}

/// One plane of the picture.
pub struct Component {
    pub id: u8,
    /// Blocks in a unit of the picture, each way.
    pub across: usize,
    pub down: usize,
    /// Blocks that hold a part of the picture, each way.
    pub columns: usize,
    pub rows: usize,
    /// Blocks of a row with those beyond the edge that interleaved scans code as well.
    pub stride: usize,
    /// For progressive pictures: which coefficients of each block are known not to be zero, by bit.
    pub nonzero: Vec<u64>,
    /// Whether a scan has given its lowest coefficient.
    pub begun: bool,
    /// Coefficients, by bit, of which a progressive picture still owes bits.
    pub owed: u64,
}

/// What the segments so far have set.
#[derive(Default)]
pub struct State {
    pub dc: [Option<Codes>; 4],
    pub ac: [Option<Codes>; 4],
    /// Units between restart markers; 0 for none.
    pub interval: usize,
    pub frame: Option<Frame>,
    scans: usize,
}

/// Walks a picture to its end marker. `fits` decides on the size before anything is allocated for it.
pub fn check(bytes: &[u8], fits: impl Fn(&Frame) -> Result<(), Refused>) -> Result<Frame, Refused> {
    let mut state = State::default();
    let mut at = 2;
    loop {
        let (marker, start) = marker(bytes, at).ok_or_else(|| undecodable("its end is missing"))?;
        at = start;
        match marker {
            0xd9 => return state.finish().map_err(undecodable),
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let body = segment(bytes, at).ok_or_else(|| undecodable("a segment is cut short"))?;
        at += 2 + body.len();
        match marker {
            0xc0..=0xc2 => {
                let mut frame = state.frame(body, marker == 0xc2).map_err(undecodable)?;
                fits(&frame)?;
                frame.allocate();
                state.frame = Some(frame);
            }
            0xc4 => state.tables(body).map_err(undecodable)?,
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf => return Err(undecodable("it is coded in an unusual way")),
            0xda => {
                state.scans += 1;
                if state.scans > MOST_SCANS {
                    return Err(undecodable("it has too many scans"));
                }
                at += scan::walk(&mut state, body, bytes.get(at..).unwrap_or_default()).map_err(undecodable)?;
            }
            0xdd => state.interval = number(body, 0).map_err(undecodable)?,
            _ => {}
        }
    }
}

/// The next marker and where what belongs to it starts. Fill bytes are passed over.
fn marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let two =
        bytes.get(from..)?.windows(2).position(|two| matches!(two, [0xff, after] if !matches!(after, 0 | 0xff)))?;
    Some((*bytes.get(from + two + 1)?, from + two + 2))
}

/// What a segment holds, without its length.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk::<2>()?));
    bytes.get(at + 2..at.checked_add(length)?)
}

fn number(body: &[u8], at: usize) -> Result<usize, Wrong> {
    let two = body.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or("a segment is too short")?;
    Ok(usize::from(u16::from_be_bytes(*two)))
}

impl State {
    fn tables(&mut self, mut body: &[u8]) -> Result<(), Wrong> {
        while let Some((place, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or("a Huffman table is cut short")?;
            let many = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(many).ok_or("a Huffman table is cut short")?;
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let table = tables.get_mut(usize::from(place & 15)).ok_or("a Huffman table has no place")?;
            *table = Some(Codes::new(counts, symbols)?);
            body = rest;
        }
        Ok(())
    }

    fn frame(&self, body: &[u8], progressive: bool) -> Result<Frame, Wrong> {
        if self.frame.is_some() {
            return Err("it has two frames");
        }
        let (height, width) = (number(body, 1)?, number(body, 3)?);
        if width == 0 || height == 0 || body.first() != Some(&8) {
            return Err("its size or depth is unusual");
        }
        let planes = body.get(6..).unwrap_or_default().as_chunks::<3>().0;
        if planes.is_empty() || planes.len() > 4 || body.get(5).map(|many| usize::from(*many)) != Some(planes.len()) {
            return Err("its number of components is unusual");
        }
        let sampling = |[_, both, _]: &[u8; 3]| (usize::from(both >> 4), usize::from(both & 15));
        if planes.iter().map(sampling).any(|(across, down)| !(1..=4).contains(&across) || !(1..=4).contains(&down)) {
            return Err("its sampling is unusual");
        }
        let across = planes.iter().map(|plane| sampling(plane).0).max().unwrap_or(1);
        let down = planes.iter().map(|plane| sampling(plane).1).max().unwrap_or(1);
        let component = |plane: &[u8; 3]| {
            let own = sampling(plane);
            Component {
                id: plane[0],
                across: own.0,
                down: own.1,
                columns: (width * own.0).div_ceil(across * 8),
                rows: (height * own.1).div_ceil(down * 8),
                stride: width.div_ceil(across * 8) * own.0,
                nonzero: Vec::new(),
                begun: false,
                owed: 0,
            }
        };
        let components = planes.iter().map(component).collect();
        let (width, height) = (width as u32, height as u32);
        Ok(Frame { width, height, components, across, down, progressive, several_scans: false })
    }

    fn finish(self) -> Result<Frame, Wrong> {
        let frame = self.frame.ok_or("it holds no picture")?;
        let whole = frame.components.iter().all(|component| component.begun && component.owed == 0);
        if whole { Ok(frame) } else { Err("a scan is missing") }
    }
}

impl Frame {
    /// Units of the picture, each way.
    pub fn units(&self) -> (usize, usize) {
        ((self.width as usize).div_ceil(self.across * 8), (self.height as usize).div_ceil(self.down * 8))
    }

    fn allocate(&mut self) {
        if self.progressive {
            let (_, units) = self.units();
            for component in &mut self.components {
                component.nonzero = vec![0; component.stride * component.down * units];
            }
        }
    }
}
