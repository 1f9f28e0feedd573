//! Charts over HTTP: the stored ones, and computing them. Jira is asked here, with the access that the organization
//! names.

mod asking;
mod browser;
mod delegation_keeper;
mod failures;
mod jira_values;
mod render_cache;
mod render_copies;

use std::collections::BTreeMap;

use api::{
    ChartField, ChartFilter, ChartId, CheckChartQuery, CheckedQuery, DelegationShows, List, ListChartFields,
    ListChartFilters, NewPreview, NewRender, PictureTheme, PreviewChart, Render, RenderAccess, RenderAction,
    RenderChart, RenderForm, RenderLook, RenderState,
};
use chart::{BaseRefused, Failed, Jql, Moment, OfPeople, Spec, draw::Theme};
use futures::future::LocalBoxFuture;

use crate::{
    delegation::DelegationIdentity,
    http::{
        Edge, Platform, drawing,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, finished, relayed, tagged},
    },
    organization::{ChartAccess, ChartToCompute, DelegatedRender, Refusal},
};
use asking::ChartJira;
pub(super) use browser::{BrowserAnswer, BrowserQuestion, Counted};
pub use delegation_keeper::DelegationMemory;
use delegation_keeper::{DelegatedAnswer, DelegatedQuestion};
use failures::JiraFailure;
pub(super) use render_cache::RenderCache;
pub use render_copies::RenderCopies;

relayed! {
    ListChartDelegations CreateDelegation ListDelegations GetDelegation GrantDelegation PauseDelegation EndDelegation
}
relayed! { ListCharts ListChartSites ListChartVersions DeleteChart RestoreChart }
tagged! { CreateChart GetChart EditChart }

finished! {
    PreviewChart => preview;
    RenderChart => render;
    ListChartFields => fields;
    ListChartFilters => filters;
    CheckChartQuery => check;
}

async fn preview<P: Platform>(
    request: EndpointRequest<P, PreviewChart>,
    found: ChartToCompute,
) -> Result<Reply<Render>, RequestFailure> {
    let NewPreview { params, refresh, .. } = &request.call.request;
    if found.delegated.is_some() {
        return Ok(request.edge.compute_delegated_chart(found, params).await?.into());
    }
    Ok(request.edge.compute_chart(found, params, *refresh).await?.into())
}

async fn render<P: Platform>(
    request: EndpointRequest<P, RenderChart>,
    found: ChartToCompute,
) -> Result<Reply<Render>, RequestFailure> {
    let NewRender { params, refresh, form, look, .. } = &request.call.request;
    let spec = found.spec.clone();
    let render = match found.delegated {
        None => request.edge.compute_chart(found, params, *refresh).await?,
        Some(_) => request.edge.compute_delegated_chart(found, params).await?,
    };
    Ok(match form {
        Some(RenderForm::Svg) => drawn(&request.call.params, &spec, render, look.unwrap_or_default()).into(),
        Some(RenderForm::Data) | None => render.into(),
    })
}

/// A render as a picture, in place of its numbers.
fn drawn(id: &ChartId, spec: &Spec, mut render: Render, look: RenderLook) -> Render {
    let theme = match look.theme {
        Some(PictureTheme::Dark) => Theme::Dark,
        Some(PictureTheme::Light) | None => Theme::Light,
    };
    let words = render.access.as_ref().map(drawing::in_words).unwrap_or_default();
    let spec = render.spec.as_ref().unwrap_or(spec);
    render.picture =
        render.data.take().and_then(|data| drawing::picture(id.as_str(), spec, &data, theme, look.width, &words));
    render
}

