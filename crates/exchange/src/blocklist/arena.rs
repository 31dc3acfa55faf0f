//! Many domains in little memory: their texts in one piece, sorted, and where each ends.

/// Sorted domains without doubles.
#[derive(Clone, Default)]
pub struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    /// With room for so many domains and bytes of text.
    pub fn with_capacity(domains: usize, bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(domains) }
    }

    /// Adds the next domain; the caller adds them in order.
    pub fn push(&mut self, domain: &str) {
        self.text.push_str(domain);
        // 4 GiB of text are a hundred times the largest list there will be.
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// How many domains.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all texts.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Bytes of memory in use.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// The domain at a place.
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)? as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.text.get(start..end)
    }

    /// Whether a domain is among them.
    pub fn contains(&self, domain: &str) -> bool {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle).unwrap_or_default().cmp(domain) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_it_is_found_and_nothing_else() {
        let mut arena = Arena::default();
        assert!(!arena.contains("a.example"));
        for domain in ["a.example", "b.example", "bb.example", "c.example"] {
            arena.push(domain);
        }
        assert!(["a.example", "b.example", "bb.example", "c.example"].iter().all(|d| arena.contains(d)));
        assert!(["", "a.exampl", "b", "bb.examplf", "d.example"].iter().all(|d| !arena.contains(d)));
        assert_eq!((arena.get(2), arena.get(4), arena.len()), (Some("bb.example"), None, 4));
    }
}
