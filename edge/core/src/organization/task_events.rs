//! What happened to tasks and resyncs of a project, as its keeper reports it, and how webhooks are told.

use api::{
    BlockedCause, Name, ProjectId, ResyncId, ResyncResults, ResyncState, TaskEvent, Timestamp, WebhookComment,
    WebhookEvent, WebhookResync, WebhookTask,
};
use serde::{Deserialize, Serialize};

use crate::organization::{Refusal, Step, Turn, outbox::ProjectNews};

/// What happened to a task, for webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedTaskEvent {
    /// The number of the event in its project. Numbers that were reported before are left out.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: TaskEvent,
    /// The product's id of the task.
    pub external_id: String,
    /// The task's status after it.
    pub status: Name,
    /// The key of the issue.
    pub issue_key: Option<String>,
    /// What blocks the task.
    pub cause: Option<BlockedCause>,
    /// The comment that it is about.
    #[serde(default)]
    pub comment: Option<WebhookComment>,
    /// The resync that it is about, and no task.
    #[serde(default)]
    pub resync: Option<EndedResync>,
}

/// How a resync ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedResync {
    /// The resync's id.
    pub id: ResyncId,
    /// Finished or cancelled.
    pub state: ResyncState,
    /// How many tasks ended how.
    pub results: ResyncResults,
}

impl ReportedTaskEvent {
    fn news(&self, project_id: &ProjectId, project: &Name) -> ProjectNews {
        let (project_id, project) = (project_id.clone(), project.clone());
        if let Some(EndedResync { id, state, results }) = self.resync.clone() {
            let resync = Some(WebhookResync { id, project_id, project, state, results });
            return ProjectNews { task: None, resync };
        }
        let task = WebhookTask {
            project_id,
            project,
            external_id: self.external_id.clone(),
            status: self.status.clone(),
            issue_key: self.issue_key.clone(),
            cause: self.cause,
            comment: self.comment.clone(),
        };
        ProjectNews { task: Some(task), resync: None }
    }
}

/// Tells webhooks what happened to tasks of a project, each event once.
#[derive(Serialize, Deserialize)]
pub struct ReportTaskEvents {
    /// The project.
    pub project: ProjectId,
    /// What happened, in order.
    pub events: Vec<ReportedTaskEvent>,
}

#[derive(Deserialize)]
struct FeedRow {
    number: u64,
}

impl Step for ReportTaskEvents {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let project = turn.project(&self.project)?;
        let connection = turn.connection_of(&project)?;
        let id = || self.project.as_str().into();
        let known: Vec<FeedRow> = turn.sql.rows("SELECT number FROM task_feeds WHERE project = ?", vec![id()])?;
        let known = known.first().map_or(0, |row| row.number);
        for reported in self.events.iter().filter(|reported| reported.number > known) {
            let Some(event) = webhook_event(reported.event) else { continue };
            let news = reported.news(&self.project, &project.name);
            turn.announce_news(event, connection.as_ref().map(|connection| &connection.details), &news)?;
        }
        if let Some(last) = self.events.last().filter(|last| last.number > known) {
            let number = i64::try_from(last.number).unwrap_or(i64::MAX);
            let upsert = "INSERT OR REPLACE INTO task_feeds (project, number) VALUES (?, ?)";
            turn.sql.run(upsert, vec![id(), number.into()])?;
        }
        Ok(())
    }
}

fn webhook_event(event: TaskEvent) -> Option<WebhookEvent> {
    match event {
        TaskEvent::Linked => Some(WebhookEvent::TaskLinked),
        TaskEvent::StatusChanged => Some(WebhookEvent::TaskStatusChanged),
        TaskEvent::Blocked => Some(WebhookEvent::TaskBlocked),
        TaskEvent::Recovered => Some(WebhookEvent::TaskRecovered),
        TaskEvent::Conflict => Some(WebhookEvent::TaskConflict),
        TaskEvent::ResyncFinished => Some(WebhookEvent::ResyncFinished),
        TaskEvent::Commented => Some(WebhookEvent::TaskCommented),
        _ => None,
    }
}
