//! What *Save* and *Save for later* send, and what *Save* waits for. Pure rules.

use api::{
    AuthorizationId, Connection, ConnectionDraft, ConnectionEdit, CreateConnection, EditConnection, Name,
    NewConnection, WorkspaceId,
};

use crate::client::{CallError, call, call_if_match};

/// A request that saves the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SaveRequest {
    /// Creates a connection.
    Create(NewConnection),
    /// Edits the connection that was loaded.
    Edit(ConnectionEdit),
}

impl SaveRequest {
    /// Whether it saves an authorization.
    pub(super) const fn authorizes(&self) -> bool {
        match self {
            Self::Create(new) => new.authorization_id.is_some(),
            Self::Edit(edit) => edit.authorization_id.is_some(),
        }
    }
}

/// What *Save* waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// A valid name.
    Name,
    /// A workspace, where there are workspaces.
    Workspace,
    /// An authorization, for a connection that never had one.
    Authorization,
    /// Any change.
    Change,
}

/// The form as it is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    /// The name, as typed.
    pub(super) name: String,
    /// The authorization that is ready to be saved.
    pub(super) authorized: Option<AuthorizationId>,
    /// The chosen workspaces, of a new connection.
    pub(super) workspaces: Vec<WorkspaceId>,
    /// Whether a workspace must be chosen, for a new connection.
    pub(super) needs_workspace: bool,
    /// Whether all tasks are to be resynced.
    pub(super) resync: bool,
}

impl Filled {
    /// What *Save* waits for, in the order on the screen. `saved` is the connection that is edited.
    pub(super) fn missing(&self, saved: Option<&Connection>) -> Vec<Missing> {
        let without_authorization = self.authorized.is_none() && saved.is_none_or(|saved| saved.draft.is_some());
        let unchanged =
            saved.is_some() && !without_authorization && !self.resync && self.edit(saved) == ConnectionEdit::default();
        [
            (Missing::Name, Name::parse(&self.name).is_err()),
            (Missing::Workspace, self.lacks_workspace()),
            (Missing::Authorization, without_authorization),
            (Missing::Change, unchanged),
        ]
        .into_iter()
        .filter_map(|(missing, is_missing)| is_missing.then_some(missing))
        .collect()
    }

    /// Whether a workspace must still be chosen.
    pub(super) fn lacks_workspace(&self) -> bool {
        self.needs_workspace && self.workspaces.is_empty()
    }

    /// The request of *Save*; `None` while something is missing.
    pub(super) fn request(&self, saved: Option<&Connection>) -> Option<SaveRequest> {
        if !self.missing(saved).is_empty() {
            return None;
        }
        match saved {
            Some(_) => Some(SaveRequest::Edit(self.edit(saved))),
            None => self.create(None),
        }
    }

    /// The request of *Save for later*; `None` while the name is invalid or a workspace is missing.
    pub(super) fn request_for_later(&self, saved: Option<&Connection>, draft: ConnectionDraft) -> Option<SaveRequest> {
        let name = Name::parse(&self.name).ok()?;
        if self.lacks_workspace() {
            return None;
        }
        match saved {
            Some(saved) => {
                let name = Some(name).filter(|name| *name != saved.name);
                Some(SaveRequest::Edit(ConnectionEdit { name, draft: Some(draft), ..ConnectionEdit::default() }))
            }
            None => self.create(Some(draft)),
        }
    }

    fn create(&self, draft: Option<ConnectionDraft>) -> Option<SaveRequest> {
        let name = Name::parse(&self.name).ok()?;
        let authorization_id = self.authorized.clone().filter(|_| draft.is_none());
        let workspaces = self.workspaces.clone();
        Some(SaveRequest::Create(NewConnection { name, authorization_id, draft, workspaces }))
    }

    fn edit(&self, saved: Option<&Connection>) -> ConnectionEdit {
        let is_new = |name: &Name| saved.is_none_or(|saved| *name != saved.name);
        ConnectionEdit {
            name: Name::parse(&self.name).ok().filter(is_new),
            authorization_id: self.authorized.clone(),
            ..ConnectionEdit::default()
        }
    }
}

/// *Save waits for a name and the authorization.* Empty if it waits for nothing.
pub(super) fn waits_for(missing: &[Missing], button: &str) -> String {
    let word = |missing: &Missing| match missing {
        Missing::Name => "a name",
        Missing::Workspace => "a workspace",
        Missing::Authorization => "the authorization",
        Missing::Change => "a change",
    };
    let words: Vec<&str> = missing.iter().map(word).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => format!("{button} waits for {only}."),
        [others @ .., last] => format!("{button} waits for {} and {last}.", others.join(", ")),
    }
}

