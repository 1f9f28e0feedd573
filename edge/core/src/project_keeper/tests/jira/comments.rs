//! Comments on the issues of the Jira of these tests.

use api::Timestamp;
use serde_json::{Value, json};

use super::{Issue, Jira};
use crate::{issue_tracking::document::to_adf, ports::Clock as _};

/// A comment on an issue.
#[derive(Clone, Debug)]
pub(in super::super) struct Comment {
    id: u32,
    author: String,
    editor: String,
    pub(in super::super) body: Value,
    pub(in super::super) properties: Value,
    is_restricted: bool,
    created: Timestamp,
    updated: Timestamp,
}

impl Jira {
    /// Somebody comments on an issue. Answers the id of the comment.
    pub(in super::super) fn comments(&self, key: &str, author: &str, text: &str) -> u32 {
        let now = self.clock.now();
        let body = if self.is_data_center.get() { json!(text) } else { to_adf(text) };
        let mut issues = self.issues.borrow_mut();
        let issue = issues.values_mut().find(|issue| issue.key == key).expect("an issue");
        issue.updated = now;
        issue.comment(author, body, json!([]), now)
    }

    /// Somebody edits a comment.
    pub(in super::super) fn edits(&self, key: &str, comment: u32, editor: &str, text: &str) {
        let now = self.clock.now();
        self.change_comment(key, comment, |comment| {
            (comment.editor, comment.body, comment.updated) = (editor.to_owned(), json!(text), now);
        });
    }

    /// Somebody restricts a comment to a role.
    pub(in super::super) fn restricts(&self, key: &str, comment: u32) {
        self.change_comment(key, comment, |comment| comment.is_restricted = true);
    }

    fn change_comment(&self, key: &str, id: u32, change: impl FnOnce(&mut Comment)) {
        let mut issues = self.issues.borrow_mut();
        let issue = issues.values_mut().find(|issue| issue.key == key).expect("an issue");
        issue.updated = self.clock.now();
        change(issue.comments.iter_mut().find(|comment| comment.id == id).expect("a comment"));
    }
}

impl Comment {
    pub(super) fn json(&self, with_properties: bool) -> Value {
        let at = |at: Timestamp| serde_json::to_value(at).expect("JSON");
        let mut comment = json!({"id": self.id.to_string(), "author": {"displayName": self.author},
            "updateAuthor": {"displayName": self.editor}, "body": self.body,
            "created": at(self.created), "updated": at(self.updated)});
        if with_properties {
            comment["properties"] = self.properties.clone();
        }
        if self.is_restricted {
            comment["visibility"] = json!({"type": "role", "value": "Administrators"});
        }
        comment
    }
}

impl Issue {
    pub(super) fn comment(&mut self, author: &str, body: Value, properties: Value, at: Timestamp) -> u32 {
        let id = self.id.parse::<u32>().expect("a number") * 100 + u32::try_from(self.comments.len()).expect("few");
        let (author, editor) = (author.to_owned(), author.to_owned());
        let is_restricted = false;
        self.comments.push(Comment { id, author, editor, body, properties, is_restricted, created: at, updated: at });
        id
    }
}
