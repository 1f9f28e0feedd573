//! What happens next with a linked task: a decision from the statuses on which both sides last agreed, and from what they
//! are now.
//!
//! Only states are compared, so an event that is lost, doubled or late changes nothing, and an echo of our own change
//! finds that both sides agree. The decisions stand as a table in `decision_table.md`, which a test holds to this code.

use api::{
    Blocked, BlockedCause, ConflictRule, IssueTypeMapping, JiraId, Keep, Mapping, Name, ReopenRule, StatusCategory,
    Timestamp,
};

use super::{
    jira::JiraIssue,
    link::{BaseStatuses, LinkOrigin, LinkState},
    suggestions::category_of,
};

/// How long an issue is not seen before it counts as missing, in milliseconds: a day.
const UNSEEN: i64 = 24 * 60 * 60 * 1000;

/// What Jira answered when it was asked for an issue by id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "there is one at a time, and nearly always an issue")
)]
pub enum IssueLook {
    /// The issue.
    Found(JiraIssue),
    /// Nothing: it was deleted, or the account may not see it. Jira does not tell these apart.
    NotSeen,
}

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncStep {
    /// Nothing: neither side changed.
    InSync,
    /// Both sides agree anew. Nothing is sent.
    Settle {
        /// On what they agree.
        base: BaseStatuses,
    },
    /// The issue is moved, read again, and decided anew.
    Move {
        /// The id of the status that it should get.
        to: JiraId,
    },
    /// The product is told, and both sides agree.
    Tell {
        /// The status that the task gets.
        status: Name,
        /// On what they agree then.
        base: BaseStatuses,
    },
    /// A person has to do something.
    Block(Blocked),
    /// Both sides changed and do not agree. A person chooses.
    Conflict,
    /// The issue was not seen. It is looked for again before anything is said.
    LookAgain {
        /// When, at the earliest.
        at: Timestamp,
    },
    /// The issue was not seen for a day.
    Missing,
    /// The issue is in another Jira project, which the mapping knows nothing about.
    MovedAway,
}

/// Decides what is done next with a linked task.
pub fn decide(link: &LinkState, look: &IssueLook, mapping: &Mapping, now: Timestamp) -> SyncStep {
    let IssueLook::Found(issue) = look else { return unseen(link, now) };
    if issue.project != link.jira_project {
        return SyncStep::MovedAway;
    }
    let task = &link.product.status;
    if link.base.as_ref().is_some_and(|base| base.task == *task && base.issue == issue.status.id) {
        return SyncStep::InSync;
    }
    let Some(of_type) = mapping.issue_type(&issue.issue_type) else {
        return SyncStep::Block(Blocked::new(BlockedCause::MappingIncomplete));
    };
    let out = Out::of(of_type, task, issue, mapping);
    let step = Pair { link, issue, of_type, out, inward: In::of(of_type, task, &issue.status.id) }.step();
    restrained(step, link, issue, now)
}

fn unseen(link: &LinkState, now: Timestamp) -> SyncStep {
    let since = link.unseen_since.unwrap_or(now);
    if now.since(since) >= UNSEEN { SyncStep::Missing } else { SyncStep::LookAgain { at: since.plus_millis(UNSEEN) } }
}

/// An issue that cannot be moved, or that is moved back each time, is not moved.
fn restrained(step: SyncStep, link: &LinkState, issue: &JiraIssue, now: Timestamp) -> SyncStep {
    match step {
        SyncStep::Move { .. } if issue.is_archived => SyncStep::Block(Blocked::new(BlockedCause::IssueArchived)),
        SyncStep::Move { .. } if link.is_moved_back(now) => SyncStep::Block(Blocked::new(BlockedCause::MovedBack)),
        step => step,
    }
}

/// What the mapping says about the way from the product to Jira.
#[derive(Clone, Copy)]
enum Out<'m> {
    /// The issue is where it should be.
    Here,
    /// It should be elsewhere.
    Elsewhere(&'m JiraId),
    /// It is done and should be opened again.
    Reopens(&'m JiraId),
    /// It is left where it is, on purpose.
    Left,
    /// The mapping says nothing.
    Unsaid,
}

impl<'m> Out<'m> {
    fn of(of_type: &'m IssueTypeMapping, task: &Name, issue: &JiraIssue, mapping: &Mapping) -> Self {
        match of_type.out(task) {
            None => Self::Unsaid,
            Some(None) => Self::Left,
            Some(Some(to)) if *to == issue.status.id => Self::Here,
            Some(Some(to)) if is_reopened(task, issue, mapping) => Self::Reopens(to),
            Some(Some(to)) => Self::Elsewhere(to),
        }
    }
}

/// What the mapping says about the way from Jira to the product.
#[derive(Clone, Copy)]
enum In<'m> {
    /// The task has the status that it would be told.
    Same,
    /// The task becomes another one.
    Other(&'m Name),
    /// It is left as it is, on purpose.
    Left,
    /// The mapping says nothing.
    Unsaid,
}

impl<'m> In<'m> {
    fn of(of_type: &'m IssueTypeMapping, task: &Name, issue: &JiraId) -> Self {
        match of_type.inward(issue) {
            None => Self::Unsaid,
            Some(None) => Self::Left,
            Some(Some(status)) if status == task => Self::Same,
            Some(Some(status)) => Self::Other(status),
        }
    }
}

/// Whether an issue that is done belongs to a task that is not. What a status of the product means is said in the mapping,
/// or guessed from its name; where neither tells, a person is rather asked once too often.
fn is_reopened(task: &Name, issue: &JiraIssue, mapping: &Mapping) -> bool {
    issue.status.category == Some(StatusCategory::Done) && category_of(mapping, task) != Some(StatusCategory::Done)
}

/// Both sides of a task, and what the mapping says about each.
struct Pair<'a> {
    link: &'a LinkState,
    issue: &'a JiraIssue,
    of_type: &'a IssueTypeMapping,
    out: Out<'a>,
    inward: In<'a>,
}

