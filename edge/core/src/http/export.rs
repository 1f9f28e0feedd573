//! The audit log as a file. It is read a page at a time and sent as it is read, so that its length does not matter.

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

/// A page of entries as the organization wrote them.
type Page = List<Box<RawValue>>;

/// The entries read at once.
const PAGE: u16 = 200;

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move {
            let id = RequestId::of(&request);
            let platform = Rc::clone(&edge.platform);
            export(edge, &request).await.unwrap_or_else(|failed| failed.problem(&id, &*platform))
        })
    };
    routes.route(EXPORT_PATH, post(handle))
}

/// 1. Who asks, from where, for what (401, 403, 400).
/// 2. That it is exported is written down, and the first page is there (400, 403, 503).
/// 3. The rest follows as the file is read.
async fn export<P: Platform>(edge: Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let (edge, caller) = edge.for_caller(request.headers()).await?;
    same_origin(request.method(), request.headers(), &caller, edge.configuration.public_url()?)?;
    let asked: ExportQuery = query(request.uri().query().unwrap_or_default())?;
    let format = asked.format;
    let query = TimelineQuery { event: asked.event, q: asked.q, cursor: None, limit: Some(PAGE) };
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

/// The log, read on page by page in the name of whoever asked: who may not any more gets no more.
struct Reading<P> {
    edge: Edge<P>,
    caller: Caller,
    query: TimelineQuery,
}

impl<P: Platform> Reading<P> {
    /// The page after `cursor`. A file that cannot be finished breaks off, so that nobody takes it for whole.
    async fn after(&mut self, cursor: String) -> Result<Page, axum::BoxError> {
        self.query.cursor = Some(cursor);
        let find = Call::<GetAuditLog>::new((), self.query.clone());
        let page = send_as(&*self.edge.platform, &self.edge.organization, self.caller.clone(), &find).await;
        page.map_err(|refusal| {
            let failed = RequestFailure::from(refusal);
            let details = [("code", failed.code.as_str()), ("cause", failed.cause.as_deref().unwrap_or_default())];
            self.edge.platform.log(Level::Warning, "export.broken_off", &details);
            failed.detail.into()
        })
    }
}

/// How far a file has been sent.
enum Place {
    First(Page),
    After(String),
    End,
}

/// The pieces of the file, a page each.
fn pieces<P: Platform>(
    reading: Reading<P>,
    first: Page,
    format: ExportFormat,
) -> impl futures::Stream<Item = Result<String, axum::BoxError>> {
    try_unfold((reading, Place::First(first)), move |(mut reading, place)| async move {
        let (page, is_first) = match place {
            Place::First(page) => (page, true),
            Place::After(cursor) => (reading.after(cursor).await?, false),
            Place::End => return Ok(None),
        };
        let piece = match format {
            ExportFormat::Csv => csv::piece(&page, is_first)?,
            ExportFormat::Json => json_piece(&page, is_first),
        };
        let next = page.next_cursor.map_or(Place::End, Place::After);
        Ok(Some((piece, (reading, next))))
    })
}

/// A part of one array.
fn json_piece(page: &Page, is_first: bool) -> String {
    let mut piece = String::from(if is_first { "[" } else { "" });
    for (at, entry) in page.items.iter().enumerate() {
        piece.push_str(if is_first && at == 0 { "\n" } else { ",\n" });
        piece.push_str(entry.get());
    }
    piece.push_str(if page.next_cursor.is_none() { "\n]\n" } else { "" });
    piece
}
