//! The stored form of a connection.

mod storing;

use api::{
    Account, CallSummary, Connection, ConnectionId, CredentialShown, Deleted, DraftShown, GrantId, Kind, MemberId,
    Name, RsaKeyId, Site, Status, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, AuthMethod, missing_scopes},
    connection_status::{self, ConnectionHealth, CredentialState},
    credential_refusal::CredentialRefusal,
    failure_facts::FailureFacts,
    jira::CredentialAudience,
    organization::{ConnectionCredential, FailingRun, Replaced, checkup_schedule::next_due},
};

/// The version of the stored form.
const VERSION: u8 = 2;
/// How long a reauthorization can be reverted, in milliseconds: ten minutes.
const REVERTIBLE: i64 = 600_000;

/// A connection as stored. Version 2; version 1 lacks everything that has a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredConnection {
    pub(crate) v: u8,
    /// The fields that members see.
    #[serde(rename = "shown")]
    pub(crate) details: ConnectionDetails,
    /// The grant that holds the credential. A grant that ended by itself stays here until it is replaced or destroyed.
    #[serde(default)]
    pub(crate) grant: Option<GrantId>,
    /// The health that the status is computed from. Version 1 did not write it.
    #[serde(default)]
    pub(crate) known: Option<ConnectionHealth>,
    /// The newest generation of the grant that was reported.
    #[serde(default)]
    pub(crate) generation: u64,
    /// The credential that the last reauthorization replaced.
    #[serde(default)]
    pub(crate) replaced: Option<Replaced>,
    /// How the connection authenticates; `None` for Cloud's OAuth 2.0. It stays when the credential has ended.
    #[serde(default)]
    #[serde(rename = "means")]
    pub(crate) auth: Option<AuthConfig>,
    /// The refusals of the credential that were not Jira's own word. While there are any, it is not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refusal: Option<CredentialRefusal>,
    /// The address that an administrator dismissed: the site has not moved there.
    #[serde(default)]
    pub(crate) dismissed_address: Option<String>,
    /// When an API key last began a checkup. Others get the last result for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_checkup_at: Option<Timestamp>,
    /// The calls that fail in a row, since the last one that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failing: Option<FailingRun>,
    /// When calls last succeeded after others had failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) calls_mixed_at: Option<Timestamp>,
    /// What is known of a failure beyond its cause.
    #[serde(default, skip_serializing_if = "FailureFacts::is_empty")]
    pub(crate) facts: FailureFacts,
}

/// The fields of a stored connection that members see. The contract's [`Connection`] has more: the fields that depend
/// on the time and on the caller are computed by [`StoredConnection::view`] and [`Turn::views_of`], and are never
/// stored.
///
/// Older versions of Causeway read records that this version writes. They require `id`, `name`, `kind`, `status`,
/// `scopes`, `created_at`, `last_activity_at` and `version`, so these are always written. They also wrote the computed
/// fields, such as `may_manage`; reading ignores those.
///
/// [`Turn::views_of`]: crate::organization::Turn::views_of
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConnectionDetails {
    pub(crate) id: ConnectionId,
    pub(crate) name: Name,
    pub(crate) kind: Kind,
    pub(crate) site: Option<Site>,
    pub(crate) status: Status,
    /// The account behind the credential.
    pub(crate) account: Option<Account>,
    /// The granted scopes.
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: Timestamp,
    /// When a member last authorized the connection.
    pub(crate) authorized_at: Option<Timestamp>,
    pub(crate) last_activity_at: Timestamp,
    /// When the credential ends at the latest, as far as that is known.
    pub(crate) reauthorize_before: Option<Timestamp>,
    /// When a checkup last tested the connection.
    #[serde(default)]
    pub(crate) checked_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) deleted: Option<Deleted>,
    /// How the connection authenticates, without secrets: a copy of the public part of [`StoredConnection::auth`].
    #[serde(default)]
    pub(crate) credential: Option<CredentialShown>,
    /// What is known of the connection while it was never authorized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) draft: Option<DraftShown>,
    /// The address that the site seems to have moved to, which an administrator can confirm.
    #[serde(default)]
    pub(crate) moved_to: Option<String>,
    /// Since when the account behind the credential has been deactivated.
    #[serde(default)]
    pub(crate) owner_at_risk: Option<Timestamp>,
    /// The members who may manage the connection, besides the administrators.
    #[serde(default)]
    pub(crate) admins: Vec<MemberId>,
    /// The API families that its managers added, as [`api::ApiFamily`] writes them. As text, so that a family which
    /// this version refuses does not make the record unreadable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) api_families: Vec<String>,
    /// Whether those who manage the connection may look at charts with its access.
    #[serde(default, skip_serializing_if = "is_off")]
    pub(crate) charts: bool,
    /// The number of the version, which `If-Match` names.
    pub(crate) version: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_off(switch: &bool) -> bool {
    !*switch
}

