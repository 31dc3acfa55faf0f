//! What the demo's German officer keeps in order: a folder, a search that the unit shares, a note for the hotline.

use super::network::{Somebody, find};
use crate::house::Result;
use base::OrgKind;
use reports::{
    folder::{self, Words},
    inbox::{self, Filter, Of},
    search::{self, Keep},
    team::{self, Do, Reach},
};
use web::App;

/// Makes them, with the case that stands first.
pub async fn create(app: &App, people: &[Somebody]) -> Result<()> {
    let officer = find(people, OrgKind::Lea, "DE")?;
    let tx = app.db.begin(&officer.actor).await?;
    let first = inbox::list(&tx, Of::Everything, None, 1).await?.items.into_iter().next();
    let case = first.ok_or("the demo's police were not told what they should be")?.case.id;
    let words = Words { name: "Operation Example", note: Some("Invented for the demo."), private: false };
    let (id, act) = folder::make(&tx, &words).await?;
    tx.note(&act).await?;
    tx.note(&team::act_on(&tx, case, Do::Folder(id)).await?).await?;
    let (_, act) =
        team::note(&tx, case, "Invented note: the place in the drawing is known to us.", Reach::Hotline).await?;
    tx.note(&act).await?;
    let fresh = Filter { fresh: Some(true), ..Filter::default() };
    let keep = Keep { name: Some("New material"), shared: true, alert: false };
    let (_, act) = search::make(&tx, &fresh, &keep).await?;
    Ok(tx.commit(&act).await?)
}
