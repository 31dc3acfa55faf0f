//! The site's table of contents: one line per URL.

use crate::{
    App, Error, api, assets, desk, domains, drain, evidence, hash_sharing, interpol, lists, lookup, network, open,
    page, police, public, security,
};
use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{Request, StatusCode},
    middleware,
    response::IntoResponse,
    routing::{get, post},
};
use tower_http::csrf::CsrfLayer;
use utoipa::{
    OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Most bytes of a body without files.
const MOST_BODY: usize = 256 << 10;

#[derive(OpenApi)]
#[openapi(info(
    title = "CPORT native API",
    description = "Hotlines report, assess and follow up; law-enforcement agencies see what was disclosed to them and answer. \
                   Errors are RFC 9457 problem details. Every list is paged by cursor. Every POST takes an Idempotency-Key."
))]
struct Description;

/// Every URL of the site.
pub fn router(app: App) -> Router {
    let most_upload = usize::try_from(app.config.max_request_bytes).unwrap_or(usize::MAX);
    let (api, _) = native_api().split_for_parts();
    let (uploads, _) = uploads().split_for_parts();
    let (imports, _) = imports().split_for_parts();
    Router::new()
        .merge(pages(&app, most_upload))
        .merge(api.layer(DefaultBodyLimit::max(MOST_BODY)))
        .merge(uploads.layer(DefaultBodyLimit::max(most_upload)).layer(middleware::from_fn(drain::uploads)))
        .merge(imports.layer(DefaultBodyLimit::disable()))
        .merge(hash_sharing::router())
        .merge(lookup::router())
        .route("/api/v1/openapi.json", get(description))
        .route("/healthz", get(health))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(security::headers))
        .with_state(app)
}

