//! One scan: every block it has to code is walked, none is computed.

use super::{
    bits::{Bits, Codes, Wrong},
    walk::{Component, State},
};

/// A component's part in a scan.
struct Part<'a> {
    component: &'a mut Component,
    dc: Option<&'a Codes>,
    ac: Option<&'a Codes>,
}

/// What a scan gives of each block.
#[derive(Clone, Copy)]
enum Gives {
    /// All of it (sequential pictures).
    All,
    /// The lowest coefficient.
    Lowest,
    /// One more bit of it.
    LowestBit,
    /// The coefficients from here to here.
    Band(u32, u32),
    /// One more bit of these.
    BandBit(u32, u32),
}

impl Gives {
    /// The coefficients it is about, by bit.
    fn coefficients(self) -> u64 {
        match self {
            Self::All => u64::MAX,
            Self::Lowest | Self::LowestBit => 1,
            Self::Band(from, to) | Self::BandBit(from, to) => u64::MAX >> (63 - to) >> from << from,
        }
    }
}

/// Walks the scan that this header announces. Says where in `data` the marker after it stands.
pub fn walk(state: &mut State, header: &[u8], data: &[u8]) -> Result<usize, Wrong> {
    let State { dc, ac, interval, frame, .. } = state;
    let frame = frame.as_mut().ok_or("a scan comes before its frame")?;
    let (many, header) = header.split_first().ok_or("a scan has no header")?;
    let (named, setting) = header.split_at_checked(usize::from(*many) * 2).ok_or("a scan header is cut short")?;
    let gives = gives(frame.progressive, setting, usize::from(*many))?;
    let (units, several) = (frame.units(), usize::from(*many) < frame.components.len());
    frame.several_scans |= several;
    let mut rest = frame.components.iter_mut();
    let mut parts = Vec::new();
    for [id, tables] in named.as_chunks::<2>().0 {
        let component = rest.find(|component| component.id == *id).ok_or("a scan names no component")?;
        component.begun |= !matches!(gives, Gives::Band(..) | Gives::BandBit(..));
        component.owed = match (gives.coefficients(), setting) {
            (these, [.., bits]) if frame.progressive && bits & 15 != 0 => component.owed | these,
            (these, _) => component.owed & !these,
        };
        parts.push(Part { component, dc: table(dc, tables >> 4), ac: table(ac, tables & 15) });
    }
    match parts.as_mut_slice() {
        [] => Err("a scan has no component"),
        [part] => alone(part, gives, *interval, data),
        parts => interleaved(parts, gives, units, *interval, data),
    }
}

fn table(of: &[Option<Codes>; 4], place: u8) -> Option<&Codes> {
    of.get(usize::from(place))?.as_ref()
}

fn gives(progressive: bool, setting: &[u8], components: usize) -> Result<Gives, Wrong> {
    let [from, to, bits] = setting else { return Err("a scan header is cut short") };
    let (from, to, more) = (u32::from(*from), u32::from(*to), bits >> 4 != 0);
    match (progressive, from, to) {
        (false, ..) => Ok(Gives::All),
        (true, 0, 0) if more => Ok(Gives::LowestBit),
        (true, 0, 0) => Ok(Gives::Lowest),
        (true, 1..=63, 1..=63) if from <= to && components == 1 => {
            Ok(if more { Gives::BandBit(from, to) } else { Gives::Band(from, to) })
        }
        _ => Err("a scan gives an unusual part"),
    }
}

/// Bits, and what is carried from block to block.
struct Walk<'a> {
    bits: Bits<'a>,
    /// Blocks that follow without a further coefficient.
    run: u32,
    interval: usize,
    units: usize,
}

impl Walk<'_> {
    /// Before each unit: passes the restart marker that is due.
    fn unit(&mut self) -> Result<(), Wrong> {
        if self.interval != 0 && self.units != 0 && self.units.is_multiple_of(self.interval) {
            self.bits.restart(self.units / self.interval - 1)?;
            self.run = 0;
        }
        self.units += 1;
        Ok(())
    }
}

fn alone(part: &mut Part, gives: Gives, interval: usize, data: &[u8]) -> Result<usize, Wrong> {
    let mut walk = Walk { bits: Bits::new(data), run: 0, interval, units: 0 };
    let Component { columns, rows, stride, .. } = *part.component;
    for row in 0..rows {
        for column in 0..columns {
            walk.unit()?;
            block(&mut walk, part, gives, row * stride + column)?;
        }
    }
    walk.bits.end()
}

