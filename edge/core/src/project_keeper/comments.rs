//! Comments, both ways: Causeway says what moved an issue, and tells the product what others wrote. What is born with our
//! property is never told, so neither side hears its own words.
//!
//! The text of a comment is as confidential as a finding: it is stored sealed, and opened for those who read the feed.

use std::collections::HashMap;

use api::{
    CommentRule, JiraId, ListChangesQuery, TaskChange, TaskChanges, TaskComment, TaskEvent, TaskState, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{
    ProjectObject, ProjectWorld,
    calls::Run,
    store::{NumberedEvent, Store, StoredEvent},
    task::StoredTask,
};
use crate::{
    issue_tracking::{
        document::{to_adf, to_wiki_markup},
        jira::{JiraComment, JiraIssue, JiraVersion, TaskMark},
    },
    organization::Refusal,
    ports::{Level, PortFailure},
};

/// Since when the mapping wants comments of Jira to be told.
const WANTED_SINCE: &str = "comments_wanted_since";
/// What is stored instead of a time for a comment of our own, so that it is never news. JavaScript has no larger integers.
const OURS: i64 = 9_007_199_254_740_991;
/// The field in the sealing context of a comment's text.
pub(super) const COMMENT: &str = "comment";

/// A comment of Jira's, as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredComment {
    pub(super) id: JiraId,
    pub(super) author: String,
    pub(super) is_edit: bool,
    /// JSON of [`crate::sealing::Sealed`]: its text.
    pub(super) sealed: String,
}

#[derive(Deserialize)]
struct KnownRow {
    id: String,
    updated_at: i64,
}

impl Store<'_> {
    /// When each known comment of a task was last edited.
    fn known_comments(self, task: &StoredTask) -> Result<HashMap<String, i64>, PortFailure> {
        let known = "SELECT id, updated_at FROM comments WHERE task = ?";
        let rows: Vec<KnownRow> = self.0.rows(known, vec![task.id.as_str().into()])?;
        Ok(rows.into_iter().map(|row| (row.id, row.updated_at)).collect())
    }

    /// Writes down that somebody commented on the issue of a task.
    fn tell_comment(
        self,
        task: &StoredTask,
        sentence: String,
        comment: StoredComment,
        now: Timestamp,
    ) -> Result<(), PortFailure> {
        self.write_event(task, TaskEvent::Commented, sentence, Some(comment), now)
    }

    fn know_comment(self, task: &StoredTask, id: &str, updated_at: i64) -> Result<(), PortFailure> {
        let upsert = "INSERT OR REPLACE INTO comments (task, id, updated_at) VALUES (?, ?, ?)";
        self.0.run(upsert, vec![task.id.as_str().into(), id.into(), updated_at.into()])
    }
}

/// A comment that is to be told.
struct News {
    comment: JiraComment,
    is_edit: bool,
}

impl News {
    fn who(&self) -> &str {
        if self.is_edit { &self.comment.editor } else { &self.comment.author }
    }
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Remembers since when comments are wanted: older ones are not told.
    pub(super) fn note_comments_wanted(&self, run: &Run) -> Result<(), Refusal> {
        let store = self.store();
        match (run.wants_comments(), store.fact::<Timestamp>(WANTED_SINCE)?) {
            (true, None) => Ok(store.set_fact(WANTED_SINCE, &self.now())?),
            (false, Some(_)) => Ok(store.remove_fact(WANTED_SINCE)?),
            _ => Ok(()),
        }
    }

