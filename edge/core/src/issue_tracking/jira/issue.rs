//! Issues: one, many by id, and a page of a search.

use api::{JiraId, JiraStatus};
use serde::{Deserialize, Serialize};

use super::{WrittenStatus, id, optional_id};

/// An issue, as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JiraIssue {
    /// Its id, which stays when it moves.
    pub id: JiraId,
    /// Its key, which changes when it moves.
    pub key: String,
    /// The id of its project.
    pub project: JiraId,
    /// The id of its type.
    pub issue_type: JiraId,
    /// Its status.
    pub status: JiraStatus,
    /// Whether it is archived, so that it can only be read.
    pub is_archived: bool,
    /// When anything about it last changed, comments included; `None` if Jira's text cannot be read.
    pub updated: Option<api::Timestamp>,
}

/// What marks an issue as made for a task. Anybody who may browse the issue can read it, so it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskMark {
    /// The id of our project.
    pub project: String,
    /// The `external_id` of the task.
    pub task: String,
    /// What tells this attempt to create the issue from all others.
    pub nonce: String,
    /// Whether it is the test issue of a trial, which belongs to no task.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

/// An issue of a search: with its mark, and when it was created as Jira wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIssue {
    /// The id.
    pub id: JiraId,
    /// The key.
    pub key: String,
    /// When it was created, in RFC 3339 if Jira's text could be read.
    pub created: Option<api::Timestamp>,
    /// When it last changed, if that was asked for.
    pub updated: Option<api::Timestamp>,
    /// Its status, if it was asked for.
    pub status: Option<JiraStatus>,
    /// Its mark; `None` if it has none.
    pub mark: Option<TaskMark>,
}

/// What Jira answered to a question for many issues by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkFetch {
    /// The issues that it found, wherever they are now.
    pub found: Vec<JiraIssue>,
}

/// A page of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPage {
    /// The issues of the page.
    pub issues: Vec<FoundIssue>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<NextPage>,
}

/// Where the next page of a search begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextPage {
    /// The token that Cloud gave.
    Token(String),
    /// The number of the first issue, at Data Center.
    StartAt(u64),
}

/// A property of an issue, as the question for one is answered.
#[derive(Deserialize)]
struct WrittenProperty {
    value: serde_json::Value,
}

impl TaskMark {
    /// Reads the answer to a question for a mark. `None` if it cannot be read, `Some(None)` if it is no mark of ours.
    pub fn read(body: &[u8]) -> Option<Option<Self>> {
        let written: WrittenProperty = serde_json::from_slice(body).ok()?;
        Some(serde_json::from_value(written.value).ok())
    }
}

#[derive(Deserialize)]
struct WrittenIssue {
    #[serde(deserialize_with = "id")]
    id: JiraId,
    #[serde(default)]
    key: String,
    #[serde(default)]
    fields: WrittenFields,
    #[serde(default)]
    properties: WrittenProperties,
}

#[derive(Default, Deserialize)]
struct WrittenFields {
    project: Option<Reference>,
    issuetype: Option<Reference>,
    status: Option<WrittenStatus>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    updated: Option<String>,
    /// Who archived it; absent or `null` if nobody did.
    #[serde(default)]
    archivedby: Option<serde_json::Value>,
    /// When it was archived.
    #[serde(default)]
    archiveddate: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default, deserialize_with = "optional_id")]
    id: Option<JiraId>,
}

#[derive(Default, Deserialize)]
struct WrittenProperties {
    /// As it is stored. What is no mark of ours is none.
    #[serde(default)]
    causeway: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct WrittenIssues {
    issues: Vec<serde_json::Value>,
    #[serde(default, rename = "nextPageToken")]
    next_page_token: Option<String>,
    #[serde(default, rename = "isLast")]
    is_last: Option<bool>,
    #[serde(default, rename = "startAt")]
    start_at: Option<u64>,
    #[serde(default)]
    total: Option<u64>,
}

impl JiraIssue {
    /// Reads the answer to a question for one issue.
    pub fn read(body: &[u8]) -> Option<Self> {
        Self::of(serde_json::from_slice(body).ok()?)
    }

