//! Dynamic webhooks: registered by an app for a person, five at most, all with one URL, over after thirty days.
//!
//! What happened in a call is collected as [`Event`]s and becomes deliveries, which [`crate::deliveries`] sends, late or
//! twice or not at all, as it is told.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{ChangeItem, Issue};
use super::jql::{self, Query};
use super::site::JiraSite;
use super::users::user;
use super::{comments, issues};
use crate::clock::Moment;
use crate::deliveries::Delivery;
use crate::people::Person;

const LIFE: Duration = Duration::from_hours(30 * 24);
/// The most webhooks that one person has.
const MOST: usize = 5;
const EVENTS: [&str; 8] = [
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "issue_property_set",
    "issue_property_deleted",
];
const FIELDS: [&str; 9] =
    ["project", "issue", "issuekey", "key", "issuetype", "type", "status", "assignee", "reporter"];
const OPERATORS: [&str; 4] = ["=", "!=", "in", "not in"];
/// What an issue shows of itself in an event.
const SHOWN: [&str; 10] =
    ["summary", "status", "issuetype", "project", "priority", "assignee", "reporter", "labels", "created", "updated"];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    id: u64,
    url: String,
    events: Vec<String>,
    jql: String,
    /// Only changes of these fields, if any are named.
    fields: Vec<String>,
    owner: Person,
    expires: Moment,
}

/// Something that happened to an issue.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Created { issue: u64, author: Person },
    Updated { issue: u64, author: Person, items: Vec<ChangeItem> },
    Deleted { issue: Box<Issue>, author: Person },
    Commented { issue: u64, comment: u64, what: &'static str },
    PropertySet { issue: u64, key: String, author: Person },
    PropertyDeleted { issue: u64, key: String, author: Person },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    url: String,
    webhooks: Vec<Wanted>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    jql_filter: String,
    #[serde(default)]
    field_ids_filter: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ids {
    webhook_ids: Vec<u64>,
}

/// `GET webhook`: the caller's own.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let own = jira.webhooks.iter().filter(|webhook| webhook.owner == call.person && webhook.expires > call.now);
    let own = own.map(|webhook| {
        let mut described = json!({ "id": webhook.id, "jqlFilter": webhook.jql, "events": webhook.events, "url": webhook.url,
            "expirationDate": webhook.expires.0 * 1_000 });
        if !webhook.fields.is_empty() {
            described["fieldIdsFilter"] = json!(webhook.fields);
        }
        described
    });
    Answer::ok(call.page("webhook", 100, &own.collect::<Vec<_>>()))
}

/// `POST webhook`: an id or what is wrong, for each.
pub(super) fn register(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let registration: Registration = call.json()?;
    let is_address = url::Url::parse(&registration.url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if !is_address {
        return Err(Answer::refusal(400, "The webhook URL is not valid."));
    }
    jira.webhooks.retain(|webhook| webhook.expires > call.now);
    if jira.webhooks.iter().any(|webhook| webhook.url != registration.url) {
        return Err(Answer::refusal(400, "Only a single URL per app is allowed to be registered via REST API."));
    }
    let results =
        registration.webhooks.into_iter().map(|wanted| match register_one(call, jira, &registration.url, wanted) {
            Ok(id) => json!({ "createdWebhookId": id }),
            Err(errors) => json!({ "errors": errors }),
        });
    let results: Vec<Value> = results.collect();
    Ok(Answer::ok(json!({ "webhookRegistrationResult": results })))
}

fn register_one(call: &Call<'_>, jira: &mut JiraSite, url: &str, wanted: Wanted) -> Result<u64, Vec<String>> {
    let unknown = wanted.events.iter().find(|event| !EVENTS.contains(&event.as_str()));
    if let Some(event) = unknown {
        return Err(vec![format!("The event '{event}' is not supported.")]);
    }
    if wanted.events.is_empty() {
        return Err(vec!["At least one event must be given.".into()]);
    }
    let reader = jql::Reader::new(jira, call.person, call.now);
    check_filter(reader, &wanted.jql_filter)?;
    let own = jira.webhooks.iter().filter(|webhook| webhook.owner == call.person).count();
    if own >= MOST {
        return Err(vec![format!("The app has reached the limit of {MOST} webhooks for this user.")]);
    }
    let id = jira.next_id();
    jira.webhooks.push(Webhook {
        id,
        url: url.to_owned(),
        events: wanted.events,
        jql: wanted.jql_filter,
        fields: wanted.field_ids_filter,
        owner: call.person,
        expires: call.now.plus(LIFE),
    });
    Ok(id)
}

/// Webhooks take a part of JQL only.
fn check_filter(reader: jql::Reader<'_>, jql: &str) -> Result<(), Vec<String>> {
    let query = Query::parse(jql).map_err(|sentence| vec![sentence])?;
    let complaints = query.complaints(reader);
    if !complaints.is_empty() {
        return Err(complaints);
    }
    let is_taken = |(field, operator): &(String, &'static str)| {
        let is_custom = field.starts_with("cf[") || field.starts_with("customfield_");
        (is_custom || FIELDS.contains(&field.as_str())) && OPERATORS.contains(operator)
    };
    let refused = query.uses().into_iter().find(|used| !is_taken(used));
    refused.map_or(Ok(()), |(field, operator)| {
        Err(vec![format!("The clause '{field} {operator}' is not supported in the JQL filter of a webhook.")])
    })
}

/// `DELETE webhook`. Ids that are not the caller's are passed over.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let Ids { webhook_ids } = call.json()?;
    jira.webhooks.retain(|webhook| webhook.owner != call.person || !webhook_ids.contains(&webhook.id));
    Ok(Answer::accepted(None))
}