fn interleaved(
    parts: &mut [Part],
    gives: Gives,
    (columns, rows): (usize, usize),
    interval: usize,
    data: &[u8],
) -> Result<usize, Wrong> {
    let mut walk = Walk { bits: Bits::new(data), run: 0, interval, units: 0 };
    for _ in 0..columns * rows {
        walk.unit()?;
        for part in parts.iter_mut() {
            // What an interleaved scan gives does not hang on where the block is.
            for _ in 0..part.component.across * part.component.down {
                block(&mut walk, part, gives, 0)?;
            }
        }
    }
    walk.bits.end()
}

#[inline(always)]
fn block(walk: &mut Walk, part: &mut Part, gives: Gives, at: usize) -> Result<(), Wrong> {
    let missing = "a Huffman table is missing";
    match gives {
        Gives::All => whole(&mut walk.bits, part.dc.ok_or(missing)?, part.ac.ok_or(missing)?),
        Gives::Lowest => lowest(&mut walk.bits, part.dc.ok_or(missing)?),
        Gives::LowestBit => walk.bits.skip(1),
        Gives::Band(from, to) => {
            let nonzero = part.component.nonzero.get_mut(at).ok_or("a block lies outside")?;
            band(walk, part.ac.ok_or(missing)?, from, to, nonzero)
        }
        Gives::BandBit(from, to) => {
            let nonzero = part.component.nonzero.get_mut(at).ok_or("a block lies outside")?;
            band_bit(walk, part.ac.ok_or(missing)?, from, to, nonzero)
        }
    }
}

fn lowest(bits: &mut Bits, dc: &Codes) -> Result<(), Wrong> {
    match bits.symbol(dc)? {
        size @ 0..=16 => bits.skip(u32::from(size)),
        _ => Err("a coefficient is too large"),
    }
}

fn whole(bits: &mut Bits, dc: &Codes, ac: &Codes) -> Result<(), Wrong> {
    lowest(bits, dc)?;
    let mut at = 1;
    while at < 64 {
        match bits.symbol_with_bits(ac)? {
            0xf0 => at += 16,
            symbol if symbol & 15 == 0 => break,
            symbol => at += u32::from(symbol >> 4) + 1,
        }
    }
    if at > 64 { Err("a block has too many coefficients") } else { Ok(()) }
}

fn band(walk: &mut Walk, ac: &Codes, from: u32, to: u32, nonzero: &mut u64) -> Result<(), Wrong> {
    if walk.run > 0 {
        walk.run -= 1;
        return Ok(());
    }
    let mut at = from;
    while at <= to {
        let symbol = walk.bits.symbol(ac)?;
        match (u32::from(symbol >> 4), u32::from(symbol & 15)) {
            (15, 0) => at += 16,
            (length, 0) => {
                walk.run = (1 << length) - 1 + walk.bits.take(length)?;
                return Ok(());
            }
            (zeros, size) => {
                at += zeros;
                if at > to {
                    return Err("a block has too many coefficients");
                }
                walk.bits.skip(size)?;
                *nonzero |= 1 << at;
                at += 1;
            }
        }
    }
    Ok(())
}

/// One more bit of the coefficients known not to be zero, and the new ones between them.
fn band_bit(walk: &mut Walk, ac: &Codes, from: u32, to: u32, nonzero: &mut u64) -> Result<(), Wrong> {
    let mut at = from;
    while walk.run == 0 && at <= to {
        let symbol = walk.bits.symbol(ac)?;
        let (mut zeros, size) = (u32::from(symbol >> 4), symbol & 15);
        if size != 0 {
            walk.bits.skip(1)?;
        } else if zeros < 15 {
            walk.run = (1 << zeros) + walk.bits.take(zeros)?;
            break;
        }
        while at <= to {
            if *nonzero >> at & 1 == 1 {
                walk.bits.skip(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        if size != 0 {
            if at > to {
                return Err("a block has too many coefficients");
            }
            *nonzero |= 1 << at;
        }
        at += 1;
    }
    if walk.run > 0 {
        let left = if at > 63 { 0 } else { *nonzero >> at & (u64::MAX >> (63 - to) >> at) };
        for _ in 0..left.count_ones() {
            walk.bits.skip(1)?;
        }
        walk.run -= 1;
    }
    Ok(())
}
