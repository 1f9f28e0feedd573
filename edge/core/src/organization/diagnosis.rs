//! Says why a connection does not work, in words for its kind and with everything that is known about it.

use api::{Cause, Connection, CredentialKind, Diagnosis, Facts, State, explain};

use crate::organization::{
    ConnectionDetails, Refusal, StoredConnection, StoredMember, Turn,
    permissions::{Visibility, as_list},
    records,
};

impl ConnectionDetails {
    /// What the connection authenticates with.
    pub(super) const fn credential_kind(&self) -> CredentialKind {
        CredentialKind::of(self.kind, self.credential.as_ref())
    }
}

/// The cause to explain: that of the status or, if the connection works, that it lacks scopes.
pub(super) fn cause_of(shown: &Connection) -> Option<Cause> {
    let lacks_scopes = shown.status.state() == State::Authorized && !shown.missing_scopes.is_empty();
    shown.status.cause().or(lacks_scopes.then_some(Cause::ScopesMissing))
}

impl Turn<'_> {
    /// Why the connection does not work; `None` if it works. `shown` is what the caller may see of it.
    pub(super) fn diagnosis(
        &self,
        connection: &StoredConnection,
        shown: &Connection,
    ) -> Result<Option<Diagnosis>, Refusal> {
        let Some(cause) = cause_of(shown) else { return Ok(None) };
        if cause == Cause::Withheld {
            return self.whom_to_ask(shown).map(Some);
        }
        let known = connection.facts;
        let limited_until = match cause {
            Cause::RateLimited => known.limited_until.max(self.limited_until(connection)?),
            _ => None,
        };
        let facts = Facts {
            failing: connection.failing.as_ref().filter(|run| run.cause == cause).map(|run| run.calls),
            jira_status: known.jira_status,
            token_status: known.token_status,
            lacks_token: connection.known().credential.lacks_token_for(cause),
            reaches_no_site: known.reaches_no_site,
            has_web_page: known.has_web_page,
            limited_until: limited_until.filter(|until| *until > self.now),
            missing_scopes: &shown.missing_scopes,
            egress_addresses: &self.operator.egress_addresses,
            support_url: self.operator.support_url.as_deref(),
        };
        Ok(Some(explain(cause, connection.details.credential_kind(), &facts)))
    }

    /// What a cause means, where nothing is known beyond it.
    pub(super) fn explained(&self, cause: Cause, kind: CredentialKind) -> Diagnosis {
        let facts = Facts {
            egress_addresses: &self.operator.egress_addresses,
            support_url: self.operator.support_url.as_deref(),
            ..Facts::default()
        };
        explain(cause, kind, &facts)
    }
}

/// The most people who are named.
const MOST_NAMED: usize = 5;

impl Turn<'_> {
    /// For those who may not see the cause: the people who may, by name.
    fn whom_to_ask(&self, shown: &Connection) -> Result<Diagnosis, Refusal> {
        let mut names = shown.admin_names.clone();
        for member in self.who_reauthorize(shown)? {
            if !member.name.is_empty() && !names.contains(&member.name) {
                names.push(member.name);
            }
        }
        names.truncate(MOST_NAMED);
        let plain = explain(Cause::Withheld, CredentialKind::Unknown, &Facts::default());
        Ok(match names.as_slice() {
            [] => plain,
            names => Diagnosis { remedy: format!("Ask {}: they may reauthorize it.", listed(names)), ..plain },
        })
    }

    /// The members who may reauthorize the connection, besides its admins: the organization's administrators, and those
    /// with the role issue tracking in a workspace that the caller shares with it.
    fn who_reauthorize(&self, shown: &Connection) -> Result<Vec<StoredMember>, Refusal> {
        let Visibility::OfMember(caller) = self.who.visibility() else { return Ok(Vec::new()) };
        let members = "SELECT record FROM members WHERE email IN (SELECT value FROM json_each(?)) OR id IN \
             (SELECT other.member FROM access AS a JOIN memberships AS other USING (workspace) \
             JOIN memberships AS own USING (workspace) \
             WHERE a.connection = ? AND own.member = ? AND other.issue_tracking > 0) ORDER BY email LIMIT ?";
        let most = i64::try_from(MOST_NAMED).unwrap_or(i64::MAX);
        let values = vec![as_list(self.administrators)?, shown.id.as_str().into(), caller.into(), most.into()];
        Ok(records(self.sql, members, values)?)
    }
}

/// *Ada*, *Ada or Max*, *Ada, Max or Eve*.
fn listed(names: &[String]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        names => names.join(""),
    }
}
