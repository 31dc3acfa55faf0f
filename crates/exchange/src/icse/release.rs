//! Whether evidence may leave at all. A link starts closed: a destination is proposed by one person and confirmed by another, of
//! another organisation; one is INTERPOL's, the other the secretariat's. A release holds for exactly that destination: another
//! transport, address, key or receiver needs a new one. Anybody of the two ends it alone, at once.

use super::{act::Act, config::IcseConfig, store};
use crate::{Error, Result};
use agreements::directory;
use base::{OrgId, OrgKind, PersonId, ReleaseId, Time};
use std::io;
use storage::Tx;

/// Somebody who acts on a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hand {
    /// The person.
    pub person: PersonId,
    /// Their organisation.
    pub org: OrgId,
    /// Its kind.
    pub kind: OrgKind,
}

/// A release as its rule sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// For which destination: its digest.
    pub destination: [u8; 32],
    /// Who proposed it.
    pub proposed: Hand,
    /// Who confirmed it.
    pub confirmed: Option<Hand>,
    /// Whether it was ended.
    pub ended: bool,
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Neither INTERPOL nor the secretariat.
    NotTheirs,
    /// The one who proposed it.
    SamePerson,
    /// Another person of the same organisation, or of the same kind.
    SameOrganisation,
    /// The link points elsewhere now.
    AnotherDestination,
    /// It is confirmed or ended already.
    Over,
}

impl Refused {
    /// The rule's name and a sentence for a person.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotTheirs => ("release-parties", "only INTERPOL and the secretariat release the link"),
            Self::SamePerson => ("release-same-person", "whoever proposed it cannot confirm it, somebody else has to"),
            Self::SameOrganisation => (
                "release-same-organisation",
                "INTERPOL and the secretariat confirm each other's proposals, not their own",
            ),
            Self::AnotherDestination => {
                ("release-destination", "the link's destination was changed since, propose this one anew")
            }
            Self::Over => ("release-over", "this proposal was confirmed or ended already, load the page again"),
        }
    }
}

/// Whether somebody may propose or end a release.
pub fn may(hand: &Hand) -> Result<(), Refused> {
    if matches!(hand.kind, OrgKind::Interpol | OrgKind::Network) { Ok(()) } else { Err(Refused::NotTheirs) }
}

/// Confirms a release of what the link points to now.
pub fn confirm(release: &Standing, by: &Hand, destination: &[u8; 32]) -> Result<Standing, Refused> {
    may(by)?;
    match release {
        r if r.ended || r.confirmed.is_some() => Err(Refused::Over),
        r if r.destination != *destination => Err(Refused::AnotherDestination),
        r if r.proposed.person == by.person => Err(Refused::SamePerson),
        r if r.proposed.org == by.org || r.proposed.kind == by.kind => Err(Refused::SameOrganisation),
        r => Ok(Standing { confirmed: Some(*by), ..*r }),
    }
}

/// Ends a release, or a proposal of one.
pub fn end(release: &Standing, by: &Hand) -> Result<Standing, Refused> {
    may(by)?;
    if release.ended { Err(Refused::Over) } else { Ok(Standing { ended: true, ..*release }) }
}

/// Whether evidence may leave for a destination.
pub fn open<'a>(releases: impl IntoIterator<Item = &'a Standing>, destination: &[u8; 32]) -> bool {
    releases.into_iter().any(|r| !r.ended && r.confirmed.is_some() && r.destination == *destination)
}

/// A release, as people read it.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its id.
    pub id: ReleaseId,
    /// How it stands.
    pub standing: Standing,
    /// The destination in words.
    pub said: String,
    /// Why.
    pub reason: String,
    /// Name of whoever proposed it, and when.
    pub proposer: (String, Time),
    /// Name of whoever confirmed it, and when.
    pub confirmer: Option<(String, Time)>,
    /// Name of whoever ended it, when and why.
    pub ender: Option<(String, Time, String)>,
}

/// Where the link points, as its settings say.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Tells destinations apart.
    pub digest: [u8; 32],
    /// In words, without any secret.
    pub said: String,
}

impl Destination {
    /// Where deliveries go by the settings.
    ///
    /// # Errors
    /// A file that says whom we believe cannot be read.
    pub fn of(config: &IcseConfig) -> io::Result<Self> {
        let points = config.destination()?;
        let digest = base::unhex(&points.digest).and_then(|digest| digest.try_into().ok());
        let digest = digest.ok_or_else(|| io::Error::other("a digest is 64 hexadecimal characters"))?;
        let named = points.lines.iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = named.map(|(name, value)| format!("{name} {value}")).collect();
        Ok(Self { digest, said: said.join(", ") })
    }
}

fn hand(tx: &Tx) -> Result<Hand> {
    let actor = tx.actor();
    let person = actor.person().ok_or(Error::NotFound)?;
    Ok(Hand { person, org: actor.org, kind: actor.kind })
}

async fn name(tx: &Tx, person: PersonId) -> Result<String> {
    let people = directory::people(tx).await?;
    Ok(people.into_iter().find(|p| p.id == person).map_or_else(|| person.to_string(), |p| p.name))
}

fn refuse(refused: Refused) -> Error {
    let (rule, reason) = refused.words();
    Error::conflict(rule, "release", reason)
}

