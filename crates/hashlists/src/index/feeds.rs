//! How far each list was followed, and the number by which entries name their list.

use crate::entry::Place;
use base::ListId;
use std::collections::HashMap;

/// How far a list was followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Followed {
    /// The list.
    pub list: ListId,
    /// The last change taken over.
    pub place: Place,
    /// Bits by which its hashes may differ.
    pub max_distance: u32,
}

/// All lists, by number.
#[derive(Clone, Default)]
pub struct Feeds {
    all: Vec<Followed>,
    numbers: HashMap<ListId, u32>,
}

impl Feeds {
    /// The number of a list; a new one when it has none.
    pub fn number(&mut self, list: ListId) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(list).or_insert(next);
        if number == next {
            self.all.push(Followed { list, place: Place::start(), max_distance: 0 });
        }
        number
    }

    /// The list of a number.
    pub fn get(&self, number: u32) -> Option<&Followed> {
        self.all.get(number as usize)
    }

    /// A list, when it was followed.
    pub fn of(&self, list: ListId) -> Option<&Followed> {
        self.get(*self.numbers.get(&list)?)
    }

    /// Notes a list's distance; returns how far it was followed.
    pub fn set_distance(&mut self, list: ListId, max_distance: u32) -> Place {
        let number = self.number(list);
        let Some(followed) = self.all.get_mut(number as usize) else { return Place::start() };
        followed.max_distance = max_distance;
        followed.place
    }

    /// Notes how far a list was followed.
    pub fn followed(&mut self, list: ListId, place: Place) {
        let number = self.number(list);
        if let Some(followed) = self.all.get_mut(number as usize) {
            followed.place = followed.place.max(place);
        }
    }

    /// The widest distance of any list.
    pub fn widest(&self) -> u32 {
        self.all.iter().map(|f| f.max_distance).max().unwrap_or(0)
    }

    /// All of them, by number.
    pub fn all(&self) -> &[Followed] {
        &self.all
    }
}
