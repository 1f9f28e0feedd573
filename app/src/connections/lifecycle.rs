//! Actions on a connection that exists, from the grid and from its own screen.

use api::{
    ActivateConnection, AddressConfirmation, ConfirmAddress, Connection, ConnectionId, DeactivateConnection, Endpoint,
    Horizon, Name, RenewConnection, RestoreConnection, RevertConnection, Status, Timestamp,
};
use leptos::{prelude::*, task::spawn_local};

use super::{connection_row::ConnectionRow, row_test::RowTest};
use crate::{
    client::{CallError, call, command},
    context::expect_context,
    navigation::{Navigation, use_navigation},
    route::{Route, Tab},
    session::CurrentSession,
    ui::{
        copy_button::copy,
        flags::{FlagAction, Flags},
        isolated,
        menu::MenuItem,
        moment::Now,
        mutation::Mutation,
    },
};

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionAction {
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

impl ConnectionAction {
    /// The words on its button.
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

/// The actions in a connection's menu, each with the reason if it is not available now. Without `may_manage` a member
/// may at most test and reauthorize.
pub(super) fn actions(
    connection: &ConnectionRow,
    may_manage: bool,
    now: Timestamp,
) -> Vec<(ConnectionAction, Option<&'static str>)> {
    let forbidden = (!may_manage).then_some("Only its administrators may do this.");
    let closed = forbidden.filter(|_| !connection.may_reauthorize);
    if connection.deleted.is_some() {
        return vec![(ConnectionAction::Restore, forbidden)];
    }
    let without = matches!(connection.status, Status::Unauthorized { .. });
    let off = matches!(connection.status, Status::Deactivated { .. });
    let unless = |forbidden: Option<_>, hinders: bool, why| forbidden.or(Some(why).filter(|_| hinders));
    let untested = if off { "Activate it first." } else { "There is nothing to test until it is authorized." };
    let mut actions =
        vec![(ConnectionAction::Edit, forbidden), (ConnectionAction::Test, unless(closed, without || off, untested))];
    if connection.renewable() && connection.horizon(now).is_some_and(Horizon::warns) {
        actions.push((ConnectionAction::Renew, forbidden));
    }
    let switch = if off { ConnectionAction::Activate } else { ConnectionAction::Deactivate };
    actions.extend([
        (authorize(&connection.status), closed),
        (switch, unless(forbidden, without, "It is not authorized: no call gets through.")),
        (ConnectionAction::Unauthorize, unless(forbidden, without, "It is not authorized.")),
        (ConnectionAction::Delete, forbidden),
    ]);
    actions
}

/// *Authorize*, or *Reauthorize* if there was a credential before.
pub(super) const fn authorize(status: &Status) -> ConnectionAction {
    match status {
        Status::Unauthorized { since: None, .. } => ConnectionAction::Authorize,
        _ => ConnectionAction::Reauthorize,
    }
}

/// A connection that a dialog asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DialogTarget {
    pub(super) id: ConnectionId,
    pub(super) name: Name,
}

/// The dialogs that ask before harm, and the changes made. One for the app, in context: it outlives a screen.
#[derive(Clone, Copy)]
pub(crate) struct Lifecycle {
    /// The connection that the dialog *Unauthorize* asks about.
    pub(super) unauthorizing: RwSignal<Option<DialogTarget>>,
    /// The connection that the dialog *Delete* asks about.
    pub(super) deleting: RwSignal<Option<DialogTarget>>,
    /// The connections that were unauthorized together, to be authorized again one by one.
    pub(super) checklist: RwSignal<Vec<Connection>>,
    /// The checkup that runs in a row.
    pub(super) row_test: RowTest,
    /// The connection that was just saved for the first time: its overview says what to do now.
    pub(super) just_saved: RwSignal<Option<ConnectionId>>,
    /// Counts the changes, so that screens reload.
    changes: RwSignal<u32>,
    mutation: Mutation,
    flags: Flags,
}

impl Lifecycle {
    /// No dialog is open, nothing was changed.
    pub(crate) fn start() -> Self {
        Self {
            unauthorizing: RwSignal::new(None),
            deleting: RwSignal::new(None),
            checklist: RwSignal::default(),
            row_test: RowTest::start(),
            just_saved: RwSignal::new(None),
            changes: RwSignal::new(0),
            mutation: Mutation::flagged(),
            flags: expect_context(),
        }
    }

    /// Calls `reload` after every change, until the screen is left.
    pub(crate) fn on_change(self, reload: impl Fn() + 'static) {
        Effect::new(move |before: Option<u32>| {
            let now = self.changes.get();
            if before.is_some_and(|before| before != now) {
                reload();
            }
            now
        });
    }

    /// Reports a change in a flag, with a button for `action` if it is given.
    pub(super) fn done(self, words: String, action: Option<FlagAction>) {
        self.flags.done_with(words, action);
        self.changed();
    }

    /// Reports a failure in a flag.
    pub(super) fn failed(self, error: &CallError) {
        self.flags.failed(error);
    }

    /// Something changed: screens reload.
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

    /// Restores a deleted connection.
    pub(super) fn restore(self, id: &ConnectionId) {
        self.command::<RestoreConnection>(id, |restored| {
            let then = match restored.status {
                Status::Unauthorized { .. } => " It needs authorizing before calls work.",
                _ => "",
            };
            format!("Restored {}.{then}", isolated(restored.name.as_str()))
        });
    }

    /// Goes back to the authorization before the last one.
    pub(super) fn revert(self, id: &ConnectionId) {
        self.command::<RevertConnection>(id, |reverted| {
            let account = reverted.account.as_ref().map(|account| isolated(&account.name)).unwrap_or_default();
            format!("Returned to {account}")
        });
    }

    /// Refreshes the credential, which moves its end.
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
        self.send(DeactivateConnection::METHOD, DeactivateConnection::path(id), words, true);
    }

    /// Calls `E` on a connection, and reports the success in `words`.
    pub(super) fn command<E: Endpoint<Params = ConnectionId, Answer = Connection>>(
        self,
        id: &ConnectionId,
        words: fn(&Connection) -> String,
    ) {
        self.send(E::METHOD, E::path(id), words, false);
    }

    /// Confirms that the site is at the address that was shown.
    pub(super) fn confirm_address(self, id: &ConnectionId, shown: &str) {
        let (id, confirmed) = (id.clone(), AddressConfirmation { address: shown.to_owned() });
        let confirming = async move { call::<ConfirmAddress>(&id, &confirmed).await };
        self.mutation.run(confirming, move |connection| {
            let address = connection.site.as_ref().map(|site| isolated(&site.url)).unwrap_or_default();
            self.done(format!("Calls go to {address} from now on"), None);
        });
    }

    /// Not generic, so that it is compiled once for all endpoints.
    fn send(self, method: api::Method, path: String, words: fn(&Connection) -> String, can_be_activated: bool) {
        self.mutation.run(command::<Connection>(method, path), move |connection| {
            // The callback is created here: one created in a menu would be disposed of with the menu.
            let id = connection.id.clone();
            let undo = can_be_activated.then(|| ("Undo", Callback::new(move |()| self.activate(&id))));
            self.done(words(&connection), undo);
        });
    }

    /// Starts the test in a row, or cancels it if it is running.
    pub(super) fn test_in_row(self, id: &ConnectionId) {
        self.row_test.start_or_cancel(id, move || self.changed());
    }

    /// Whether this member may change a connection, given what the connection itself says ([`Connection::may_manage`]).
    pub(super) fn may_manage(granted: bool) -> bool {
        let session: CurrentSession = expect_context();
        granted || untrack(|| session.is_administrator())
    }

    /// Whether this member may test a connection and authorize it again.
    pub(super) fn may_reauthorize(connection: &Connection) -> bool {
        connection.may_reauthorize || Self::may_manage(connection.may_manage)
    }

    /// Carries out an action, or opens the dialog that asks first.
    pub(super) fn begin(self, navigation: Navigation, action: ConnectionAction, target: DialogTarget) {
        let go = |tab, query| navigation.go(&format!("{}{query}", Route::Connection(target.id.clone(), tab).path()));
        match action {
            ConnectionAction::Test => go(Tab::Overview, "?test"),
            ConnectionAction::Edit | ConnectionAction::Authorize | ConnectionAction::Reauthorize => go(Tab::Setup, ""),
            ConnectionAction::Unauthorize => self.unauthorizing.set(Some(target)),
            ConnectionAction::Delete => self.deleting.set(Some(target)),
            ConnectionAction::Renew => self.renew(&target.id),
            ConnectionAction::Restore => self.restore(&target.id),
            ConnectionAction::Activate => self.activate(&target.id),
            ConnectionAction::Deactivate => self.deactivate(&target.id),
        }
    }

    /// The items of a connection's menu.
    pub(super) fn menu_items(self, connection: &ConnectionRow) -> Vec<MenuItem> {
        let target = StoredValue::new(connection.target());
        let navigation = use_navigation();
        let Now(now) = expect_context();
        let item = |(action, not_now): (ConnectionAction, _)| MenuItem {
            words: action.words(),
            not_now,
            act: Callback::new(move |()| self.begin(navigation, action, target.get_value())),
        };
        let may_manage = Self::may_manage(connection.may_manage);
        let mut items: Vec<MenuItem> =
            actions(connection, may_manage, now.get_untracked()).into_iter().map(item).collect();
        let copy = move |()| self.copy_id(&target.with_value(|target| target.id.clone()));
        let copy = MenuItem { words: "Copy ID", not_now: None, act: Callback::new(copy) };
        items.insert(items.len().min(2), copy);
        items
    }

    /// Copies the id of a connection, and says whether the browser allowed it.
    fn copy_id(self, id: &ConnectionId) {
        let id = id.to_string();
        spawn_local(async move {
            let beside = document().get_element_by_id("main");
            let copied = copy(&id, beside.as_deref()).await;
            let words =
                if copied { format!("Copied {id}") } else { format!("The browser did not allow copying: {id}") };
            self.flags.done(words);
        });
    }
}

