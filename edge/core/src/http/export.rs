//! The audit log as a file. It is streamed a page at a time, so that its size is not limited by memory.

use api::{EXPORT_PATH, ExportFormat, ExportQuery, GetAuditLog, List, TimelineQuery};
mod csv;

use std::rc::Rc;

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::post,
};
use futures::stream::try_unfold;
use http::header;
use send_wrapper::SendWrapper;
use serde_json::value::RawValue;

use crate::{
    http::{
        Edge, Platform, SharedEdge, caller::same_origin, failure::RequestFailure, request_id::RequestId, routing::query,
    },
    organization::{BeginExport, Call, Caller, send_as},
    ports::Level,
};

/// A page of entries, in the JSON that the organization wrote.
type Page = List<Box<RawValue>>;

/// The number of entries in a page.
const PAGE: u16 = 200;

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move {
            let id = RequestId::of(&request);
            let platform = Rc::clone(&edge.platform);
            export(edge, &request).await.unwrap_or_else(|failure| failure.problem(&id, &*platform))
        })
    };
    routes.route(EXPORT_PATH, post(handle))
}

/// 1. The caller is authenticated (401), the request is not cross-site (403), and its query is valid (400).
/// 2. The organization records the export and returns the first page (400, 403, 503).
/// 3. The other pages are fetched while the client reads the file.
async fn export<P: Platform>(edge: Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let (edge, caller) = edge.for_caller(request.headers()).await?;
    same_origin(request.method(), request.headers(), &caller, edge.configuration.public_url()?)?;
    caller.is_somebody()?;
    let parameters: ExportQuery = query(request.uri().query().unwrap_or_default())?;
    let format = parameters.format;
    let query = TimelineQuery { event: parameters.event, q: parameters.q, cursor: None, limit: Some(PAGE) };
    let begin = BeginExport { query: query.clone() };
    let first: Page = send_as(&*edge.platform, &edge.organization, caller.clone(), &begin).await?;
    let reading = Reading { edge, caller, query };
    let name = format!("attachment; filename=\"causeway-timeline.{}\"", extension(format));
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

/// Reads the log page by page on behalf of the caller, so that a caller who loses access gets no further page.
struct Reading<P> {
    edge: Edge<P>,
    caller: Caller,
    query: TimelineQuery,
}

impl<P: Platform> Reading<P> {
    /// The page after `cursor`. On a failure the stream is aborted, so that nobody takes the file for complete.
    async fn page_after(&mut self, cursor: String) -> Result<Page, axum::BoxError> {
        self.query.cursor = Some(cursor);
        let get = Call::<GetAuditLog>::new((), self.query.clone());
        let page = send_as(&*self.edge.platform, &self.edge.organization, self.caller.clone(), &get).await;
        page.map_err(|refusal| {
            let failure = RequestFailure::from(refusal);
            let details = [("code", failure.code.as_str()), ("cause", failure.cause.as_deref().unwrap_or_default())];
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
fn pieces<P: Platform>(
    reading: Reading<P>,
    first: Page,
    format: ExportFormat,
) -> impl futures::Stream<Item = Result<String, axum::BoxError>> {
    try_unfold((reading, Position::First(first)), move |(mut reading, position)| async move {
        let (page, is_first) = match position {
            Position::First(page) => (page, true),
            Position::After(cursor) => (reading.page_after(cursor).await?, false),
            Position::End => return Ok(None),
        };
        let piece = match format {
            ExportFormat::Csv => csv::piece(&page, is_first)?,
            ExportFormat::Json => json_piece(&page, is_first),
        };
        let next = page.next_cursor.map_or(Position::End, Position::After);
        Ok(Some((piece, (reading, next))))
    })
}

/// One page of the JSON array.
fn json_piece(page: &Page, is_first: bool) -> String {
    let mut piece = String::from(if is_first { "[" } else { "" });
    for (at, entry) in page.items.iter().enumerate() {
        piece.push_str(if is_first && at == 0 { "\n" } else { ",\n" });
        piece.push_str(entry.get());
    }
    piece.push_str(if page.next_cursor.is_none() { "\n]\n" } else { "" });
    piece
}