    /// Tells the product of the comments on an issue that are new or were edited, each once, where the mapping wants that. Only
    /// an issue that changed since its comments were last read is read again.
    pub(super) async fn hear_comments(&self, run: &Run, task: &StoredTask, issue: &JiraIssue) -> Result<(), Refusal> {
        if !run.wants_comments() {
            return Ok(());
        }
        let store = self.store();
        let Some(task) = store.task(&task.external_id)? else { return Ok(()) };
        let Some(link) = &task.link else { return Ok(()) };
        let Some(updated) = issue.updated.filter(|updated| link.comments_read.is_none_or(|read| read < *updated))
        else {
            return Ok(());
        };
        let wanted_since = store.fact::<Timestamp>(WANTED_SINCE)?;
        let since = wanted_since.max(link.linked_at).unwrap_or_else(|| self.now());
        if updated <= since {
            return self.remember_read(&task, updated);
        }
        let answer =
            self.call(run, run.version().comments(&link.issue)).await.ok().filter(|answer| answer.status == 200);
        // Without an answer the issue is looked at again with the next poll that shows it.
        let Some(read) = answer.and_then(|answer| JiraComment::read_all(&answer.body)) else { return Ok(()) };
        let known = store.known_comments(&task)?;
        let mut told = Vec::new();
        for comment in &read {
            let last = known.get(comment.id.as_str()).copied();
            let is_edit = last.is_some() || comment.created <= since;
            let is_news = comment.updated > since && last.is_none_or(|last| last < comment.updated.as_millis());
            if is_news {
                let news = News { comment: comment.clone(), is_edit };
                let sealed = self.seal_text(&owner(&task, comment.id.as_str()), COMMENT, &comment.text).await?;
                told.push((news, sealed));
            }
        }
        self.update(&task, |task| {
            let key = task.link.as_ref().map(|link| link.key.clone()).unwrap_or_default();
            for (news, sealed) in told {
                let verb = if news.is_edit { "edited a comment" } else { "commented" };
                let sentence = format!("{} {verb} on {key} in Jira.", news.who());
                let comment = StoredComment {
                    id: news.comment.id.clone(),
                    author: news.who().to_owned(),
                    is_edit: news.is_edit,
                    sealed,
                };
                store.tell_comment(task, sentence, comment, self.now())?;
            }
            for comment in read.iter().filter(|comment| known.get(comment.id.as_str()) != Some(&OURS)) {
                store.know_comment(task, comment.id.as_str(), comment.updated.as_millis())?;
            }
            if let Some(link) = &mut task.link {
                link.comments_read = Some(updated);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// There was nothing to read.
    fn remember_read(&self, task: &StoredTask, updated: Timestamp) -> Result<(), Refusal> {
        self.update(task, |task| {
            if let Some(link) = &mut task.link {
                link.comments_read = Some(updated);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Says in a comment which status of the product moved the issue, where the mapping wants that. It is said once or not at
    /// all: nothing tells whether a comment whose answer was lost is there.
    pub(super) async fn comment(&self, run: &Run, task: &StoredTask) -> Result<(), Refusal> {
        let is_wanted = run.mapping.as_ref().is_some_and(|mapping| mapping.comments == CommentRule::Moves);
        let task = self.store().task(&task.external_id)?.filter(|task| task.state == TaskState::InSync);
        let Some(task) = task.filter(|_| is_wanted) else { return Ok(()) };
        let Some(link) = &task.link else { return Ok(()) };
        let said = format!("The status in the product is now {}.", as_plain_text(task.product().status.as_str()));
        let body = match run.version() {
            JiraVersion::Cloud => to_adf(&said),
            JiraVersion::DataCenter => to_wiki_markup(&said).into(),
        };
        let mark = TaskMark {
            project: self.identity()?.project.to_string(),
            task: task.external_id.clone(),
            nonce: String::new(),
            trial: false,
        };
        let sent = self.call(run, run.version().comment(&link.issue, &body, &mark)).await;
        let Some(answer) = sent.ok().filter(|answer| (200..=299).contains(&answer.status)) else {
            self.log(Level::Info, "project.not_commented", task.id.as_str());
            return Ok(());
        };
        // A Data Center that does not show properties in its lists would show our own words as somebody's.
        match created_id(&answer.body) {
            Some(id) => Ok(self.store().know_comment(&task, id.as_str(), OURS)?),
            None => Ok(()),
        }
    }

    /// The feed of changes, with the texts of comments.
    pub(super) async fn changes(&self, query: &ListChangesQuery) -> Result<TaskChanges, Refusal> {
        let (events, next_after, more) = self.store().changes(query)?;
        let mut items = Vec::with_capacity(events.len());
        for NumberedEvent { number, at, event } in events {
            let StoredEvent { event, external_id, status, issue_key, cause, resync, comment, .. } = event;
            let comment = match comment {
                Some(comment) => Some(self.opened(&external_id, comment).await),
                None => None,
            };
            let is_of_task = resync.is_none();
            let (external_id, status) = (is_of_task.then_some(external_id), is_of_task.then_some(status));
            let resync = resync.map(|resync| resync.id);
            items.push(TaskChange { number, at, event, external_id, status, issue_key, cause, resync, comment });
        }
        Ok(TaskChanges { items, next_after, more })
    }

    async fn opened(&self, external_id: &str, stored: StoredComment) -> TaskComment {
        let StoredComment { id, author, is_edit, sealed } = stored;
        let text = self.open_text(&format!("{external_id}/{id}"), COMMENT, &sealed).await;
        if text.is_none() {
            self.log(Level::Alert, "project.comment_not_opened", id.as_str());
        }
        TaskComment { id, author, is_edit, text }
    }
}

fn owner(task: &StoredTask, comment: &str) -> String {
    format!("{}/{comment}", task.external_id)
}

/// The id of a comment that was made.
fn created_id(body: &[u8]) -> Option<JiraId> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    JiraId::parse(&serde_json::from_slice::<Created>(body).ok()?.id)
}

/// A text as Markdown that means only itself.
fn as_plain_text(text: &str) -> String {
    text.chars().flat_map(|one| one.is_ascii_punctuation().then_some('\\').into_iter().chain([one])).collect()
}
