//! What is remembered of a task and its issue: on what both last agreed, what the product stands for, and the move that
//! is under way. Stored with the task, so names in JSON never change.

use api::{JiraId, Keep, Name, Timestamp};
use serde::{Deserialize, Serialize};

use super::{SyncStep, jira::JiraIssue};

/// How often an issue is moved within [`MOVES_WITHIN`] before something else must be moving it back.
const MOST_MOVES: usize = 6;
/// The time in which moves are counted, in milliseconds.
const MOVES_WITHIN: i64 = 10 * 60 * 1000;

/// How many statuses are remembered that the product was told and did not acknowledge.
const MOST_TOLD: usize = 8;

/// The statuses on which both sides last agreed: the base of a three-way merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseStatuses {
    /// The status of the task.
    pub task: Name,
    /// The id of the status of the issue.
    pub issue: JiraId,
}

/// Where a link comes from. It matters until both sides have agreed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkOrigin {
    /// Causeway created the issue, so it may be moved to where its task is.
    Created,
    /// Somebody linked an issue that was there. It is not moved before a person chooses.
    Linked,
}

/// What the product says of the status of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSide {
    /// The status that counts: the last one that the product changed to, or that it was told.
    pub status: Name,
    /// The status of the product's last push.
    pub stood_for: Name,
    /// When the product was last told of a status; `None` if it has acknowledged it, or never was.
    #[serde(default)]
    pub told_at: Option<Timestamp>,
    /// The statuses that it was told and has not acknowledged, the oldest first.
    #[serde(default)]
    pub told: Vec<Name>,
    /// When the product says that it changed to the status of its last push that counted.
    #[serde(default)]
    pub changed_at: Option<Timestamp>,
}

/// What a push says about the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushedStatus {
    /// Nothing new.
    Unchanged,
    /// The product changed it.
    Changed,
    /// It is older than what the product was told since, so it is ignored.
    Stale,
}

/// A move of an issue that has begun and is not known to have ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveUnderWay {
    /// The status that the issue was in.
    pub from: JiraId,
    /// The status that it should get.
    pub to: JiraId,
    /// The statuses that it was sent to on its way.
    pub through: Vec<JiraId>,
}

/// All that decisions about a linked task need to remember.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkState {
    /// Where the link comes from.
    pub origin: LinkOrigin,
    /// The id of the Jira project that the issue was in when it was linked.
    pub jira_project: JiraId,
    /// On what both sides last agreed; `None` before they did.
    #[serde(default)]
    pub base: Option<BaseStatuses>,
    /// What the product says.
    pub product: ProductSide,
    /// Which side a person chose, until both agree.
    #[serde(default)]
    pub keep_side: Option<Keep>,
    /// The move that is under way.
    #[serde(default)]
    pub moving: Option<MoveUnderWay>,
    /// When the issue was moved, in the last ten minutes.
    #[serde(default)]
    pub moved_at: Vec<Timestamp>,
    /// Whether something else moves the issue back. A person ends it by trying again.
    #[serde(default)]
    pub is_contended: bool,
    /// Since when the issue is not seen; `None` while it is.
    #[serde(default)]
    pub unseen_since: Option<Timestamp>,
}

impl ProductSide {
    /// A task that was pushed for the first time.
    pub fn new(status: Name, changed_at: Option<Timestamp>) -> Self {
        Self { stood_for: status.clone(), status, told_at: None, told: Vec::new(), changed_at }
    }

    /// Takes the status of a push. What the product still stood for when it was told of Jira's change, what it is told and
    /// acknowledges one by one, and what it changed before that or before its last push, is stale: the push was on its way.
    /// `changed_at` is when the product says that it changed the status.
    pub fn push(&mut self, status: &Name, changed_at: Option<Timestamp>) -> PushedStatus {
        let is_overtaken = changed_at.zip(self.changed_at).is_some_and(|(this, last)| this < last);
        if self.status == *status {
            if !is_overtaken && self.acknowledges(changed_at) {
                *self = Self::new(status.clone(), changed_at.or(self.changed_at));
            }
            return PushedStatus::Unchanged;
        }
        let contradicts = self.told_at.is_some_and(|told_at| match changed_at {
            Some(changed_at) => changed_at <= told_at,
            None => self.stood_for == *status || self.told.contains(status),
        });
        if contradicts || is_overtaken {
            if let Some(acknowledged) = self.told.iter().position(|told| told == status) {
                self.told.drain(..=acknowledged);
                self.stood_for = status.clone();
                self.changed_at = self.changed_at.max(changed_at);
            }
            return PushedStatus::Stale;
        }
        *self = Self::new(status.clone(), changed_at);
        PushedStatus::Changed
    }

