//! Jira's dynamic webhooks, as far as Causeway uses them: one for each connection, whose events only say where to look. Jira
//! Cloud alone has them. Source: Atlassian, *The Jira Cloud platform REST API*, Webhooks.

use api::{JiraId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{JiraRequest, id, issue::read_moment, optional_id, requests::quoted};

/// The fields whose change can concern a task: its status, and what its mapping is chosen by.
const FIELDS: [&str; 3] = ["status", "issuetype", "project"];
/// The most webhooks that are read. An app has five for each account.
const LISTED: usize = 100;

/// What Jira is asked to tell of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionSpec {
    /// The keys of the Jira projects, each once, in order.
    pub projects: Vec<String>,
    /// Whether comments are told of, too.
    pub comments: bool,
}

impl SubscriptionSpec {
    fn jql(&self) -> String {
        let projects: Vec<String> = self.projects.iter().map(|key| quoted(key)).collect();
        format!("project in ({})", projects.join(", "))
    }

    fn events(&self) -> Vec<&'static str> {
        let of_comments = ["comment_created", "comment_updated"].into_iter().filter(|_| self.comments);
        ["jira:issue_updated", "jira:issue_deleted"].into_iter().chain(of_comments).collect()
    }

    /// Asks Jira to send events to an address.
    pub fn register(&self, address: &str) -> JiraRequest {
        let webhook = json!({ "jqlFilter": self.jql(), "events": self.events(), "fieldIdsFilter": FIELDS });
        request(http::Method::POST, "webhook", Some(json!({ "url": address, "webhooks": [webhook] })))
    }
}

/// Asks for the webhooks of the account.
pub fn list_webhooks() -> JiraRequest {
    request(http::Method::GET, &format!("webhook?maxResults={LISTED}"), None)
}

/// Asks for another thirty days of a webhook.
pub fn refresh_webhook(webhook: u64) -> JiraRequest {
    request(http::Method::PUT, "webhook/refresh", Some(json!({ "webhookIds": [webhook] })))
}

/// Removes a webhook.
pub fn delete_webhook(webhook: u64) -> JiraRequest {
    request(http::Method::DELETE, "webhook", Some(json!({ "webhookIds": [webhook] })))
}

fn request(method: http::Method, rest: &str, body: Option<Value>) -> JiraRequest {
    JiraRequest { method, path: format!("/rest/api/3/{rest}"), body }
}

/// A webhook of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedWebhook {
    /// Its id, which is unique within the site.
    pub id: u64,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    jql_filter: String,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    expiration_date: Value,
}

impl ListedWebhook {
    /// Reads the list of an account's webhooks.
    pub fn read_all(body: &[u8]) -> Option<Vec<Self>> {
        #[derive(Deserialize)]
        struct Page {
            values: Vec<ListedWebhook>,
        }
        Some(serde_json::from_slice::<Page>(body).ok()?.values)
    }

    /// Whether it tells an address of exactly this.
    pub fn is(&self, spec: &SubscriptionSpec, address: &str) -> bool {
        let (mut told, mut wanted) = (self.events.clone(), spec.events());
        told.sort();
        wanted.sort_unstable();
        self.url.as_deref().is_none_or(|url| url == address) && self.jql_filter == spec.jql() && told == wanted
    }

    /// When it ends; `None` if Jira does not say.
    pub fn ends_at(&self) -> Option<Timestamp> {
        moment(&self.expiration_date)
    }
}

/// Reads when a webhook ends that was refreshed.
pub fn read_refreshed(body: &[u8]) -> Option<Timestamp> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Written {
        expiration_date: Value,
    }
    moment(&serde_json::from_slice::<Written>(body).ok()?.expiration_date)
}

/// Reads the id of a new webhook, or why Jira has made none. `None` if it is no answer of Jira's.
pub fn read_registered(body: &[u8]) -> Option<Result<u64, String>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Written {
        webhook_registration_result: Vec<Registered>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Registered {
        #[serde(default)]
        created_webhook_id: Option<u64>,
        #[serde(default)]
        errors: Vec<String>,
    }
    let written: Written = serde_json::from_slice(body).ok()?;
    let first = written.webhook_registration_result.into_iter().next()?;
    Some(first.created_webhook_id.ok_or_else(|| first.errors.join(" ")))
}

/// A moment, which Jira writes in milliseconds in some places and as a text in others.
fn moment(written: &Value) -> Option<Timestamp> {
    let millis = || written.as_i64().map(Timestamp::from_millis);
    written.as_str().map_or_else(millis, read_moment)
}

/// An event of Jira's, as far as it is used: ids that say where to look. What it claims about an issue is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JiraEvent {
    /// The webhooks that it is sent for. They are unique within a site only.
    pub webhooks: Vec<u64>,
    /// The issue.
    pub issue: JiraId,
    /// The key of the issue's project; `None` if the event does not say.
    pub project: Option<String>,
    /// The status that the issue seems to have; `None` if something else may have changed.
    pub status: Option<JiraId>,
}

