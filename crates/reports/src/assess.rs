//! Stage 5: an analyst judges what is left, and the owning hotline confirms what another member judged.
//!
//! Baseline is final: it can be acted on, not re-graded (product rule 4). `national` and `not_illegal` may be changed by
//! whoever judged, and overruled by the hotline of the hosting country.

use crate::{
    Act, Error, Item, Result,
    entity::assessment,
    flow::{self, Step},
    settle, store,
};
use base::{AgeGroup, AssessmentId, Class, Country, Gender, ItemId, Refusal, Synthetic};
use storage::Tx;

/// A judgement as an analyst gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    class: Class,
    country: Option<Country>,
    age_group: AgeGroup,
    gender: Gender,
    synthetic: Synthetic,
    note: Option<String>,
}

impl Judgement {
    /// What a list's entry says, made a person's own.
    pub(crate) const fn suggested(class: Class, country: Option<Country>, age_group: AgeGroup, gender: Gender) -> Self {
        Self { class, country, age_group, gender, synthetic: Synthetic::Unknown, note: None }
    }
}

/// A judgement as it comes in, words not checked yet.
#[derive(Clone, Debug, Default)]
pub struct Incoming<'a> {
    /// `baseline`, `national` or `not_illegal`.
    pub class: &'a str,
    /// For `national`: where it is illegal; nothing: the hotline's own country.
    pub country: Option<&'a str>,
    /// Apparent age group; nothing: `unknown`.
    pub age_group: Option<&'a str>,
    /// Gender; nothing: `unknown`.
    pub gender: Option<&'a str>,
    /// Whether it shows somebody real; nothing: `unknown`.
    pub synthetic: Option<&'a str>,
    /// What the analyst adds.
    pub note: Option<&'a str>,
}

/// Checks every field; `home` is the hotline's own country.
pub fn check(incoming: &Incoming<'_>, home: Option<Country>) -> Result<Judgement, Refusal> {
    let given = |text: Option<&'_ str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let class: Class = incoming.class.parse()?;
    let country = given(incoming.country).map(|c| Country::parse("country", &c)).transpose()?;
    let country =
        match (class, country) {
            (Class::National, given) => Some(given.or(home).ok_or_else(|| {
                Refusal::new("country", "missing", "`national` needs the country where it is illegal")
            })?),
            (Class::Baseline | Class::NotIllegal, None) => None,
            (Class::Baseline | Class::NotIllegal, Some(_)) => {
                return Err(Refusal::new("country", "country-without-national", "a country goes with `national` only"));
            }
        };
    Ok(Judgement {
        class,
        country,
        age_group: given(incoming.age_group).map_or(Ok(AgeGroup::Unknown), |t| t.parse())?,
        gender: given(incoming.gender).map_or(Ok(Gender::Unknown), |t| t.parse())?,
        synthetic: given(incoming.synthetic).map_or(Ok(Synthetic::Unknown), |t| t.parse())?,
        note: base::text_opt("note", incoming.note, 10_000)?,
    })
}

/// Judges an item that the actor's hotline reported or owns. `expected`: the item's version the analyst saw.
pub async fn assess(tx: &Tx, id: ItemId, judgement: Judgement, expected: Option<i64>) -> Result<Act> {
    let item = store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    if expected.is_some_and(|version| version != item.version) {
        return Err(storage::Error::Moved.into());
    }
    allowed(tx, &item)?;
    let known = store::verdict_find(tx, &item.media.sha256).await?;
    if item.assessment.is_none() && known.as_ref().is_some_and(|v| v.class == Class::Baseline.word()) {
        return Err(final_baseline());
    }
    let assessment = tx.id(AssessmentId::new)?;
    let row = assessment::Model {
        id: assessment.0,
        item_id: id.0,
        org_id: tx.actor().org.0,
        person_id: tx.actor().person().map(|p| p.0),
        class: judgement.class.word().into(),
        country: judgement.country.map(|c| c.to_string()),
        age_group: judgement.age_group.word().into(),
        gender: judgement.gender.word().into(),
        note: judgement.note,
        inherited_from: None,
        at: tx.now().micros(),
        synthetic: judgement.synthetic.word().into(),
    };
    store::assessment_add(tx, row.clone()).await?;
    store::item_judge_from(tx, id, assessment, judgement.class, item.version).await?;
    store::verdict_set(tx, &item.media.sha256, &row).await?;
    settle::judged(tx, &item, judgement.class).await?;
    if item.reporter == tx.actor().org {
        flow::note_state(tx, item.report).await?;
    } else {
        flow::queue(tx, Step::Progress(item.report)).await?;
    }
    flow::queue(tx, Step::Inherit(id)).await?;
    flow::queue(tx, Step::Route(item.report)).await?;
    Ok(Act::Assessed(id, assessment, item.report))
}

/// The owning hotline makes another member's judgement its own, without grading again.
pub async fn confirm(tx: &Tx, id: ItemId) -> Result<Act> {
    let item = store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    if item.owner != Some(tx.actor().org) {
        let reason = "only the hotline of the hosting country confirms an item";
        return Err(Error::conflict("not-the-owner", "item", reason));
    }
    if item.assessment.as_ref().is_none_or(|a| a.class != Class::Baseline) {
        let reason = "only a baseline judgement is confirmed, assess this item instead";
        return Err(Error::conflict("not-baseline", "item", reason));
    }
    if item.confirmed_by.is_none() {
        store::item_confirm(tx, id, tx.actor().org, item.version).await?;
        flow::queue(tx, Step::Route(item.report)).await?;
    }
    Ok(Act::Confirmed(id, item.report))
}

fn allowed(tx: &Tx, item: &Item) -> Result<()> {
    let Some(current) = &item.assessment else {
        return Ok(());
    };
    let me = tx.actor().org;
    if current.class == Class::Baseline {
        return Err(final_baseline());
    }
    let mine = current.org == me && current.inherited_from.is_none();
    if mine || item.owner == Some(me) {
        return Ok(());
    }
    let reason = "another hotline's judgement is in force for this item, only the hotline of the hosting country may overrule it";
    Err(Error::conflict("known-already", "class", reason))
}

fn final_baseline() -> Error {
    Error::conflict("baseline-final", "class", "baseline is final, it can be acted on but not assessed again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(incoming: &Incoming<'_>) -> Result<Judgement, &'static str> {
        check(incoming, Country::parse("c", "NL").ok()).map_err(|r| r.rule)
    }

    #[test]
    fn national_is_illegal_somewhere_and_nothing_else_has_a_country() {
        let national = rule(&Incoming { class: "national", ..Incoming::default() });
        assert_eq!(national.map(|j| j.country.map(|c| c.to_string())), Ok(Some("NL".into())));
        let baseline = Incoming { class: "baseline", country: Some("DE"), ..Incoming::default() };
        assert_eq!(rule(&baseline), Err("country-without-national"));
    }

    #[test]
    fn unknown_words_are_refused_by_name() {
        assert_eq!(rule(&Incoming { class: "bad", ..Incoming::default() }), Err("unknown-class"));
        assert_eq!(
            rule(&Incoming { class: "baseline", age_group: Some("9"), ..Incoming::default() }),
            Err("unknown-age_group")
        );
        assert_eq!(
            rule(&Incoming { class: "baseline", gender: Some("x"), ..Incoming::default() }),
            Err("unknown-gender")
        );
    }
}