    fn of(written: WrittenIssue) -> Option<Self> {
        let fields = written.fields;
        Some(Self {
            id: written.id,
            key: written.key,
            project: fields.project?.id?,
            issue_type: fields.issuetype?.id?,
            status: fields.status?.into(),
            is_archived: fields.archivedby.is_some() || fields.archiveddate.is_some(),
            updated: fields.updated.as_deref().and_then(read_moment),
        })
    }
}

impl BulkFetch {
    /// Reads the answer. `None` if it is none, or if an issue in it cannot be read: what is not read must not look as if
    /// it were gone.
    pub fn read(body: &[u8]) -> Option<Self> {
        let written: WrittenIssues = serde_json::from_slice(body).ok()?;
        let issue = |value| serde_json::from_value(value).ok().and_then(JiraIssue::of);
        Some(Self { found: written.issues.into_iter().map(issue).collect::<Option<_>>()? })
    }
}

impl SearchPage {
    /// Reads a page. Issues that cannot be read are left out: a search proves nothing by what it does not find.
    pub fn read(body: &[u8]) -> Option<Self> {
        let written: WrittenIssues = serde_json::from_slice(body).ok()?;
        let count = u64::try_from(written.issues.len()).ok()?;
        let end = written.start_at.unwrap_or(0).saturating_add(count);
        let by_start = written.total.filter(|total| end < *total && count > 0).map(|_| NextPage::StartAt(end));
        let by_token = written.next_page_token.filter(|_| written.is_last != Some(true)).map(NextPage::Token);
        let issues = written.issues.into_iter().filter_map(|value| serde_json::from_value(value).ok());
        Some(Self { issues: issues.map(FoundIssue::of).collect(), next: by_token.or(by_start) })
    }
}

impl FoundIssue {
    fn of(written: WrittenIssue) -> Self {
        let mark = written.properties.causeway.and_then(|value| serde_json::from_value(value).ok());
        Self {
            id: written.id,
            key: written.key,
            created: written.fields.created.as_deref().and_then(read_moment),
            updated: written.fields.updated.as_deref().and_then(read_moment),
            status: written.fields.status.map(Into::into),
            mark,
        }
    }
}

/// Reads `2026-11-22T05:00:00.000+0000`: RFC 3339 but for the colon in the offset.
pub(super) fn read_moment(text: &str) -> Option<api::Timestamp> {
    let end = text.len().checked_sub(2)?;
    let with_colon = || Some(format!("{}:{}", text.get(..end)?, text.get(end..)?));
    api::Timestamp::parse(text).or_else(|| api::Timestamp::parse(&with_colon()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(id: &str) -> serde_json::Value {
        json!({
            "id": id, "key": "ABC-1", "self": "https://x", "expand": "y",
            "fields": {
                "project": {"id": "10000", "key": "ABC", "avatarUrls": {}},
                "issuetype": {"id": 10001, "name": "Bug"},
                "status": {"id": "3", "name": "In Arbeit", "statusCategory": {"id": 4, "key": "indeterminate"}},
                "created": "2026-11-22T07:00:00.123+0200", "customfield_1": [1, {"a": null}],
            },
        })
    }

    #[test]
    fn an_issue_is_read_past_all_that_is_not_needed() {
        let issue = JiraIssue::read(written("10042").to_string().as_bytes()).expect("an issue");
        assert_eq!((issue.id.as_str(), issue.issue_type.as_str(), issue.is_archived), ("10042", "10001", false));
        assert_eq!(issue.status.category, Some(api::StatusCategory::InProgress));
        let mut archived = written("1");
        archived["fields"]["archiveddate"] = "2026-11-22".into();
        assert!(JiraIssue::read(archived.to_string().as_bytes()).is_some_and(|issue| issue.is_archived));
        for answer in ["", "<html>", "{}", r#"{"id": "1", "fields": {}}"#, "[]"] {
            assert_eq!(JiraIssue::read(answer.as_bytes()), None, "{answer}");
        }
    }

    #[test]
    fn a_mark_that_is_asked_for_by_itself_is_read_or_known_to_be_foreign() {
        let answer = |value| json!({"key": "causeway", "value": value}).to_string();
        let mark = TaskMark::read(answer(json!({"project": "prj_1", "task": "t", "nonce": "n"})).as_bytes());
        assert_eq!(mark.flatten().map(|mark| mark.nonce), Some("n".to_owned()));
        assert_eq!(TaskMark::read(answer(json!("not ours")).as_bytes()), Some(None));
        assert_eq!(TaskMark::read(b"<html>"), None);
    }

    #[test]
    fn an_issue_that_cannot_be_read_does_not_look_as_if_it_were_gone() {
        let whole = json!({"issues": [written("1"), written("2")], "issueErrors": [{"id": "3"}]});
        assert_eq!(BulkFetch::read(whole.to_string().as_bytes()).map(|read| read.found.len()), Some(2));
        let cut = json!({"issues": [written("1"), {"id": "2", "fields": {}}]});
        assert_eq!(BulkFetch::read(cut.to_string().as_bytes()), None);
    }

    #[test]
    fn a_page_of_a_search_has_marks_and_says_where_the_next_begins() {
        let mark = json!({"project": "prj_1", "task": "a/../b", "nonce": "n"});
        let mut marked = written("1");
        marked["properties"] = json!({"causeway": mark, "other": 1});
        let mut foreign = written("2");
        foreign["properties"] = json!({"causeway": "not ours"});
        let page = json!({"issues": [marked, foreign, {"no": "id"}], "nextPageToken": "t", "isLast": false});
        let page = SearchPage::read(page.to_string().as_bytes()).expect("a page");
        assert_eq!(page.issues.len(), 2);
        assert_eq!(page.issues[0].mark.as_ref().map(|mark| mark.nonce.as_str()), Some("n"));
        assert_eq!(page.issues[1].mark, None);
        assert_eq!(page.issues[0].created, api::Timestamp::parse("2026-11-22T05:00:00.123Z"));
        assert_eq!(page.next, Some(NextPage::Token("t".into())));
        let of_data_center = json!({"startAt": 50, "maxResults": 50, "total": 60, "issues": [written("1")]});
        let page = SearchPage::read(of_data_center.to_string().as_bytes()).expect("a page");
        assert_eq!(page.next, Some(NextPage::StartAt(51)));
        let last = json!({"issues": [], "isLast": true});
        assert_eq!(SearchPage::read(last.to_string().as_bytes()).map(|page| page.next), Some(None));
    }
}
