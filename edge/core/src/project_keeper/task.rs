//! A task as it is stored, and how its state changes.

use std::collections::BTreeMap;

use api::{Blocked, IssueStatus, JiraId, Name, SyncBase, Task, TaskEvent, TaskId, TaskIssue, TaskState, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    issue_tracking::{LinkOrigin, LinkState, ProductSide, create::CreationAttempt, jira::JiraIssue},
    secrets::Digest,
};

/// A task as stored. Version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredTask {
    pub(super) v: u8,
    pub(super) id: TaskId,
    pub(super) external_id: String,
    pub(super) content: Content,
    /// What the product says of the status, while there is no link, which then has it.
    product: ProductSide,
    pub(super) version: u32,
    #[serde(default)]
    pub(super) body: Option<StoredBody>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) state: TaskState,
    pub(super) since: Timestamp,
    #[serde(default)]
    pub(super) blocked: Option<Blocked>,
    /// What products were last told is the matter with it; `None` if they were told that nothing is.
    #[serde(default)]
    pub(super) announced: Option<String>,
    #[serde(default)]
    pub(super) creation: Option<CreationAttempt>,
    #[serde(default)]
    pub(super) link: Option<Link>,
    #[serde(default)]
    pub(super) base: Option<SyncBase>,
    /// When the keeper goes on with it.
    #[serde(default)]
    pub(super) due_at: Option<Timestamp>,
    /// How often in a row Jira did not answer as it should.
    #[serde(default)]
    pub(super) failures: u32,
}

/// What a task says beside its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) title: String,
    #[serde(default)]
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) kind: Option<Name>,
    #[serde(default)]
    pub(super) priority: Option<Name>,
    #[serde(default)]
    pub(super) labels: Vec<Name>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, String>,
}

/// The body of a task. It is sealed while it waits, and a digest once it is in Jira, because findings are sensitive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) struct StoredBody {
    /// Tells whether another push has the same body.
    pub(super) digest: Digest,
    /// JSON of [`crate::sealing::Sealed`]; `None` once it is in Jira.
    #[serde(default)]
    pub(super) sealed: Option<String>,
}

/// The issue of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    pub(super) issue: JiraId,
    pub(super) key: String,
    /// The type that was last seen.
    #[serde(default)]
    pub(super) issue_type: Option<JiraId>,
    /// The status that was last seen.
    #[serde(default)]
    pub(super) status: Option<IssueStatus>,
    /// Whether the issue links to the task's page, or cannot.
    #[serde(default)]
    pub(super) is_linked_back: bool,
    /// When an event of Jira's last made it be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nudged_at: Option<Timestamp>,
    /// When the two were linked. Comments from before are not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) linked_at: Option<Timestamp>,
    /// When the issue had last changed at the time its comments were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comments_read: Option<Timestamp>,
    /// Where the link comes from.
    pub(super) origin: LinkOrigin,
    /// What decisions about both sides need to remember; `None` until the issue was looked at.
    #[serde(default)]
    pub(super) state: Option<LinkState>,
}

impl Link {
    /// Remembers the issue as it was seen.
    pub(super) fn see(&mut self, issue: &JiraIssue) {
        self.key.clone_from(&issue.key);
        self.issue_type = Some(issue.issue_type.clone());
        self.status = Some(IssueStatus { id: issue.status.id.clone(), name: issue.status.name.clone() });
    }

    /// Whether an issue is where and what it was when it was last seen.
    pub(super) fn is_as_seen(&self, issue: &JiraIssue) -> bool {
        let status = self.status.as_ref().is_some_and(|status| status.id == issue.status.id);
        let project = self.state.as_ref().is_some_and(|state| state.jira_project == issue.project);
        status && project && self.issue_type.as_ref() == Some(&issue.issue_type) && self.key == issue.key
    }
}

