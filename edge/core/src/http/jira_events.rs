//! `POST /jira-events`: what Jira tells of changes. An event makes the keepers of the projects that it may concern look; what
//! it claims is not believed.
//!
//! Jira reads nothing but the status: it sends an event again after 408, 409, 425, 429 and 5xx, and forgets it after every
//! other one. What it forgets is found by polling.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use api::{ProblemCode, ProjectId, Timestamp};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::post,
};
use futures::future::join_all;
use http::{HeaderMap, StatusCode, header};
use send_wrapper::SendWrapper;

use crate::{
    atlassian::verify_event_token,
    configuration::JIRA_EVENTS_PATH,
    http::{Edge, Platform, SharedEdge, body, failure::RequestFailure, guard::ClientAddress, request_id::RequestId},
    issue_tracking::jira::JiraEvent,
    organization::{FindNudged, Refusal},
    ports::{Level, RateLimit},
    project_keeper::{Nudge, ProjectCommand},
    secrets::Digest,
};

/// The largest event: one holds an issue with its texts, before and after.
const BYTES: usize = 1024 * 1024;
/// For so long, in milliseconds, it is remembered which projects a webhook concerns.
const KNOWN: i64 = 10_000;
/// The most answers that are remembered.
const MOST_KNOWN: usize = 64;
/// The most tokens that are remembered. A replay costs little, so a flood may push some out.
const MOST_TOKENS: usize = 4_096;

/// What an isolate remembers of events.
#[derive(Default)]
pub(super) struct EventMemory {
    /// The tokens of events that were taken, until they expire.
    taken: RefCell<HashMap<Digest, Option<Timestamp>>>,
    known: RefCell<Vec<Known>>,
    is_refusal_logged: Cell<bool>,
}

/// Which projects an event concerns, by its webhooks and its Jira project.
struct Known {
    of: (Vec<u64>, Option<String>),
    projects: Vec<ProjectId>,
    at: Timestamp,
}

impl EventMemory {
    fn was_taken(&self, token: &Digest, now: Timestamp) -> bool {
        self.taken.borrow().get(token).copied().flatten().is_some_and(|end| now < end)
    }

    fn take(&self, token: Digest, until: Timestamp, now: Timestamp) {
        let mut known = self.taken.borrow_mut();
        if known.len() >= MOST_TOKENS {
            known.retain(|_, end| end.is_some_and(|end| now < end));
        }
        if known.len() >= MOST_TOKENS {
            known.clear();
        }
        known.insert(token, Some(until));
    }

    fn concerned(&self, of: &(Vec<u64>, Option<String>), now: Timestamp) -> Option<Vec<ProjectId>> {
        let known = self.known.borrow();
        let fresh = known.iter().find(|one| one.of == *of && (0..KNOWN).contains(&now.since(one.at)));
        fresh.map(|one| one.projects.clone())
    }

    fn learn(&self, of: (Vec<u64>, Option<String>), projects: Vec<ProjectId>, at: Timestamp) {
        let mut known = self.known.borrow_mut();
        known.retain(|one| one.of != of && (0..KNOWN).contains(&at.since(one.at)));
        known.truncate(MOST_KNOWN - 1);
        known.push(Known { of, projects, at });
    }
}

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move { serve(edge, request).await })
    };
    routes.route(JIRA_EVENTS_PATH, post(handle))
}

async fn serve<P: Platform>(edge: Edge<P>, request: Request) -> Response {
    let id = RequestId::of(&request);
    match take(&edge, request).await {
        Ok(status) => status.into_response(),
        Err(failure) => failure.problem(&id, &*edge.platform),
    }
}

/// 1. Events are switched on (404). 2. The token is Jira's, and was not taken before (401; 429 for a client that sends many
///    others). Only then is anything read. 3. The body is not too large (413), comes in time (408), and is an event (400).
/// 4. The organization says which projects it may concern. 5. Their keepers are nudged (503 if one cannot be reached, so that
///    Jira sends it again).
async fn take<P: Platform>(edge: &Edge<P>, request: Request) -> Result<StatusCode, RequestFailure> {
    let Some(address) = edge.configuration.events_url() else { return Err(Refusal::NotFound.into()) };
    let (parts, unread) = request.into_parts();
    let (token, until) = match edge.event_token(&parts.headers, &address).await? {
        Ok(taken) => taken,
        Err(why) => return edge.refuse_event(&parts.headers, why).await,
    };
    let body = body::read_at_most(&*edge.platform, &parts.headers, unread, BYTES).await?;
    let Some(event) = JiraEvent::read(&body) else {
        return Err(RequestFailure::new(ProblemCode::InvalidRequest, "This is no event about an issue."));
    };
    let projects = edge.concerned(&event).await?;
    let nudge = Nudge { issue: event.issue, status: event.status };
    let sent = projects.iter().map(|project| {
        let command = ProjectCommand::Nudge { nudge: nudge.clone() };
        edge.command_project(project, command)
    });
    for outcome in join_all(sent).await {
        outcome?;
    }
    edge.isolate.events.take(token, until, edge.platform.now());
    Ok(StatusCode::NO_CONTENT)
}

impl<P: Platform> Edge<P> {
    /// The token of an event with its end, or why it is refused.
    async fn event_token(
        &self,
        headers: &HeaderMap,
        address: &str,
    ) -> Result<Result<(Digest, Timestamp), &'static str>, RequestFailure> {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(token) = sent.and_then(|value| value.strip_prefix("Bearer ")) else {
            return Ok(Err("it has none"));
        };
        let atlassian = self.configuration.atlassian()?;
        let now = self.platform.now();
        let digest = Digest::of(token);
        Ok(match verify_event_token(&*self.platform, &atlassian, address, token, now).await {
            Ok(_) if self.isolate.events.was_taken(&digest, now) => Err("it was used before"),
            verified => verified.map(|until| (digest, until)),
        })
    }

    /// Counts an event that is not Jira's, and refuses it.
    async fn refuse_event(&self, headers: &HeaderMap, why: &'static str) -> Result<StatusCode, RequestFailure> {
        self.count(RateLimit::Anonymous, "jira-events", ClientAddress::of(headers).as_ref()).await?;
        if !self.isolate.events.is_refusal_logged.replace(true) {
            self.platform.log(Level::Info, "jira_events.refused", &[("cause", why)]);
        }
        Ok(StatusCode::UNAUTHORIZED)
    }

    /// The projects that an event may concern. The organization is asked once in ten seconds for the same ones, however many
    /// events come.
    async fn concerned(&self, event: &JiraEvent) -> Result<Vec<ProjectId>, Refusal> {
        let of = (event.webhooks.clone(), event.project.clone());
        if let Some(known) = self.isolate.events.concerned(&of, self.platform.now()) {
            return Ok(known);
        }
        let find = FindNudged { webhooks: of.0.clone(), jira_project: of.1.clone() };
        let projects = self.send(&find).await?;
        self.isolate.events.learn(of, projects.clone(), self.platform.now());
        Ok(projects)
    }
}
