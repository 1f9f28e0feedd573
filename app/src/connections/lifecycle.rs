//! What can be done to a connection after it was made, from the grid and from its own screen.

use api::{
    ActivateConnection, Connection, ConnectionId, DeactivateConnection, Endpoint, Horizon, RenewConnection,
    RestoreConnection, RevertConnection, Status, Timestamp,
};
use leptos::{prelude::*, task::spawn_local};

use super::{delete_dialog::DeleteDialog, row_test::RowTest, unauthorize_dialog::UnauthorizeDialog};
use crate::{
    client::command,
    navigation::{Navigation, use_navigation},
    route::{Route, Tab},
    session::CurrentSession,
    ui::{flags::Flags, menu::Entry, moment::Now},
};

/// Something that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Change its name or its credentials.
    Edit,
    /// Run a checkup.
    Test,
    /// Refresh the credential now, before it ends.
    Renew,
    /// Authorize for the first time.
    Authorize,
    /// Authorize again.
    Reauthorize,
    /// Let calls through again.
    Activate,
    /// Refuse calls, and keep the credential.
    Deactivate,
    /// Destroy the credential.
    Unauthorize,
    /// Unauthorize and hide.
    Delete,
    /// Show again.
    Restore,
}

impl Act {
    /// What people call it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Edit => "Edit",
            Self::Test => "Test",
            Self::Renew => "Renew now",
            Self::Authorize => "Authorize",
            Self::Reauthorize => "Reauthorize",
            Self::Activate => "Activate",
            Self::Deactivate => "Deactivate",
            Self::Unauthorize => "Unauthorize",
            Self::Delete => "Delete",
            Self::Restore => "Restore",
        }
    }
}

/// What a connection's state allows, each with the reason if not now. `may` says whether this person may change it;
/// some only test it and authorize it again.
pub(super) fn acts(connection: &Connection, may: bool, now: Timestamp) -> Vec<(Act, Option<&'static str>)> {
    let forbidden = (!may).then_some("Only its administrators may do this.");
    let closed = forbidden.filter(|_| !connection.may_reauthorize);
    if connection.deleted.is_some() {
        return vec![(Act::Restore, forbidden)];
    }
    let without = matches!(connection.status, Status::Unauthorized { .. });
    let off = matches!(connection.status, Status::Deactivated { .. });
    let unless = |forbidden: Option<_>, hinders: bool, why| forbidden.or(Some(why).filter(|_| hinders));
    let untested = if off { "Activate it first." } else { "There is nothing to test until it is authorized." };
    let mut acts = vec![(Act::Edit, forbidden), (Act::Test, unless(closed, without || off, untested))];
    if connection.renewable() && connection.horizon(now).is_some_and(Horizon::warns) {
        acts.push((Act::Renew, forbidden));
    }
    let switch = if off { Act::Activate } else { Act::Deactivate };
    acts.extend([
        (authorize(&connection.status), closed),
        (switch, unless(forbidden, without, "It is not authorized: no call gets through.")),
        (Act::Unauthorize, unless(forbidden, without, "It is not authorized.")),
        (Act::Delete, forbidden),
    ]);
    acts
}

/// *Authorize*, or *Reauthorize* where there was a credential once.
pub(super) const fn authorize(status: &Status) -> Act {
    match status {
        Status::Unauthorized { since: None, .. } => Act::Authorize,
        _ => Act::Reauthorize,
    }
}

/// What is being asked, what was done. One for the app, in context: it outlives a screen.
#[derive(Clone, Copy)]
pub(crate) struct Lifecycle {
    /// Whose unauthorizing is being asked for.
    pub(super) unauthorizing: RwSignal<Option<Connection>>,
    /// Whose deletion is being asked for.
    pub(super) deleting: RwSignal<Option<Connection>>,
    /// What was unauthorized together, to be authorized again one by one.
    pub(super) checklist: RwSignal<Vec<Connection>>,
    /// The checkup in a row.
    pub(super) row_test: RowTest,
    /// Counts what was done, so that screens know that what they read is old.
    changes: RwSignal<u32>,
    flags: Flags,
}

impl Lifecycle {
    /// Nothing yet.
    pub(crate) fn start() -> Self {
        Self {
            unauthorizing: RwSignal::new(None),
            deleting: RwSignal::new(None),
            checklist: RwSignal::default(),
            row_test: RowTest::start(),
            changes: RwSignal::new(0),
            flags: expect_context(),
        }
    }

