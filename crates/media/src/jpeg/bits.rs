//! Huffman codes out of entropy-coded bytes. A code that needs bits beyond the next marker is an error, never zeros.

/// What is wrong with a picture, in words for [`crate::Refused::Undecodable`].
pub type Wrong = &'static str;

/// Bits looked up at once; longer codes are rare.
const FAST: u32 = 9;

/// A Huffman table (ISO/IEC 10918-1, annex C).
pub struct Codes {
    /// Length and symbol of the code that these bits start with; length 0 when it is longer.
    fast: [(u8, u8); 1 << FAST],
    /// For each longer length: the code after its last one, and where its symbols start less its first code.
    longer: [(u32, i32); 17],
    symbols: Vec<u8>,
}

impl Codes {
    /// From how many codes there are of each length, 1 to 16, and their symbols in order.
    pub fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, Wrong> {
        let mut codes = Self { fast: [(0, 0); 1 << FAST], longer: [(0, 0); 17], symbols: symbols.to_vec() };
        let (mut code, mut at) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            code <<= 1;
            let next = code + u32::from(*count);
            if next > 1 << length {
                return Err("a Huffman table has too many codes");
            }
            if let Some(longer) = codes.longer.get_mut(length as usize) {
                *longer = (next, at as i32 - code as i32);
            }
            for symbol in symbols.iter().skip(at).take(usize::from(*count)) {
                if length <= FAST {
                    let (start, many) = ((code << (FAST - length)) as usize, 1 << (FAST - length));
                    codes.fast.iter_mut().skip(start).take(many).for_each(|fast| *fast = (length as u8, *symbol));
                }
                code += 1;
            }
            at += usize::from(*count);
        }
        Ok(codes)
    }

    /// Length and symbol of the code that these 16 bits start with.
    #[inline(always)]
    fn find(&self, next: u32) -> Option<(u32, u8)> {
        match self.fast.get((next >> (16 - FAST)) as usize) {
            Some((0, _)) | None => (FAST + 1..=16).find_map(|length| {
                let code = next >> (16 - length);
                let (end, offset) = *self.longer.get(length as usize)?;
                let symbol = usize::try_from(code as i32 + offset).ok().filter(|_| code < end)?;
                Some((length, *self.symbols.get(symbol)?))
            }),
            Some((length, symbol)) => Some((u32::from(*length), *symbol)),
        }
    }
}

