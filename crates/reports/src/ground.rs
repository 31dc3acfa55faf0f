//! What a dialogue about a case stands on: which LEA and which hotline talk, and under which lanes. The hotline is the
//! party of the agreement that gave the case; without one, by the network's default lane, the one that reported it.
//! Without a live disclosure there is no case for anybody, and so no dialogue.

use crate::{Error, Result, store};
use agreements::{Lane, directory, treaty};
use base::{AgreementId, CaseId, OrgId, OrgKind, PersonId, ReportId, Width};
use storage::Tx;

/// Who talks about which case, and what its disclosures rest on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The case.
    pub case: CaseId,
    /// The report behind it.
    pub report: ReportId,
    /// The LEA.
    pub lea: OrgId,
    /// The hotline that answers it.
    pub hotline: OrgId,
    /// What its live disclosures rest on, widest first; never empty.
    pub given: Vec<Given>,
}

/// Live disclosures of a case that rest on the same clause and are equally wide.
#[derive(Clone, Debug)]
pub struct Given {
    /// The agreement; `None`: the network's default lane.
    pub agreement: Option<AgreementId>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// How wide.
    pub width: Width,
    /// Whether the files open.
    pub media: bool,
    /// How many items.
    pub items: i64,
    /// What the clause says, where the actor is party to the agreement and the clause is a lane's.
    pub lane: Option<Lane>,
}

impl Ground {
    /// The widest of its disclosures.
    pub fn width(&self) -> Width {
        self.given.iter().map(|g| g.width).max().unwrap_or(Width::Metadata)
    }

    /// How many items are disclosed.
    pub fn items(&self) -> i64 {
        self.given.iter().map(|g| g.items).sum()
    }

    /// The lanes that gave it.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.given.iter().filter_map(|g| g.lane.as_ref())
    }

    /// The agreement that carries the dialogue, with its name and version.
    pub fn agreement(&self) -> Option<(AgreementId, &str, i64)> {
        self.given.iter().find_map(|g| Some((g.agreement?, g.name.as_str(), g.version)))
    }
}

/// The ground of a case for the actor: its LEA, or the hotline that answers it. For anybody else there is none.
pub async fn of(tx: &Tx, case: CaseId) -> Result<Ground> {
    let mut rows = store::grounds(tx, case).await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.width.parse().unwrap_or(Width::Metadata)));
    let first = rows.first().ok_or(Error::NotFound)?;
    let (report, lea, reporter) = (ReportId(first.report_id), OrgId(first.lea_id), OrgId(first.reporter_id));
    let treaties = treaty::list(tx).await?;
    let party = |id: AgreementId| treaties.iter().find(|t| t.id == id).map(|t| t.hotline);
    // Only a party sees the agreement: to a hotline that sees none behind the case, another one answers it.
    let hotline = match rows.iter().find_map(|row| row.agreement_id) {
        Some(_) => rows.iter().find_map(|row| party(AgreementId(row.agreement_id?))).ok_or(Error::NotFound)?,
        None => reporter,
    };
    if tx.actor().kind == OrgKind::Hotline && hotline != tx.actor().org {
        return Err(Error::NotFound);
    }
    let given = rows.into_iter().map(|row| {
        let agreement = row.agreement_id.map(AgreementId);
        let document = treaties.iter().find(|t| Some(t.id) == agreement && t.version == row.agreement_version);
        let lane = document.and_then(|t| t.document.lanes.iter().find(|lane| lane.clause == row.clause)).cloned();
        let width = row.width.parse().unwrap_or(Width::Metadata);
        Given {
            agreement,
            name: row.agreement_name,
            version: row.agreement_version,
            clause: row.clause,
            width,
            media: row.media,
            items: row.items,
            lane,
        }
    });
    Ok(Ground { case, report, lea, hotline, given: given.collect() })
}

/// Whether there is such a case for the actor, before anything is said about what was sent.
pub async fn exists(tx: &Tx, case: CaseId) -> Result<()> {
    of(tx, case).await.map(drop)
}

/// The live cases of a report that the actor's hotline answers for, each with its LEA.
pub async fn of_report(tx: &Tx, report: ReportId) -> Result<Vec<Ground>> {
    let mut grounds = Vec::new();
    for case in store::live_cases_of(tx, report).await? {
        match of(tx, case).await {
            Ok(ground) => grounds.push(ground),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(grounds)
}

/// The person who acts, and the name that the other side reads.
pub async fn author(tx: &Tx) -> Result<(PersonId, String)> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let people = directory::people(tx).await?;
    let name = people.into_iter().find(|p| p.id == person).map(|p| p.name).ok_or(Error::NotFound)?;
    Ok((person, name))
}