    /// Whether a push of the status that counts means that the product knows it, and not that it had the same one before.
    fn acknowledges(&self, changed_at: Option<Timestamp>) -> bool {
        changed_at.zip(self.told_at).is_none_or(|(changed_at, told_at)| changed_at >= told_at)
    }

    fn tell(&mut self, status: &Name, now: Timestamp) {
        self.status = status.clone();
        self.told_at = Some(now);
        self.told.push(status.clone());
        let more = self.told.len().saturating_sub(MOST_TOLD);
        self.told.drain(..more);
    }
}

impl LinkState {
    /// A link on which nothing is agreed yet.
    pub const fn new(origin: LinkOrigin, jira_project: JiraId, product: ProductSide) -> Self {
        Self {
            origin,
            jira_project,
            base: None,
            product,
            keep_side: None,
            moving: None,
            moved_at: Vec::new(),
            is_contended: false,
            unseen_since: None,
        }
    }

    /// Remembers what follows from a step, when it is carried out: what is told is told, what agrees is agreed.
    pub fn record(&mut self, step: &SyncStep, issue: Option<&JiraIssue>, now: Timestamp) {
        self.unseen_since = if issue.is_some() { None } else { self.unseen_since.or(Some(now)) };
        match step {
            SyncStep::Settle { base } => self.settle(base),
            SyncStep::Tell { status, base } => {
                self.product.tell(status, now);
                self.settle(base);
            }
            SyncStep::Block(blocked) => {
                self.is_contended |= blocked.cause == api::BlockedCause::MovedBack;
                let has_left = |moving: &MoveUnderWay| issue.is_some_and(|issue| moving.from != issue.status.id);
                self.moving = self.moving.take().filter(has_left);
            }
            SyncStep::InSync => (self.keep_side, self.moving, self.is_contended) = (None, None, false),
            SyncStep::Move { .. }
            | SyncStep::Conflict
            | SyncStep::LookAgain { .. }
            | SyncStep::Missing
            | SyncStep::MovedAway => {}
        }
    }

    fn settle(&mut self, base: &BaseStatuses) {
        self.base = Some(base.clone());
        (self.keep_side, self.moving, self.is_contended) = (None, None, false);
    }

    /// Notes that the issue is about to be sent from a status to the next one on its way to `to`. Stored before the
    /// request leaves, so that whoever finds the issue on its way knows who moved it.
    pub fn begin_leg(&mut self, from: &JiraId, next: &JiraId, to: &JiraId, now: Timestamp) {
        let on_the_way = self.moving.take().filter(|moving| moving.knows(from));
        let goes_on = on_the_way.as_ref().is_some_and(|moving| moving.from != *from && moving.to == *to);
        if !goes_on {
            self.moved_at.retain(|moved| (0..MOVES_WITHIN).contains(&now.since(*moved)));
            self.moved_at.push(now);
        }
        let mut moving =
            on_the_way.unwrap_or_else(|| MoveUnderWay { from: from.clone(), to: to.clone(), through: Vec::new() });
        moving.to = to.clone();
        if !moving.through.contains(next) {
            moving.through.push(next.clone());
        }
        self.moving = Some(moving);
    }

    /// How many more legs the move under way may have.
    pub fn legs_left(&self, at: &JiraId) -> usize {
        let done = self.moving.as_ref().filter(|moving| moving.knows(at) && moving.from != *at);
        api::WALK_STEPS.saturating_sub(done.map_or(0, |moving| moving.through.len()))
    }

    /// Whether the issue is where our own move brought it.
    pub(super) fn is_our_doing(&self, at: &JiraId) -> bool {
        self.moving.as_ref().is_some_and(|moving| moving.knows(at))
    }

    /// Whether the issue was moved so often that something else must be moving it back.
    pub(super) fn is_moved_back(&self, now: Timestamp) -> bool {
        let lately = self.moved_at.iter().filter(|moved| (0..MOVES_WITHIN).contains(&now.since(**moved)));
        self.is_contended || lately.count() >= MOST_MOVES
    }

    /// Lets a person's *try again* begin anew.
    pub fn retry(&mut self) {
        self.is_contended = false;
        self.moved_at.clear();
    }

    /// Forgets on what both sides agreed, so that one follows the other whatever they agreed on.
    pub fn begin_anew(&mut self, side: Keep) {
        self.keep(side);
        (self.base, self.moving) = (None, None);
    }

    /// Takes a person's choice of a side.
    pub fn keep(&mut self, side: Keep) {
        self.retry();
        self.keep_side = Some(side);
    }
}

impl MoveUnderWay {
    fn knows(&self, status: &JiraId) -> bool {
        self.from == *status || self.to == *status || self.through.contains(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).expect("a name")
    }