fn pages(app: &App, most_upload: usize) -> Router<App> {
    Router::new()
        // Everybody.
        .route("/", get(public::home::home))
        .route("/sign-in", get(public::sign_in::form).post(public::sign_in::by_token))
        .route("/sign-out", post(public::sign_in::out))
        .route("/demo/sign-in/{link}", get(public::sign_in::by_link))
        .route("/assets/{name}", get(assets::asset))
        .route("/complaints", get(public::complaints::form).post(public::complaints::submit))
        .route("/complaints/state", post(public::complaints::state))
        .route("/network", get(network::overview::read))
        .route("/network/agreements/new", get(network::new_agreement::form).post(network::new_agreement::create))
        .route("/network/agreements/{id}", get(network::agreement::read))
        .route("/network/agreements/{id}/acts", post(network::agreement_acts::act))
        .route("/network/agreements/{id}/versions", post(network::agreement_acts::redraft))
        .route("/network/agreements/{id}/versions/{version}", get(network::editor::read).post(network::editor::write))
        .route("/network/agreements/{id}/versions/{version}/sign", post(network::agreement_acts::sign))
        .route("/network/agreements/{id}/versions/{version}/discard", post(network::agreement_acts::discard))
        .route("/network/agreements/{id}/versions/{version}/toml", get(network::agreement::toml))
        .route("/partner", get(network::partner::read))
        .route("/partner/stop-page", post(network::partner::set_stop))
        .route("/partner/keys", post(network::partner::make_key))
        .route("/partner/keys/{id}/revoke", post(network::partner::revoke_key))
        .route("/partner/servers", post(network::partner::add_secondary))
        .route("/partner/servers/{id}/end", post(network::partner::end_secondary))
        .route("/audit", get(network::audit::read))
        // INTERPOL and the secretariat.
        .route("/interpol", get(interpol::link::read))
        .route("/interpol/dispatches/{id}/retry", post(interpol::link::retry))
        .route("/interpol/releases", post(interpol::link::propose))
        .route("/interpol/releases/{id}/confirm", post(interpol::link::confirm))
        .route("/interpol/releases/{id}/end", post(interpol::link::end))
        // Hotlines.
        .route("/desk", get(desk::reports::list))
        .route("/desk/reports/new", get(desk::new_report::form).post(desk::new_report::take_in))
        .route("/desk/reports/{id}", get(desk::report::read))
        .route("/desk/reports/{id}/files", post(desk::report::add_files))
        .route("/desk/reports/{id}/captures", post(desk::hosting::fetch))
        .route("/desk/reports/{id}/trace", post(desk::hosting::look_up))
        .route("/desk/reports/{id}/hosting", post(desk::hosting::overrule))
        .route("/desk/reports/{id}/site", post(desk::hosting::say_site))
        .route("/desk/news/{id}/seen", post(desk::hosting::see))
        .route("/desk/captures/{id}", get(evidence::read))
        .route("/desk/captures/{id}/open", post(evidence::open))
        .route("/desk/items/{id}/custody", get(evidence::custody))
        .route("/desk/assess", get(desk::assess::list))
        .route("/desk/items/{id}/assess", post(desk::assess::judge))
        .route("/desk/items/{id}/suggestion", post(desk::assess::accept))
        .route("/desk/owned", get(desk::owned::list))
        .route("/desk/doubts", get(desk::doubts::list))
        .route("/desk/doubts/{id}/resolve", post(desk::doubts::resolve))
        .route("/desk/items/{id}/confirm", post(desk::owned::confirm))
        .route("/desk/police", get(desk::police::list))
        .route("/desk/requests/{id}", post(desk::police::answer))
        .route("/desk/contacts/{id}/forward", post(desk::police::forward))
        .route("/desk/cases/{id}", get(desk::thread::read))
        .route("/desk/cases/{id}/messages", post(desk::thread::write))
        .route("/desk/cases/{id}/messages/{message}/read", post(desk::thread::receipt))
        .route("/desk/outcomes", get(desk::outcomes::list).post(desk::outcomes::choose))
        .route("/desk/items/{id}/preview", get(open::preview))
        .route("/desk/items/{id}/open", get(open::ask).post(open::open))
        .route("/desk/items/{id}/shown", get(open::shown))
        // Hash lists: who publishes and who reads them.
        .route("/lists", get(lists::overview::list))
        .route("/lists/new", get(lists::new::form).post(lists::new::create))
        .route("/lists/{id}", get(lists::list::read))
        .route("/lists/{id}/change", post(lists::manage::change))
        .route("/lists/{id}/entries", post(lists::manage::add))
        .route("/lists/{id}/subscriptions", post(lists::manage::subscribe))
        .route("/lists/{id}/accept", post(lists::acts::accept))
        .route("/lists/{id}/terms", post(lists::acts::offer))
        .route("/lists/{id}/terms/{terms}/end", post(lists::acts::end))
        .route("/lists/{id}/state", post(lists::acts::state))
        .route("/lists/{id}/entries/{entry}/withdraw", post(lists::acts::withdraw))
        .route("/lists/{id}/entries/{entry}/vote", post(lists::acts::say))
        .route("/lists/{id}/votes/{vote}/answer", post(lists::acts::answer))
        .route("/lists/{id}/candidates", post(lists::candidates::answer))
        .route("/lists/{id}/imports/{import}", get(lists::imports::show_one))
        .route("/lists/{id}/imports/{import}/undo", post(lists::imports::undo))
        .route("/lists/{id}/subscriptions/{subscription}/end", post(lists::acts::unsubscribe))
        .route("/lists/{id}/undo", post(lists::acts::undo))
        .route("/lists/{id}/export", get(lists::imports::export))
        // The block list: INTERPOL, and police that propose and review.
        .route("/domains/new", get(domains::new::form).post(domains::new::create))
        .route("/domains/proposals/{id}", get(domains::proposal::read))
        .route("/domains/proposals/{id}/reviewers", post(domains::proposal::assign))
        .route("/domains/proposals/{id}/acts", post(domains::proposal::act))
        .route("/domains/proposals/{id}/versions", post(domains::proposal::version))
        .route("/domains/proposals/{id}/exhibits/{exhibit}/picture", post(domains::proposal::open))
        .route("/interpol/domains", get(interpol::domains::desk))
        .route("/interpol/domains/list", get(interpol::domains::list))
        .route("/interpol/domains/history", get(interpol::domains::history))
        .route("/interpol/domains/complaints", get(interpol::complaints::list))
        .route("/interpol/domains/complaints/{id}", post(interpol::complaints::decide))
        // LEAs.
        .route("/police", get(police::inbox::list))
        .route("/police/acts", post(police::team::act))
        .route("/police/searches", get(police::search::list).post(police::search::make))
        .route("/police/searches/{id}", get(police::inbox::searched).post(police::search::keep))
        .route("/police/searches/{id}/end", post(police::search::end))
        .route("/police/address", post(police::search::address))
        .route("/police/folders", get(police::folders::list).post(police::folders::make))
        .route("/police/folders/{id}", get(police::inbox::folder).post(police::folders::change))
        .route("/police/folders/{id}/end", post(police::folders::end))
        .route("/police/urgency", get(police::urgency::read).post(police::urgency::set))
        .route("/police/cases/{id}", get(police::case::read))
        .route("/police/cases/{id}/alike", get(police::inbox::alike))
        .route("/police/cases/{id}/notes", post(police::team::note))
        .route("/police/cases/{id}/package", get(police::package::form).post(police::package::take))
        .route("/police/package-key", post(police::package::set_key))
        .route("/police/packages/{id}", get(police::package::read))
        .route("/police/packages/{id}/file", get(police::package::file))
        .route("/police/cases/{id}/outcomes", post(police::outcome::answer))
        .route("/police/cases/{id}/requests", post(police::request::ask))
        .route("/police/cases/{id}/requests/{request}/withdraw", post(police::request::take_back))
        .route("/police/cases/{id}/holds", post(police::hold::place))
        .route("/police/cases/{id}/holds/{hold}/approve", post(police::hold::approve))
        .route("/police/cases/{id}/holds/{hold}/extend", post(police::hold::extend))
        .route("/police/cases/{id}/holds/{hold}/end", post(police::hold::end))
        .route("/police/cases/{id}/messages", post(police::message::write))
        .route("/police/cases/{id}/messages/{message}/read", post(police::message::receipt))
        .route("/police/cases/{id}/contact", post(police::contact::ask))
        .route("/police/cases/{id}/contact/{approach}", post(police::contact::answer))
        .route("/police/due", get(police::due::list))
        .route("/police/domains", get(police::domains::list))
        .route("/police/domains/{id}", get(police::domains::read))
        .route("/police/domains/{id}/seen", post(police::domains::see))
        .route("/police/domains/{id}/word", post(police::domains::say))
        .route("/police/cases/{id}/list", post(police::listing::put))
        .route("/police/captures/{id}", get(evidence::read))
        .route("/police/captures/{id}/open", post(evidence::open))
        .route("/police/items/{id}/custody", get(evidence::custody))
        .route("/police/items/{id}/preview", get(open::preview))
        .route("/police/items/{id}/open", get(open::ask).post(open::open))
        .route("/police/items/{id}/shown", get(open::shown))
        .layer(DefaultBodyLimit::max(most_upload))
        // A list's file has no limit of bytes; its readers have theirs.
        .merge(
            Router::new().route("/lists/{id}/imports", post(lists::imports::take)).layer(DefaultBodyLimit::disable()),
        )
        .layer(middleware::from_fn(drain::uploads))
        .layer(middleware::from_fn_with_state(app.clone(), page::errors))
}

