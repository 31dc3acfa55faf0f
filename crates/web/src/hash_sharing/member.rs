//! Numbers of members. The protocol's clients insist on numbers, organisations have ids: a member's number is the last 48
//! bits of its organisation's id, which are random and never change. It is kept nowhere and needs no table; two of a
//! thousand members share one with a probability of one in 500 million (decision 22).

use base::OrgId;
use hashlists::Member;

/// The stable number of an organisation.
pub fn number(org: OrgId) -> u64 {
    u64::try_from(org.0.as_u128() & 0xffff_ffff_ffff).unwrap_or_default()
}

/// An organisation as the protocol names it.
pub fn member(org: OrgId, name: String) -> Member {
    Member { id: number(org).to_string(), name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_random_end_of_the_id() {
        let org: OrgId = "01900000-0000-7000-8000-00000000002a".parse().expect("an id");
        assert_eq!(number(org), 42);
    }
}