    /// Calls `reload` after everything that is done, until the screen is left.
    pub(crate) fn on_change(self, reload: impl Fn() + 'static) {
        Effect::new(move |before: Option<u32>| {
            let now = self.changes.get();
            if before.is_some_and(|before| before != now) {
                reload();
            }
            now
        });
    }

    /// Says what was done, with a way back if there is one.
    pub(super) fn did(self, words: String, undo: Option<Callback<()>>) {
        self.flags.done_with(words, undo);
        self.changed();
    }

    /// What screens read is old.
    pub(super) fn changed(self) {
        self.changes.update(|count| *count = count.wrapping_add(1));
    }

    /// The setup of a connection was saved.
    pub(super) fn saved(self, after: &Connection) {
        self.changed();
        if after.status == Status::Authorized {
            self.checklist.update(|list| {
                if let Some(one) = list.iter_mut().find(|one| one.id == after.id) {
                    one.status = Status::Authorized;
                }
            });
        }
    }

    /// Restores.
    pub(super) fn restore(self, id: &ConnectionId) {
        self.command::<RestoreConnection>(id, |restored| {
            let then = match restored.status {
                Status::Unauthorized { .. } => " It needs authorizing before calls work.",
                _ => "",
            };
            format!("Restored {}.{then}", isolated(restored.name.as_str()))
        });
    }

    /// Takes the last reauthorization back.
    pub(super) fn revert(self, id: &ConnectionId) {
        self.command::<RevertConnection>(id, |reverted| {
            let account = reverted.account.as_ref().map(|account| isolated(&account.name)).unwrap_or_default();
            format!("Went back to {account}")
        });
    }

    /// Moves the horizon.
    pub(crate) fn renew(self, id: &ConnectionId) {
        self.command::<RenewConnection>(id, |renewed| format!("Renewed {}", isolated(renewed.name.as_str())));
    }

    /// Lets calls through again.
    pub(super) fn activate(self, id: &ConnectionId) {
        self.command::<ActivateConnection>(id, |now| format!("Activated {}", isolated(now.name.as_str())));
    }

    /// Refuses calls from now on.
    pub(super) fn deactivate(self, id: &ConnectionId) {
        let words = |now: &Connection| {
            format!("Deactivated {}. Calls are refused within ten seconds", isolated(now.name.as_str()))
        };
        self.carry_out(DeactivateConnection::METHOD, DeactivateConnection::path(id), words, true);
    }

    /// Does `E` to a connection, and says so in `words`.
    pub(super) fn command<E: Endpoint<Params = ConnectionId, Answer = Connection>>(
        self,
        id: &ConnectionId,
        words: fn(&Connection) -> String,
    ) {
        self.carry_out(E::METHOD, E::path(id), words, false);
    }

    fn carry_out(self, method: api::Method, path: String, words: fn(&Connection) -> String, can_be_activated: bool) {
        spawn_local(async move {
            match command::<Connection>(method, path).await {
                Ok(connection) => {
                    // Made here, for what is made in a menu goes with it.
                    let id = connection.id.clone();
                    let undo = can_be_activated.then(|| Callback::new(move |()| self.activate(&id)));
                    self.did(words(&connection), undo);
                }
                Err(error) => self.flags.failed(&error),
            }
        });
    }

    /// Tests in the row, or cancels the test that runs there.
    pub(super) fn test_in_row(self, id: &ConnectionId) {
        self.row_test.begin_or_cancel(id, move || self.changed());
    }

    /// Whether whoever is signed in may change it.
    pub(super) fn may(connection: &Connection) -> bool {
        let session: CurrentSession = expect_context();
        connection.may_manage || untrack(|| session.is_administrator())
    }

    /// Whether whoever is signed in may test it and authorize it again.
    pub(super) fn may_reauthorize(connection: &Connection) -> bool {
        connection.may_reauthorize || Self::may(connection)
    }

    /// Does it, or asks first.
    pub(super) fn begin(self, navigation: Navigation, act: Act, connection: &Connection) {
        let go =
            |tab, query| navigation.go(&format!("{}{query}", Route::Connection(connection.id.clone(), tab).path()));
        match act {
            Act::Test => go(Tab::Overview, "?test"),
            Act::Edit | Act::Authorize | Act::Reauthorize => go(Tab::Setup, ""),
            Act::Unauthorize => self.unauthorizing.set(Some(connection.clone())),
            Act::Delete => self.deleting.set(Some(connection.clone())),
            Act::Renew => self.renew(&connection.id),
            Act::Restore => self.restore(&connection.id),
            Act::Activate => self.activate(&connection.id),
            Act::Deactivate => self.deactivate(&connection.id),
        }
    }

