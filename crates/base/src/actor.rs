//! Who acts. Every transaction is opened for an actor; what the actor may see follows from it.

use crate::{Country, OrgId, OrgKind, PersonId, Role, TokenId};
use uuid::Uuid;

/// Who does something, and for which organisation. Made at sign-in from current rows, never from what a caller says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person, or the part of the exchange that acts by itself.
    pub who: Who,
    /// The organisation acted for. Nil for the exchange itself.
    pub org: OrgId,
    /// Kind of that organisation.
    pub kind: OrgKind,
    /// Its country; INTERPOL and the secretariat have none.
    pub country: Option<Country>,
    /// What the person does there.
    pub role: Role,
}

/// A person, or a part of the exchange that works by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A signed-in person; with the token's id when a token was used.
    Person(PersonId, Option<TokenId>),
    /// The exchange's own machinery, named for the log: `routing`, `setup`.
    Machine(&'static str),
}

/// Whose rows a transaction may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One organisation's own and what was addressed to it.
    Organisation(OrgId),
    /// All rows: only the exchange's own machinery, which answers nobody directly.
    Exchange,
}

impl Actor {
    /// A part of the exchange acting by itself, for instance routing. Its transactions see every organisation.
    pub const fn machine(part: &'static str) -> Self {
        Self {
            who: Who::Machine(part),
            org: OrgId(Uuid::nil()),
            kind: OrgKind::Network,
            country: None,
            role: Role::Machine,
        }
    }

    /// Whose rows this actor's transactions may touch.
    pub const fn scope(&self) -> Scope {
        match self.who {
            Who::Person(..) => Scope::Organisation(self.org),
            Who::Machine(_) => Scope::Exchange,
        }
    }

    /// The person, when one acts.
    pub const fn person(&self) -> Option<PersonId> {
        match self.who {
            Who::Person(person, _) => Some(person),
            Who::Machine(_) => None,
        }
    }
}
