//! Comments, as Jira writes them.

use api::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{MARK_PROPERTY, id, issue::read_moment};
use crate::{excerpt, issue_tracking::document::to_plain_text};

/// A comment on an issue that may be told: one that everybody who sees the issue can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JiraComment {
    /// Its id.
    pub id: api::JiraId,
    /// The name of whoever wrote it.
    pub author: String,
    /// The name of whoever edited it last.
    pub editor: String,
    /// The text, without its form.
    pub text: String,
    /// When it was written.
    pub created: Timestamp,
    /// When it was last edited, or written.
    pub updated: Timestamp,
}

#[derive(Deserialize)]
struct Comments {
    comments: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(deserialize_with = "id")]
    id: api::JiraId,
    #[serde(default)]
    author: Option<Person>,
    #[serde(default)]
    update_author: Option<Person>,
    #[serde(default)]
    body: Value,
    created: String,
    updated: String,
    /// To which group or role it is restricted.
    #[serde(default)]
    visibility: Option<Value>,
    /// Whether customers of a service project see it; internal notes they do not.
    #[serde(default)]
    jsd_public: Option<bool>,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(default)]
    display_name: String,
}

#[derive(Deserialize)]
struct Property {
    #[serde(default)]
    key: String,
}

impl JiraComment {
    /// Reads a list, in the order in which the comments were written. Left out are Causeway's own, which carry its property, and
    /// those that not everybody may read; and those that cannot be read.
    pub fn read_all(body: &[u8]) -> Option<Vec<Self>> {
        let list: Comments = serde_json::from_slice(body).ok()?;
        // The newest stands first, and of two from the same moment the later one.
        let mut comments: Vec<Self> = list.comments.into_iter().rev().filter_map(Self::read).collect();
        comments.sort_by_key(|comment| comment.created);
        Some(comments)
    }

    fn read(value: Value) -> Option<Self> {
        let written: Written = serde_json::from_value(value).ok()?;
        let is_ours = written.properties.iter().any(|property| property.key == MARK_PROPERTY);
        if is_ours || written.visibility.is_some() || written.jsd_public == Some(false) {
            return None;
        }
        let name = |person: Option<Person>| {
            let name = excerpt::name(&person.map(|person| person.display_name).unwrap_or_default());
            if name.is_empty() { "Somebody".to_owned() } else { name }
        };
        let author = name(written.author);
        Some(Self {
            id: written.id,
            editor: written.update_author.map_or_else(|| author.clone(), |person| name(Some(person))),
            author,
            text: to_plain_text(&written.body),
            created: read_moment(&written.created)?,
            updated: read_moment(&written.updated)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_everybody_may_read_and_causeway_did_not_write_is_read() {
        let written = |id: u32, more: Value| {
            let mut comment = json!({"id": id.to_string(), "author": {"displayName": "Ada"}, "body": "Hello",
                "created": "2026-11-22T07:00:00.000+0200", "updated": "2026-11-22T05:00:00.000+0000"});
            for (name, value) in more.as_object().expect("members") {
                comment[name] = value.clone();
            }
            comment
        };
        let list = json!({"total": 7, "comments": [
            written(2, json!({"created": "2026-11-22T06:00:00.000+0000"})),
            written(1, json!({"jsdPublic": true, "updateAuthor": {"displayName": "Bob\nB"}, "properties": [{"key": "other"}]})),
            written(3, json!({"properties": [{"key": "causeway", "value": {}}]})),
            written(4, json!({"visibility": {"type": "role", "value": "Administrators"}})),
            written(5, json!({"jsdPublic": false})),
            written(6, json!({"created": "yesterday"})),
            {"id": "7"},
        ]});
        let read = JiraComment::read_all(list.to_string().as_bytes()).expect("a list");
        let shown: Vec<_> =
            read.iter().map(|one| (one.id.as_str(), one.author.as_str(), one.editor.as_str())).collect();
        assert_eq!(shown, [("1", "Ada", "Bob B"), ("2", "Ada", "Ada")]);
        assert_eq!((read[0].text.as_str(), read[0].created), ("Hello", read[0].updated));
        assert_eq!(JiraComment::read_all(b"<html>"), None);
    }
}
