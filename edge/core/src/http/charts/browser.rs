//! Numbers that a reader's browser has Jira count, with what it is logged in to. The edge says what to ask; the browser asks,
//! and hands in what it was answered.
//!
//! The chart is computed anew with each round of answers, until none is missing. They cost the app none of its points, and
//! nothing of them is kept: what a browser says is drawn for that request alone, so nobody can make others see it. Still they
//! are read as strictly as Jira's own: no answer that nobody asked for, no more issues than were asked for, no number that
//! no Jira has.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use api::{RenderAccess, RenderAccessKind, RenderState};
use chart::{CALLS, Counter, Failed, Moment, Spec};
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ChartJira, failures::JiraFailure, told, with_data, without_data};
use crate::{
    http::{Edge, Platform, failure::RequestFailure},
    jira::JiraMessage,
    organization::Refusal,
};

/// The largest number in an answer, and the smallest with its sign turned: fewer than 2^53, so that sums are exact.
const LARGEST: f64 = 1e15;
/// The most issues that Jira counts.
const MOST_COUNTED: u64 = 1_000_000_000;
/// The most characters of a text in an answer. Texts of issues can have 32,767.
const LONGEST_TEXT: usize = 32_767;
/// The most answers to calls of which each reads a page of issues: a browser hands in all of them with each round.
const PAGES: usize = 5;

/// A call to Jira that the browser makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct BrowserQuestion {
    method: String,
    /// Path and query at the site.
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl BrowserQuestion {
    fn of(message: &JiraMessage<'_>) -> Self {
        let JiraMessage { method, path, body } = message;
        Self { method: method.to_string(), path: (*path).to_owned(), body: body.cloned() }
    }

    fn reads_issues(&self) -> bool {
        self.path.ends_with("/search/jql")
    }
}

/// What Jira answered to the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct BrowserAnswer {
    question: BrowserQuestion,
    status: u16,
    #[serde(default)]
    body: Value,
}

impl BrowserAnswer {
    /// Why it cannot be what Jira answers; `None`: it can be.
    fn fault(&self) -> Option<&'static str> {
        if StatusCode::from_u16(self.status).is_err() {
            return Some("A status is none of HTTP.");
        }
        if !is_plain(&self.body) {
            return Some("A number or a text is larger than Jira's are.");
        }
        if self.body.get("count").and_then(Value::as_u64).is_some_and(|count| count > MOST_COUNTED) {
            return Some("A number is larger than Jira's are.");
        }
        let most = self.question.body.as_ref().and_then(|body| body.get("maxResults")).and_then(Value::as_u64);
        let issues = self.body.get("issues").and_then(Value::as_array).map(Vec::len);
        let is_too_many = |(issues, most): (usize, u64)| u64::try_from(issues).is_ok_and(|issues| issues > most);
        issues.zip(most).is_some_and(is_too_many).then_some("There are more issues than were asked for.")
    }
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() <= LARGEST),
        Value::String(text) => text.chars().count() <= LONGEST_TEXT,
        Value::Array(values) => values.iter().all(is_plain),
        Value::Object(members) => members.values().all(is_plain),
        Value::Null | Value::Bool(_) => true,
    }
}

/// What a browser handed in, and what is missing.
pub(super) struct BrowserAnswers {
    given: Vec<(BrowserAnswer, Cell<bool>)>,
    missing: RefCell<Vec<BrowserQuestion>>,
}

impl BrowserAnswers {
    fn new(given: Vec<BrowserAnswer>) -> Result<Self, Refusal> {
        if given.len() > CALLS {
            return Err(Refusal::Invalid(format!("A chart is computed with {CALLS} calls at most.")));
        }
        if let Some(fault) = given.iter().find_map(BrowserAnswer::fault) {
            return Err(Refusal::Invalid(fault.to_owned()));
        }
        let given = given.into_iter().map(|answer| (answer, Cell::new(false))).collect();
        Ok(Self { given, missing: RefCell::default() })
    }

