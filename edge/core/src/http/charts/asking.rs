//! Asks the Jira of a chart, with somebody's access.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use api::{ChartField, ChartFilter, ProblemCode, RenderAccessKind};
use chart::{AT_ONCE, CALLS, FieldKind, FieldValue};
use futures::future::try_join_all;
use http::{Method, Response};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{
    browser::BrowserAnswers,
    failures::{self, JiraFailure, judge},
    jira_values::{FieldOfJira, FilterOfJira, FilterPage, ParsedQueries, list_of, sorted},
};
use crate::{
    grant::{AccessToken, KeeperAnswer, KeeperCommand},
    http::{Edge, Platform, failure::RequestFailure},
    jira::{self, Denial, JiraMessage, ObservedResponse},
    organization::{ChartAccess, RequestCheckup},
    ports::HttpLimits,
    quota_ledger::{Spender, next_hour},
};

/// The most issues of a page.
const PAGE: u64 = chart::PAGE;
/// The most filters that are listed: a page of Jira Cloud.
const FILTERS: usize = 50;

/// The Jira of a chart, as somebody sees it.
pub(super) struct ChartJira<'e, P> {
    edge: &'e Edge<P>,
    via: Via<'e>,
    is_cloud: bool,
    /// How often it was asked.
    calls: Cell<usize>,
    /// The fields that were added to Jira and that hold people, of those that were asked for.
    people: RefCell<BTreeSet<String>>,
}

/// Who asks Jira.
enum Via<'e> {
    /// The edge, with somebody's access.
    Edge(Box<Opened>),
    /// The reader's browser, with what it is logged in to.
    Browser(&'e BrowserAnswers),
}

/// An access, with a token of it.
struct Opened {
    access: ChartAccess,
    token: AccessToken,
}

#[derive(Deserialize)]
struct Counted {
    count: u64,
}

#[derive(Deserialize)]
struct Found {
    total: u64,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    issues: Vec<IssueOfJira>,
    #[serde(default, rename = "nextPageToken")]
    next: Option<String>,
    /// Data Center's.
    #[serde(default)]
    total: Option<u64>,
}

#[derive(Deserialize)]
struct IssueOfJira {
    #[serde(default)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Myself {
    #[serde(default, rename = "timeZone")]
    time_zone: Option<String>,
}

impl<'e, P: Platform> ChartJira<'e, P> {
    /// Gets a token of the access.
    pub(super) async fn open(edge: &'e Edge<P>, access: ChartAccess) -> Result<Self, JiraFailure> {
        let token = edge.credential_of(&access.grant).await.map_err(|failure| match failure.code {
            ProblemCode::ConnectionUnauthorized if access.connection.is_none() => JiraFailure::consent_ended(),
            _ => failure.into(),
        })?;
        let is_cloud = access.is_cloud;
        let via = Via::Edge(Box::new(Opened { access, token }));
        Ok(Self { edge, via, is_cloud, calls: Cell::new(0), people: RefCell::default() })
    }

    /// The Jira that the reader's browser asks. It is Jira Cloud, because pages with the Forge app are.
    pub(super) fn of_browser(edge: &'e Edge<P>, answers: &'e BrowserAnswers) -> Self {
        let via = Via::Browser(answers);
        Self { edge, via, is_cloud: true, calls: Cell::new(0), people: RefCell::default() }
    }

    /// Whether a field that the chart was computed with holds people.
    pub(super) fn holds_people(&self, field: &str) -> bool {
        chart::holds_people(field).unwrap_or_else(|| self.people.borrow().contains(field))
    }

    /// The time zone in which Jira reads dates for this account. `UTC` if Jira does not tell.
    pub(super) async fn time_zone(&self) -> Result<String, JiraFailure> {
        let Myself { time_zone } = self.get(&self.path("myself")).await?;
        Ok(time_zone.filter(|zone| !zone.is_empty()).unwrap_or_else(|| "UTC".to_owned()))
    }

