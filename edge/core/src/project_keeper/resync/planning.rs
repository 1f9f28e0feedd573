//! The preview of a resync: what would be done with each task of the scope, a lot with each call.

use std::collections::BTreeMap;

use api::{JiraId, ResyncItem, ResyncScope, ResyncState};

use super::{StoredResync, items::StoredItem};
use crate::{
    issue_tracking::{
        IssueLook,
        jira::{BulkFetch, JiraIssue, JiraRefusal, JiraVersion},
        resync::{PlannedStep, ResyncTask, add_moves, plan, points, seconds, sums},
    },
    organization::Refusal,
    project_keeper::{
        ProjectObject, ProjectWorld,
        calls::{NoAnswer, Run},
        task::StoredTask,
    },
};

/// How many tasks are looked at with one call. Data Center refuses a search for an issue that is gone, and then each is
/// looked at by itself.
const LOT: (usize, usize) = (100, 10);

impl<W: ProjectWorld> ProjectObject<W> {
    /// Plans the next tasks of the scope.
    pub(super) async fn plan_lot(&self, run: &Run, open: &StoredResync) -> Result<bool, Refusal> {
        let id = &open.resync.id;
        self.load_metadata(run).await?;
        let (lot, named) = self.lot(run, open)?;
        if lot.is_empty() {
            let next = if open.starts { ResyncState::Running } else { ResyncState::Ready };
            self.change_resync(id, |open| {
                let resync = &mut open.resync;
                (resync.state, resync.total) = (next, resync.looked_at);
                resync.points = if run.costs_points() { points(&resync.planned) } else { 0 };
                resync.seconds = seconds(&resync.planned);
                Ok(())
            })?;
            return Ok(open.starts);
        }
        let Some(looks) = self.look_at_lot(run, &lot).await? else { return self.pause_resync(id) };
        let planned: Vec<StoredItem> = lot
            .iter()
            .map(|(number, task)| self.planned(run, open, *number, task, &looks))
            .collect::<Result<_, _>>()?;
        let steps = planned.iter().map(|item| &item.plan);
        let (counts, moves) = sums(steps, |status| Self::name_of(run, status));
        let looked_at = u32::try_from(lot.len()).unwrap_or(u32::MAX);
        self.change_resync(id, |open| {
            for item in &planned {
                self.store().put_resync_item(&open.resync.id, item)?;
            }
            open.resync.planned.add(counts);
            add_moves(&mut open.resync.moves, moves);
            open.resync.looked_at += looked_at;
            open.named += named;
            open.resync.total = open.resync.total.max(open.resync.looked_at);
            open.goes_on_at = None;
            if let Some((_, last)) = lot.last() {
                last.id.as_str().clone_into(&mut open.after);
            }
            Ok(())
        })
    }

    /// The next tasks of the scope, each with the number of its item, and how many of those that are named they stand for.
    fn lot(&self, run: &Run, open: &StoredResync) -> Result<(Vec<(u32, StoredTask)>, usize), Refusal> {
        let most = if run.version() == JiraVersion::Cloud { LOT.0 } else { LOT.1 };
        let (mut tasks, mut named) = (Vec::new(), 0);
        if open.resync.scope == ResyncScope::Chosen {
            for external_id in open.chosen.iter().skip(open.named) {
                if tasks.len() == most {
                    break;
                }
                named += 1;
                tasks.extend(self.store().task(external_id)?);
            }
        } else {
            tasks = self.store().tasks_after(&open.after, most, open.resync.scope == ResyncScope::Failed)?;
        }
        Ok(((open.resync.looked_at..).zip(tasks).collect(), named))
    }