fn native_api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(api::me::read))
        // Hotlines.
        .routes(routes!(api::reports::list::list, api::reports::create::create))
        .routes(routes!(api::reports::read::read))
        .routes(routes!(api::reports::outcomes::read))
        .routes(routes!(api::cases::notes::shared))
        .routes(routes!(api::outcomes::list))
        .routes(routes!(api::outcomes::choose))
        .routes(routes!(api::reports::captures::list, api::reports::captures::ask))
        .routes(routes!(api::reports::trace::read, api::reports::trace::ask))
        .routes(routes!(api::reports::trace::overrule))
        .routes(routes!(api::reports::site::put))
        .routes(routes!(api::items::waiting::list))
        .routes(routes!(api::items::read::read))
        .routes(routes!(api::items::assess::put))
        .routes(routes!(api::items::confirm::post))
        .routes(routes!(api::items::evidence::sightings))
        .routes(routes!(api::news::list))
        .routes(routes!(api::news::see))
        // Hotlines and LEAs.
        .routes(routes!(api::captures::read::read))
        .routes(routes!(api::captures::open::archive))
        .routes(routes!(api::captures::open::picture))
        .routes(routes!(api::items::evidence::device))
        .routes(routes!(api::items::evidence::custody))
        .routes(routes!(api::items::file::read))
        .routes(routes!(api::items::preview::read))
        // Access providers.
        .routes(routes!(api::blocklist::file::read))
        .routes(routes!(api::blocklist::provider::read))
        .routes(routes!(api::blocklist::provider::set_stop))
        .routes(routes!(api::blocklist::keys::make))
        .routes(routes!(api::blocklist::keys::revoke))
        .routes(routes!(api::blocklist::secondaries::add))
        .routes(routes!(api::blocklist::secondaries::end))
        .routes(routes!(api::blocklist::fetches::list))
        // INTERPOL and the secretariat.
        .routes(routes!(api::link::read::read))
        .routes(routes!(api::link::dispatches::list))
        .routes(routes!(api::link::dispatches::retry))
        .routes(routes!(api::link::releases::propose))
        .routes(routes!(api::link::releases::confirm))
        .routes(routes!(api::link::releases::end))
        // Hash lists: who publishes and who reads them.
        .routes(routes!(api::lists::list::list, api::lists::create::create))
        .routes(routes!(api::lists::keys::list))
        .routes(routes!(api::lists::read::read, api::lists::change::patch))
        .routes(routes!(api::lists::suspend::post))
        .routes(routes!(api::lists::resume::post))
        .routes(routes!(api::lists::terms::list, api::lists::offer::post))
        .routes(routes!(api::lists::accept::post))
        .routes(routes!(api::lists::end::post))
        .routes(routes!(api::lists::entries::list, api::lists::add::post))
        .routes(routes!(api::lists::entry::read))
        .routes(routes!(api::lists::withdraw::post))
        .routes(routes!(api::lists::vote::post))
        .routes(routes!(api::lists::votes::list))
        .routes(routes!(api::lists::answer::post))
        .routes(routes!(api::lists::candidates::list))
        .routes(routes!(api::lists::take::post))
        .routes(routes!(api::lists::decline::post))
        .routes(routes!(api::lists::progress::read))
        .routes(routes!(api::lists::refused::list))
        .routes(routes!(api::lists::undo::post))
        .routes(routes!(api::lists::export::read))
        .routes(routes!(api::lists::subscriptions::list, api::lists::subscribe::post))
        .routes(routes!(api::lists::unsubscribe::post))
        // What lists did with a hotline's items.
        .routes(routes!(api::items::suggestion::read, api::items::suggestion::accept))
        .routes(routes!(api::settlements::list::list))
        .routes(routes!(api::settlements::undo::post))
        .routes(routes!(api::lists::offered::list))
        .routes(routes!(api::doubts::list::list))
        .routes(routes!(api::doubts::resolve::post))
        // LEAs.
        .routes(routes!(api::cases::list::list))
        .routes(routes!(api::cases::changes::list))
        .routes(routes!(api::webhook::read, api::webhook::put, api::webhook::delete))
        .routes(routes!(api::cases::read::read))
        .routes(routes!(api::cases::items::list))
        .routes(routes!(api::cases::answer::post))
        .routes(routes!(api::packages::of_case::list, api::packages::create::post))
        .routes(routes!(api::packages::list::list))
        .routes(routes!(api::packages::keys::list))
        .routes(routes!(api::packages::read::read))
        .routes(routes!(api::packages::file::read))
        .routes(routes!(api::packages::key::read, api::packages::key::put, api::packages::key::delete))
        .routes(routes!(api::cases::acts::assign))
        .routes(routes!(api::cases::acts::read))
        .routes(routes!(api::cases::acts::alike))
        .routes(routes!(api::cases::acts::many))
        .routes(routes!(api::cases::acts::colleagues))
        .routes(routes!(api::cases::notes::list, api::cases::notes::write))
        .routes(routes!(api::searches::list, api::searches::make))
        .routes(routes!(api::searches::read, api::searches::keep))
        .routes(routes!(api::searches::end))
        .routes(routes!(api::searches::address, api::searches::set_address))
        .routes(routes!(api::folders::list, api::folders::make))
        .routes(routes!(api::folders::read, api::folders::change))
        .routes(routes!(api::folders::end))
        .routes(routes!(api::folders::cases, api::folders::fill))
        .routes(routes!(api::folders::take_out))
        .routes(routes!(api::urgency::read, api::urgency::set))
        .routes(routes!(api::urgency::preview))
        .routes(routes!(api::outcomes::due))
        .routes(routes!(api::cases::contact::read, api::cases::contact::ask))
        .routes(routes!(api::cases::contact::answer))
        // What police and hotline say to each other about a case.
        .routes(routes!(api::cases::requests::list, api::cases::requests::ask))
        .routes(routes!(api::cases::requests::take_back))
        .routes(routes!(api::cases::holds::list, api::cases::holds::place))
        .routes(routes!(api::cases::holds::approve))
        .routes(routes!(api::cases::holds::extend))
        .routes(routes!(api::cases::holds::end))
        .routes(routes!(api::cases::messages::list, api::cases::messages::write))
        .routes(routes!(api::cases::messages::receipt))
        .routes(routes!(api::requests::list::requests))
        .routes(routes!(api::requests::list::holds))
        .routes(routes!(api::requests::list::messages))
        .routes(routes!(api::requests::answer::post))
        .routes(routes!(api::requests::contacts::list))
        .routes(routes!(api::requests::contacts::forward))
        .routes(routes!(api::cases::listing::list, api::cases::listing::post))
        // The block list of domains: INTERPOL, and police that propose and review.
        .routes(routes!(api::domains::list::list))
        .routes(routes!(api::domains::list::candidates))
        .routes(routes!(api::domains::list::history))
        .routes(routes!(api::domains::list::waiting))
        .routes(routes!(api::domains::proposals::check))
        .routes(routes!(api::domains::proposals::list, api::domains::proposals::post))
        .routes(routes!(api::domains::proposals::read))
        .routes(routes!(api::domains::proposals::version))
        .routes(routes!(api::domains::acts::reviewers))
        .routes(routes!(api::domains::acts::act))
        .routes(routes!(api::domains::picture::read))
        .routes(routes!(api::domains::reviews::list))
        .routes(routes!(api::domains::reviews::read))
        .routes(routes!(api::domains::reviews::seen))
        .routes(routes!(api::domains::reviews::word))
        .routes(routes!(api::domains::complaints::list))
        .routes(routes!(api::domains::complaints::decide))
        // Everybody.
        .routes(routes!(api::agreements::list::list, api::agreements::draft::post))
        .routes(routes!(api::agreements::read::read))
        .routes(routes!(api::agreements::redraft::post))
        .routes(routes!(api::agreements::version::read, api::agreements::change::put))
        .routes(routes!(api::agreements::export::read))
        .routes(routes!(api::agreements::simulate::read))
        .routes(routes!(api::agreements::discard::post))
        .routes(routes!(api::agreements::sign::post))
        .routes(routes!(api::agreements::suspend::post))
        .routes(routes!(api::agreements::resume::post))
        .routes(routes!(api::agreements::end::post))
        .routes(routes!(api::audit::list))
}

