//! The requests that tasks need, as method, path and body.

use api::{JiraId, Timestamp};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{MARK_PROPERTY, NextPage, TaskMark, needed_permissions};

/// The interface of Jira that is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JiraVersion {
    /// Jira Cloud, version 3.
    Cloud,
    /// Jira Data Center, version 2.
    DataCenter,
}

/// A request to Jira.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JiraRequest {
    /// The method.
    pub method: http::Method,
    /// Path and query, from the instance's base on.
    pub path: String,
    /// The body; `None` for none.
    pub body: Option<Value>,
}

impl JiraRequest {
    /// Whether it asks for something. Its answer costs a point for each object that it holds; those of writes cost nothing.
    pub fn asks(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        let is_question = || ["/search", "/search/jql", "/issue/bulkfetch"].iter().any(|end| path.ends_with(end));
        self.method == http::Method::GET || is_question()
    }
}

/// How many objects an answer holds, as Atlassian counts them: those of its list, or the answer itself.
pub fn objects(body: &[u8]) -> u32 {
    #[derive(Deserialize)]
    struct Page {
        #[serde(alias = "values", alias = "comments")]
        issues: Vec<IgnoredAny>,
    }
    let is_list = body.trim_ascii_start().starts_with(b"[");
    let list = if is_list {
        serde_json::from_slice(body).ok()
    } else {
        serde_json::from_slice(body).ok().map(|page: Page| page.issues)
    };
    let held = list.map_or(1, |list: Vec<IgnoredAny>| list.len());
    u32::try_from(held).unwrap_or(u32::MAX)
}

/// The fields that decisions need.
const FIELDS: [&str; 7] = ["project", "issuetype", "status", "created", "updated", "archivedby", "archiveddate"];
/// The most issues that are asked for by id at once.
pub const FETCHED_AT_ONCE: usize = 100;
/// The most comments that are read. Older ones are not looked at again.
const COMMENTS: usize = 100;
/// The most issues of a page of a search with fields.
const PAGE: usize = 100;

impl JiraVersion {
    /// The version for a site: Cloud's have a cloudId.
    pub const fn of(is_cloud: bool) -> Self {
        if is_cloud { Self::Cloud } else { Self::DataCenter }
    }

    /// Asks for the types of issue that can be created in a project, from the number `start` on.
    pub fn creatable_types(self, project: &str, start: u64) -> JiraRequest {
        self.get(&format!("issue/createmeta/{}/issuetypes?startAt={start}&maxResults=50", segment(project)))
    }

    /// Asks for the fields of new issues of a type, from the number `start` on.
    pub fn creation_fields(self, project: &str, issue_type: &JiraId, start: u64) -> JiraRequest {
        let (project, issue_type) = (segment(project), segment(issue_type.as_str()));
        self.get(&format!("issue/createmeta/{project}/issuetypes/{issue_type}?startAt={start}&maxResults=50"))
    }

    /// Asks for the statuses of a project's types of issue.
    pub fn statuses(self, project: &str) -> JiraRequest {
        self.get(&format!("project/{}/statuses", segment(project)))
    }

    /// Asks for the resolutions that the site knows.
    pub fn resolutions(self) -> JiraRequest {
        self.get("resolution")
    }

    /// Asks what the account may do in a project.
    pub fn permissions(self, project: &str) -> JiraRequest {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("projectKey", project)
            .append_pair("permissions", &needed_permissions())
            .finish();
        self.get(&format!("mypermissions?{query}"))
    }

    /// Asks for an issue by id or key.
    pub fn issue(self, issue: &str) -> JiraRequest {
        self.get(&format!("issue/{}?fields={}", segment(issue), FIELDS.join(",")))
    }

    /// Asks for at most [`FETCHED_AT_ONCE`] issues by id, wherever they are. Data Center searches for them, and answers 400
    /// if one of them is gone; then they are asked for one by one.
    pub fn issues(self, ids: &[JiraId]) -> JiraRequest {
        match self {
            Self::Cloud => self.post("issue/bulkfetch", json!({ "issueIdsOrKeys": ids, "fields": FIELDS })),
            Self::DataCenter => {
                let listed: Vec<&str> = ids.iter().map(JiraId::as_str).collect();
                let jql = format!("id in ({})", listed.join(","));
                self.post("search", json!({ "jql": jql, "fields": FIELDS, "maxResults": FETCHED_AT_ONCE }))
            }
        }
    }