    fn id(text: &str) -> JiraId {
        JiraId::parse(text).expect("an id")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn told(stood_for: &str, status: &str) -> ProductSide {
        let mut side = ProductSide::new(name(stood_for), None);
        side.tell(&name(status), at(100));
        side
    }

    #[test]
    fn a_push_that_was_on_its_way_does_not_undo_what_jira_changed() {
        let mut side = told("open", "fixed");
        assert_eq!(side.push(&name("open"), None), PushedStatus::Stale, "a new title, with the status of before");
        assert_eq!(side.status, name("fixed"));
        assert_eq!(side.push(&name("open"), Some(at(99))), PushedStatus::Stale);
        assert_eq!(side.push(&name("open"), Some(at(101))), PushedStatus::Changed, "it says that it is newer");
    }

    #[test]
    fn once_the_product_has_acknowledged_its_next_change_counts() {
        let mut side = told("open", "fixed");
        assert_eq!(side.push(&name("fixed"), None), PushedStatus::Unchanged);
        assert_eq!(side.push(&name("open"), None), PushedStatus::Changed);
        assert_eq!(side.status, name("open"));
    }

    #[test]
    fn another_status_than_the_product_stood_for_is_a_change_unless_it_is_older() {
        let mut side = told("open", "fixed");
        assert_eq!(side.clone().push(&name("ignored"), Some(at(100))), PushedStatus::Stale);
        assert_eq!(side.push(&name("ignored"), None), PushedStatus::Changed);
    }

    #[test]
    fn a_push_that_was_overtaken_by_a_later_one_is_stale() {
        let mut side = ProductSide::new(name("open"), Some(at(10)));
        assert_eq!(side.push(&name("fixed"), Some(at(30))), PushedStatus::Changed);
        assert_eq!(side.push(&name("ignored"), Some(at(20))), PushedStatus::Stale);
        assert_eq!(side.push(&name("fixed"), Some(at(20))), PushedStatus::Unchanged);
        assert_eq!(side.push(&name("open"), Some(at(25))), PushedStatus::Stale, "the older push moved no clock back");
        assert_eq!(side.push(&name("open"), None), PushedStatus::Changed);
    }

    #[test]
    fn an_older_push_of_the_same_status_acknowledges_nothing() {
        let mut side = told("open", "fixed");
        side.tell(&name("open"), at(200));
        assert_eq!(side.push(&name("open"), Some(at(50))), PushedStatus::Unchanged, "it was open before, too");
        assert_eq!(side.push(&name("fixed"), Some(at(100))), PushedStatus::Stale, "it has read the first change only");
        assert_eq!(side.push(&name("open"), Some(at(200))), PushedStatus::Unchanged);
        assert_eq!(side.told_at, None);
    }

    #[test]
    fn a_product_that_acknowledges_one_by_one_does_not_undo_the_last() {
        let mut side = told("open", "fixed");
        side.tell(&name("ignored"), at(200));
        assert_eq!(side.push(&name("fixed"), None), PushedStatus::Stale, "it has only read so far");
        assert_eq!(side.push(&name("ignored"), None), PushedStatus::Unchanged);
        assert_eq!(side.push(&name("fixed"), None), PushedStatus::Changed);
    }

    #[test]
    fn a_walk_counts_as_one_move_and_a_bounce_as_another() {
        let product = ProductSide::new(name("fixed"), None);
        let mut link = LinkState::new(LinkOrigin::Created, id("1"), product);
        link.begin_leg(&id("10"), &id("20"), &id("40"), at(0));
        link.begin_leg(&id("20"), &id("30"), &id("40"), at(1));
        assert_eq!((link.moved_at.len(), link.legs_left(&id("30"))), (1, 2));
        link.begin_leg(&id("10"), &id("20"), &id("40"), at(2));
        assert_eq!(link.moved_at.len(), 2, "it was moved back to where it began");
        assert_eq!(link.legs_left(&id("10")), api::WALK_STEPS);
        for second in 3..=6 {
            assert!(!link.is_moved_back(at(second)));
            link.begin_leg(&id("10"), &id("20"), &id("40"), at(second));
        }
        assert!(link.is_moved_back(at(7)));
        assert!(!link.is_moved_back(at(600 + 7)), "ten minutes later");
    }

    #[test]
    fn a_stored_link_of_the_first_version_is_read() {
        let stored = r#"{"origin":"created","jira_project":"10000","product":{"status":"open","stood_for":"open"}}"#;
        let link: LinkState = serde_json::from_str(stored).expect("a link");
        assert_eq!(link, LinkState::new(LinkOrigin::Created, id("10000"), ProductSide::new(name("open"), None)));
    }
}
