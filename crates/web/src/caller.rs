//! Who calls. A handler's arguments say who may call it: `MayAssess(who)` is an analyst, or the handler is not reached.
//!
//! Where a route names one thing, a caller whose role does not include it gets the same answer as for a thing that does
//! not exist.

use crate::{App, Error};
use agreements::{
    Doing, require,
    sign_in::{self, SignedIn},
};
use axum::{
    extract::{FromRequestParts, MatchedPath, OptionalFromRequestParts},
    http::{HeaderMap, header, request::Parts},
};

/// Name of the session cookie.
pub const COOKIE: &str = "cport_session";

/// Anybody who holds a valid access token.
#[derive(Clone, Debug)]
pub struct ByToken(pub SignedIn);

/// Anybody who is signed in with a browser, and the session's secret.
#[derive(Clone, Debug)]
pub struct BySession(pub SignedIn, pub String);

impl FromRequestParts<App> for ByToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let token = bearer(&parts.headers).ok_or(agreements::Error::SignInFirst)?;
        Ok(Self(sign_in::by_token(&app.db, token).await?))
    }
}

impl FromRequestParts<App> for BySession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let session = cookie(&parts.headers).ok_or(agreements::Error::SignInFirst)?.to_owned();
        Ok(Self(sign_in::by_session(&app.db, &session).await?, session))
    }
}

impl OptionalFromRequestParts<App> for BySession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Error> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(Error::Agreements(agreements::Error::SignInFirst)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|t| !t.is_empty() && t.len() < 200)
}

/// The session's secret out of a request's cookies.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && value.len() < 200).then_some(value))
}

macro_rules! may {
    ($($(#[$doc:meta])* $name:ident, $page:ident = $doing:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub SignedIn);

        impl FromRequestParts<App> for $name {
            type Rejection = Error;
            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
                let ByToken(who) = ByToken::from_request_parts(parts, app).await?;
                allowed(&who, Doing::$doing, parts)?;
                Ok(Self(who))
            }
        }

        #[doc = concat!("The same in a browser: see [`", stringify!($name), "`].")]
        #[derive(Clone, Debug)]
        pub struct $page(pub SignedIn);

        impl FromRequestParts<App> for $page {
            type Rejection = Error;
            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
                let BySession(who, _) = <BySession as FromRequestParts<App>>::from_request_parts(parts, app).await?;
                allowed(&who, Doing::$doing, parts)?;
                Ok(Self(who))
            }
        }
    )* };
}

may! {
    /// Somebody who may take in reports.
    MayReport, SeesReport = Report;
    /// Somebody who may look at their hotline's reports.
    MayReadReports, SeesReports = ReadReports;
    /// Somebody who may judge items.
    MayAssess, SeesAssess = Assess;
    /// Somebody who may look at their LEA's cases.
    MayReadCases, SeesCases = ReadCases;
    /// Somebody who may keep their unit's order.
    MayOrganise, SeesOrder = Organise;
    /// Somebody who may say what came of a case.
    MayAnswer, SeesAnswer = Answer;
    /// Somebody who may ask a hotline for context, holds and contact.
    MayAsk, SeesAsk = Ask;
    /// Somebody who may answer what police asked for.
    MayAnswerPolice, SeesAnswerPolice = AnswerPolice;
    /// Somebody who may read and write messages about cases.
    MayDiscuss, SeesDiscuss = Discuss;
    /// Somebody who may open files.
    MayOpenMedia, SeesMedia = OpenMedia;
    /// Somebody who may take cases along.
    MayTakeAlong, SeesTakeAlong = TakeAlong;
    /// Somebody who may look at the members of the exchange.
    MayReadDirectory, SeesDirectory = ReadDirectory;
    /// Somebody who may draft agreements.
    MayDraft, SeesDraft = DraftAgreement;
    /// Somebody who may sign and suspend agreements.
    MaySign, SeesSign = SignAgreement;
    /// Somebody who may look at their organisation's log.
    MayReadAudit, SeesAudit = ReadAudit;
    /// Somebody who may look at hash lists and ask what they know.
    MayReadLists, SeesLists = ReadLists;
    /// Somebody who may publish hash lists.
    MayPublish, SeesPublish = PublishList;
    /// Somebody who may accept and end terms of hash lists.
    MayAgree, SeesAgree = AcceptTerms;
    /// Somebody who may confirm and dispute entries.
    MayVote, SeesVote = VoteOnList;
    /// Somebody who may fetch the block list for an access provider.
    MayFetchDomains, SeesFetches = FetchDomains;
    /// Somebody who may watch deliveries to victim identification and try them again.
    MayRunLink, SeesLink = RunLink;
    /// Somebody who may let evidence leave, together with somebody else.
    MayReleaseLink, SeesRelease = ReleaseLink;
    /// Somebody who may propose domains for the block list.
    MayPropose, SeesPropose = ProposeDomain;
    /// Somebody who may review domains for the block list.
    MayReview, SeesReview = ReviewDomain;
    /// Somebody who runs the block list.
    MayRunDomains, SeesDomains = RunDomains;
}

fn allowed(who: &SignedIn, doing: Doing, parts: &Parts) -> Result<(), Error> {
    let names_one_thing = parts.extensions.get::<MatchedPath>().is_some_and(|path| path.as_str().contains('{'));
    match require(&who.actor, doing) {
        Err(agreements::Error::NotYours) if names_one_thing => Err(Error::NOT_FOUND),
        other => Ok(other?),
    }
}

/// An id out of a route; anything that is none does not exist.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NOT_FOUND)
}

/// The caller of a request that takes long, asked again whether they may still call: rights are read per request, and a
/// long one is several.
pub async fn still(app: &App, who: &SignedIn, headers: &HeaderMap) -> Result<SignedIn, Error> {
    match bearer(headers) {
        Some(token) => Ok(sign_in::by_token(&app.db, token).await?),
        None => Ok(who.clone()),
    }
}
