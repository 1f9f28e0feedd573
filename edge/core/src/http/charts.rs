//! Charts over HTTP: the stored ones, and computing them. Jira is asked here, with the access that the organization
//! names.

mod asking;
mod failures;
mod jira_values;

use std::collections::BTreeMap;

use api::{
    ChartField, ChartFilter, CheckChartQuery, CheckedQuery, List, ListChartFields, ListChartFilters, PreviewChart,
    Render, RenderAccess, RenderAction, RenderChart, RenderState,
};
use chart::{Failed, Jql, Moment, Spec};

use crate::{
    http::{
        Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, finished, relayed, tagged},
    },
    organization::{ChartAccess, ChartToCompute, Refusal},
};
use asking::ChartJira;
use failures::JiraFailure;

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
    compute(&request, found, &request.call.request.params).await
}

async fn render<P: Platform>(
    request: EndpointRequest<P, RenderChart>,
    found: ChartToCompute,
) -> Result<Reply<Render>, RequestFailure> {
    compute(&request, found, &request.call.request.params).await
}

/// Computes a chart. Whatever becomes of it is an answer; only what is wrong with the request is a problem.
async fn compute<P: Platform, E: api::Endpoint>(
    request: &EndpointRequest<P, E>,
    ChartToCompute { spec, access }: ChartToCompute,
    params: &BTreeMap<String, String>,
) -> Result<Reply<Render>, RequestFailure> {
    let Some(access) = access else {
        return Ok(without_data(RenderState::ConsentNeeded, None, None).into());
    };
    let shown = access.shown.clone();
    match compute_with(request, &spec, access, params).await {
        Ok(data) => Ok(Render { data: Some(data), ..without_data(RenderState::Drawn, None, Some(shown)) }.into()),
        Err(Failed::Param(name)) => {
            let why = format!("params: the chart has no parameter {name} with this value.");
            Err(Refusal::Invalid(why).into())
        }
        Err(failed) => {
            let (state, cause) = told(failed);
            Ok(without_data(state, Some(cause), Some(shown)).into())
        }
    }
}

async fn compute_with<P: Platform, E: api::Endpoint>(
    request: &EndpointRequest<P, E>,
    spec: &Spec,
    access: ChartAccess,
    params: &BTreeMap<String, String>,
) -> Result<chart::Data, Failed<JiraFailure>> {
    chart::bases(spec, params)?;
    let seconds = request.edge.platform.now().as_millis().div_euclid(1000);
    let site = access.site_url.trim_end_matches('/').to_owned();
    let jira = ChartJira::open(&request.edge, access).await.map_err(Failed::Jira)?;
    let zone = jira.time_zone().await.map_err(Failed::Jira)?;
    let moment = Moment::new(seconds, zone, site).ok_or(Failed::NoSpans)?;
    chart::compute(spec, params, &jira, &moment).await
}

fn without_data(state: RenderState, cause: Option<String>, access: Option<RenderAccess>) -> Render {
    let action: RenderAction = state.action();
    Render { state, sentence: state.sentence().to_owned(), cause, action, access, data: None }
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
