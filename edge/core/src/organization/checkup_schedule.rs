//! Schedules the checkups of connections.
//!
//! A working connection is checked once a day, at a time of the day that is derived from its id, so that ten thousand
//! checkups are spread over the day. An interrupted connection is checked after a pause as long as the interruption has
//! lasted so far: a short interruption ends soon, and a long one causes few calls. A refused credential has pauses of its own
//! ([`CredentialRefusal`](crate::credential_refusal::CredentialRefusal)).
//!
//! Of the connections that an outage interrupted together, whichever has nobody before it is checked after a twelfth of
//! that pause, and after five minutes at most. When one of them recovers, by a checkup, a refresh or its calls, all others
//! are checked within two minutes, as far as checkups are done by then. So a long outage causes few calls, and is over for
//! all of them minutes after it is over.
//!
//! The table `checkups` has a row for every connection that has a credential.

use api::{Cause, ConnectionId, State, Status, Timestamp};
use serde::Deserialize;

use crate::{
    checkup::Subject,
    organization::{ConnectionDetails, Refusal, StoredConnection, Turn, Value, attention::story_of, stands_on_consent},
    ports::PortFailure,
};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;
/// The shortest pause while interrupted, in milliseconds: a minute.
const SHORTEST: i64 = 60_000;
/// The longest pause while interrupted, in milliseconds: six hours.
const LONGEST: i64 = 6 * 3_600_000;

/// The longest pause of the first one among connections that failed together, in the first day, in milliseconds: five
/// minutes.
const LONGEST_OF_FIRST: i64 = 300_000;
/// The time over which those are spread that are checked because one of them recovered, in milliseconds: two minutes.
const SPREAD: i64 = 120_000;
/// The shortest time between two such rounds of the same connections, in milliseconds: ten minutes.
const ROUND: i64 = 600_000;

/// Computes when the next checkup is due.
pub(super) fn next_due(connection: &StoredConnection, now: Timestamp) -> Timestamp {
    let offset = offset_in_day(&connection.details.id);
    if let Some(pause) = pause(connection, now) {
        // Up to a quarter is added, so that connections that one outage interrupted are not checked all at once.
        return now.plus_millis(pause + offset % (pause / 4));
    }
    let today = now.as_millis() - now.as_millis() % DAY + offset;
    Timestamp::from_millis(if today > now.as_millis() { today } else { today + DAY })
}

/// The pause before the next checkup of a connection that does not work, in milliseconds.
fn pause(connection: &StoredConnection, now: Timestamp) -> Option<i64> {
    match (connection.refusal, &connection.details.status) {
        (Some(refusal), _) => Some(refusal.pause(connection.has_username(), now)),
        (None, Status::Interrupted { since, .. }) => Some(now.since(*since).clamp(SHORTEST, LONGEST)),
        (None, _) => None,
    }
}

/// Whether a cause begins and ends for several connections together.
const fn is_shared(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::AtlassianUnreachable
            | Cause::ClientRefused
            | Cause::SiteUnreachable
            | Cause::RateLimited
            | Cause::IpAllowList
            | Cause::ClockSkew
    )
}

/// The pause before the first one of several connections is checked, in milliseconds.
fn pause_of_first(lasted: i64) -> i64 {
    let longest = if (0..DAY).contains(&lasted) { LONGEST_OF_FIRST } else { LONGEST };
    (lasted / 12).clamp(SHORTEST, longest)
}

/// The time of the day at which a connection is checked, in milliseconds: the FNV-1a hash of its id. The ids are
/// random, so any hash spreads them; this one stays the same in every version.
fn offset_in_day(connection: &ConnectionId) -> i64 {
    let hash = connection
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash) % DAY
}

/// Whether a connection is checked on schedule: it has a credential, and is neither deactivated nor deleted.
fn is_checked(connection: &ConnectionDetails) -> bool {
    let state = connection.status.state();
    !matches!(state, State::Unauthorized | State::Deactivated) && connection.deleted.is_none()
}

#[derive(Deserialize)]
struct Due {
    due_at: Option<i64>,
}

#[derive(Deserialize)]
struct Row {
    connection: ConnectionId,
}

#[derive(Deserialize)]
struct Hurried {
    hurried_at: Option<i64>,
}