impl ConnectionRow {
    /// What dialogs need of it.
    pub(super) fn target(&self) -> DialogTarget {
        DialogTarget { id: self.id.clone(), name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::connection_row::tests::{deleted, row, status},
        *,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    #[test]
    fn what_ends_soon_can_be_renewed_unless_its_year_is_over() {
        let mut soon = row("Staging", Status::Authorized);
        assert!(!actions(&soon, true, NOW).contains(&(ConnectionAction::Renew, None)));
        soon.reauthorize_before = Some(NOW.plus_seconds(6 * 86_400));
        assert!(actions(&soon, true, NOW).contains(&(ConnectionAction::Renew, None)));
        soon.authorized_at = Some(NOW.plus_seconds(-359 * 86_400));
        assert!(!actions(&soon, true, NOW).contains(&(ConnectionAction::Renew, None)));
    }

    #[test]
    fn what_cannot_be_done_now_says_why() {
        let never =
            actions(&row("Staging", status(r#"{"state":"unauthorized","cause":null,"since":null}"#)), true, NOW);
        assert!(never.contains(&(ConnectionAction::Authorize, None)));
        assert!(never.contains(&(ConnectionAction::Unauthorize, Some("It is not authorized."))));
        let works = actions(&row("Staging", Status::Authorized), true, NOW);
        assert!(works.iter().all(|(_, not_now)| not_now.is_none()));
        assert!(works.contains(&(ConnectionAction::Reauthorize, None)));
    }

    #[test]
    fn what_is_deactivated_can_be_activated_and_is_not_tested() {
        let off = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        let actions = actions(&row("Staging", status(off)), true, NOW);
        assert!(actions.contains(&(ConnectionAction::Activate, None)));
        assert!(actions.contains(&(ConnectionAction::Test, Some("Activate it first."))));
        assert!(
            actions.contains(&(ConnectionAction::Unauthorize, None)),
            "the credential is kept, and can be destroyed"
        );
        assert!(actions.iter().all(|(action, _)| *action != ConnectionAction::Deactivate));
    }

    #[test]
    fn who_may_not_change_a_connection_sees_what_there_is_and_why_not() {
        let actions = actions(&row("Staging", Status::Authorized), false, NOW);
        assert!(actions.iter().all(|(_, why)| *why == Some("Only its administrators may do this.")));
        assert_eq!(actions.first().map(|(action, _)| *action), Some(ConnectionAction::Edit));
    }

    #[test]
    fn who_may_only_reauthorize_tests_and_reauthorizes() {
        let mut tracked = row("Staging", Status::Authorized);
        tracked.may_reauthorize = true;
        let actions = actions(&tracked, false, NOW);
        let open: Vec<ConnectionAction> =
            actions.into_iter().filter(|(_, why)| why.is_none()).map(|(action, _)| action).collect();
        assert_eq!(open, [ConnectionAction::Test, ConnectionAction::Reauthorize]);
    }

    #[test]
    fn what_is_deleted_can_only_be_restored() {
        let gone = ConnectionRow { deleted: Some(deleted()), ..row("Staging", Status::Authorized) };
        assert_eq!(actions(&gone, true, NOW), [(ConnectionAction::Restore, None)]);
    }
}
