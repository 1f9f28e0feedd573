//! `search/jql` and `search/approximate-count`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::issues;
use super::jql::Query;
use super::site::JiraSite;

const UNBOUNDED: &str = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Search {
    #[serde(default)]
    jql: String,
    #[serde(default)]
    fields: Vec<String>,
    max_results: Option<usize>,
    next_page_token: Option<String>,
}

impl Search {
    /// From the body, or from the query of a GET.
    fn of(call: &Call<'_>) -> Result<Self, Answer> {
        if call.has_body() {
            return call.json();
        }
        let fields = call.parameter("fields").unwrap_or_default();
        Ok(Self {
            jql: call.parameter("jql").unwrap_or_default().to_owned(),
            fields: fields.split(',').filter(|field| !field.is_empty()).map(String::from).collect(),
            max_results: call.number("maxResults"),
            next_page_token: call.parameter("nextPageToken").map(String::from),
        })
    }
}

/// A page of issues: ids only unless fields are named, no total, pages in sequence.
pub(super) fn by_jql(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let search = match Search::of(call) {
        Ok(search) => search,
        Err(answer) => return answer,
    };
    let query = match bounded(&search.jql) {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    let Some(start) = offset(search.next_page_token.as_deref(), &search.jql) else {
        return Answer::refusal(400, "The provided next page token is invalid or does not belong to this query.");
    };
    let size = search.max_results.unwrap_or(50).clamp(1, if search.fields.is_empty() { 5000 } else { 100 });
    let found = query.run(&jira.issues, call.person);
    let page = found.iter().skip(start).take(size).map(|issue| match search.fields.as_slice() {
        [] => issues::id_only(issue),
        [only] if only == "id" => issues::id_only(issue),
        fields => issues::describe(call, jira, issue, fields),
    });
    let issues: Vec<Value> = page.collect();
    let end = start + issues.len();
    let mut answer = json!({ "issues": issues, "isLast": end >= found.len() });
    if end < found.len() {
        answer["nextPageToken"] = json!(page_token(end, &search.jql));
    }
    Answer::ok(answer)
}

/// How many issues a bounded search finds.
pub(super) fn approximate_count(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let search: Search = match call.json() {
        Ok(search) => search,
        Err(answer) => return answer,
    };
    match bounded(&search.jql) {
        Ok(query) => Answer::ok(json!({ "count": query.run(&jira.issues, call.person).len() })),
        Err(answer) => answer,
    }
}

fn bounded(jql: &str) -> Result<Query, Answer> {
    let query = Query::read(jql).map_err(|complaint| Answer::refusal(400, &complaint))?;
    if query.is_bounded() { Ok(query) } else { Err(Answer::refusal(400, UNBOUNDED)) }
}

fn page_token(start: usize, jql: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{start}:{jql}"))
}

fn offset(token: Option<&str>, jql: &str) -> Option<usize> {
    let Some(token) = token else { return Some(0) };
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (start, of_jql) = decoded.split_once(':')?;
    if of_jql == jql { start.parse().ok() } else { None }
}