/// Routes whose body is files, up to the limit of a request.
fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(api::reports::files::add))
        .routes(routes!(api::matching::post))
        .routes(routes!(api::matching_many::post))
}

/// Routes whose body is read as it comes and has no limit of bytes; its readers have theirs.
fn imports() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(api::lists::imports::list, api::lists::import::post))
}

/// The native API as OpenAPI 3.1, generated from the code.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, mut description) = native_api().merge(uploads()).merge(imports()).split_for_parts();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    for (path, item) in &mut description.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(method, path));
            }
        }
    }
    description.security = Some(vec![utoipa::openapi::SecurityRequirement::new("token", Vec::<String>::new())]);
    description
}

/// `get /api/v1/reports/{id}/files` is `get_reports_id_files`: unique, as OpenAPI asks.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/api/v1").split(['/', '{', '}']).filter(|w| !w.is_empty());
    words.fold(method.to_owned(), |id, word| format!("{id}_{word}"))
}

async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}

async fn health(app: axum::extract::State<App>) -> Result<&'static str, Error> {
    app.db.ping().await?;
    Ok("ok")
}

async fn nothing_here() -> Error {
    Error::NOT_FOUND
}

async fn wrong_method(request: Request<axum::body::Body>) -> impl IntoResponse {
    let detail = format!("this address does not take {}", request.method());
    Error::Body(StatusCode::METHOD_NOT_ALLOWED, detail)
}