    /// The lines of a connection's menu.
    pub(super) fn entries(self, connection: &Connection) -> Vec<Entry> {
        let connection = StoredValue::new(connection.clone());
        let navigation = use_navigation();
        let Now(now) = expect_context();
        let entry = |(act, not_now): (Act, _)| {
            let act_on = move |()| connection.with_value(|connection| self.begin(navigation, act, connection));
            Entry { words: act.words(), not_now, act: Callback::new(act_on) }
        };
        let acts = connection.with_value(|connection| acts(connection, Self::may(connection), now.get_untracked()));
        acts.into_iter().map(entry).collect()
    }
}

/// The dialogs that ask before harm, wherever they were called from.
#[component]
pub(crate) fn LifecycleDialogs() -> impl IntoView {
    view! {
        <UnauthorizeDialog />
        <DeleteDialog />
    }
    .into_any()
}

/// A name among words of ours, whichever way it is written.
pub(crate) fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(status: &str, deleted: &str) -> Connection {
        let json = format!(
            r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{status},"account":null,
            "scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,"deleted":{deleted},
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}}"#
        );
        serde_json::from_str(&json).expect("a connection")
    }

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    #[test]
    fn what_ends_soon_can_be_renewed_unless_its_year_is_over() {
        let mut soon = connection(r#"{"state":"authorized"}"#, "null");
        assert!(!acts(&soon, true, NOW).contains(&(Act::Renew, None)));
        soon.reauthorize_before = Some(NOW.plus_seconds(6 * 86_400));
        assert!(acts(&soon, true, NOW).contains(&(Act::Renew, None)));
        soon.authorized_at = Some(NOW.plus_seconds(-359 * 86_400));
        assert!(!acts(&soon, true, NOW).contains(&(Act::Renew, None)));
    }

    #[test]
    fn what_cannot_be_done_now_says_why() {
        let never = acts(&connection(r#"{"state":"unauthorized","cause":null,"since":null}"#, "null"), true, NOW);
        assert!(never.contains(&(Act::Authorize, None)));
        assert!(never.contains(&(Act::Unauthorize, Some("It is not authorized."))));
        let works = acts(&connection(r#"{"state":"authorized"}"#, "null"), true, NOW);
        assert!(works.iter().all(|(_, not_now)| not_now.is_none()));
        assert!(works.contains(&(Act::Reauthorize, None)));
    }

    #[test]
    fn what_is_deactivated_can_be_activated_and_is_not_tested() {
        let off = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        let acts = acts(&connection(off, "null"), true, NOW);
        assert!(acts.contains(&(Act::Activate, None)));
        assert!(acts.contains(&(Act::Test, Some("Activate it first."))));
        assert!(acts.contains(&(Act::Unauthorize, None)), "the credential is kept, and can be destroyed");
        assert!(acts.iter().all(|(act, _)| *act != Act::Deactivate));
    }

    #[test]
    fn who_may_not_change_a_connection_sees_what_there_is_and_why_not() {
        let acts = acts(&connection(r#"{"state":"authorized"}"#, "null"), false, NOW);
        assert!(acts.iter().all(|(_, why)| *why == Some("Only its administrators may do this.")));
        assert_eq!(acts.first().map(|(act, _)| *act), Some(Act::Edit));
    }

    #[test]
    fn who_may_only_reauthorize_tests_and_reauthorizes() {
        let mut tracked = connection(r#"{"state":"authorized"}"#, "null");
        tracked.may_reauthorize = true;
        let acts = acts(&tracked, false, NOW);
        let open: Vec<Act> = acts.into_iter().filter(|(_, why)| why.is_none()).map(|(act, _)| act).collect();
        assert_eq!(open, [Act::Test, Act::Reauthorize]);
    }

    #[test]
    fn what_is_deleted_can_only_be_restored() {
        let deleted = r#"{"at":"2026-01-01T00:00:00Z","by":"Ada","purge_at":"2026-02-01T00:00:00Z"}"#;
        assert_eq!(acts(&connection(r#"{"state":"authorized"}"#, deleted), true, NOW), [(Act::Restore, None)]);
    }
}
