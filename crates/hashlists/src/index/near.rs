//! Perceptual hashes by distance: every one within the radius, by comparing with each.

/// Hashes with a number each. A number may stand at several hashes.
#[derive(Default)]
pub struct Near {
    rows: Vec<([u64; 4], u64)>,
}

fn words(bits: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(bits.chunks_exact(8)) {
        *word = bytes.iter().fold(0, |w, b| w << 8 | u64::from(*b));
    }
    words
}

impl Near {
    /// Adds a hash.
    pub fn put(&mut self, bits: &[u8; 32], number: u64) {
        self.rows.push((words(bits), number));
    }

    /// Takes a hash away.
    pub fn take(&mut self, bits: &[u8; 32], number: u64) {
        let row = (words(bits), number);
        if let Some(at) = self.rows.iter().position(|r| *r == row) {
            self.rows.swap_remove(at);
        }
    }

    /// Numbers whose hash differs by at most `radius` bits, each with its distance.
    pub fn search(&self, bits: &[u8; 32], radius: u32) -> Vec<(u64, u32)> {
        let query = words(bits);
        let distance = |row: &[u64; 4]| row.iter().zip(query).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>();
        self.rows.iter().map(|(row, n)| (*n, distance(row))).filter(|(_, d)| *d <= radius).collect()
    }
}
