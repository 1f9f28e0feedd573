//! `search/jql`, `search/approximate-count` and `jql/parse`, and the search of Data Center.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::Issue;
use super::jql::{self, Query};
use super::site::JiraSite;
use super::{index, issues};

const UNBOUNDED: &str = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
const REMOVED: &str = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. \
     A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Search {
    jql: String,
    fields: Vec<String>,
    properties: Vec<String>,
    /// Comma-separated at Cloud, a list at Data Center.
    expand: Value,
    max_results: Option<usize>,
    start_at: usize,
    next_page_token: Option<String>,
    reconcile_issues: Value,
    #[serde(skip)]
    reconciled: Vec<u64>,
}

impl Search {
    /// From the body, or from the query of a GET.
    fn of(call: &Call<'_>) -> Result<Self, Answer> {
        if call.has_body() {
            let mut search: Self = call.json()?;
            search.reconciled = index::reconciled(&search.reconcile_issues);
            return Ok(search);
        }
        Ok(Self {
            jql: call.parameter("jql").unwrap_or_default().to_owned(),
            fields: call.parameters("fields"),
            properties: call.parameters("properties"),
            expand: json!(call.parameters("expand").join(",")),
            max_results: call.number("maxResults"),
            start_at: call.number("startAt").unwrap_or(0),
            next_page_token: call.parameter("nextPageToken").map(String::from),
            reconcile_issues: Value::Null,
            reconciled: index::reconciled_of_query(call),
        })
    }

    fn expanded(&self) -> Vec<String> {
        let listed = self.expand.as_array().into_iter().flatten().filter_map(Value::as_str);
        listed.chain(self.expand.as_str().unwrap_or_default().split(',')).map(String::from).collect()
    }

    /// What the caller may browse of what the index finds.
    fn found<'j>(&self, call: &Call<'_>, jira: &'j JiraSite, query: &Query) -> Vec<&'j Issue> {
        let seen = index::seen(jira, call.now, &self.reconciled);
        let visible = seen.into_iter().filter(|issue| !issue.archived && jira.may_browse(call.person, issue));
        query.run(jql::Reader::new(jira, call.person, call.now), visible.collect())
    }

    fn describe(&self, call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
        let mut described = match self.fields.as_slice() {
            [] => issues::id_only(issue),
            [only] if only == "id" => issues::id_only(issue),
            fields => issues::describe(call, jira, issue, fields),
        };
        let of_issues: Vec<String> =
            self.expanded().into_iter().filter(|name| !["names", "schema"].contains(&name.as_str())).collect();
        issues::expand(call, jira, issue, &mut described, &of_issues);
        issues::add_properties(issue, &self.properties, &mut described);
        described
    }
}

/// A page of issues: ids only unless fields are named, no total, pages in sequence.
pub(super) fn by_jql(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let search = Search::of(call)?;
    if search.properties.len() > 5 {
        return Err(Answer::refusal(400, "At most 5 issue properties can be asked for."));
    }
    let query = bounded(&search.jql, call, jira)?;
    let start = offset(search.next_page_token.as_deref(), &search.jql);
    let invalid = "The provided next page token is invalid or does not belong to this query.";
    let start = start.ok_or_else(|| Answer::refusal(400, invalid))?;
    let wants_no_more_than_keys = search.fields.iter().all(|field| ["id", "key"].contains(&field.as_str()));
    let size = search.max_results.unwrap_or(50).clamp(1, if wants_no_more_than_keys { 5000 } else { 100 });
    let found = search.found(call, jira, &query);
    let page = found.iter().skip(start).take(size);
    let issues: Vec<Value> = page.map(|issue| search.describe(call, jira, issue)).collect();
    let end = start + issues.len();
    let mut answer = json!({ "issues": issues, "isLast": end >= found.len() });
    if end < found.len() {
        answer["nextPageToken"] = json!(page_token(end, &search.jql));
    }
    let fields = &jira.configuration.fields;
    for name in search.expanded() {
        match name.as_str() {
            "names" => {
                answer["names"] =
                    fields.iter().map(|field| (field.id.clone(), json!(field.name))).collect::<Map<_, _>>().into();
            }
            "schema" => {
                let schemas = fields.iter().map(|field| (field.id.clone(), super::values::schema(field)));
                answer["schema"] = schemas.collect::<Map<_, _>>().into();
            }
            _ => {}
        }
    }
    Ok(Answer::ok(answer))
}

/// How many issues a bounded search finds.
pub(super) fn approximate_count(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let search: Search = call.json()?;
    let query = bounded(&search.jql, call, jira)?;
    Ok(Answer::ok(json!({ "count": search.found(call, jira, &query).len() })))
}