impl Pair<'_> {
    fn step(&self) -> SyncStep {
        match (self.link.keep_side, &self.link.base, self.link.origin) {
            (Some(Keep::Product), ..) => self.toward(ReopenRule::Reopen),
            (Some(Keep::Jira), ..) => self.tell(),
            (None, Some(base), _) => self.after(base),
            (None, None, LinkOrigin::Created) => self.of_new_issue(),
            (None, None, LinkOrigin::Linked) => self.of_linked_issue(),
        }
    }

    fn after(&self, base: &BaseStatuses) -> SyncStep {
        let task_changed = base.task != self.link.product.status;
        let issue_changed = base.issue != self.issue.status.id;
        match (task_changed, issue_changed) {
            (_, true) if self.link.is_our_doing(&self.issue.status.id) => self.drive(),
            (false, true) => self.tell(),
            (true, true) => self.of_both(),
            (_, false) => self.settled().unwrap_or_else(|| self.drive()),
        }
    }

    fn of_both(&self) -> SyncStep {
        if let Some(step) = self.settled() {
            return step;
        }
        match (self.out, self.inward) {
            (Out::Unsaid, _) => self.task_uncovered(),
            (_, In::Unsaid) => self.issue_uncovered(),
            (_, In::Left) => self.drive(),
            (Out::Left, _) => self.tell(),
            _ => match self.of_type.on_conflict {
                ConflictRule::ProductWins => self.drive(),
                ConflictRule::JiraWins => self.tell(),
                ConflictRule::Block | ConflictRule::Unknown(_) => SyncStep::Conflict,
            },
        }
    }

    /// An issue that was created for the task goes to where the task is.
    fn of_new_issue(&self) -> SyncStep {
        if self.link.is_our_doing(&self.issue.status.id) {
            return self.drive();
        }
        self.settled().unwrap_or_else(|| self.drive())
    }

    /// An issue that was there before is not moved, and the product is not told, before a person chooses.
    fn of_linked_issue(&self) -> SyncStep {
        match (self.settled(), self.out, self.inward) {
            (Some(step), ..) => step,
            (None, Out::Left, In::Left) => self.settle(),
            (None, Out::Unsaid, _) => self.task_uncovered(),
            (None, _, In::Unsaid) => self.issue_uncovered(),
            _ => SyncStep::Conflict,
        }
    }

    /// Both sides as they are now, if the mapping says in either direction that they agree.
    fn settled(&self) -> Option<SyncStep> {
        let agrees = matches!(self.inward, In::Same) || matches!(self.out, Out::Here);
        agrees.then(|| self.settle())
    }

    fn settle(&self) -> SyncStep {
        SyncStep::Settle { base: self.base_with(&self.link.product.status) }
    }

    fn base_with(&self, task: &Name) -> BaseStatuses {
        BaseStatuses { task: task.clone(), issue: self.issue.status.id.clone() }
    }

    /// The issue follows the task.
    fn drive(&self) -> SyncStep {
        self.toward(self.of_type.on_reopen)
    }

    fn toward(&self, on_reopen: ReopenRule) -> SyncStep {
        match self.out {
            Out::Unsaid => self.task_uncovered(),
            Out::Left | Out::Here => self.settle(),
            Out::Elsewhere(to) => SyncStep::Move { to: to.clone() },
            Out::Reopens(to) => match on_reopen {
                ReopenRule::Reopen => SyncStep::Move { to: to.clone() },
                ReopenRule::Leave => self.settle(),
                ReopenRule::Block | ReopenRule::Unknown(_) => SyncStep::Block(Blocked::new(BlockedCause::Reopened)),
            },
        }
    }

    /// The task follows the issue.
    fn tell(&self) -> SyncStep {
        match self.inward {
            In::Unsaid => self.issue_uncovered(),
            In::Other(status) => SyncStep::Tell { status: status.clone(), base: self.base_with(status) },
            In::Same | In::Left => self.settle(),
        }
    }

    fn task_uncovered(&self) -> SyncStep {
        uncovered(self.link.product.status.as_str())
    }

    fn issue_uncovered(&self) -> SyncStep {
        uncovered(&self.issue.status.name)
    }
}

fn uncovered(status: &str) -> SyncStep {
    SyncStep::Block(Blocked::new(BlockedCause::NoMapping).of_status(status))
}