/// Has the keeper of a delegation give the numbers that everybody sees with its access.
async fn compute_delegated<P: Platform>(
    edge: &Edge<P>,
    identity: DelegationIdentity,
    found: ChartToCompute,
    params: &BTreeMap<String, String>,
    (shows, is_current, asks_filter): (DelegationShows, bool, bool),
) -> Result<Render, RequestFailure> {
    let Some(access) = found.access else { return Err(Refusal::Internal("no access".to_owned()).into()) };
    if let Err(BaseRefused::Param(name)) = chart::bases(&found.spec, params) {
        return Err(unknown_param(&name));
    }
    let whose = Some(access.shown.clone());
    let spec = if is_current { None } else { Some(found.spec.clone().without_queries()) };
    let organization = edge.organization.clone();
    let filter_of = asks_filter.then(|| identity.delegation.clone());
    let (spec_asked, params) = (found.spec, params.clone());
    let question = DelegatedQuestion { organization, spec: spec_asked, access, params, shows, filter_of };
    let question = serde_json::to_string(&question).map_err(Refusal::from)?;
    let reply = edge.platform.call_delegation(&identity, question).await.map_err(Refusal::from)?;
    let reply: Result<DelegatedAnswer, Refusal> = serde_json::from_str(&reply).map_err(Refusal::from)?;
    let DelegatedAnswer { state, cause, data } = reply?;
    Ok(Render { data, spec, ..without_data(state, cause, whose) })
}

fn unknown_param(name: &str) -> RequestFailure {
    Refusal::Invalid(format!("The chart has no parameter {name} with this value.")).into()
}

impl<P: Platform> Edge<P> {
    /// Computes a chart: see [`compute`]. Boxed, because one copy of it in each caller would add to the Worker's size.
    pub(super) fn compute_chart<'a>(
        &'a self,
        found: ChartToCompute,
        params: &'a BTreeMap<String, String>,
        refresh: bool,
    ) -> LocalBoxFuture<'a, Result<Render, RequestFailure>> {
        Box::pin(compute(self, found, params, refresh))
    }

    /// Shows a chart with the access of a delegation, or says why not.
    pub(super) async fn compute_delegated_chart(
        &self,
        found: ChartToCompute,
        params: &BTreeMap<String, String>,
    ) -> Result<Render, RequestFailure> {
        match found.delegated {
            Some(DelegatedRender::Allowed { ref delegation, shows, is_current, asks_filter }) => {
                let (organization, delegation) = (self.organization.clone(), delegation.clone());
                let identity = DelegationIdentity { organization, delegation };
                compute_delegated(self, identity, found, params, (shows, is_current, asks_filter)).await
            }
            Some(DelegatedRender::Refused { state, cause }) => Ok(without_data(state, cause, None)),
            None => Err(Refusal::Internal("no delegation was asked for".to_owned()).into()),
        }
    }
}

/// Computes a chart. Whatever becomes of it is an answer; only what is wrong with the request is a problem.
///
/// 1. Without access nobody is asked. 2. Numbers of the last five minutes are given again: those that this isolate remembers,
///    or a sealed copy. 3. Jira is asked. 4. Where it cannot be asked, numbers of the last hour are given, and said to be old.
async fn compute<P: Platform>(
    edge: &Edge<P>,
    ChartToCompute { spec, access, delegated: _ }: ChartToCompute,
    params: &BTreeMap<String, String>,
    refresh: bool,
) -> Result<Render, RequestFailure> {
    let Some(access) = access else {
        return Ok(without_data(RenderState::ConsentNeeded, None, None));
    };
    let (cache, now, shown) = (&edge.isolate.renders, edge.platform.now(), Some(access.shown.clone()));
    let key = key_of(edge, &access, &spec, params)?;
    if let Some(data) = cache.fresh(&key, now).filter(|_| !refresh) {
        return Ok(with_data(RenderState::Drawn, None, shown, data));
    }
    let grant = access.grant.clone();
    if !refresh && let Some((at, data)) = edge.copied_render(&grant, &key).await {
        cache.keep(key, &data, at);
        return Ok(with_data(RenderState::Drawn, None, shown, data));
    }
    let (state, cause) = match compute_with(edge, &spec, access, params).await {
        Ok((data, _)) => {
            edge.copy_render(&grant, &key, &data, now).await;
            cache.keep(key, &data, now);
            return Ok(with_data(RenderState::Drawn, None, shown, data));
        }
        Err(Failed::Param(name)) => return Err(unknown_param(&name)),
        Err(failed) => told(failed),
    };
    let may_be_old = matches!(state, RenderState::QuotaExhausted | RenderState::SiteUnreachable);
    Ok(match cache.last(&key, now).filter(|_| may_be_old) {
        Some(data) => with_data(RenderState::Stale, Some(cause), shown, data),
        None => without_data(state, Some(cause), shown),
    })
}