    /// The fields that charts can use and whose name or id contains `wanted`, by name.
    pub(super) async fn fields(&self, wanted: &str) -> Result<Vec<ChartField>, JiraFailure> {
        Ok(sorted(self.all_fields().await?, wanted))
    }

    async fn all_fields(&self) -> Result<Vec<FieldOfJira>, JiraFailure> {
        self.get(&self.path("field")).await
    }

    /// The saved filters whose name contains `wanted`.
    pub(super) async fn filters(&self, wanted: &str) -> Result<Vec<ChartFilter>, JiraFailure> {
        if self.is_cloud {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("maxResults", &FILTERS.to_string()).append_pair("expand", "jql");
            query.append_pair("orderBy", "name");
            if !wanted.is_empty() {
                query.append_pair("filterName", wanted);
            }
            let page: FilterPage = self.get(&format!("{}?{}", self.path("filter/search"), query.finish())).await?;
            return Ok(page.values.into_iter().filter_map(FilterOfJira::shown).collect());
        }
        let all: Vec<FilterOfJira> = self.get(&self.path("filter/favourite")).await?;
        let wanted = wanted.to_lowercase();
        let shown = all.into_iter().filter_map(FilterOfJira::shown);
        Ok(shown.filter(|one| one.name.to_lowercase().contains(&wanted)).take(FILTERS).collect())
    }

