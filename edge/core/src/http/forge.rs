//! What Causeway's Forge app asks, from within pages of Confluence and Jira, and what Atlassian tells about it.
//!
//! A request is let in by Atlassian's invocation token alone: no cookie is looked at, and no other site's page can have such
//! a token. What the token does not vouch for decides nothing. Who may see which chart with whose access is decided by the
//! organization: see [`forge`](crate::organization).

mod drawing;
mod invocation_token;
mod keys;
mod page_access;
mod plans;

use std::rc::Rc;

use api::{
    AuthorizationId, FORGE_CHARTS, ForgeRender, ForgeRenderRequest, ForgeRendered, ForgeRenders, NewForgeAuthorization,
    NewForgeChart, Nothing, ProblemCode, Render, RenderState, StartedForgeAuthorization,
};
use axum::{
    Router,
    extract::{FromRequestParts as _, RawPathParams, Request},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get, post},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use send_wrapper::SendWrapper;
use serde::Serialize;

pub(super) use keys::ForgeKeys;
pub(super) use page_access::PagesRead;

use self::{drawing::drawn, invocation_token::Refused, plans::PLAN_BODY};
use crate::{
    forge::{Invocation, VIEW_MODULES},
    http::{
        Edge, Platform, SharedEdge, body, charts::without_data, failure::RequestFailure, json_body,
        request_id::RequestId, routing::query,
    },
    organization::{
        BeginForgeAuthorization, CreateForgeChart, DelegatedRender, EndForgeAccess, EndInstallation, FindForgeCharts,
        ForgeCall, ForgeChart, FoundForgeCharts, GetForgeAccess, GetForgeAuthorization, RecordInstallation, Refusal,
        RenderForgeCharts, WantedForgeChart,
    },
    secrets::SecretUse,
};

/// The most bytes of a body.
const BODY: usize = 64 * 1024;
/// How long charts of one request are computed, in milliseconds. The platform waits 25 s; those that are left are asked for
/// once more.
const PATIENCE: i64 = 12_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Render,
    Plan,
    Begin,
    Ask,
    List,
    Create,
    Access,
    Remove,
    Installed,
    Uninstalling,
}

impl Operation {
    /// The keys by which the manifest names what may invoke it: modules that people look at, or what the platform calls by
    /// itself, by the key of the module or of its endpoint.
    const fn modules(self) -> &'static [&'static str] {
        match self {
            Self::Installed => &["life", "lifecycle"],
            Self::Uninstalling => &["leaving", "goodbye"],
            _ => VIEW_MODULES,
        }
    }

    /// The most bytes of a body.
    const fn body(self) -> usize {
        if matches!(self, Self::Plan) { PLAN_BODY } else { BODY }
    }

    const fn is_of_reader(self) -> bool {
        !matches!(self, Self::Installed | Self::Uninstalling)
    }
}

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = |operation: Operation| {
        let shared = SendWrapper::new((*shared).clone());
        move |request: Request| {
            let edge: Edge<P> = (*shared).clone();
            SendWrapper::new(async move { serve(edge, operation, request).await })
        }
    };
    let both = |read: Operation, write: Operation| -> MethodRouter { get(handle(read)).post(handle(write)) };
    routes
        .route("/forge/v1/renders", post(handle(Operation::Render)))
        .route("/forge/v1/plans", post(handle(Operation::Plan)))
        .route("/forge/v1/authorizations", post(handle(Operation::Begin)))
        .route("/forge/v1/authorizations/{id}", get(handle(Operation::Ask)))
        .route("/forge/v1/charts", both(Operation::List, Operation::Create))
        .route("/forge/v1/access", get(handle(Operation::Access)).delete(handle(Operation::Remove)))
        .route("/forge/v1/lifecycle", post(handle(Operation::Installed)))
        .route("/forge/v1/uninstalling", post(handle(Operation::Uninstalling)))
}

async fn serve<P: Platform>(edge: Edge<P>, operation: Operation, request: Request) -> Response {
    let (id, platform) = (RequestId::of(&request), Rc::clone(&edge.platform));
    match edge.answer_forge(operation, request).await {
        Ok(response) => response,
        Err(failure) => failure.problem(&id, &*platform),
    }
}

