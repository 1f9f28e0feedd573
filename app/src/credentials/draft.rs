//! The state of the credential form.

use api::{
    Connection, ConnectionDraft, ConnectionId, ConsumerKey, CredentialShown, DataCenterScope, Guide, Instance, Kind,
    NewCredential, RsaKey, SHARED_CALLBACK_PATH, Timestamp, data_center_callback_path,
};
use leptos::prelude::*;

use super::validation::{AuthMethod, CredentialField, CredentialInput, drafted, method_of};
use crate::{
    authorize::Destination,
    ui::{focus, moment::clock},
};

/// What is entered, for a new or an existing connection.
#[derive(Clone, Copy)]
pub(crate) struct CredentialDraft {
    pub(super) method: RwSignal<Option<AuthMethod>>,
    pub(super) address: RwSignal<String>,
    pub(super) identity: RwSignal<String>,
    pub(super) secret: RwSignal<String>,
    pub(super) scope: RwSignal<DataCenterScope>,
    pub(super) key: RwSignal<Option<RsaKey>>,
    pub(super) by_code: RwSignal<bool>,
    pub(super) expires: RwSignal<String>,
    /// The address as it is typed; `address` is what the edge made of it.
    pub(super) typed: RwSignal<String>,
    /// Whether Jira is reached at an address that is entered.
    pub(super) elsewhere: RwSignal<bool>,
    /// What was found at the address.
    pub(super) found: RwSignal<Option<Instance>>,
    /// The existing connection, if there is one.
    pub(super) connection: StoredValue<Option<ConnectionId>>,
    /// Whether *Authorize* was pressed. From then on errors are shown.
    tried: RwSignal<bool>,
    /// The input before anything was typed.
    untouched: StoredValue<CredentialInput>,
    /// The input of the last request, and whether it asked for new credentials.
    asked: StoredValue<Option<(bool, CredentialInput)>>,
    /// Whether new credentials are entered. Otherwise the existing ones are used.
    pub(crate) fresh: RwSignal<bool>,
    /// Whether the address can be changed: only by somebody who may manage the connection.
    pub(super) may_move: bool,
    /// Whether the existing incoming link has a redirect URL that other sites share.
    pub(super) shares_redirect_url: bool,
}

impl CredentialDraft {
    /// The form for a new connection, or for `saved`.
    pub(crate) fn begin(saved: Option<&Connection>) -> Self {
        let shown = saved.and_then(|saved| saved.credential.as_ref());
        let input = saved.map_or_else(CredentialInput::default, given);
        let drafted = saved.is_some_and(|saved| saved.draft.is_some());
        let shares_redirect_url = matches!(
            shown,
            Some(CredentialShown::DataCenterOauth2 { callback_path, .. }) if callback_path == SHARED_CALLBACK_PATH
        );
        Self {
            untouched: StoredValue::new(input.clone()),
            elsewhere: RwSignal::new(drafted && input.method.is_some_and(|(kind, _)| kind != Kind::CloudOauth2)),
            typed: RwSignal::new(input.address.clone()),
            found: RwSignal::new(None),
            method: RwSignal::new(input.method),
            address: RwSignal::new(input.address),
            identity: RwSignal::new(input.identity),
            secret: RwSignal::new(input.secret),
            scope: RwSignal::new(input.scope),
            key: RwSignal::new(input.key),
            by_code: RwSignal::new(input.by_code),
            expires: RwSignal::new(input.expires),
            connection: StoredValue::new(saved.map(|saved| saved.id.clone())),
            tried: RwSignal::new(false),
            asked: StoredValue::new(None),
            fresh: RwSignal::new(saved.is_none_or(|saved| saved.credential.is_none())),
            may_move: saved.is_some_and(|saved| saved.may_manage && saved.draft.is_none()),
            shares_redirect_url,
        }
    }

    /// Chooses a method, and clears what was entered for another one.
    pub(super) fn choose(self, method: Option<AuthMethod>) {
        if self.method.get_untracked() != method {
            self.method.set(method);
            self.identity.set(String::new());
            self.secret.set(String::new());
            self.expires.set(String::new());
            self.tried.set(false);
        }
    }

    /// Everything that is entered.
    pub(super) fn written(self) -> CredentialInput {
        CredentialInput {
            method: self.method.get(),
            address: self.address.get(),
            identity: self.identity.get(),
            secret: self.secret.get(),
            scope: self.scope.get(),
            key: self.key.get(),
            by_code: self.by_code.get(),
            expires: self.expires.get(),
        }
    }

    /// Where the person goes to authorize; `None` until a method is chosen.
    pub(crate) fn destination(self) -> Option<Destination> {
        self.method.get().map(|(kind, _)| match kind {
            Kind::CloudOauth2 => Destination::Atlassian,
            Kind::Basic => Destination::Nowhere,
            Kind::Oauth1 if self.fresh.get() && self.by_code.get() => Destination::JiraWithCode,
            Kind::Oauth1 | Kind::DataCenterOauth2 | Kind::Unknown(_) => Destination::Jira,
        })
    }