/// Reads bits up to the next marker.
pub struct Bits<'a> {
    data: &'a [u8],
    /// The next byte to load.
    at: usize,
    /// The last `have` bits of it are loaded and not yet taken.
    hold: u64,
    have: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, hold: 0, have: 0 }
    }

    /// Loads bytes, unstuffed, until nearly full or at a marker.
    fn load(&mut self) {
        if self.have <= 32
            && let Some(four) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<4>())
            && four.iter().all(|byte| *byte != 0xff)
        {
            self.hold = self.hold << 32 | u64::from(u32::from_be_bytes(*four));
            self.have += 32;
            self.at += 4;
            return;
        }
        while self.have <= 48 {
            let byte = match self.data.get(self.at..).unwrap_or_default() {
                [0xff, 0x00, ..] => {
                    self.at += 1;
                    0xff
                }
                [0xff, ..] | [] => return,
                [byte, ..] => *byte,
            };
            self.at += 1;
            self.hold = self.hold << 8 | u64::from(byte);
            self.have += 8;
        }
    }

    /// The symbol of the next code.
    #[inline(always)]
    pub fn symbol(&mut self, codes: &Codes) -> Result<u8, Wrong> {
        if self.have < 16 {
            self.load();
        }
        let next = if self.have >= 16 { self.hold >> (self.have - 16) } else { self.hold << (16 - self.have) };
        let (length, symbol) = codes.find(next as u32 & 0xffff).ok_or("a code stands for nothing")?;
        self.skip(length)?;
        Ok(symbol)
    }

    /// The same for a code whose low four bits say how many bits follow, and passes over these.
    #[inline(always)]
    pub fn symbol_with_bits(&mut self, codes: &Codes) -> Result<u8, Wrong> {
        if self.have < 32 {
            self.load();
        }
        let next = if self.have >= 16 { self.hold >> (self.have - 16) } else { self.hold << (16 - self.have) };
        let (length, symbol) = codes.find(next as u32 & 0xffff).ok_or("a code stands for nothing")?;
        self.have = self.have.checked_sub(length + u32::from(symbol & 15)).ok_or("its data ends too early")?;
        Ok(symbol)
    }

    /// Passes over some bits, at most 16.
    #[inline(always)]
    pub fn skip(&mut self, bits: u32) -> Result<(), Wrong> {
        if self.have < bits {
            self.load();
        }
        self.have = self.have.checked_sub(bits).ok_or("its data ends too early")?;
        Ok(())
    }

    /// The next bits as a number, at most 16.
    pub fn take(&mut self, bits: u32) -> Result<u32, Wrong> {
        self.skip(bits)?;
        Ok((self.hold >> self.have) as u32 & ((1 << bits) - 1))
    }

    /// Goes on after the restart marker of this number. Bits before it are the padding of the last byte.
    pub fn restart(&mut self, number: usize) -> Result<(), Wrong> {
        self.end()?;
        let rest = self.data.get(self.at..).unwrap_or_default();
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        if rest.get(fill).is_none_or(|marker| usize::from(*marker) != 0xd0 + number % 8) {
            return Err("a restart marker is missing");
        }
        self.at += fill + 1;
        (self.hold, self.have) = (0, 0);
        Ok(())
    }

    /// Where the marker after the data stands. Encoders may leave a few bytes or zeros before it; more than that is
    /// data of blocks that were lost.
    pub fn end(&mut self) -> Result<usize, Wrong> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let marker = rest.windows(2).position(|two| matches!(two, [0xff, after] if *after != 0));
        let spare = rest.get(..marker.ok_or("its end is missing")?).unwrap_or_default();
        if self.have as usize / 8 + spare.len() > 8 && spare.iter().any(|byte| *byte != 0) {
            return Err("its data does not fit its size");
        }
        self.at += spare.len();
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Codes};

    fn codes() -> Codes {
        // 00 -> 5, 01 -> 6, 100 -> 7, and 1010 0000 0000 -> 8
        let mut counts = [0; 16];
        (counts[1], counts[2], counts[11]) = (2, 1, 1);
        Codes::new(&counts, &[5, 6, 7, 8]).unwrap()
    }

    #[test]
    fn codes_short_and_long_are_read_and_the_end_is_an_error() {
        // 00 01 100 | 101000000000 | 01 + padding, then a marker.
        let data = [0b0001_1001, 0b0100_0000, 0b0000_0111, 0xff, 0xd9];
        let (codes, mut bits) = (codes(), Bits::new(&data));
        let symbols: Vec<u8> = (0..4).map(|_| bits.symbol(&codes).unwrap()).collect();
        assert_eq!(symbols, [5, 6, 7, 8]);
        assert_eq!(bits.take(2), Ok(0b00));
        assert_eq!(bits.end(), Ok(3));
        assert!(bits.take(16).is_err());
    }

    #[test]
    fn stuffed_bytes_are_data_and_restarts_are_counted() {
        let data = [0xff, 0x00, 0xff, 0xd3, 0xaa, 0xff, 0xd9];
        let mut bits = Bits::new(&data);
        assert_eq!(bits.take(8), Ok(0xff));
        assert!(Bits::new(&data).restart(4).is_err());
        assert_eq!(bits.restart(3), Ok(()));
        assert_eq!(bits.take(8), Ok(0xaa));
    }

    #[test]
    fn a_table_with_too_many_codes_is_wrong() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Codes::new(&counts, &[1, 2, 3]).is_err());
    }
}
