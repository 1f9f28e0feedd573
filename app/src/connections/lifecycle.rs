//! What can be done to a connection after it was made, from the grid and from its own screen.

use api::{
    Connection, ConnectionId, Horizon, Nothing, RenewConnection, RestoreConnection, RevertConnection, Status, Timestamp,
};
use leptos::{prelude::*, task::spawn_local};

use super::{delete_dialog::DeleteDialog, unauthorize_dialog::UnauthorizeDialog};
use crate::{
    client::{CallError, call},
    navigation::{Navigation, use_navigation},
    route::{Route, Tab},
    ui::{flags::Flags, menu::Entry, moment::Now},
};

/// Something that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Run a checkup.
    Test,
    /// Refresh the credential now, before it ends.
    Renew,
    /// Authorize for the first time.
    Authorize,
    /// Authorize again.
    Reauthorize,
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
            Self::Test => "Test",
            Self::Renew => "Renew now",
            Self::Authorize => "Authorize",
            Self::Reauthorize => "Reauthorize",
            Self::Unauthorize => "Unauthorize",
            Self::Delete => "Delete",
            Self::Restore => "Restore",
        }
    }
}

/// What a connection's state allows, each with the reason if not now.
pub(super) fn acts(connection: &Connection, now: Timestamp) -> Vec<(Act, Option<&'static str>)> {
    if connection.deleted.is_some() {
        return vec![(Act::Restore, None)];
    }
    let without = matches!(connection.status, Status::Unauthorized { .. });
    let not_now = |why| Some(why).filter(|_| without);
    let mut acts = vec![(Act::Test, not_now("There is nothing to test until it is authorized."))];
    if connection.renewable() && connection.horizon(now).is_some_and(Horizon::warns) {
        acts.push((Act::Renew, None));
    }
    acts.extend([
        (authorize(&connection.status), None),
        (Act::Unauthorize, not_now("It is not authorized.")),
        (Act::Delete, None),
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
    pub(super) fn restore(self, id: ConnectionId) {
        self.carry_out(async move { call::<RestoreConnection>(&id, &Nothing {}).await }, |restored| {
            let then = match restored.status {
                Status::Unauthorized { .. } => " It needs authorizing before calls work.",
                _ => "",
            };
            format!("Restored {}.{then}", isolated(restored.name.as_str()))
        });
    }

    /// Takes the last reauthorization back.
    pub(super) fn revert(self, id: ConnectionId) {
        self.carry_out(async move { call::<RevertConnection>(&id, &Nothing {}).await }, |reverted| {
            let account = reverted.account.as_ref().map(|account| isolated(&account.name)).unwrap_or_default();
            format!("Went back to {account}")
        });
    }

    /// Moves the horizon.
    pub(crate) fn renew(self, id: ConnectionId) {
        let words = |renewed: &Connection| format!("Renewed {}", isolated(renewed.name.as_str()));
        self.carry_out(async move { call::<RenewConnection>(&id, &Nothing {}).await }, words);
    }

    fn carry_out(
        self,
        doing: impl Future<Output = Result<Connection, CallError>> + 'static,
        words: fn(&Connection) -> String,
    ) {
        let doing: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(doing);
        spawn_local(async move {
            match doing.await {
                Ok(connection) => self.did(words(&connection), None),
                Err(error) => self.flags.failed(&error),
            }
        });
    }

    /// Does it, or asks first.
    pub(super) fn begin(self, navigation: Navigation, act: Act, connection: &Connection) {
        let go =
            |tab, query| navigation.go(&format!("{}{query}", Route::Connection(connection.id.clone(), tab).path()));
        match act {
            Act::Test => go(Tab::Overview, "?test"),
            Act::Authorize | Act::Reauthorize => go(Tab::Setup, ""),
            Act::Unauthorize => self.unauthorizing.set(Some(connection.clone())),
            Act::Delete => self.deleting.set(Some(connection.clone())),
            Act::Renew => self.renew(connection.id.clone()),
            Act::Restore => self.restore(connection.id.clone()),
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
        connection.with_value(|connection| acts(connection, now.get_untracked())).into_iter().map(entry).collect()
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
        assert!(!acts(&soon, NOW).contains(&(Act::Renew, None)));
        soon.reauthorize_before = Some(NOW.plus_seconds(6 * 86_400));
        assert!(acts(&soon, NOW).contains(&(Act::Renew, None)));
        soon.authorized_at = Some(NOW.plus_seconds(-359 * 86_400));
        assert!(!acts(&soon, NOW).contains(&(Act::Renew, None)));
    }

    #[test]
    fn what_cannot_be_done_now_says_why() {
        let never = acts(&connection(r#"{"state":"unauthorized","cause":null,"since":null}"#, "null"), NOW);
        assert!(never.contains(&(Act::Authorize, None)));
        assert!(never.contains(&(Act::Unauthorize, Some("It is not authorized."))));
        let works = acts(&connection(r#"{"state":"authorized"}"#, "null"), NOW);
        assert!(works.iter().all(|(_, not_now)| not_now.is_none()));
        assert!(works.contains(&(Act::Reauthorize, None)));
    }

    #[test]
    fn what_is_deleted_can_only_be_restored() {
        let deleted = r#"{"at":"2026-01-01T00:00:00Z","by":"Ada","purge_at":"2026-02-01T00:00:00Z"}"#;
        assert_eq!(acts(&connection(r#"{"state":"authorized"}"#, deleted), NOW), [(Act::Restore, None)]);
    }
}