    /// What Jira says about the issues of a lot, by id; `None` if it did not answer.
    async fn look_at_lot(
        &self,
        run: &Run,
        lot: &[(u32, StoredTask)],
    ) -> Result<Option<BTreeMap<JiraId, IssueLook>>, Refusal> {
        let ids: Vec<JiraId> = lot.iter().filter_map(|(_, task)| Some(task.link.as_ref()?.issue.clone())).collect();
        let mut looks: BTreeMap<JiraId, IssueLook> = ids.iter().map(|id| (id.clone(), IssueLook::NotSeen)).collect();
        if ids.is_empty() {
            return Ok(Some(looks));
        }
        let answer = match self.call(run, run.version().issues(&ids)).await {
            Ok(answer) => answer,
            Err(NoAnswer::NotSent | NoAnswer::Lost | NoAnswer::LimitedHere { .. }) => return Ok(None),
        };
        if answer.status == 200 {
            let Some(read) = BulkFetch::read(&answer.body) else { return Ok(None) };
            looks.extend(read.found.into_iter().map(|issue| (issue.id.clone(), IssueLook::Found(issue))));
            return Ok(Some(looks));
        }
        if answer.status != 400 || run.version() == JiraVersion::Cloud {
            return Ok(None);
        }
        for id in ids {
            let Some(look) = self.look_at_issue(run, &id).await else { return Ok(None) };
            looks.insert(id, look);
        }
        Ok(Some(looks))
    }

    /// What Jira says about an issue; `None` if it did not answer.
    pub(in crate::project_keeper) async fn look_at_issue(&self, run: &Run, id: &JiraId) -> Option<IssueLook> {
        let answer = self.call(run, run.version().issue(id.as_str())).await.ok()?;
        match answer.status {
            200 => JiraIssue::read(&answer.body).map(IssueLook::Found),
            403 | 404 | 410 => JiraRefusal::read(&answer.body).map(|_| IssueLook::NotSeen),
            _ => None,
        }
    }

    pub(super) fn plan_of(
        &self,
        run: &Run,
        open: &StoredResync,
        task: &StoredTask,
        look: Option<&IssueLook>,
    ) -> Option<PlannedStep> {
        let mapping = run.mapping.as_ref()?;
        let link = task.link.as_ref().and_then(|link| link.state.as_ref());
        let seen =
            ResyncTask { state: task.state, status: &task.product().status, is_linked: task.link.is_some(), link };
        Some(plan(&seen, look, mapping, open.resync.direction, self.now()))
    }

    fn planned(
        &self,
        run: &Run,
        open: &StoredResync,
        number: u32,
        task: &StoredTask,
        looks: &BTreeMap<JiraId, IssueLook>,
    ) -> Result<StoredItem, Refusal> {
        let look = task.link.as_ref().and_then(|link| looks.get(&link.issue));
        let no_mapping = || Refusal::Internal("a resync without a mapping".to_owned());
        let plan = self.plan_of(run, open, task, look).ok_or_else(no_mapping)?;
        let name = |status: &JiraId| Self::name_of(run, status);
        let to = plan.moves_to.as_ref().map(name).or_else(|| plan.tells.as_ref().map(ToString::to_string));
        let seen = look.and_then(|look| if let IssueLook::Found(issue) = look { Some(issue) } else { None });
        let item = ResyncItem {
            external_id: task.external_id.clone(),
            title: task.content.title.clone(),
            issue_key: task.link.as_ref().map(|link| link.key.clone()),
            action: plan.action,
            task_status: plan.task.clone(),
            issue_status: seen.map(|issue| issue.status.name.clone()),
            to,
            why: plan.why.clone(),
            outcome: None,
        };
        Ok(StoredItem { number, task: task.id.clone(), item, plan })
    }

    /// What people call a status; its id, if that is not known.
    fn name_of(run: &Run, status: &JiraId) -> String {
        let metadata = run.metadata.borrow();
        let types = metadata.iter().flat_map(|metadata| &metadata.issue_types);
        let found = types.into_iter().find_map(|one| one.status(status));
        found.map_or_else(|| status.to_string(), |found| found.name.clone())
    }
}
