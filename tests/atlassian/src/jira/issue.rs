//! One issue, with everything that hangs on it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;
use crate::people::Person;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    /// The project's key.
    pub(crate) project: String,
    pub(crate) number: u64,
    pub(crate) type_id: u64,
    pub(crate) status_id: u64,
    pub(crate) creator: Person,
    /// The values of fields by their id, as [`super::values`] stores them. What is empty is absent.
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
    pub(crate) resolved: Option<Moment>,
    pub(crate) category_changed: Moment,
    pub(crate) archived: bool,
    /// Who archived it, and when.
    #[serde(default)]
    pub(crate) archiver: Option<(Person, Moment)>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) worklogs: Vec<Worklog>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) watchers: Vec<Person>,
    pub(crate) votes: Vec<Person>,
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) remote_links: Vec<RemoteLink>,
    pub(crate) history: Vec<Change>,
    /// Keys that it had in other projects, which still lead to it.
    pub(crate) former_keys: Vec<String>,
    /// Counts the changes; none for an issue that is as it was in the beginning.
    pub(crate) revision: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: Person,
    pub(crate) body: Value,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
    pub(crate) editor: Person,
    pub(crate) properties: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Worklog {
    pub(crate) id: u64,
    pub(crate) author: Person,
    /// Who changed it last, if anybody did.
    #[serde(default)]
    pub(crate) editor: Option<Person>,
    /// When the work began, as it was sent.
    pub(crate) started: String,
    pub(crate) seconds: u64,
    pub(crate) comment: Option<Value>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    pub(crate) author: Person,
    pub(crate) created: Moment,
    /// Base64, as the state file is JSON.
    pub(crate) content: String,
}

/// A link to something outside Jira.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RemoteLink {
    pub(crate) id: u64,
    pub(crate) global_id: Option<String>,
    pub(crate) relationship: Option<String>,
    pub(crate) application: Option<Value>,
    pub(crate) object: Value,
}

/// One entry of the change log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) id: u64,
    pub(crate) author: Person,
    pub(crate) created: Moment,
    pub(crate) items: Vec<ChangeItem>,
    /// What the caller said of it, as JSON that Jira does not look into.
    #[serde(default)]
    pub(crate) metadata: Option<Value>,
}

/// Id and text of a value, as the change log keeps them.
pub(crate) type Logged = (Option<String>, Option<String>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangeItem {
    /// The name that the log gives the field.
    pub(crate) field: String,
    pub(crate) field_id: String,
    pub(crate) is_custom: bool,
    pub(crate) from: Option<String>,
    pub(crate) from_text: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) to_text: Option<String>,
}

impl ChangeItem {
    /// What became of something of Jira's own, which the log calls `field` and the API `id`.
    pub(crate) fn new(field: &str, id: &str, (from, from_text): Logged, (to, to_text): Logged) -> Self {
        Self { field: field.into(), field_id: id.into(), is_custom: false, from, from_text, to, to_text }
    }
}

impl Issue {
    /// A new issue without any value.
    pub(super) fn new(id: u64, key: (String, u64), type_id: u64, status_id: u64, creator: Person, now: Moment) -> Self {
        let (project, number) = key;
        Self {
            id,
            project,
            number,
            type_id,
            status_id,
            creator,
            values: BTreeMap::new(),
            created: now,
            updated: now,
            resolved: None,
            category_changed: now,
            archived: false,
            archiver: None,
            comments: Vec::new(),
            worklogs: Vec::new(),
            attachments: Vec::new(),
            watchers: Vec::new(),
            votes: Vec::new(),
            properties: BTreeMap::new(),
            remote_links: Vec::new(),
            history: Vec::new(),
            former_keys: Vec::new(),
            revision: 0,
        }
    }

    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.project, self.number)
    }

    /// Whether it is meant by a key, one of its former keys, or the id.
    pub(super) fn is(&self, key_or_id: &str) -> bool {
        self.key().eq_ignore_ascii_case(key_or_id)
            || self.id.to_string() == key_or_id
            || self.former_keys.iter().any(|key| key.eq_ignore_ascii_case(key_or_id))
    }

    /// The numbers that it has or had in a project.
    pub(super) fn numbers_in(&self, project: &str) -> Vec<u64> {
        let former =
            self.former_keys.iter().filter_map(|key| key.strip_prefix(project)?.strip_prefix('-')?.parse().ok());
        former.chain((self.project == project).then_some(self.number)).collect()
    }

    pub(crate) fn value(&self, field: &str) -> &Value {
        self.values.get(field).unwrap_or(&Value::Null)
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.value(field).as_str().unwrap_or_default()
    }

    /// Sets a value; null removes it.
    pub(super) fn set(&mut self, field: &str, value: Value) {
        if value.is_null() {
            self.values.remove(field);
        } else {
            self.values.insert(field.to_owned(), value);
        }
    }

    pub(crate) fn summary(&self) -> &str {
        self.text("summary")
    }

    pub(crate) fn assignee(&self) -> Option<Person> {
        self.value("assignee").as_str().and_then(Person::by_slug)
    }

    pub(crate) fn reporter(&self) -> Option<Person> {
        self.value("reporter").as_str().and_then(Person::by_slug)
    }

    pub(crate) fn parent(&self) -> Option<u64> {
        self.value("parent").as_u64()
    }

    /// Notes what changed, by whom. Nothing is noted where nothing did.
    pub(super) fn record(&mut self, author: Person, now: Moment, items: Vec<ChangeItem>) {
        if items.is_empty() {
            return;
        }
        let id = self.id * 1_000 + self.history.len() as u64;
        self.history.push(Change { id, author, created: now, items, metadata: None });
        self.touch(now);
    }

    /// It is no longer what it was.
    pub(super) fn touch(&mut self, now: Moment) {
        self.updated = now;
        self.revision += 1;
    }

    /// Seconds of the time tracking by the field that shows them: `timespent`, `timeestimate`, `timeoriginalestimate`.
    pub(super) fn tracked(&self, field: &str) -> Option<u64> {
        match field {
            "timespent" => Some(self.worklogs.iter().map(|worklog| worklog.seconds).sum()).filter(|spent| *spent > 0),
            _ => self.value("timetracking")[field].as_u64(),
        }
    }

    /// Sets an estimate of the time tracking.
    pub(super) fn estimate(&mut self, field: &str, seconds: Option<u64>) {
        let mut tracking = self.value("timetracking").clone();
        if let Some(seconds) = seconds {
            tracking[field] = seconds.into();
        } else if let Some(members) = tracking.as_object_mut() {
            members.remove(field);
        }
        self.set("timetracking", tracking);
    }
}