    /// What Jira answered to a call. What was not asked yet is missing, and ends this round.
    pub(super) fn answer(&self, message: JiraMessage<'_>) -> Result<Response<Vec<u8>>, JiraFailure> {
        let question = BrowserQuestion::of(&message);
        let Some((answer, is_used)) = self.given.iter().find(|(answer, _)| answer.question == question) else {
            let pages = self.given.iter().filter(|(answer, _)| answer.question.reads_issues()).count();
            if question.reads_issues() && pages >= PAGES {
                let cause = "A browser reads 500 issues at most. Narrow the query, or show how many issues there are.";
                return Err(JiraFailure::new(RenderState::TooLarge, api::ProblemCode::UpstreamUnreachable, cause));
            }
            self.miss(question);
            return Err(JiraFailure::unreachable("The browser has not asked yet."));
        };
        is_used.set(true);
        let body = serde_json::to_vec(&answer.body).unwrap_or_default();
        let answered = Response::builder().status(answer.status).body(body);
        answered.map_err(|_| JiraFailure::unreachable("What answered does not write as Jira does."))
    }

    /// Says that a call will be needed, so that the browser makes several in one round.
    pub(super) fn announce(&self, path: &str, body: &Value) {
        let question = BrowserQuestion::of(&JiraMessage { method: &http::Method::POST, path, body: Some(body) });
        if self.given.iter().all(|(answer, _)| answer.question != question) {
            self.miss(question);
        }
    }

    fn miss(&self, question: BrowserQuestion) {
        let mut missing = self.missing.borrow_mut();
        if !missing.contains(&question) {
            missing.push(question);
        }
    }

    /// What the browser is to ask next. Refuses answers to what was not asked.
    fn rest(self) -> Result<Vec<BrowserQuestion>, Refusal> {
        if self.given.iter().any(|(_, is_used)| !is_used.get()) {
            return Err(Refusal::Invalid("There is an answer to what nobody asked.".to_owned()));
        }
        let missing = self.missing.into_inner();
        if self.given.len() + missing.len() > CALLS {
            return Err(Refusal::Invalid(format!("A chart is computed with {CALLS} calls at most.")));
        }
        Ok(missing)
    }
}

/// A chart that a browser has counted, or what is missing.
pub(in crate::http) enum Counted {
    /// What the browser is to ask.
    Asks(Vec<BrowserQuestion>),
    /// What became of the chart.
    Done(Box<api::Render>),
}

impl<P: Platform> Edge<P> {
    /// Computes a chart with what a browser was answered. `zone` is the time zone that its reader has set, as the browser
    /// says.
    pub(in crate::http) async fn compute_with_browser(
        &self,
        spec: &Spec,
        params: &BTreeMap<String, String>,
        site: &str,
        zone: String,
        answers: Vec<BrowserAnswer>,
    ) -> Result<Counted, RequestFailure> {
        let answers = BrowserAnswers::new(answers)?;
        let computed = self.compute_once(spec, params, site, zone, &answers).await;
        let missing = answers.rest()?;
        if !missing.is_empty() {
            return Ok(Counted::Asks(missing));
        }
        let shown = RenderAccess { kind: RenderAccessKind::Own, account: None, connection: None, until: None };
        let render = match computed {
            Ok(mut data) => {
                data.counted.by = Counter::Browser;
                with_data(RenderState::Drawn, None, Some(shown), data)
            }
            Err(failed) => {
                let (state, cause) = told(failed);
                without_data(state, Some(cause), Some(shown))
            }
        };
        Ok(Counted::Done(Box::new(render)))
    }

    async fn compute_once(
        &self,
        spec: &Spec,
        params: &BTreeMap<String, String>,
        site: &str,
        zone: String,
        answers: &BrowserAnswers,
    ) -> Result<chart::Data, Failed<JiraFailure>> {
        let seconds = self.platform.now().as_millis().div_euclid(1000);
        let moment = Moment::new(seconds, zone, site.trim_end_matches('/').to_owned()).ok_or(Failed::NoSpans)?;
        chart::compute(spec, params, &ChartJira::of_browser(self, answers), &moment).await
    }
}