/// What numbers are kept under: whose access, which chart, how narrowed.
fn key_of<P: Platform>(
    edge: &Edge<P>,
    access: &ChartAccess,
    spec: &Spec,
    params: &BTreeMap<String, String>,
) -> Result<String, RequestFailure> {
    let asked = (edge.organization.as_str(), &access.grant, spec.digests().map_err(Refusal::from)?.whole, params);
    Ok(serde_json::to_string(&asked).map_err(Refusal::from)?)
}

async fn compute_with<P: Platform>(
    edge: &Edge<P>,
    spec: &Spec,
    access: ChartAccess,
    params: &BTreeMap<String, String>,
) -> Result<(chart::Data, OfPeople), Failed<JiraFailure>> {
    chart::bases(spec, params)?;
    let seconds = edge.platform.now().as_millis().div_euclid(1000);
    let site = access.site_url.trim_end_matches('/').to_owned();
    let jira = ChartJira::open(edge, access).await.map_err(Failed::Jira)?;
    let zone = jira.time_zone().await.map_err(Failed::Jira)?;
    let moment = Moment::new(seconds, zone, site).ok_or(Failed::NoSpans)?;
    let data = chart::compute(spec, params, &jira, &moment).await?;
    Ok((data, spec.of_people(|field| jira.holds_people(field))))
}

fn with_data(state: RenderState, cause: Option<String>, access: Option<RenderAccess>, data: chart::Data) -> Render {
    Render { data: Some(data), ..without_data(state, cause, access) }
}

pub(super) fn without_data(state: RenderState, cause: Option<String>, access: Option<RenderAccess>) -> Render {
    let action: RenderAction = state.action();
    Render {
        state,
        sentence: state.sentence().to_owned(),
        cause,
        action,
        access,
        data: None,
        picture: None,
        spec: None,
    }
}

/// The state that a failure leads to, and why in words.
fn told(failed: Failed<JiraFailure>) -> (RenderState, String) {
    match failed {
        Failed::Query(why) => (RenderState::QueryRefused, why.to_string()),
        Failed::Unresolved => (RenderState::QueryRefused, "Choose the filter of this chart again.".to_owned()),
        Failed::Param(name) => (RenderState::QueryRefused, format!("The chart has no parameter {name}.")),
        Failed::NoSpans => (
            RenderState::QueryRefused,
            "Only dates can be grouped into spans of time. Choose another field.".to_owned(),
        ),
        Failed::TooLarge(why) => (RenderState::TooLarge, why.sentence()),
        Failed::Jira(failure) => (failure.state, failure.cause),
    }
}

async fn fields<P: Platform>(
    request: EndpointRequest<P, ListChartFields>,
    access: ChartAccess,
) -> Result<Reply<List<ChartField>>, RequestFailure> {
    let jira = ChartJira::open(&request.edge, access).await?;
    let wanted = request.call.request.q.as_deref().unwrap_or_default().trim().to_lowercase();
    Ok(List { items: jira.fields(&wanted).await?, next_cursor: None }.into())
}

async fn filters<P: Platform>(
    request: EndpointRequest<P, ListChartFilters>,
    access: ChartAccess,
) -> Result<Reply<List<ChartFilter>>, RequestFailure> {
    let jira = ChartJira::open(&request.edge, access).await?;
    let wanted = request.call.request.q.as_deref().unwrap_or_default().trim().to_owned();
    Ok(List { items: jira.filters(&wanted).await?, next_cursor: None }.into())
}

/// 1. Its brackets and quotes are checked here. 2. Jira checks everything else.
async fn check<P: Platform>(
    request: EndpointRequest<P, CheckChartQuery>,
    access: ChartAccess,
) -> Result<Reply<CheckedQuery>, RequestFailure> {
    let jql = match Jql::read(&request.call.request.jql) {
        Ok(jql) => jql,
        Err(why) => return Ok(CheckedQuery { errors: vec![why.to_string()], personal: None }.into()),
    };
    let jira = ChartJira::open(&request.edge, access).await?;
    Ok(CheckedQuery { errors: jira.errors_of(jql.as_str()).await?, personal: jql.personal() }.into())
}