/// Proposes that evidence may leave for where the link points now, and says why.
pub async fn propose(tx: &Tx, to: &Destination, reason: &str) -> Result<(ReleaseId, Act)> {
    let reason = base::text("reason", reason, 1000)?;
    let by = hand(tx)?;
    may(&by).map_err(refuse)?;
    let before = store::releases(tx).await?;
    if before.iter().any(|r| !r.standing.ended && r.standing.destination == to.digest) {
        return Err(Error::conflict("release-there", "release", "this destination is proposed or released already"));
    }
    let release = Release {
        id: tx.id(ReleaseId::new)?,
        standing: Standing { destination: to.digest, proposed: by, confirmed: None, ended: false },
        said: to.said.clone(),
        reason,
        proposer: (name(tx, by.person).await?, tx.now()),
        confirmer: None,
        ender: None,
    };
    store::release_add(tx, &release).await?;
    Ok((release.id, Act::ReleaseProposed(release.id, release.reason)))
}

/// Confirms a proposal: from now on evidence leaves.
pub async fn confirm_now(tx: &Tx, id: ReleaseId, to: &Destination) -> Result<Act> {
    let (release, by) = (store::release_find(tx, id).await?.ok_or(Error::NotFound)?, hand(tx)?);
    confirm(&release.standing, &by, &to.digest).map_err(refuse)?;
    if !store::release_confirm(tx, id, &by, &name(tx, by.person).await?).await? {
        return Err(refuse(Refused::Over));
    }
    Ok(Act::Released(id))
}

/// Ends a release or a proposal, and says why: from now on nothing leaves.
pub async fn end_now(tx: &Tx, id: ReleaseId, reason: &str) -> Result<Act> {
    let reason = base::text("reason", reason, 1000)?;
    let (release, by) = (store::release_find(tx, id).await?.ok_or(Error::NotFound)?, hand(tx)?);
    end(&release.standing, &by).map_err(refuse)?;
    if !store::release_end(tx, id, &by, &name(tx, by.person).await?, &reason).await? {
        return Err(refuse(Refused::Over));
    }
    Ok(Act::ReleaseEnded(id, reason))
}

/// Every release and proposal, newest first.
pub async fn all(tx: &Tx) -> Result<Vec<Release>> {
    Ok(store::releases(tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn cast() -> Vec<Hand> {
        let of = |person, org, kind| Hand {
            person: PersonId(Uuid::from_u128(person)),
            org: OrgId(Uuid::from_u128(org)),
            kind,
        };
        vec![
            of(1, 1, OrgKind::Interpol),
            of(2, 1, OrgKind::Interpol),
            // The same person by another account of the same organisation would be another id: excluded by organisation.
            of(3, 2, OrgKind::Network),
            of(4, 2, OrgKind::Network),
            of(5, 3, OrgKind::Lea),
            of(6, 4, OrgKind::Hotline),
            of(7, 5, OrgKind::Asp),
        ]
    }

    /// One destination's releases and where the link points.
    #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
    struct World {
        releases: Vec<(u8, u128, Option<u128>, bool)>,
        points: u8,
    }

    fn standing(cast: &[Hand], row: &(u8, u128, Option<u128>, bool)) -> Standing {
        let who = |n: u128| *cast.iter().find(|h| h.person == PersonId(Uuid::from_u128(n))).unwrap();
        Standing { destination: [row.0; 32], proposed: who(row.1), confirmed: row.2.map(who), ended: row.3 }
    }

    fn steps(world: &World, cast: &[Hand]) -> Vec<World> {
        let mut next = Vec::new();
        next.push(World { points: 1 - world.points, ..world.clone() });
        for hand in cast {
            let number = hand.person.0.as_u128();
            if may(hand).is_ok() && world.releases.len() < 2 {
                let mut then = world.clone();
                then.releases.push((world.points, number, None, false));
                next.push(then);
            }
            for (n, row) in world.releases.iter().enumerate() {
                let release = standing(cast, row);
                if confirm(&release, hand, &[world.points; 32]).is_ok() {
                    let mut then = world.clone();
                    then.releases[n].2 = Some(number);
                    next.push(then);
                }
                if end(&release, hand).is_ok() {
                    let mut then = world.clone();
                    then.releases[n].3 = true;
                    next.push(then);
                }
            }
        }
        next
    }

    #[test]
    fn se_6_no_way_to_production_by_one_person_or_one_organisation() {
        let cast = cast();
        let mut seen = BTreeSet::from([World { releases: vec![], points: 0 }]);
        let mut edge: Vec<World> = seen.iter().cloned().collect();
        for _ in 0..8 {
            let mut further = Vec::new();
            for world in &edge {
                for then in steps(world, &cast) {
                    if seen.insert(then.clone()) {
                        further.push(then);
                    }
                }
            }
            edge = further;
        }
        let mut open_worlds = 0;
        for world in &seen {
            let releases: Vec<Standing> = world.releases.iter().map(|r| standing(&cast, r)).collect();
            if !open(&releases, &[world.points; 32]) {
                continue;
            }
            open_worlds += 1;
            let by = releases.iter().find(|r| open([*r], &[world.points; 32])).unwrap();
            let confirmed = by.confirmed.unwrap();
            assert_ne!(by.proposed.person, confirmed.person);
            assert_ne!(by.proposed.org, confirmed.org);
            assert_ne!(by.proposed.kind, confirmed.kind);
            assert!(may(&by.proposed).is_ok() && may(&confirmed).is_ok());
            assert!(!by.ended);
        }
        assert!(open_worlds > 50 && seen.len() > 1000, "{open_worlds} of {} states are open", seen.len());
    }
}
