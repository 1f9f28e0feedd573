//! Lists as files: the audit log and the connections. A file is streamed a page at a time, so that its size is not
//! limited by memory.

mod audit_log;
mod connection_list;
mod csv;

use std::rc::Rc;

use api::{Endpoint, ExportFormat, List};
use audit_log::AuditLog;
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::post,
};
use connection_list::ConnectionList;
use futures::stream::try_unfold;
use http::header;
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    http::{
        Edge, Platform, SharedEdge, caller::same_origin, failure::RequestFailure, request_id::RequestId, routing::query,
    },
    organization::{Call, Caller, Step, send_as},
    ports::Level,
};

/// A page of items, in the JSON that the organization wrote.
type Page = List<Box<RawValue>>;

/// The number of items in a page.
const PAGE: u16 = 200;

/// A list that can be exported as a file.
trait Exported: 'static {
    /// The address of the export.
    const PATH: &'static str;
    /// The name of the file, without its extension.
    const FILE: &'static str;
    /// The columns of the file for spreadsheets.
    const COLUMNS: &'static [&'static str];
    /// The query of the request.
    type Query: DeserializeOwned;
    /// The query for a page.
    type Pages: Clone;
    /// The endpoint that lists a page.
    type Listed: Endpoint<Params = (), Request = Self::Pages>;
    /// The step that records the export and returns the first page.
    type Begin: Step;

    /// The format of the file, and the query for its first page.
    fn parts(query: Self::Query) -> (ExportFormat, Self::Pages);
    fn begin(first: Self::Pages) -> Self::Begin;
    /// The query for the page after `cursor`.
    fn after(first: &Self::Pages, cursor: String) -> Self::Pages;
    /// The fields of an item, one for each column.
    fn fields(item: Map<String, Value>) -> Vec<String>;
}

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = route::<AuditLog, P>(routes, edge);
    route::<ConnectionList, P>(routes, edge)
}

fn route<E: Exported, P: Platform>(routes: Router, edge: &Edge<P>) -> Router
where
    Call<E::Listed>: Step,
{
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move {
            let id = RequestId::of(&request);
            let platform = Rc::clone(&edge.platform);
            export::<E, P>(edge, &request).await.unwrap_or_else(|failure| failure.problem(&id, &*platform))
        })
    };
    routes.route(E::PATH, post(handle))
}

/// 1. The caller is authenticated (401), the request is not cross-site (403), and its query is valid (400).
/// 2. The organization records the export and returns the first page (400, 403, 503).
/// 3. The other pages are fetched while the client reads the file.
async fn export<E: Exported, P: Platform>(edge: Edge<P>, request: &Request) -> Result<Response, RequestFailure>
where
    Call<E::Listed>: Step,
{
    let (edge, caller) = edge.for_caller(request.headers()).await?;
    same_origin(request.method(), request.headers(), &caller, edge.configuration.public_url()?)?;
    caller.require_any()?;
    let (format, listed) = E::parts(query(request.uri().query().unwrap_or_default())?);
    let begin = E::begin(listed.clone());
    let first: Page = send_as(&*edge.platform, &edge.organization, caller.clone(), &begin).await?;
    let reading = Reading::<E, P> { edge, caller, listed };
    let name = format!("attachment; filename=\"causeway-{}.{}\"", E::FILE, extension(format));
    let headers = [(header::CONTENT_TYPE, media_type(format).to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(SendWrapper::new(pieces(reading, first, format)))).into_response())
}

const fn extension(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
    }
}

const fn media_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat::Json => "application/json",
    }
}

/// Reads the list page by page on behalf of the caller, so that a caller who loses access gets no further page.
struct Reading<E: Exported, P> {
    edge: Edge<P>,
    caller: Caller,
    listed: E::Pages,
}

impl<E: Exported, P: Platform> Reading<E, P>
where
    Call<E::Listed>: Step,
{
    /// The page after `cursor`. On a failure the stream is aborted, so that nobody takes the file for complete.
    async fn page_after(&self, cursor: String) -> Result<Page, axum::BoxError> {
        let get = Call::<E::Listed>::new((), E::after(&self.listed, cursor));
        let page = send_as(&*self.edge.platform, &self.edge.organization, self.caller.clone(), &get).await;
        page.map_err(|refusal| {
            let failure = RequestFailure::from(refusal);
            let cause = failure.cause.as_deref().unwrap_or_default();
            let details = [("of", E::FILE), ("code", failure.code.as_str()), ("cause", cause)];
            self.edge.platform.log(Level::Warning, "export.broken_off", &details);
            failure.detail.into()
        })
    }
}

/// Which page of the file comes next.
enum Position {
    First(Page),
    After(String),
    End,
}

/// The chunks of the file, one for each page.
fn pieces<E: Exported, P: Platform>(
    reading: Reading<E, P>,
    first: Page,
    format: ExportFormat,
) -> impl futures::Stream<Item = Result<String, axum::BoxError>>
where
    Call<E::Listed>: Step,
{
    try_unfold((reading, Position::First(first)), move |(reading, position)| async move {
        let (page, is_first) = match position {
            Position::First(page) => (page, true),
            Position::After(cursor) => (reading.page_after(cursor).await?, false),
            Position::End => return Ok(None),
        };
        let piece = match format {
            ExportFormat::Csv => csv::piece::<E>(&page, is_first)?,
            ExportFormat::Json => json_piece(&page, is_first),
        };
        let next = page.next_cursor.map_or(Position::End, Position::After);
        Ok(Some((piece, (reading, next))))
    })
}

/// One page of the JSON array.
fn json_piece(page: &Page, is_first: bool) -> String {
    let mut piece = String::from(if is_first { "[" } else { "" });
    for (at, item) in page.items.iter().enumerate() {
        piece.push_str(if is_first && at == 0 { "\n" } else { ",\n" });
        piece.push_str(item.get());
    }
    piece.push_str(if page.next_cursor.is_none() { "\n]\n" } else { "" });
    piece
}