impl Turn<'_> {
    /// Schedules the checkups of a connection, or deletes its row if it is not to be checked. Called whenever a
    /// connection is stored.
    pub(super) fn schedule_checkup(&self, connection: &StoredConnection) -> Result<(), Refusal> {
        let id = Value::from(connection.details.id.as_str());
        if !is_checked(&connection.details) {
            return Ok(self.sql.run("DELETE FROM checkups WHERE connection = ?", vec![id])?);
        }
        let due = next_due(connection, self.now);
        let insert = "INSERT OR IGNORE INTO checkups (connection, due_at) VALUES (?, ?)";
        Ok(self.sql.run(insert, vec![id, due.as_millis().into()])?)
    }

    /// When the next checkup is due; `None` if none is scheduled. An overdue checkup is due now.
    pub(crate) fn next_checkup_at(&self) -> Result<Option<Timestamp>, PortFailure> {
        let rows: Vec<Due> = self.sql.rows("SELECT min(due_at) AS due_at FROM checkups", vec![])?;
        let due = rows.first().and_then(|row| row.due_at).map(Timestamp::from_millis);
        Ok(due.map(|due| due.max(self.now)))
    }

    /// Takes the connections whose checkup is due, at most `most`. The next checkup of each is scheduled first, so a
    /// checkup that is interrupted is not repeated at once.
    pub fn take_due_checkups(&self, most: usize) -> Result<Vec<Subject>, PortFailure> {
        let due = "SELECT connection FROM checkups WHERE due_at <= ? ORDER BY due_at LIMIT ?";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Row> = self.sql.rows(due, vec![self.now.as_millis().into(), most.into()])?;
        let mut subjects = Vec::new();
        for Row { connection: id } in rows {
            let by_id = "SELECT id, record FROM connections WHERE id = ?";
            let unchecked = "DELETE FROM checkups WHERE connection = ?";
            let found = self.readable::<StoredConnection>("connections", by_id, vec![id.as_str().into()], unchecked)?;
            let Some(connection) = found.into_iter().next() else {
                self.sql.run("DELETE FROM checkups WHERE connection = ?", vec![id.as_str().into()])?;
                continue;
            };
            self.check_later(&id, next_due(&connection, self.now))?;
            if is_checked(&connection.details) {
                subjects.push(self.subject_of(&connection));
            }
        }
        Ok(subjects)
    }

    pub(super) fn check_later(&self, connection: &ConnectionId, due: Timestamp) -> Result<(), PortFailure> {
        let values = vec![due.as_millis().into(), connection.as_str().into()];
        self.sql.run("UPDATE checkups SET due_at = ? WHERE connection = ?", values)
    }

    pub(super) fn check_soon(&self, connection: &ConnectionId) -> Result<(), Refusal> {
        self.check_no_later(connection, self.now)
    }

    /// Schedules the next checkup of a connection for `due`, if it is not due before.
    pub(crate) fn check_no_later(&self, connection: &ConnectionId, due: Timestamp) -> Result<(), Refusal> {
        let due = || Value::from(due.as_millis());
        let update = "UPDATE checkups SET due_at = ? WHERE connection = ? AND due_at > ?";
        Ok(self.sql.run(update, vec![due(), connection.as_str().into(), due()])?)
    }

    /// When a connection that was just checked is due again. Of those that fail together, one is always due soon.
    pub(super) fn due_after(&self, connection: &StoredConnection) -> Result<Timestamp, Refusal> {
        let due = next_due(connection, self.now);
        let Status::Interrupted { cause, since } = connection.details.status else { return Ok(due) };
        let Some(story) = self.shared_story(connection, cause) else { return Ok(due) };
        let pause = pause_of_first(self.now.since(since));
        let first = self.now.plus_millis(pause + offset_in_day(&connection.details.id) % (pause / 4));
        if due <= first {
            return Ok(due);
        }
        let before = "SELECT connection FROM checkups JOIN connections ON id = connection \
             WHERE due_at <= ? AND story = ? AND connection <> ? LIMIT 1";
        let values = vec![first.as_millis().into(), story.into(), connection.details.id.as_str().into()];
        let before: Vec<Row> = self.sql.rows(before, values)?;
        Ok(if before.is_empty() { first } else { due })
    }

    /// What a connection shares with others that fail for the same cause, if that begins and ends for all of them.
    fn shared_story(&self, connection: &StoredConnection, cause: Cause) -> Option<String> {
        let is_shared = is_shared(cause) && connection.refusal.is_none();
        is_shared.then(|| story_of(&connection.view(self.now), cause)).flatten()
    }

    /// A connection has recovered from `cause`: checks soon what else fails for it. Some recover while the others wait for
    /// their turn, so a round is not begun again at once; then one of the others follows.
    pub(super) fn check_story_soon(&self, connection: &StoredConnection, cause: Cause) -> Result<(), Refusal> {
        let Some(story) = self.shared_story(connection, cause) else { return Ok(()) };
        let hurried = "SELECT hurried_at FROM checkups WHERE connection = ?";
        let hurried: Vec<Hurried> = self.sql.rows(hurried, vec![connection.details.id.as_str().into()])?;
        let hurried_at = hurried.first().and_then(|row| row.hurried_at).map(Timestamp::from_millis);
        if hurried_at.is_some_and(|at| (0..ROUND).contains(&self.now.since(at))) {
            let other = "SELECT id AS connection FROM connections WHERE story = ? AND id <> ? LIMIT 1";
            let values = vec![story.into(), connection.details.id.as_str().into()];
            let others: Vec<Row> = self.sql.rows(other, values)?;
            let soon = self.now.plus_millis(SHORTEST);
            return others.iter().try_for_each(|other| self.check_no_later(&other.connection, soon));
        }
        let all = "UPDATE checkups SET hurried_at = ?, due_at = min(due_at, ? + abs(random() % ?)) \
             WHERE connection IN (SELECT id FROM connections WHERE story = ?)";
        let now = || Value::from(self.now.as_millis());
        Ok(self.sql.run(all, vec![now(), now(), SPREAD.into(), story.into()])?)
    }

    /// Schedules checkups at once for the other connections of the same account. Atlassian keeps one consent for each
    /// account and app, so when it refuses the grant of one connection, the others have probably lost theirs.
    pub(super) fn check_siblings_soon(&self, connection: &StoredConnection) -> Result<(), Refusal> {
        let account = connection.details.account.as_ref().filter(|_| stands_on_consent(connection));
        let Some(account) = account else { return Ok(()) };
        let siblings = "SELECT id AS connection FROM connections WHERE account_id = ? AND id <> ? AND deleted = 0";
        let values = vec![account.account_id.as_str().into(), connection.details.id.as_str().into()];
        let siblings: Vec<Row> = self.sql.rows(siblings, values)?;
        siblings.iter().try_for_each(|row| self.check_soon(&row.connection))
    }
}