/// Sends it.
pub(super) async fn send(request: SaveRequest, saved: Option<Connection>) -> Result<Connection, CallError> {
    match (request, saved) {
        (SaveRequest::Create(new), _) => call::<CreateConnection>(&(), &new).await,
        // Only its tasks are to be resynced.
        (SaveRequest::Edit(edit), Some(saved)) if edit == ConnectionEdit::default() => Ok(saved),
        (SaveRequest::Edit(edit), Some(saved)) => {
            call_if_match::<EditConnection>(&saved.id, &edit, saved.version).await
        }
        (SaveRequest::Edit(_), None) => unreachable!("an edit is made from a connection that was read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Name {
        Name::parse(name).expect("a name")
    }

    fn filled(name: &str, authorized: bool) -> Filled {
        Filled {
            name: name.to_owned(),
            authorized: authorized.then(|| AuthorizationId::parse("aut_1").expect("an id")),
            workspaces: Vec::new(),
            needs_workspace: false,
            resync: false,
        }
    }

    fn saved(more: &str) -> Connection {
        let json = format!(
            r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{{"state":"authorized"}},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3{more}}}"#
        );
        serde_json::from_str(&json).expect("a connection")
    }

    fn draft() -> Connection {
        saved(r#","draft":{}"#)
    }

    #[test]
    fn save_says_what_it_waits_for() {
        assert_eq!(filled("Staging", false).missing(None), [Missing::Authorization]);
        let nothing = Filled { needs_workspace: true, ..filled("  ", false) };
        assert_eq!(
            waits_for(&nothing.missing(None), "Save"),
            "Save waits for a name, a workspace and the authorization."
        );
        assert_eq!(waits_for(&filled("Staging", false).missing(None), "Save"), "Save waits for the authorization.");
        assert_eq!(filled("Staging", false).missing(Some(&saved(""))), [Missing::Change]);
        assert_eq!(filled("Staging", false).missing(Some(&draft())), [Missing::Authorization]);
        assert_eq!(waits_for(&filled("Staging", true).missing(None), "Save"), "");
    }

    #[test]
    fn a_new_connection_is_saved_with_a_name_and_an_authorization_only() {
        assert_eq!(filled("Staging", false).request(None), None);
        assert_eq!(filled("  ", true).request(None), None);
        let new = NewConnection {
            name: named("Staging"),
            authorization_id: AuthorizationId::parse("aut_1").ok(),
            draft: None,
            workspaces: Vec::new(),
        };
        assert_eq!(filled(" Staging ", true).request(None), Some(SaveRequest::Create(new)));
    }

    #[test]
    fn an_edit_sends_only_what_changed_and_nothing_if_nothing_did() {
        assert_eq!(filled("Staging ", false).request(Some(&saved(""))), None);
        let renamed = ConnectionEdit { name: Some(named("Production")), ..ConnectionEdit::default() };
        assert_eq!(filled("Production", false).request(Some(&saved(""))), Some(SaveRequest::Edit(renamed)));
        let authorized =
            ConnectionEdit { authorization_id: AuthorizationId::parse("aut_1").ok(), ..ConnectionEdit::default() };
        assert_eq!(filled("Staging", true).request(Some(&saved(""))), Some(SaveRequest::Edit(authorized)));
    }

    #[test]
    fn a_resync_of_all_tasks_is_a_change_by_itself() {
        let asked = Filled { resync: true, ..filled("Staging", false) };
        assert_eq!(asked.missing(Some(&saved(""))), []);
        assert_eq!(asked.request(Some(&saved(""))), Some(SaveRequest::Edit(ConnectionEdit::default())));
    }

    #[test]
    fn what_is_kept_for_later_needs_a_name_and_a_workspace_but_no_authorization() {
        let kept = ConnectionDraft::CloudOauth2 {};
        assert_eq!(filled("", false).request_for_later(None, kept.clone()), None);
        let without = Filled { needs_workspace: true, ..filled("Staging", false) };
        assert_eq!(without.request_for_later(None, kept.clone()), None);
        let Some(SaveRequest::Create(new)) = filled("Staging", true).request_for_later(None, kept.clone()) else {
            unreachable!("it can be kept")
        };
        assert_eq!((new.authorization_id, new.draft), (None, Some(kept.clone())));
        let Some(SaveRequest::Edit(edit)) = filled("Staging", false).request_for_later(Some(&draft()), kept.clone())
        else {
            unreachable!("it can be kept")
        };
        assert_eq!((edit.name, edit.draft), (None, Some(kept)));
    }
}