    /// Asks for the transitions of an issue with their fields.
    pub fn transitions(self, issue: &JiraId) -> JiraRequest {
        self.get(&format!("issue/{}/transitions?expand=transitions.fields", segment(issue.as_str())))
    }

    /// Makes a transition.
    pub fn make_transition(self, issue: &JiraId, body: Value) -> JiraRequest {
        self.post(&format!("issue/{}/transitions", segment(issue.as_str())), body)
    }

    /// Creates an issue.
    pub fn create(self, body: Value) -> JiraRequest {
        self.post("issue", body)
    }

    /// Links an issue to the page of its task. The same `global_id` replaces the link, so this may be sent again.
    pub fn link_back(self, issue: &JiraId, global_id: &str, url: &str, title: &str) -> JiraRequest {
        let body = json!({ "globalId": global_id, "object": { "url": url, "title": title } });
        self.post(&format!("issue/{}/remotelink", segment(issue.as_str())), body)
    }

    /// Adds a comment with our mark, whose body is a document at Cloud and wiki markup at Data Center.
    pub fn comment(self, issue: &JiraId, body: &Value, mark: &TaskMark) -> JiraRequest {
        let properties = json!([{ "key": MARK_PROPERTY, "value": mark }]);
        let body = json!({ "body": body, "properties": properties });
        self.post(&format!("issue/{}/comment", segment(issue.as_str())), body)
    }

    /// Asks for the newest comments on an issue, with their marks.
    pub fn comments(self, issue: &JiraId) -> JiraRequest {
        let query = format!("orderBy=-created&maxResults={COMMENTS}&expand=properties");
        self.get(&format!("issue/{}/comment?{query}", segment(issue.as_str())))
    }

    /// Searches for the issues that this account created in a project around `since`, the oldest first, with their marks.
    ///
    /// Times are relative, because absolute ones are read in the time zone of the account. What was created first stands
    /// first, so that the pages which are read have the attempt even while thousands of issues are created.
    pub fn created_since(self, project: &str, since: Timestamp, now: Timestamp, page: &Page) -> JiraRequest {
        let minutes = now.since(since) / 60_000;
        let from = minutes + BEFORE_MINUTES;
        let until = minutes - AFTER_MINUTES;
        let until = if until > 0 { format!(" AND created <= -{until}m") } else { String::new() };
        let project = quoted(project);
        let jql = format!(
            "creator = currentUser() AND project = {project} AND created >= -{from}m{until} ORDER BY created ASC"
        );
        self.search(&jql, &["created", "status"], page)
    }

    /// Asks for the mark of an issue, where a search does not bring it: Data Center's has no properties. 404 if it has none.
    pub fn mark(self, issue: &JiraId) -> Option<JiraRequest> {
        let of_issue = || self.get(&format!("issue/{}/properties/{MARK_PROPERTY}", segment(issue.as_str())));
        matches!(self, Self::DataCenter).then(of_issue)
    }

    /// Searches for the issues of a project that changed in the last `minutes`.
    pub fn updated_within(self, project: &str, minutes: u32, page: &Page) -> JiraRequest {
        let jql = format!("project = {} AND updated >= -{minutes}m ORDER BY updated ASC", quoted(project));
        self.search(&jql, &["status", "updated"], page)
    }

    fn search(self, jql: &str, fields: &[&str], page: &Page) -> JiraRequest {
        match self {
            Self::Cloud => {
                let token = if let Page::After(NextPage::Token(token)) = page { Some(token) } else { None };
                let mut body =
                    json!({ "jql": jql, "fields": fields, "properties": [MARK_PROPERTY], "maxResults": PAGE });
                if let (Some(token), Some(body)) = (token, body.as_object_mut()) {
                    body.insert("nextPageToken".into(), token.as_str().into());
                }
                self.post("search/jql", body)
            }
            Self::DataCenter => {
                let start = if let Page::After(NextPage::StartAt(start)) = page { *start } else { 0 };
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("jql", jql)
                    .append_pair("fields", &fields.join(","))
                    .append_pair("maxResults", &PAGE.to_string())
                    .append_pair("startAt", &start.to_string())
                    .finish();
                self.get(&format!("search?{query}"))
            }
        }
    }

    fn get(self, rest: &str) -> JiraRequest {
        JiraRequest { method: http::Method::GET, path: self.path(rest), body: None }
    }

    fn post(self, rest: &str, body: Value) -> JiraRequest {
        JiraRequest { method: http::Method::POST, path: self.path(rest), body: Some(body) }
    }