impl StoredConnection {
    /// Creates a connection that has a name and no credential yet.
    pub(crate) const fn new(id: ConnectionId, name: Name, now: Timestamp) -> Self {
        Self {
            v: VERSION,
            details: ConnectionDetails {
                id,
                name,
                kind: Kind::CloudOauth2,
                site: None,
                status: Status::Unauthorized { cause: None, since: None, by: None },
                account: None,
                scopes: Vec::new(),
                created_at: now,
                authorized_at: None,
                last_activity_at: now,
                reauthorize_before: None,
                checked_at: None,
                deleted: None,
                credential: None,
                draft: None,
                moved_to: None,
                owner_at_risk: None,
                admins: Vec::new(),
                api_families: Vec::new(),
                charts: false,
                version: 1,
            },
            grant: None,
            known: None,
            generation: 0,
            replaced: None,
            auth: None,
            refusal: None,
            dismissed_address: None,
            key_checkup_at: None,
            failing: None,
            calls_mixed_at: None,
            facts: FailureFacts::NONE,
        }
    }

    /// The connection at `now` in the contract's form. [`Turn::views_of`] removes the fields that the caller may not
    /// see, and adds those that depend on the caller.
    ///
    /// [`Turn::views_of`]: crate::organization::Turn::views_of
    pub(crate) fn view(&self, now: Timestamp) -> Connection {
        let ConnectionDetails {
            id,
            name,
            kind,
            site,
            status,
            account,
            scopes,
            created_at,
            authorized_at,
            last_activity_at,
            reauthorize_before,
            checked_at,
            deleted,
            credential,
            draft,
            moved_to,
            owner_at_risk,
            admins,
            api_families,
            charts,
            version,
        } = self.details.clone();
        // Without a credential there is nothing to renew and nothing that lacks a scope.
        let has_credential = !matches!(status, Status::Unauthorized { .. });
        let replaced = self.replaced_at(now);
        Connection {
            next_checkup_at: self.next_question_at().filter(|next| *next > now),
            missing_scopes: if has_credential {
                missing_scopes(kind, credential.as_ref(), account.as_ref(), &scopes)
            } else {
                Vec::new()
            },
            reauthorize_before: reauthorize_before.filter(|_| has_credential),
            revert_until: replaced.map(|replaced| replaced.until),
            revert_to: replaced.and_then(|replaced| replaced.credential.account.clone()),
            revert_to_address: replaced.and_then(|replaced| self.address_of(&replaced.credential)),
            calls: self.failing.map(|run| CallSummary { failing: Some(run.calls), ..CallSummary::default() }),
            diagnosis: None,
            admin_names: Vec::new(),
            workspaces: Vec::new(),
            projects: 0,
            may_manage: false,
            may_reauthorize: false,
            id,
            name,
            kind,
            site,
            status,
            account,
            scopes,
            created_at,
            authorized_at,
            last_activity_at,
            // A checkup of an earlier credential says nothing about this one.
            checked_at: checked_at.filter(|at| authorized_at.is_none_or(|authorized| *at >= authorized)),
            deleted,
            credential,
            draft,
            moved_to,
            owner_at_risk,
            admins,
            api_families,
            charts,
            version,
        }
    }

    /// The health that the status is computed from. For a record of version 1 it is derived from the status.
    pub(crate) fn known(&self) -> ConnectionHealth {
        let credential = match self.details.status {
            Status::Authorized | Status::Deactivated { .. } => CredentialState::Works,
            Status::Interrupted { cause, .. } => CredentialState::Unavailable { cause },
            Status::Unauthorized { cause, .. } => CredentialState::Dead { cause },
            Status::Unknown(_) => CredentialState::Unavailable { cause: api::Cause::UNKNOWN },
        };
        self.known.unwrap_or(ConnectionHealth { credential, trouble: None, calls: None })
    }

    /// The credential; `None` if there is none or it is dead.
    pub(crate) fn credential(&self) -> Option<ConnectionCredential> {
        let shown = &self.details;
        let is_dead = matches!(shown.status, Status::Unauthorized { .. })
            || matches!(self.known().credential, CredentialState::Dead { .. });
        let grant = self.grant.clone().filter(|_| !is_dead)?;
        Some(ConnectionCredential {
            grant,
            account: shown.account.clone(),
            scopes: shown.scopes.clone(),
            authorized_at: shown.authorized_at,
            reauthorize_before: shown.reauthorize_before,
            known: self.known(),
            generation: self.generation,
            auth: self.auth.clone(),
            site: shown.site.clone(),
        })
    }

    /// When Jira is asked next about a credential that is refused and kept.
    pub(super) fn next_question_at(&self) -> Option<Timestamp> {
        let is_asked = matches!(self.details.status, Status::Interrupted { .. });
        self.refusal.filter(|_| is_asked).map(|refusal| next_due(self, refusal.last_at))
    }

