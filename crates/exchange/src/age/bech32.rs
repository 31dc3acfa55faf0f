//! Bech32 (BIP 173): how age writes keys. One case, a checksum of six characters, 32 bytes of data.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        GENERATOR.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(sum, |sum, (_, g)| sum ^ g)
    })
}

/// The human-readable part as the checksum takes it.
fn expanded(part: &str) -> impl Iterator<Item = u8> {
    part.bytes().map(|b| b >> 5).chain(std::iter::once(0)).chain(part.bytes().map(|b| b & 31))
}

/// 32 bytes as text, in lower case; `part` is lower case too.
pub fn write(part: &str, bytes: &[u8; 32]) -> String {
    let mut fives = Vec::with_capacity(52);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            fives.push((held >> bits & 31) as u8);
        }
    }
    fives.push((held << (5 - bits) & 31) as u8);
    let sum = polymod(expanded(part).chain(fives.iter().copied()).chain([0; 6])) ^ 1;
    fives.extend((0..6).map(|i| (sum >> (5 * (5 - i)) & 31) as u8));
    let text: String = fives.iter().filter_map(|v| ALPHABET.get(usize::from(*v))).map(|b| char::from(*b)).collect();
    format!("{part}1{text}")
}

/// The 32 bytes of a text in lower case; `None` for anything else, also for bits that say nothing and are not zero.
pub fn read(part: &str, text: &str) -> Option<[u8; 32]> {
    let data = text.strip_prefix(part)?.strip_prefix('1')?;
    if data.len() != 58 {
        return None;
    }
    let place = |b: u8| ALPHABET.iter().position(|a| *a == b).and_then(|at| u8::try_from(at).ok());
    let fives: Vec<u8> = data.bytes().map(place).collect::<Option<_>>()?;
    if polymod(expanded(part).chain(fives.iter().copied())) != 1 {
        return None;
    }
    let (mut bytes, mut held, mut bits) = (Vec::with_capacity(32), 0_u32, 0);
    for five in fives.get(..52)? {
        held = held << 5 | u32::from(*five);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
        }
    }
    (held & ((1 << bits) - 1) == 0).then_some(())?;
    bytes.try_into().ok()
}
