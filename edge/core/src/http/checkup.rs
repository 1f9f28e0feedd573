//! `POST /api/v1/connections/{id}/checkup`: streams each step when it finishes, one JSON object a line; the last line is
//! the verdict.
//!
//! The checkup advances only while the client reads: a client that disconnects cancels it, and nothing is recorded. A
//! stream that ends without a verdict was not recorded either, and the log has the cause. An API key that begins a checkup
//! within ten seconds of the last one gets that one's verdict, without steps.

use api::{CHECKUP_PATH, CheckupLine, ConnectionId};
use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequestParts as _, Path, Request},
    response::Response,
    routing::post,
};
use futures::stream;
use http::{HeaderValue, header};
use send_wrapper::SendWrapper;

use crate::{
    checkup::{Checkup, Context},
    http::{Edge, Platform, SharedEdge, caller::same_origin, failure::RequestFailure, request_id::RequestId},
    organization::{BeginCheckup, Caller, CheckupBegun, RecordCheckup, Recorded, Refusal},
    ports::Level,
};

/// One JSON object a line (<https://github.com/ndjson/ndjson-spec>).
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/x-ndjson");

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move { serve(edge, request).await })
    };
    routes.route(CHECKUP_PATH, post(handle))
}

impl<P: Platform> Edge<P> {
    /// Runs a whole checkup on behalf of the caller, if the connection has a credential. The result is the connection's
    /// status. A checkup that cannot be carried out changes nothing, and its cause is logged.
    pub(super) async fn run_checkup(&self, caller: &Caller, connection: &ConnectionId) {
        if let Err(refusal) = self.run_and_record_checkup(caller, connection).await {
            let details = [("connection", connection.as_str()), ("cause", &format!("{refusal:?}"))];
            self.platform.log(Level::Warning, "checkup.not_recorded", &details);
        }
    }

    async fn run_and_record_checkup(&self, caller: &Caller, connection: &ConnectionId) -> Result<(), Refusal> {
        let begun = self.send_as(caller, &BeginCheckup { connection: connection.clone() }).await?;
        let CheckupBegun::Run(subject) = begun else { return Ok(()) };
        if subject.grant.is_none() {
            return Ok(());
        }
        let findings = Checkup::of(*subject).finish(&self.checkup_context()).await;
        self.send_as(caller, &RecordCheckup { connection: connection.clone(), findings }).await.map(drop)
    }

    fn checkup_context(&self) -> Context<'_, P> {
        Context { world: &*self.platform, configuration: &self.configuration, organization: &self.organization }
    }
}

async fn serve<P: Platform>(edge: Edge<P>, request: Request) -> Response {
    let id = RequestId::of(&request);
    match begin(edge.clone(), request).await {
        Ok(Begun { edge, caller, connection, checkup: CheckupBegun::Run(subject) }) => {
            let checkup = Checkup::of(*subject);
            stream_steps(Running { edge, id, caller, connection, checkup, recorded: false })
        }
        Ok(Begun { checkup: CheckupBegun::Recent(recorded), .. }) => {
            ndjson(Body::from(ndjson_line(&verdict(*recorded)).unwrap_or_default()))
        }
        Err(failure) => failure.problem(&id, &*edge.platform),
    }
}

/// A request whose checkup may run.
struct Begun<P> {
    edge: Edge<P>,
    caller: Caller,
    connection: ConnectionId,
    checkup: CheckupBegun,
}

/// 1. The caller is authenticated (401). 2. The request is not cross-site (403). 3. The connection exists and the caller
///    may check it (403, 404).
async fn begin<P: Platform>(edge: Edge<P>, request: Request) -> Result<Begun<P>, RequestFailure> {
    let (mut parts, _no_body) = request.into_parts();
    let (edge, caller) = edge.for_caller(&parts.headers).await?;
    same_origin(&parts.method, &parts.headers, &caller, edge.configuration.public_url()?)?;
    caller.require_any()?;
    let found = Path::<ConnectionId>::from_request_parts(&mut parts, &()).await;
    let Path(connection) = found.map_err(|_| Refusal::NotFound)?;
    let checkup = edge.send_as(&caller, &BeginCheckup { connection: connection.clone() }).await?;
    Ok(Begun { edge, caller, connection, checkup })
}

/// A checkup whose steps are being streamed.
struct Running<P> {
    edge: Edge<P>,
    id: RequestId,
    caller: Caller,
    connection: ConnectionId,
    checkup: Checkup,
    recorded: bool,
}

fn stream_steps<P: Platform>(running: Running<P>) -> Response {
    let lines = stream::unfold(running, async |mut running| {
        let line = running.next().await?;
        Some((Ok::<_, Infallible>(line), running))
    });
    ndjson(Body::from_stream(SendWrapper::new(lines)))
}

fn ndjson(body: Body) -> Response {
    let mut answer = Response::new(body);
    answer.headers_mut().insert(header::CONTENT_TYPE, MEDIA_TYPE);
    answer
}

impl<P: Platform> Running<P> {
    /// The next line; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(step) = self.checkup.next(&self.edge.checkup_context()).await {
            return ndjson_line(&CheckupLine::Step(step));
        }
        if std::mem::replace(&mut self.recorded, true) {
            return None;
        }
        match self.record().await {
            Ok(verdict) => ndjson_line(&verdict),
            Err(refusal) => {
                let details = [("request", self.id.0.as_str()), ("cause", &format!("{refusal:?}"))];
                self.edge.platform.log(Level::Warning, "checkup.not_recorded", &details);
                None
            }
        }
    }

    async fn record(&self) -> Result<CheckupLine, Refusal> {
        let record = RecordCheckup {
            connection: self.connection.clone(),
            findings: self.checkup.findings(self.edge.platform.now()),
        };
        let recorded = self.edge.send_as(&self.caller, &record).await?;
        Ok(verdict(recorded))
    }
}

fn verdict(recorded: Recorded) -> CheckupLine {
    CheckupLine::Verdict { status: recorded.status, at: recorded.at, diagnosis: recorded.diagnosis }
}

fn ndjson_line(line: &CheckupLine) -> Option<Bytes> {
    let mut json = serde_json::to_vec(line).ok()?;
    json.push(b'\n');
    Some(json.into())
}