    /// Whether calls show a user name with its secret. Jira answers too many refused ones with a CAPTCHA.
    pub(super) fn has_username(&self) -> bool {
        let method = self.auth.as_ref().map(|auth| &auth.method);
        matches!(method, Some(AuthMethod::Basic { username: Some(_), .. }))
    }

    /// The RSA key pairs that the connection signs with, or that are reserved for it.
    pub(super) fn keys(&self) -> Vec<&RsaKeyId> {
        let reserved = self.details.draft.iter().filter_map(|draft| draft.key.as_ref()).map(|key| &key.id);
        self.auth.as_ref().map(AuthConfig::keys).unwrap_or_default().into_iter().chain(reserved).collect()
    }

    /// The replaced credential, if a revert can still restore it at `now`.
    pub(super) fn replaced_at(&self, now: Timestamp) -> Option<&Replaced> {
        self.replaced.as_ref().filter(|replaced| now < replaced.until)
    }

    /// Sets how the connection authenticates.
    pub(super) fn set_auth(&mut self, auth: Option<AuthConfig>) {
        self.details.credential = auth.as_ref().map(AuthConfig::shown);
        self.auth = auth;
    }

    /// Replaces the credential, and with it the site that it is for.
    pub(super) fn take(&mut self, credential: ConnectionCredential, now: Timestamp) {
        let known = ConnectionHealth { calls: None, ..credential.known };
        if !matches!(self.details.status, Status::Deactivated { .. }) {
            self.details.status = connection_status::status(&Status::Authorized, known, now);
        }
        let site = credential.site_of(&self.details);
        if self.leads_elsewhere(site.as_ref()) {
            (self.details.moved_to, self.dismissed_address) = (None, None);
        }
        self.details.site = site;
        self.details.draft = None;
        self.details.owner_at_risk = None;
        self.details.account = credential.account;
        self.details.scopes = credential.scopes;
        self.details.authorized_at = credential.authorized_at;
        self.details.reauthorize_before = credential.reauthorize_before;
        self.details.last_activity_at = now;
        self.grant = Some(credential.grant);
        self.known = Some(known);
        // What calls and checkups found was about the credential before.
        self.forget_failing_calls();
        self.details.checked_at = None;
        self.refusal = None;
        self.facts = FailureFacts::default();
        self.generation = credential.generation;
        self.set_auth(credential.auth);
    }

    /// Whether a credential for `site` is sent elsewhere than the connection's is.
    pub(super) fn leads_elsewhere(&self, site: Option<&Site>) -> bool {
        let audience = |site| CredentialAudience::of(site, self.details.kind);
        self.details.site.as_ref().map(audience) != site.map(audience)
    }

    /// The address of a credential, if it is another one than the connection's.
    fn address_of(&self, credential: &ConnectionCredential) -> Option<String> {
        let site = credential.site_of(&self.details);
        site.filter(|site| self.leads_elsewhere(Some(site))).map(|site| site.url)
    }

    /// Takes over the credential of a reauthorization. The previous credential is kept for ten minutes, with its own
    /// site, if it still works. Returns the grants that must be destroyed now.
    pub(super) fn replace(&mut self, credential: ConnectionCredential, now: Timestamp) -> Vec<GrantId> {
        let before = self.credential();
        let dead = self.grant.take().filter(|_| before.is_none());
        let older = self.forget_replaced(now);
        self.replaced = before.map(|credential| Replaced { until: now.plus_millis(REVERTIBLE), credential });
        self.take(credential, now);
        dead.into_iter().chain(older).collect()
    }

    /// Removes every credential at the request of `by`. If the credential had ended already, the earlier cause stays.
    /// Returns the grants that must be destroyed now.
    pub(super) fn end(&mut self, by: String, now: Timestamp) -> Vec<GrantId> {
        self.refusal = None;
        if !matches!(self.details.status, Status::Unauthorized { .. }) {
            self.details.status = Status::Unauthorized { cause: None, since: Some(now), by: Some(by) };
            self.known = Some(ConnectionHealth {
                credential: CredentialState::Dead { cause: None },
                trouble: None,
                calls: None,
            });
            self.details.last_activity_at = now;
        }
        self.forget_failing_calls();
        self.details.reauthorize_before = None;
        let replaced = self.forget_replaced(now);
        self.grant.take().into_iter().chain(replaced).collect()
    }

    /// Forgets the replaced credential. Returns its grant, unless it has expired and is being destroyed already.
    pub(super) fn forget_replaced(&mut self, now: Timestamp) -> Option<GrantId> {
        self.replaced.take().filter(|replaced| now < replaced.until).map(|replaced| replaced.credential.grant)
    }
}