impl StoredTask {
    /// A task that is pushed for the first time.
    pub(super) fn new(id: TaskId, external_id: &str, content: Content, product: ProductSide, now: Timestamp) -> Self {
        Self {
            v: 1,
            id,
            external_id: external_id.to_owned(),
            content,
            product,
            version: 1,
            body: None,
            created_at: now,
            updated_at: now,
            state: TaskState::Waiting,
            since: now,
            blocked: None,
            announced: None,
            creation: None,
            link: None,
            base: None,
            due_at: Some(now),
            failures: 0,
        }
    }

    /// What the product says of the status.
    pub(super) fn product(&self) -> &ProductSide {
        let state = self.link.as_ref().and_then(|link| link.state.as_ref());
        state.map_or(&self.product, |state| &state.product)
    }

    /// What the product says of the status, to be changed.
    pub(super) fn product_mut(&mut self) -> &mut ProductSide {
        let state = self.link.as_mut().and_then(|link| link.state.as_mut());
        state.map_or(&mut self.product, |state| &mut state.product)
    }

    /// Links it to an issue, which is looked at next.
    pub(super) fn link(&mut self, issue: JiraId, key: String, origin: LinkOrigin, now: Timestamp) {
        self.link = Some(Link {
            issue,
            key,
            issue_type: None,
            status: None,
            is_linked_back: false,
            nudged_at: None,
            linked_at: Some(now),
            comments_read: None,
            origin,
            state: None,
        });
        self.creation = None;
        self.enter(TaskState::Syncing, None, now);
        self.hurry(now);
        // What is in Jira is not kept here, because findings are sensitive.
        if let Some(body) = &mut self.body {
            body.sealed = None;
        }
    }

    /// Unlinks it, and answers what it was linked to.
    pub(super) fn unlink(&mut self) -> Option<Link> {
        let product = self.product().clone();
        let link = self.link.take()?;
        (self.product, self.base) = (product, None);
        Some(link)
    }

    /// What is remembered of both sides, once the issue was looked at.
    pub(super) fn link_state(&mut self) -> Option<&mut LinkState> {
        self.link.as_mut()?.state.as_mut()
    }

    /// Changes the state. Answers the event that products are told of, if it is one: trouble is told once, however often it
    /// is tried again, and so is its end.
    pub(super) fn enter(&mut self, state: TaskState, blocked: Option<Blocked>, now: Timestamp) -> Option<TaskEvent> {
        if self.state != state {
            (self.state, self.since) = (state, now);
        }
        self.blocked = blocked;
        let (trouble, event) = match (state, &self.blocked) {
            (TaskState::Blocked, Some(blocked)) => (Some(blocked.cause.as_str().to_owned()), TaskEvent::Blocked),
            (TaskState::Conflict, _) => (Some(state.as_str().to_owned()), TaskEvent::Conflict),
            (TaskState::Missing, _) => (Some(state.as_str().to_owned()), TaskEvent::Missing),
            (TaskState::Moved, _) => (Some(state.as_str().to_owned()), TaskEvent::MovedAway),
            (TaskState::InSync, _) => (None, TaskEvent::Recovered),
            // On its way to one of these.
            _ => return None,
        };
        if self.announced == trouble {
            return None;
        }
        self.announced = trouble;
        Some(event)
    }

    /// Goes on with it at once.
    pub(super) fn hurry(&mut self, now: Timestamp) {
        self.due_at = Some(now);
        self.failures = 0;
    }

    /// The task in the contract's form. `site_url` is where people open the site.
    pub(super) fn view(self, site_url: &str) -> Task {
        let (status, changed_at) = (self.product().status.clone(), self.product().changed_at);
        let Content { title, url, kind, priority, labels, properties } = self.content;
        let issue = self.link.map(|link| TaskIssue {
            url: format!("{site_url}/browse/{}", link.key),
            id: link.issue,
            key: link.key,
            issue_type: link.issue_type,
            status: link.status,
        });
        Task {
            id: self.id,
            external_id: self.external_id,
            title,
            status,
            url,
            kind,
            priority,
            labels,
            properties,
            state: self.state,
            since: self.since,
            blocked: self.blocked,
            next_at: self.due_at,
            issue,
            base: self.base,
            version: self.version,
            changed_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
