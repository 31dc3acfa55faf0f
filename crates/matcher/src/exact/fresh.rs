//! Digests that came since the last merge: 256 sorted lists by the key's first byte, shared between versions.

use super::Key;
use crate::layers::Head;
use std::sync::Arc;

/// Lists by first byte; none before the first entry.
#[derive(Clone, Default)]
pub(crate) struct Fresh {
    lists: Vec<Arc<Vec<(Key, u64)>>>,
    count: usize,
}

fn list(key: Key) -> usize {
    (key.0 >> 120) as usize
}

impl Fresh {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Entries with this key.
    pub fn find(&self, key: Key) -> impl Iterator<Item = u64> {
        let rows = self.lists.get(list(key)).map(|rows| rows.as_slice()).unwrap_or_default();
        let from = rows.partition_point(|(k, _)| *k < key);
        rows.get(from..).unwrap_or_default().iter().take_while(move |(k, _)| *k == key).map(|(_, id)| *id)
    }

    /// All of them, sorted.
    pub fn all(&self) -> impl Iterator<Item = (Key, u64)> {
        self.lists.iter().flat_map(|rows| rows.iter().copied())
    }
}

impl Head for Fresh {
    type Row = (Key, u64);

    fn len(&self) -> usize {
        self.count
    }

    fn push(&mut self, row: (Key, u64)) {
        if self.lists.is_empty() {
            self.lists.resize_with(256, Arc::default);
        }
        if let Some(rows) = self.lists.get_mut(list(row.0)).map(Arc::make_mut) {
            rows.insert(rows.partition_point(|other| *other < row), row);
            self.count += 1;
        }
    }

    fn remove(&mut self, row: &(Key, u64)) -> bool {
        let Some(rows) = self.lists.get_mut(list(row.0)) else { return false };
        let Ok(at) = rows.binary_search(row) else { return false };
        Arc::make_mut(rows).remove(at);
        self.count -= 1;
        true
    }

    fn each(&self, each: impl FnMut((Key, u64))) {
        self.all().for_each(each);
    }
}