    /// The query that a saved filter has now; `None` if there is none that this account may see.
    pub(super) async fn query_of_filter(&self, id: &str) -> Result<Option<String>, JiraFailure> {
        let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        match self.get::<FilterOfJira>(&self.path(&format!("filter/{id}"))).await {
            Ok(found) => Ok(found.shown().map(|filter| filter.jql)),
            Err(failure) if failure.state == api::RenderState::NoJiraAccess && !failure.refuses_credential => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What is wrong with a query, in Jira's words. Data Center has no other way to check one than to search with it.
    pub(super) async fn errors_of(&self, jql: &str) -> Result<Vec<String>, JiraFailure> {
        if self.is_cloud {
            let path = format!("{}?validation=strict", self.path("jql/parse"));
            let parsed: ParsedQueries = self.post(&path, &json!({"queries": [jql]})).await?;
            return Ok(parsed.errors());
        }
        match chart::Jira::count(self, &[jql.to_owned()]).await {
            Ok(_) => Ok(Vec::new()),
            Err(refused) if refused.state == api::RenderState::QueryRefused => Ok(vec![refused.cause]),
            Err(other) => Err(other),
        }
    }

    fn path(&self, resource: &str) -> String {
        let version = if self.is_cloud { 3 } else { 2 };
        format!("/rest/api/{version}/{resource}")
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, JiraFailure> {
        self.send(JiraMessage { method: &Method::GET, path, body: None }).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, JiraFailure> {
        self.send(JiraMessage { method: &Method::POST, path, body: Some(body) }).await
    }

    /// Whose points a call spends; `None` where Atlassian counts none.
    fn spender(&self) -> Option<Spender> {
        let Via::Edge(opened) = &self.via else { return None };
        let access = &opened.access;
        let counts = access.target.costs_points(&opened.token.credential);
        counts.then(|| match access.shown.kind {
            RenderAccessKind::Own => Spender::Viewer(access.grant.as_str().to_owned()),
            _ => Spender::Charts,
        })
    }

    /// Spends the point of a call, or says when there are points again. Jira is then not asked.
    async fn spend(&self) -> Result<(), JiraFailure> {
        let Some(spender) = self.spender() else { return Ok(()) };
        let (platform, now) = (&*self.edge.platform, self.edge.platform.now());
        let spent = self.edge.isolate.leases.spend(platform, now, &spender, 1).await;
        spent.map_err(|until| JiraFailure::hour_used_up(&spender, until))
    }

    /// Each issue of an answer costs a point beside the call.
    fn charge(&self, issues: usize) {
        if let Some(spender) = self.spender() {
            self.edge.isolate.leases.charge(&spender, u32::try_from(issues).unwrap_or(u32::MAX));
        }
    }

    async fn send<T: DeserializeOwned>(&self, message: JiraMessage<'_>) -> Result<T, JiraFailure> {
        let opened = match &self.via {
            Via::Edge(opened) => opened,
            Via::Browser(answers) => {
                self.calls.set(self.calls.get() + 1);
                return read(&judge(answers.answer(message)?)?);
            }
        };
        self.spend().await?;
        let (world, configuration) = (&*self.edge.platform, &self.edge.configuration);
        let (target, credential, limits) = (&opened.access.target, &opened.token.credential, HttpLimits::WHOLE_LIST);
        let answer = jira::send_within(world, configuration, target, message, Some(credential), limits).await;
        self.take(opened, message.path, answer?).await
    }

    /// Takes what Jira answered to the edge. If it refuses the credential, a checkup has to find out why.
    async fn take<T: DeserializeOwned>(
        &self,
        opened: &Opened,
        path: &str,
        answer: Response<Vec<u8>>,
    ) -> Result<T, JiraFailure> {
        self.calls.set(self.calls.get() + 1);
        if let Some(spender) = self.spender()
            && failures::says_hour_used_up(&answer)
        {
            let (platform, now) = (&*self.edge.platform, self.edge.platform.now());
            self.edge.isolate.leases.exhaust(platform, now, &spender).await;
            return Err(JiraFailure::hour_used_up(&Spender::Charts, next_hour(now)));
        }
        let judged =
            if self.is_denied(opened, path, &answer) { Err(JiraFailure::credential_refused()) } else { judge(answer) };
        match judged {
            Ok(answer) => read(&answer),
            Err(failure) => {
                if failure.refuses_credential {
                    self.look_into_refusal(opened).await?;
                }
                Err(failure)
            }
        }
    }

    /// Has a checkup look at the connection, or the keeper at the viewer's grant: it refreshes the token, and finds out
    /// whether the person has removed the consent.
    async fn look_into_refusal(&self, opened: &Opened) -> Result<(), JiraFailure> {
        if let Some(connection) = opened.access.connection.clone() {
            let asked = self.edge.send(&RequestCheckup { connection }).await;
            return Ok(asked.map_err(RequestFailure::from)?);
        }
        let command = KeeperCommand::Token { seen: Some(opened.token.generation), refused: true };
        match self.edge.platform.command(&self.edge.organization, &opened.access.grant, command).await {
            Ok(KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone) => Err(JiraFailure::consent_ended()),
            Ok(_) => Ok(()),
            silent => Err(RequestFailure::keeper_unreachable(&silent).into()),
        }
    }

    fn is_denied(&self, opened: &Opened, path: &str, answer: &Response<Vec<u8>>) -> bool {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: Vec<_> =
            answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let seen = ObservedResponse { status: answer.status().as_u16(), headers: &headers, body: answer.body() };
        let configuration = &self.edge.configuration;
        let url = opened.access.target.url(configuration.api_url(), configuration.address_policy(), path);
        let now = self.edge.platform.now();
        url.is_ok_and(|url| Denial::read(&seen, &opened.token.credential, &url, now).is_some())
    }

    async fn count_one(&self, query: &str) -> Result<u64, JiraFailure> {
        if self.is_cloud {
            let path = self.path("search/approximate-count");
            return Ok(self.post::<Counted>(&path, &json!({"jql": query})).await?.count);
        }
        let body = json!({"jql": query, "maxResults": 0, "fields": ["id"]});
        Ok(self.post::<Found>(&self.path("search"), &body).await?.total)
    }

    /// The page of issues that begins after `read` of them, or at `next`.
    async fn page(
        &self,
        query: &str,
        fields: &[&str],
        most: u64,
        (read, next): (u64, Option<&str>),
    ) -> Result<Page, JiraFailure> {
        let fields: Vec<&str> = if fields.is_empty() { vec!["id"] } else { fields.to_vec() };
        let most = most.min(PAGE);
        if !self.is_cloud {
            let body = json!({"jql": query, "fields": fields, "maxResults": most, "startAt": read});
            return self.post(&self.path("search"), &body).await;
        }
        let body = match next {
            Some(next) => json!({"jql": query, "fields": fields, "maxResults": most, "nextPageToken": next}),
            None => json!({"jql": query, "fields": fields, "maxResults": most}),
        };
        self.post(&self.path("search/jql"), &body).await
    }
}

fn read<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<T, JiraFailure> {
    let unlike = |_| JiraFailure::unreachable("What answered does not write as Jira does.");
    serde_json::from_slice(answer.body()).map_err(unlike)
}

impl<P: Platform> chart::Jira for ChartJira<'_, P> {
    type Failure = JiraFailure;

    async fn count(&self, queries: &[String]) -> Result<Vec<u64>, JiraFailure> {
        if let Via::Browser(answers) = &self.via {
            // One round for all of them, and not for each.
            let path = self.path("search/approximate-count");
            for query in queries {
                answers.announce(&path, &json!({"jql": query}));
            }
        }
        let mut counts = Vec::new();
        for some in queries.chunks(AT_ONCE) {
            counts.extend(try_join_all(some.iter().map(|query| self.count_one(query))).await?);
        }
        Ok(counts)
    }

    fn counts_exactly(&self) -> bool {
        !self.is_cloud
    }

    /// Jira may give fewer issues on a page than were asked for, so that a chart can take more calls than were planned.
    async fn issues(&self, query: &str, fields: &[&str], most: u64) -> Result<Vec<Map<String, Value>>, JiraFailure> {
        let mut found: Vec<Map<String, Value>> = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let read = u64::try_from(found.len()).unwrap_or(u64::MAX);
            let page = self.page(query, fields, most.saturating_sub(read), (read, next.as_deref())).await?;
            let is_empty = page.issues.is_empty();
            self.charge(page.issues.len());
            found.extend(page.issues.into_iter().map(|issue| issue.fields));
            let read = u64::try_from(found.len()).unwrap_or(u64::MAX);
            let is_last = match page.total {
                Some(total) => read >= total,
                None => page.next.is_none(),
            };
            if is_last || is_empty || read >= most {
                return Ok(found);
            }
            if self.calls.get() >= CALLS {
                return Err(JiraFailure::new(
                    api::RenderState::TooLarge,
                    ProblemCode::UpstreamUnreachable,
                    "Jira gives these issues in pages that are too small. Narrow the query.",
                ));
            }
            next = page.next;
        }
    }

    async fn kinds(&self, fields: &[&str]) -> Result<Vec<FieldKind>, JiraFailure> {
        let known: Vec<Option<FieldKind>> = fields.iter().map(|id| FieldKind::of_system(id)).collect();
        let all = if known.contains(&None) { self.all_fields().await? } else { Vec::new() };
        let people = all.iter().filter(|field| field.holds_people() && fields.contains(&field.id.as_str()));
        self.people.borrow_mut().extend(people.map(|field| field.id.clone()));
        let of = |(id, known): (&&str, Option<FieldKind>)| {
            let listed = || all.iter().find(|field| field.id == **id).map(FieldOfJira::kind);
            known.or_else(listed).ok_or_else(|| {
                let cause = format!("This Jira has no field {id}, or the account may not see it.");
                JiraFailure::new(api::RenderState::QueryRefused, ProblemCode::UpstreamUnreachable, cause)
            })
        };
        fields.iter().zip(known).map(of).collect()
    }

    async fn values(&self, field: &str) -> Result<Option<Vec<FieldValue>>, JiraFailure> {
        let Some(resource) = list_of(field) else { return Ok(None) };
        let all: Vec<Value> = self.get(&self.path(resource)).await?;
        Ok(Some(all.iter().filter_map(FieldValue::read).collect()))
    }
}