#[cfg(test)]
mod tests {
    use api::{Cause, Name};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn connection(number: u32, status: Status) -> StoredConnection {
        let id = ConnectionId::parse(format!("con_{number}")).expect("an id");
        let mut connection = StoredConnection::new(id, Name::parse("Staging").expect("a name"), NOW);
        connection.details.status = status;
        connection
    }

    #[test]
    fn a_working_connection_is_checked_once_a_day_at_its_own_moment() {
        let working = connection(1, Status::Authorized);
        let first = next_due(&working, NOW);
        assert!(first > NOW && first.since(NOW) <= DAY);
        assert_eq!(next_due(&working, first).since(first), DAY);
        assert_eq!(next_due(&working, first.plus_millis(-1)), first);
    }

    #[test]
    fn many_connections_are_spread_over_the_day() {
        let mut hours = [0; 24];
        for number in 0..2400 {
            let due = next_due(&connection(number, Status::Authorized), NOW);
            hours[usize::try_from(due.since(NOW) / 3_600_000).expect("an hour").min(23)] += 1;
        }
        assert!(hours.iter().all(|count| (40..=200).contains(count)), "{hours:?}");
    }

    #[test]
    fn an_interrupted_connection_is_checked_after_as_long_again_as_it_lasted() {
        let after = |lasted: i64| {
            let since = NOW.plus_millis(-lasted);
            let status = Status::Interrupted { cause: Cause::IpAllowList, since };
            next_due(&connection(1, status), NOW).since(NOW)
        };
        for (lasted, pause) in [(0, SHORTEST), (SHORTEST, SHORTEST), (600_000, 600_000), (30 * DAY, LONGEST)] {
            assert!((pause..pause + pause / 4).contains(&after(lasted)), "{lasted}: {}", after(lasted));
        }
    }
}