    /// Whether the chosen method needs a credential of its own, unlike Cloud OAuth 2.0.
    pub(crate) fn by_brings(self) -> bool {
        self.destination().is_some_and(|destination| destination != Destination::Atlassian)
    }

    /// The kind and credential to authorize with. `None` if there is an error, which is shown and gets the focus.
    pub(crate) fn request(self) -> Option<(Kind, Option<NewCredential>)> {
        let written = untrack(|| self.written());
        let (kind, _) = written.method?;
        self.asked.set_value(Some((self.fresh.get_untracked(), written.clone())));
        if !self.fresh.get_untracked() {
            return Some((kind, None));
        }
        self.show_errors();
        match written.first_error(clock()) {
            Some(field) => {
                focus(field.id());
                None
            }
            None => Some((kind, written.credential())),
        }
    }

    /// Shows the errors.
    pub(super) fn show_errors(self) {
        self.tried.set(true);
    }

    /// Whether the input differs from that of the last request. Then its authorization is for something else.
    pub(crate) fn differs_from_what_was_asked(self) -> bool {
        let now = (self.fresh.get(), self.written());
        self.asked.with_value(|asked| asked.as_ref().is_some_and(|asked| *asked != now))
    }

    /// Whether leaving would lose input.
    pub(crate) fn touched(self) -> bool {
        let now = self.written();
        let untouched = self.untouched.get_value();
        // A method is chosen again with a click.
        let now = CredentialInput { method: untouched.method, scope: untouched.scope, ..now };
        self.fresh.get() && now != untouched
    }

    /// Whether anything is typed into the secret field, which a draft does not keep.
    pub(crate) fn has_secret(self) -> bool {
        self.secret.with(|secret| !secret.is_empty())
    }

    /// What can be kept for later: everything but secrets. `None` until a method is chosen, or while a field has a text
    /// that it cannot have.
    pub(crate) fn kept(self) -> Option<ConnectionDraft> {
        self.written().kept()
    }

    /// What the connection could be called: the title of the Jira that was found, or else its address.
    pub(crate) fn suggested_name(self) -> String {
        match untrack(|| self.found.get()) {
            Some(found) => found.title,
            None if untrack(|| self.elsewhere.get()) => {
                untrack(|| self.address.get()).split("://").last().unwrap_or_default().to_owned()
            }
            None => "Jira Cloud".to_owned(),
        }
    }

    /// The error of a field, once errors are shown.
    pub(super) fn error_in(self, field: CredentialField) -> Signal<Option<String>> {
        Signal::derive(move || {
            let typed = field == CredentialField::Identity
                && self.method.get().is_some_and(|(kind, _)| kind == Kind::Oauth1)
                && self.identity.with(|identity| !identity.is_empty());
            let say = typed || self.tried.get();
            say.then(|| self.written().error_in(field, clock())).flatten()
        })
    }

    /// The guide for the Jira administrator, with the values known so far.
    pub(super) fn guide(self) -> Guide {
        let origin = window().location().origin().unwrap_or_default();
        let written = self.written();
        Guide {
            kind: written.method.map_or(Kind::CloudOauth2, |(kind, _)| kind),
            callback_url: callback_url(&written.address),
            address: written.address,
            causeway_url: origin,
            consumer_key: ConsumerKey::parse(&written.identity).ok().map(|key| key.to_string()),
            public_key: written.key.map(|key| key.public_key),
            expires_at: Timestamp::EPOCH,
        }
    }
}

/// What is known of a connection that exists.
fn given(saved: &Connection) -> CredentialInput {
    if let Some(draft) = &saved.draft {
        return drafted(saved.kind, draft);
    }
    let shown = saved.credential.as_ref();
    let (identity, scope) = match shown {
        Some(CredentialShown::DataCenterOauth2 { client_id, scopes, .. }) => {
            (client_id.clone(), scopes.iter().max().copied())
        }
        Some(CredentialShown::Oauth1 { consumer_key, .. }) => (consumer_key.clone(), None),
        Some(CredentialShown::Basic { username, .. }) => (username.clone().unwrap_or_default(), None),
        Some(CredentialShown::Unknown(_)) | None => (String::new(), None),
    };
    CredentialInput {
        method: Some(shown.map_or((saved.kind, None), method_of)),
        address: saved.site.as_ref().map(|site| site.url.clone()).unwrap_or_default(),
        identity,
        scope: scope.unwrap_or(DataCenterScope::Write),
        ..CredentialInput::default()
    }
}

/// Where the Jira at this address sends the browser back to.
pub(super) fn callback_url(address: &str) -> String {
    format!("{}{}", window().location().origin().unwrap_or_default(), data_center_callback_path(address))
}