/// `PUT webhook/refresh`: thirty days from now.
pub(super) fn refresh(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let Ids { webhook_ids } = call.json()?;
    let expires = call.now.plus(LIFE);
    let own = jira.webhooks.iter_mut().filter(|webhook| webhook.owner == call.person && webhook.expires > call.now);
    own.filter(|webhook| webhook_ids.contains(&webhook.id)).for_each(|webhook| webhook.expires = expires);
    Ok(Answer::ok(json!({ "expirationDate": expires.0 * 1_000 })))
}

/// What has to be told of the call that just ended. `is_shared` is whether the app is: one that is not hears only of its
/// owner's webhooks.
pub(super) fn deliveries(call: &Call<'_>, jira: &mut JiraSite, is_shared: bool) -> Vec<Delivery> {
    let events = std::mem::take(&mut jira.events);
    let jira = &*jira;
    let told = events.iter().filter_map(|event| {
        let issue = event.issue(jira)?;
        let matched: Vec<&Webhook> = jira
            .webhooks
            .iter()
            .filter(|webhook| {
                let heard = is_shared || webhook.owner.owns_the_app();
                heard && webhook.expires > call.now && webhook.concerns(event, issue, jira)
            })
            .collect();
        let url = matched.first()?.url.clone();
        let mut body = event.describe(call, jira, issue);
        body["matchedWebhookIds"] = matched.iter().map(|webhook| webhook.id).collect();
        Some(Delivery::new(event.name().to_owned(), url, body))
    });
    told.collect()
}

impl Webhook {
    fn concerns(&self, event: &Event, issue: &Issue, jira: &JiraSite) -> bool {
        let reader = jql::Reader::new(jira, self.owner, self.expires);
        let is_one_of_its_fields = match event {
            Event::Updated { items, .. } => {
                self.fields.is_empty() || items.iter().any(|item| self.fields.contains(&item.field_id))
            }
            _ => true,
        };
        is_one_of_its_fields
            && self.events.iter().any(|name| name == event.name())
            && jira.may_browse(self.owner, issue)
            && Query::parse(&self.jql).is_ok_and(|query| query.matches(reader, issue))
    }
}

/// What Jira calls the event by what changed.
fn event_type(items: &[ChangeItem]) -> &'static str {
    let concerns = |field: &str| items.iter().any(|item| item.field_id == field);
    match () {
        () if concerns("status") => "issue_generic",
        () if concerns("timespent") => "issue_work_logged",
        () if concerns("assignee") => "issue_assigned",
        () if concerns("Key") => "issue_moved",
        () => "issue_updated",
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "jira:issue_created",
            Self::Updated { .. } => "jira:issue_updated",
            Self::Deleted { .. } => "jira:issue_deleted",
            Self::Commented { what: "created", .. } => "comment_created",
            Self::Commented { what: "deleted", .. } => "comment_deleted",
            Self::Commented { .. } => "comment_updated",
            Self::PropertySet { .. } => "issue_property_set",
            Self::PropertyDeleted { .. } => "issue_property_deleted",
        }
    }

    fn issue<'a>(&'a self, jira: &'a JiraSite) -> Option<&'a Issue> {
        match self {
            Self::Deleted { issue, .. } => Some(issue),
            Self::Created { issue, .. }
            | Self::Updated { issue, .. }
            | Self::Commented { issue, .. }
            | Self::PropertySet { issue, .. }
            | Self::PropertyDeleted { issue, .. } => jira.issue_by_id(*issue),
        }
    }

    fn describe(&self, call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
        let shown = issues::describe(call, jira, issue, &SHOWN.map(String::from));
        let mut body = json!({ "timestamp": call.now.0 * 1_000, "webhookEvent": self.name(), "issue": shown });
        match self {
            Self::Created { author, .. } | Self::Deleted { author, .. } => body["user"] = user(call, *author),
            Self::Updated { author, items, .. } => {
                body["user"] = user(call, *author);
                body["issue_event_type_name"] = json!(event_type(items));
                let items = items.iter().map(|item| {
                    json!({ "field": item.field, "fieldId": item.field_id, "from": item.from, "fromString": item.from_text,
                        "to": item.to, "toString": item.to_text, "fieldtype": if item.is_custom { "custom" } else { "jira" } })
                });
                let id = issue.history.last().map(|change| change.id.to_string());
                body["changelog"] = json!({ "id": id, "items": items.collect::<Vec<_>>() });
            }
            Self::Commented { comment, .. } => {
                let found = issue.comments.iter().find(|other| other.id == *comment);
                body["comment"] = found.map_or_else(
                    || json!({ "id": comment.to_string() }),
                    |found| comments::describe(call, issue.id, found),
                );
            }
            Self::PropertySet { key, author, .. } | Self::PropertyDeleted { key, author, .. } => {
                body["user"] = user(call, *author);
                body["entityProperty"] = json!({ "key": key });
            }
        }
        body
    }
}
