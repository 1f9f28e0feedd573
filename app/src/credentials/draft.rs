//! The form of a credential as it is being filled in.

use api::{
    Connection, ConnectionId, ConsumerKey, CredentialShown, DataCenterScope, Guide, Kind, NewCredential, RsaKey,
    Timestamp,
};
use leptos::prelude::*;

use super::written::{Field, Method, Written, method_of};
use crate::{
    authorize::By,
    ui::{focus, moment::clock},
};

/// What is being written, for a new connection or for one that exists.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    pub(super) method: RwSignal<Option<Method>>,
    pub(super) address: RwSignal<String>,
    pub(super) identity: RwSignal<String>,
    pub(super) secret: RwSignal<String>,
    pub(super) scope: RwSignal<DataCenterScope>,
    pub(super) key: RwSignal<Option<RsaKey>>,
    pub(super) by_code: RwSignal<bool>,
    pub(super) expires: RwSignal<String>,
    /// The connection that exists.
    pub(super) connection: StoredValue<Option<ConnectionId>>,
    /// Whether *Authorize* was pressed: what is missing is said from then on.
    tried: RwSignal<bool>,
    /// What was written when it was last asked with, and whether that was used.
    asked: StoredValue<Option<(bool, Written)>>,
    /// Whether new credentials are written. Otherwise the ones that the connection has are used.
    pub(crate) fresh: RwSignal<bool>,
    /// Whether the new credentials may be for another address: those of a Data Center site, by who manages it.
    pub(super) may_move: bool,
}

impl Draft {
    /// For a new connection, or for `saved`.
    pub(crate) fn begin(saved: Option<&Connection>) -> Self {
        let shown = saved.and_then(|saved| saved.credential.as_ref());
        let method = saved.map_or((Kind::CloudOauth2, None), |saved| shown.map_or((saved.kind, None), method_of));
        let site = saved.and_then(|saved| saved.site.as_ref());
        let (identity, scope) = match shown {
            Some(CredentialShown::DataCenterOauth2 { client_id, scopes }) => {
                (client_id.clone(), scopes.iter().max().copied())
            }
            Some(CredentialShown::Oauth1 { consumer_key, .. }) => (consumer_key.clone(), None),
            Some(CredentialShown::Basic { username, .. }) => (username.clone().unwrap_or_default(), None),
            Some(CredentialShown::Unknown(_)) | None => (String::new(), None),
        };
        Self {
            method: RwSignal::new(Some(method)),
            address: RwSignal::new(site.map(|site| site.url.clone()).unwrap_or_default()),
            identity: RwSignal::new(identity),
            secret: RwSignal::default(),
            scope: RwSignal::new(scope.unwrap_or(DataCenterScope::Write)),
            key: RwSignal::new(None),
            by_code: RwSignal::new(false),
            expires: RwSignal::default(),
            connection: StoredValue::new(saved.map(|saved| saved.id.clone())),
            tried: RwSignal::new(false),
            asked: StoredValue::new(None),
            fresh: RwSignal::new(saved.is_none_or(|saved| saved.credential.is_none())),
            may_move: saved.is_some_and(|saved| saved.may_manage) && site.is_some_and(|site| site.cloud_id.is_none()),
        }
    }

    /// Chooses a way to connect. What was written for another one is gone.
    pub(super) fn choose(self, method: Option<Method>) {
        if self.method.get_untracked() != method {
            self.method.set(method);
            self.identity.set(String::new());
            self.secret.set(String::new());
            self.expires.set(String::new());
            self.tried.set(false);
        }
    }

    /// Everything that is written.
    pub(super) fn written(self) -> Written {
        Written {
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

    /// Where the person goes to authorize this; `None` until a way is chosen.
    pub(crate) fn by(self) -> Option<By> {
        self.method.get().map(|(kind, _)| match kind {
            Kind::CloudOauth2 => By::Atlassian,
            Kind::Basic => By::Secret,
            Kind::Oauth1 if self.fresh.get() && self.by_code.get() => By::Code,
            Kind::Oauth1 | Kind::DataCenterOauth2 | Kind::Unknown(_) => By::Jira,
        })
    }

    /// Whether the way that is chosen needs a credential to be brought.
    pub(crate) fn by_brings(self) -> bool {
        self.by().is_some_and(|by| by != By::Atlassian)
    }

    /// With what to ask. `None` if something is wrong: then it is said, and the focus goes there.
    pub(crate) fn request(self) -> Option<(Kind, Option<NewCredential>)> {
        let written = untrack(|| self.written());
        let (kind, _) = written.method?;
        self.asked.set_value(Some((self.fresh.get_untracked(), written.clone())));
        if !self.fresh.get_untracked() {
            return Some((kind, None));
        }
        self.say_faults();
        match written.first_fault(clock()) {
            Some(field) => {
                focus(field.id());
                None
            }
            None => Some((kind, written.credential())),
        }
    }

    /// Says what is missing.
    pub(super) fn say_faults(self) {
        self.tried.set(true);
    }

    /// Whether what is written now is not what was asked with: then an attempt that was made is for something else.
    pub(crate) fn differs_from_what_was_asked(self) -> bool {
        let now = (self.fresh.get(), self.written());
        self.asked.with_value(|asked| asked.as_ref().is_some_and(|asked| *asked != now))
    }

    /// Whether something is written that leaving would lose.
    pub(crate) fn touched(self) -> bool {
        self.fresh.get() && (self.secret.with(|secret| !secret.is_empty()) || self.key.with(Option::is_some))
    }

    /// What is wrong with a field, as soon as it should be said.
    pub(super) fn fault(self, field: Field) -> Signal<Option<String>> {
        Signal::derive(move || {
            let typed = field == Field::Identity
                && self.method.get().is_some_and(|(kind, _)| kind == Kind::Oauth1)
                && self.identity.with(|identity| !identity.is_empty());
            let say = typed || self.tried.get();
            say.then(|| self.written().fault(field, clock())).flatten()
        })
    }

    /// What a Jira administrator enters, as far as it is known.
    pub(super) fn guide(self) -> Guide {
        let origin = window().location().origin().unwrap_or_default();
        let written = self.written();
        Guide {
            kind: written.method.map_or(Kind::CloudOauth2, |(kind, _)| kind),
            address: written.address,
            callback_url: callback_url(&origin),
            causeway_url: origin,
            consumer_key: ConsumerKey::parse(&written.identity).ok().map(|key| key.to_string()),
            public_key: written.key.map(|key| key.public_key),
            expires_at: Timestamp::EPOCH,
        }
    }
}

/// Where Jira sends the browser back.
pub(super) fn callback_url(origin: &str) -> String {
    format!("{origin}/oauth/callback")
}