fn json(status: StatusCode, answer: &impl Serialize) -> Result<Response, RequestFailure> {
    let body = serde_json::to_string(answer).map_err(Refusal::from)?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

impl<P: Platform> Edge<P> {
    /// 1. The token is genuine, the app's own, and valid now (401); its module may ask for this (401). 2. The body is what is
    ///    expected (400, 413, 415). 3. The organization admits the installation (401, 403), and answers.
    async fn answer_forge(&self, operation: Operation, request: Request) -> Result<Response, RequestFailure> {
        let (mut parts, unread) = request.into_parts();
        let call = self.forge_call(operation, &parts.headers).await?;
        let body = body::read_at_most(&*self.platform, &parts.headers, unread, operation.body()).await?;
        match operation {
            Operation::Render => {
                let asked = json_body::read(&parts.headers, &body)?;
                self.render_forge(call, asked, &parts.headers).await
            }
            Operation::Plan => self.plan_forge(call, json_body::read(&parts.headers, &body)?).await,
            Operation::Begin => self.begin_forge(call, json_body::read(&parts.headers, &body)?).await,
            Operation::Ask => {
                let id = authorization_id(&mut parts).await?;
                json(StatusCode::OK, &self.send(&GetForgeAuthorization { call, id }).await?)
            }
            Operation::List => {
                let query = query(parts.uri.query().unwrap_or_default())?;
                json(StatusCode::OK, &self.send(&FindForgeCharts { call, query }).await?)
            }
            Operation::Create => {
                let new: NewForgeChart = json_body::read(&parts.headers, &body)?;
                json(StatusCode::CREATED, &self.send(&CreateForgeChart { call, new }).await?)
            }
            Operation::Access => json(StatusCode::OK, &self.send(&GetForgeAccess { call }).await?),
            Operation::Remove => {
                let remove = json_body::read(&parts.headers, &body)?;
                let ended = self.send(&EndForgeAccess { call, remove }).await?;
                self.retire(ended).await;
                json(StatusCode::OK, &Nothing {})
            }
            // What the platform tells beside the token is not needed.
            Operation::Installed => {
                self.send(&RecordInstallation { call }).await?;
                json(StatusCode::OK, &Nothing {})
            }
            Operation::Uninstalling => {
                let ended = self.send(&EndInstallation { call }).await?;
                self.retire(ended).await;
                json(StatusCode::OK, &Nothing {})
            }
        }
    }

    /// What the token vouches for.
    async fn forge_call(&self, operation: Operation, headers: &HeaderMap) -> Result<ForgeCall, RequestFailure> {
        let forge = self.configuration.forge()?;
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            token.and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| refused(Refused::Malformed("there is none")))?;
        let known = self.isolate.forge_keys.get(&*self.platform, &forge.keys_url).await?;
        let verify = |keys| invocation_token::verify(token, keys, forge, self.platform.now());
        let verified = match verify(&known.keys) {
            Err(Refused::UnknownKey) => match self.isolate.forge_keys.newer(&*self.platform, &known).await? {
                Some(newer) => verify(&newer.keys),
                None => Err(Refused::UnknownKey),
            },
            decided => decided,
        };
        let invocation: Invocation = verified.map_err(refused)?;
        if !operation.modules().contains(&invocation.module.as_str())
            || operation.is_of_reader() != invocation.view.is_some()
        {
            return Err(refused(Refused::Claim("its module may not ask for this")));
        }
        let is_named = invocation.installation.sites.iter().any(|site| forge.sites.contains(site));
        Ok(ForgeCall { invocation, is_named })
    }

    /// The charts of a page, each with the access that the organization names. Where it depends on the page, Confluence is
    /// asked as the reader.
    async fn find_charts(
        &self,
        call: ForgeCall,
        charts: &[ForgeRenderRequest],
        headers: &HeaderMap,
    ) -> Result<Vec<Option<ForgeChart>>, RequestFailure> {
        let Some(view) = call.invocation.view.clone() else { return Err(Refusal::Forbidden.into()) };
        let wanted = |one: &ForgeRenderRequest| WantedForgeChart { chart: one.chart.clone(), delegated: one.delegated };
        let charts: Vec<WantedForgeChart> = charts.iter().map(wanted).collect();
        let page = self.known_page_access(&view);
        let step = RenderForgeCharts { call, charts, page };
        if let FoundForgeCharts::Charts(found) = self.send(&step).await? {
            return Ok(found);
        }
        let page = self.ask_page(&view, headers).await;
        match self.send(&RenderForgeCharts { page, ..step }).await? {
            FoundForgeCharts::Charts(found) => Ok(found),
            FoundForgeCharts::AskPage => Err(Refusal::Internal("the page was asked already".to_owned()).into()),
        }
    }

    /// What became of one chart of a page.
    async fn render_one(
        &self,
        found: ForgeChart,
        asked: &ForgeRenderRequest,
        (refresh, is_anonymous): (bool, bool),
    ) -> Result<ForgeRender, RequestFailure> {
        let ForgeChart { title, site, compute, author, is_same_site } = found;
        let spec = compute.spec.clone();
        let render: Render = match (&compute.delegated, asked.check) {
            (Some(DelegatedRender::Allowed { .. }), true) => without_data(RenderState::Drawn, None, None),
            (None, true) if compute.access.is_some() => without_data(RenderState::Drawn, None, None),
            (None, _) => self.compute_chart(compute, &asked.params, refresh).await?,
            (Some(_), _) => self.compute_delegated_chart(compute, &asked.params).await?,
        };
        let counts = matches!(render.state, RenderState::ConsentNeeded | RenderState::QuotaExhausted);
        let drawn = drawn(asked.chart.clone(), (title, site), &spec, render, asked.width, is_anonymous);
        Ok(ForgeRender { author: Some(author), counts_in_browser: is_same_site && counts, ..drawn })
    }

    /// Draws the charts of a page, each with the access that the organization names.
    async fn render_forge(
        &self,
        call: ForgeCall,
        asked: ForgeRenders,
        headers: &HeaderMap,
    ) -> Result<Response, RequestFailure> {
        if asked.charts.len() > FORGE_CHARTS {
            let why = format!("At most {FORGE_CHARTS} charts can be asked for at once.");
            return Err(RequestFailure::new(ProblemCode::InvalidRequest, why));
        }
        let view = call.invocation.view.as_ref();
        let is_anonymous = view.is_some_and(|view| view.account.is_none());
        let placement = view.and_then(|view| view.place.page()).map(|page| page.placement());
        let found = self.find_charts(call, &asked.charts, headers).await?;
        let (begun, mut renders) = (self.platform.now(), Vec::new());
        for (wanted, found) in asked.charts.iter().zip(found) {
            if !renders.is_empty() && self.platform.now().since(begun) >= PATIENCE {
                break;
            }
            renders.push(match found {
                Some(found) => self.render_one(found, wanted, (asked.refresh, is_anonymous)).await?,
                None => drawing::gone(wanted.chart.clone()),
            });
        }
        let public_url = self.configuration.public_url()?;
        for render in &mut renders {
            render.edit_url = public_url.at(&format!("/charts/{}", render.chart));
            render.ask_url = placement.as_ref().map(|page| format!("{}?page={page}", render.edit_url));
        }
        json(StatusCode::OK, &ForgeRendered { renders })
    }

    /// Begins a consent of the reader's. The answer has the address that the reader opens in a window of its own.
    async fn begin_forge(&self, call: ForgeCall, wanted: NewForgeAuthorization) -> Result<Response, RequestFailure> {
        let client = self.configuration.viewers_use();
        self.configuration.atlassian_of(client)?;
        self.configuration.key_ring()?;
        let (id, ticket): (AuthorizationId, _) = (self.new_id(), self.issue(SecretUse::Ticket).await?);
        let cloud_callback = self.configuration.atlassian_callback()?.clone();
        let begin =
            BeginForgeAuthorization { call, id: id.clone(), ticket: ticket.digest(), wanted, client, cloud_callback };
        let expires_at = self.send(&begin).await?.expires_at;
        let start_url = self.configuration.public_url()?.at(&format!("/oauth/start/reader/{}", ticket.expose()));
        json(StatusCode::CREATED, &StartedForgeAuthorization { id, start_url, expires_at })
    }
}

async fn authorization_id(parts: &mut Parts) -> Result<AuthorizationId, RequestFailure> {
    let in_path = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Refusal::NotFound)?;
    let id = in_path.iter().next().and_then(|(_, id)| AuthorizationId::parse(id).ok());
    Ok(id.ok_or(Refusal::NotFound)?)
}

fn refused(why: Refused) -> RequestFailure {
    let detail = format!("The invocation token is refused: {}.", why.words());
    RequestFailure::new(ProblemCode::InvocationRefused, detail)
}
