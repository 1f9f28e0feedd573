//! What Jira offers for a project: asked for, kept for an hour, and what else a command asks Jira for.

use api::{JiraMetadata, TaskEvent, TaskState};

use super::{
    ProjectObject, ProjectWorld,
    calls::{JiraAnswer, NoAnswer, Run, Stop},
    task::StoredTask,
};
use crate::{
    issue_tracking::{
        LinkOrigin,
        jira::{CreatablePage, FieldPage, JiraIssue, JiraRequest, TypeStatuses, read_permissions, read_resolutions},
    },
    organization::{ProjectSync, Refusal},
};

/// The fact that holds what Jira offers.
pub(super) const METADATA: &str = "metadata";
/// For so long, in milliseconds, what Jira offers is taken to be the same while issues are created: an hour.
const KEPT: i64 = 3_600_000;
/// For so long, in milliseconds, an answer stands for people who look at it: a minute.
const FRESH: i64 = 60_000;
/// The most pages of any list.
const PAGES: usize = 10;

impl<W: ProjectWorld> ProjectObject<W> {
    /// What Jira offers, as read within the last minute.
    pub(super) async fn metadata(&self) -> Result<JiraMetadata, Refusal> {
        let known = self.store().fact::<JiraMetadata>(METADATA)?;
        let run = self.begin_for_command().await?;
        if let Some(known) = known.filter(|known| (0..FRESH).contains(&self.now().since(known.read_at))) {
            return Ok(known);
        }
        let read = self.read_metadata(&run).await.map_err(|why| not_asked(&run, why))?;
        self.store().set_fact(METADATA, &read)?;
        Ok(read)
    }

    /// Makes sure that a run knows what Jira offers, if Jira answers.
    pub(super) async fn load_metadata(&self, run: &Run) -> Result<(), Refusal> {
        if run.metadata.borrow().is_some() {
            return Ok(());
        }
        let known = self.store().fact::<JiraMetadata>(METADATA)?;
        let known = match known.filter(|known| (0..KEPT).contains(&self.now().since(known.read_at))) {
            Some(known) => Some(known),
            None => {
                if let Ok(read) = self.read_metadata(run).await {
                    self.store().set_fact(METADATA, &read)?;
                    Some(read)
                } else {
                    self.pause_without_metadata(run);
                    None
                }
            }
        };
        run.metadata.replace(known);
        Ok(())
    }

    /// What Jira offers has to be asked for again.
    pub(super) fn forget_metadata(&self) -> Result<(), Refusal> {
        Ok(self.store().remove_fact(METADATA)?)
    }

    /// Whether the account may make transitions, if that is known.
    pub(super) fn may_move(run: &Run) -> Option<bool> {
        let metadata = run.metadata.borrow();
        let permissions = metadata.as_ref().map(|metadata| metadata.permissions.as_slice())?;
        permissions.iter().find(|one| one.key == "TRANSITION_ISSUES").map(|one| one.is_granted)
    }

    async fn read_metadata(&self, run: &Run) -> Result<JiraMetadata, NoAnswer> {
        let (version, project) = (run.version(), run.way.jira_project.as_str());
        let permissions = self.read(run, version.permissions(project), read_permissions).await?;
        let mut statuses = self.read(run, version.statuses(project), TypeStatuses::read).await?;
        let (mut issue_types, mut start) = (Vec::new(), Some(0));
        for _ in 0..PAGES {
            let Some(from) = start else { break };
            let page = self.read(run, version.creatable_types(project, from), CreatablePage::read).await?;
            issue_types.extend(page.types);
            start = page.next;
        }
        for issue_type in &mut issue_types {
            issue_type.statuses = statuses.take(&issue_type.id);
            let mut start = Some(0);
            for _ in 0..PAGES {
                let Some(from) = start else { break };
                let page =
                    self.read(run, version.creation_fields(project, &issue_type.id, from), FieldPage::read).await?;
                issue_type.fields.extend(page.fields);
                start = page.next;
            }
        }
        // Screens for new issues seldom have the resolution, and transitions want it. Without its values nothing else is lost.
        let resolution = self.read(run, version.resolutions(), read_resolutions).await.ok();
        let transition_fields = resolution.into_iter().collect();
        Ok(JiraMetadata { issue_types, transition_fields, permissions, read_at: self.now() })
    }

    async fn read<T>(&self, run: &Run, request: JiraRequest, read: fn(&[u8]) -> Option<T>) -> Result<T, NoAnswer> {
        let answer = self.call(run, request).await?;
        let whole = |answer: &JiraAnswer| if answer.status == 200 { read(&answer.body) } else { None };
        whole(&answer).ok_or(NoAnswer::Lost)
    }

    /// A run of a command, which somebody waits for.
    async fn begin_for_command(&self) -> Result<Run, Refusal> {
        let ProjectSync { way, mapping, revision } = self.ask_organization().await?;
        self.begin(way?, (mapping, revision)).await
    }

    /// Links a task to an issue that exists.
    pub(super) async fn link_to(&self, external_id: &str, issue: &str, by: &str) -> Result<StoredTask, Refusal> {
        let task = self.known(external_id)?;
        if task.link.is_some() || task.creation.is_some() {
            return Err(Refusal::TaskNotReady(task.state));
        }
        let run = self.begin_for_command().await?;
        let answer = self.call(&run, run.version().issue(issue)).await.map_err(|why| not_asked(&run, why))?;
        let found = match answer.status {
            200 => JiraIssue::read(&answer.body).ok_or_else(|| not_asked(&run, NoAnswer::Lost))?,
            403 | 404 | 410 => return Err(Refusal::IssueNotFound),
            _ => return Err(not_asked(&run, NoAnswer::Lost)),
        };
        self.change(external_id, |task, store| {
            if task.link.is_some() || task.creation.is_some() {
                return Err(Refusal::TaskNotReady(task.state));
            }
            if let Some(other) = store.task_of_issue(found.id.as_str())? {
                return Err(Refusal::IssueTaken(other.external_id));
            }
            let now = self.now();
            task.link(found.id.clone(), found.key.clone(), LinkOrigin::Linked, now);
            debug_assert!(task.state == TaskState::Syncing, "a linked task is looked at");
            Ok(store.tell(task, TaskEvent::Linked, format!("{by} linked the task to {}.", found.key), now)?)
        })
    }
}

fn not_asked(run: &Run, _: NoAnswer) -> Refusal {
    match run.stopped() {
        Some(Stop::Paused(paused)) => Refusal::JiraNotAsked(paused.sentence),
        Some(Stop::EnoughCalls) => {
            Refusal::JiraNotAsked("The project has more in Jira than can be asked for at once.".to_owned())
        }
        None => Refusal::JiraNotAsked("Jira did not answer as expected.".to_owned()),
    }
}