/// `search` at Data Center: a page by `startAt`, with the total. Unbounded searches are allowed there.
pub(super) fn by_start(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    if call.has_body() {
        refuse_unknown_members(&call.json()?)?;
    }
    // Properties come with an issue that is read alone: a search does not know the parameter, and passes it over.
    let mut search = Search { properties: Vec::new(), ..Search::of(call)? };
    let query = read(&search.jql, call, jira)?;
    if search.fields.is_empty() {
        search.fields.push("*navigable".into());
    }
    let size = search.max_results.unwrap_or(50).min(1000);
    let found = search.found(call, jira, &query);
    let page = found.iter().skip(search.start_at).take(size);
    let issues: Vec<Value> = page.map(|issue| search.describe(call, jira, issue)).collect();
    Ok(Answer::ok(page_of(search.start_at, size, found.len(), &json!(issues))))
}

/// Data Center takes no member of a body that it does not know.
fn refuse_unknown_members(body: &Value) -> Result<(), Answer> {
    const KNOWN: [&str; 6] = ["jql", "startAt", "maxResults", "validateQuery", "fields", "expand"];
    let unknown = body.as_object().into_iter().flatten().find(|(name, _)| !KNOWN.contains(&name.as_str()));
    unknown.map_or(Ok(()), |(name, _)| {
        let sentence = format!(
            "Unrecognized field \"{name}\" (Class com.atlassian.jira.rest.v2.search.SearchRequestBean), not marked as ignorable"
        );
        Err(Answer::refusal(400, &sentence))
    })
}

/// A page of a search at Data Center.
pub(super) fn page_of(start: usize, size: usize, total: usize, issues: &Value) -> Value {
    json!({ "expand": "names,schema", "startAt": start, "maxResults": size, "total": total, "issues": issues })
}

/// `GET issue/picker`: issues whose key or summary is like what somebody types.
/// A query that is not understood finds nothing, and nobody is told.
pub(super) fn pick(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let text = call.parameter("query").unwrap_or_default().to_lowercase();
    let within = call.parameter("currentJQL").map(|jql| read(jql, call, jira).ok());
    let reader = jql::Reader::new(jira, call.person, call.now);
    let fits = |issue: &&&Issue| {
        let is_like = issue.key().to_lowercase().starts_with(&text) || issue.summary().to_lowercase().contains(&text);
        is_like
            && !issue.archived
            && jira.may_browse(call.person, issue)
            && within.as_ref().is_none_or(|query| query.as_ref().is_some_and(|query| query.matches(reader, issue)))
    };
    let seen = index::seen(jira, call.now, &[]);
    let mut found: Vec<&Issue> = seen.iter().filter(fits).copied().collect();
    found.sort_by_key(|issue| std::cmp::Reverse((issue.updated, issue.id)));
    let all = found.len();
    let issues = found.into_iter().take(20).map(|issue| {
        json!({ "id": issue.id, "key": issue.key(), "keyHtml": issue.key(), "img": "/images/icons/issuetypes/task.svg",
            "summary": issue.summary(), "summaryText": issue.summary() })
    });
    let issues: Vec<Value> = issues.collect();
    let sub = format!("Showing {} of {all} matching issues", issues.len());
    Answer::ok(json!({ "sections": [{ "id": "cs", "label": "Current Search", "sub": sub, "issues": issues }] }))
}

/// `search` at Cloud, which was removed.
pub(super) fn removed(_call: &Call<'_>, _jira: &JiraSite) -> Outcome {
    Err(Answer::refusal(410, REMOVED))
}

/// `POST jql/parse`.
pub(super) fn parse(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let queries = body["queries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if queries.is_empty() {
        return Err(Answer::refusal(400, "At least one query must be given."));
    }
    let strict = call.parameter("validation") != Some("none");
    let warns = call.parameter("validation") == Some("warn");
    let parsed = queries.iter().map(|query| {
        let text = query.as_str().unwrap_or_default();
        let mut parsed = json!({ "query": text });
        match Query::parse(text) {
            Err(sentence) => parsed["errors"] = json!([sentence]),
            Ok(query) => {
                let reader = jql::Reader::new(jira, call.person, call.now);
                let complaints = if strict { query.complaints(reader) } else { Vec::new() };
                if complaints.is_empty() || warns {
                    parsed["structure"] = query.structure();
                }
                if !complaints.is_empty() {
                    parsed[if warns { "warnings" } else { "errors" }] = json!(complaints);
                }
            }
        }
        parsed
    });
    Ok(Answer::ok(json!({ "queries": parsed.collect::<Vec<_>>() })))
}

/// JQL that is understood and means something here, or Jira's words about it.
pub(super) fn read(jql: &str, call: &Call<'_>, jira: &JiraSite) -> Result<Query, Answer> {
    let query = Query::parse(jql).map_err(|sentence| Answer::refusal(400, &sentence))?;
    let complaints = query.complaints(jql::Reader::new(jira, call.person, call.now));
    if complaints.is_empty() { Ok(query) } else { Err(Answer::refusals(http::StatusCode::BAD_REQUEST, &complaints)) }
}

pub(super) fn bounded(jql: &str, call: &Call<'_>, jira: &JiraSite) -> Result<Query, Answer> {
    let query = read(jql, call, jira)?;
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