impl JiraEvent {
    /// Reads an event. `None` if it is none about an issue.
    pub fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Written {
            #[serde(default)]
            webhook_event: String,
            matched_webhook_ids: Vec<u64>,
            issue: WrittenIssue,
            #[serde(default)]
            changelog: Changelog,
        }
        #[derive(Deserialize)]
        struct WrittenIssue {
            #[serde(deserialize_with = "id")]
            id: JiraId,
            #[serde(default)]
            key: String,
            #[serde(default)]
            fields: Fields,
        }
        #[derive(Default, Deserialize)]
        struct Fields {
            #[serde(default)]
            status: Option<Status>,
        }
        #[derive(Deserialize)]
        struct Status {
            #[serde(default, deserialize_with = "optional_id")]
            id: Option<JiraId>,
        }
        #[derive(Default, Deserialize)]
        struct Changelog {
            #[serde(default)]
            items: Vec<Item>,
        }
        #[derive(Deserialize)]
        struct Item {
            #[serde(default, rename = "fieldId")]
            field: String,
        }
        let Written { webhook_event, matched_webhook_ids, issue, changelog } = serde_json::from_slice(body).ok()?;
        let is_about_status = webhook_event == "jira:issue_updated"
            && !changelog.items.iter().any(|item| matches!(item.field.as_str(), "issuetype" | "project"));
        Some(Self {
            webhooks: matched_webhook_ids,
            issue: issue.id,
            project: issue.key.rsplit_once('-').map(|(project, _)| project.to_owned()),
            status: issue.fields.status.and_then(|status| status.id).filter(|_| is_about_status),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(comments: bool) -> SubscriptionSpec {
        SubscriptionSpec { projects: vec!["ABC".to_owned(), "XYZ".to_owned()], comments }
    }

    #[test]
    fn one_webhook_tells_of_all_projects_and_of_what_matters_only() {
        let body = spec(true).register("https://causeway.example/jira-events").body.expect("a body");
        assert_eq!(body["webhooks"][0]["jqlFilter"], r#"project in ("ABC", "XYZ")"#);
        assert_eq!(body["webhooks"][0]["events"].as_array().map(Vec::len), Some(4));
        assert_eq!(body["webhooks"].as_array().map(Vec::len), Some(1));
        let listed = json!({"values": [{"id": 7, "url": "https://causeway.example/jira-events",
            "jqlFilter": spec(false).jql(), "events": ["jira:issue_deleted", "jira:issue_updated"],
            "expirationDate": 1_795_323_600_000_i64}]});
        let listed = ListedWebhook::read_all(listed.to_string().as_bytes()).expect("a list");
        assert!(listed[0].is(&spec(false), "https://causeway.example/jira-events"));
        assert!(!listed[0].is(&spec(true), "https://causeway.example/jira-events"));
        assert!(!listed[0].is(&spec(false), "https://elsewhere.example/jira-events"));
        assert_eq!(listed[0].ends_at(), Some(Timestamp::from_millis(1_795_323_600_000)));
        let refreshed = read_refreshed(br#"{"expirationDate":"2026-11-22T05:00:00.000+0000"}"#);
        assert_eq!(refreshed, Timestamp::parse("2026-11-22T05:00:00Z"));
    }

    #[test]
    fn a_refusal_comes_with_200_and_is_read() {
        let read = |text: &str| read_registered(text.as_bytes());
        assert_eq!(read(r#"{"webhookRegistrationResult":[{"createdWebhookId":9}]}"#), Some(Ok(9)));
        let refused = read(r#"{"webhookRegistrationResult":[{"errors":["Too many."]}]}"#);
        assert_eq!(refused, Some(Err("Too many.".to_owned())));
        assert_eq!(read("<html>"), None);
    }

    #[test]
    fn of_an_event_only_ids_are_taken() {
        let event = |name: &str, field: &str| {
            let event = json!({"timestamp": 1, "webhookEvent": name, "matchedWebhookIds": [3, 4], "user": {"a": []},
                "issue": {"id": "10042", "key": "AB_C-12", "fields": {"status": {"id": "3"}, "summary": "secret"}},
                "changelog": {"items": [{"field": "x", "fieldId": field, "toString": "y"}]}});
            JiraEvent::read(event.to_string().as_bytes()).expect("an event")
        };
        let moved = event("jira:issue_updated", "status");
        assert_eq!(
            (moved.webhooks, moved.issue.as_str(), moved.project.as_deref()),
            (vec![3, 4], "10042", Some("AB_C"))
        );
        assert_eq!(moved.status.as_ref().map(JiraId::as_str), Some("3"));
        assert_eq!(event("jira:issue_updated", "issuetype").status, None, "more than the status may have changed");
        assert_eq!(event("jira:issue_deleted", "status").status, None);
        for other in
            ["", "[]", "{}", r#"{"matchedWebhookIds":[1]}"#, r#"{"matchedWebhookIds":["x"],"issue":{"id":"1"}}"#]
        {
            assert_eq!(JiraEvent::read(other.as_bytes()), None, "{other}");
        }
    }
}