    fn path(self, rest: &str) -> String {
        match self {
            Self::Cloud => format!("/rest/api/3/{rest}"),
            Self::DataCenter => format!("/rest/api/2/{rest}"),
        }
    }
}

/// How much earlier a search for an attempt begins, in minutes: for clocks that differ.
const BEFORE_MINUTES: i64 = 3;
/// How much later it ends, in minutes: late enough to find an issue that shows that the index has passed the attempt.
const AFTER_MINUTES: i64 = 15;

/// Which page of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The first.
    First,
    /// One that follows.
    After(NextPage),
}

/// A text as one segment of a path.
fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20").replace("..", "%2E%2E")
}

/// A text as a literal of JQL.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> JiraId {
        JiraId::parse(text).expect("an id")
    }

    #[test]
    fn each_edition_is_asked_in_its_own_version() {
        let cloud = JiraVersion::Cloud.issues(&[id("1"), id("2")]);
        assert_eq!(cloud.path, "/rest/api/3/issue/bulkfetch");
        assert_eq!(cloud.body.map(|body| body["issueIdsOrKeys"].clone()), Some(json!(["1", "2"])));
        let data_center = JiraVersion::DataCenter.issues(&[id("1"), id("2")]);
        assert_eq!(data_center.path, "/rest/api/2/search");
        assert_eq!(data_center.body.map(|body| body["jql"].clone()), Some(json!("id in (1,2)")));
    }

    #[test]
    fn what_others_chose_stays_one_segment_and_one_literal() {
        assert_eq!(
            JiraVersion::Cloud.issue("../x?y#z").path.split('?').next(),
            Some("/rest/api/3/issue/%2E%2E%2Fx%3Fy%23z")
        );
        assert_eq!(quoted(r#"A" OR "1"="1\"#), r#""A\" OR \"1\"=\"1\\""#);
    }

    #[test]
    fn a_search_for_a_lost_issue_looks_around_the_attempt_in_relative_minutes() {
        let now = Timestamp::EPOCH.plus_seconds(100_000);
        let jql = |seconds: i64| {
            let request = JiraVersion::Cloud.created_since("ABC", now.plus_seconds(-seconds), now, &Page::First);
            request.body.expect("a body")["jql"].as_str().expect("a text").to_owned()
        };
        let ours = "creator = currentUser() AND project = \"ABC\" AND";
        assert_eq!(jql(600), format!("{ours} created >= -13m ORDER BY created ASC"));
        assert_eq!(jql(3_600), format!("{ours} created >= -63m AND created <= -45m ORDER BY created ASC"));
        let request = JiraVersion::Cloud.created_since("ABC", now, now, &Page::First);
        assert_eq!(request.body.expect("a body")["properties"], json!(["causeway"]));
        let next = Page::After(NextPage::StartAt(100));
        let request = JiraVersion::DataCenter.created_since("ABC", now, now, &next);
        assert!(request.path.starts_with("/rest/api/2/search?jql=creator") && request.path.ends_with("startAt=100"));
        let id = JiraId::parse("10042").expect("an id");
        assert_eq!(JiraVersion::Cloud.mark(&id), None, "the search brought it");
        let mark = JiraVersion::DataCenter.mark(&id).expect("a question of its own");
        assert_eq!(mark.path, "/rest/api/2/issue/10042/properties/causeway");
    }

    #[test]
    fn questions_cost_a_point_for_each_object_of_their_answer() {
        let cloud = JiraVersion::Cloud;
        let issue = id("10042");
        let questions = [
            cloud.issue("10042"),
            cloud.issues(std::slice::from_ref(&issue)),
            cloud.updated_within("ABC", 5, &Page::First),
            cloud.transitions(&issue),
        ];
        assert!(questions.iter().all(JiraRequest::asks));
        let writes =
            [cloud.create(json!({})), cloud.make_transition(&issue, json!({})), cloud.link_back(&issue, "", "", "")];
        assert!(!writes.iter().any(JiraRequest::asks));
        for (body, held) in [
            (r#"{"id":"10042","fields":{"issues":[1,2]}}"#, 1),
            (r#"{"issues":[{"id":"1"},{"id":"2"},{}],"isLast":true}"#, 3),
            (r#"{"comments":[{}],"total":1}"#, 1),
            (r#"{"values":[{},{}],"startAt":0}"#, 2),
            (" [{},{}]", 2),
            ("[]", 0),
            (r#"{"issues":[]}"#, 0),
            ("<html>", 1),
            ("", 1),
        ] {
            assert_eq!(objects(body.as_bytes()), held, "{body}");
        }
    }
}
