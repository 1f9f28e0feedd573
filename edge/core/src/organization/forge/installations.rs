//! Installations of the Forge app: whether they belong here, and what ends with them.

use api::{Actor, GrantId, Placement, PlacementKind, Timestamp, ViewerChange};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::ForgeCall;
use crate::{
    delegation::DelegationEvent,
    organization::{Refusal, Step, Turn, Value, delegations::StoredDelegation, record, records, to_record},
};

/// How long after the end of an installation its invocations are refused, in milliseconds: ten minutes. No token lives longer,
/// so that a later one was made after the end: the app is there.
const LATE: i64 = 600_000;
/// How long an installation may be silent, in milliseconds: 30 days. Nobody has looked at a chart then, and the platform
/// does not promise to tell when an app is removed.
const SILENT: i64 = 30 * 86_400_000;
/// The age at which "last seen" is written again, in milliseconds: an hour.
const TOUCH: i64 = 3_600_000;

/// An installation as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredInstallation {
    pub(crate) v: u8,
    pub(crate) id: String,
    /// The cloudIds of its sites.
    pub(crate) sites: Vec<String>,
    pub(crate) since: Timestamp,
    pub(crate) seen_at: Timestamp,
    /// When the app was removed, or was silent for too long.
    #[serde(default)]
    pub(crate) ended: Option<Timestamp>,
}

impl Turn<'_> {
    /// Admits an invocation: its installation is not removed, and belongs to this organization. It is stored at first sight,
    /// because what the platform tells of installations may be late or lost; so one that ended comes back with a token that
    /// is newer than its end.
    pub(super) fn admit_installation(&self, call: &ForgeCall) -> Result<(), Refusal> {
        let known = self.installation(&call.invocation.installation.id)?;
        let ended = known.as_ref().and_then(|known| known.ended);
        if ended.is_some_and(|ended| (0..LATE).contains(&self.now.since(ended))) {
            return Err(Refusal::InvocationSpent);
        }
        if !call.is_named && !self.is_connected_to(&call.invocation.installation.sites)? {
            return Err(Refusal::InstallationNotAllowed);
        }
        let is_fresh = |known: &StoredInstallation| {
            known.ended.is_none()
                && known.sites == call.invocation.installation.sites
                && (0..TOUCH).contains(&self.now.since(known.seen_at))
        };
        if known.as_ref().is_some_and(is_fresh) { Ok(()) } else { self.see(call, known) }
    }

    /// Admits an invocation that may come only once, because it changes something.
    pub(super) fn admit_once(&self, call: &ForgeCall) -> Result<(), Refusal> {
        self.admit_installation(call)?;
        let now: Value = self.now.as_millis().into();
        self.sql.run("DELETE FROM spent_invocations WHERE ends_at <= ?", vec![now])?;
        let id: Value = call.invocation.id.as_str().into();
        let by_id = "SELECT id FROM spent_invocations WHERE id = ?";
        if !self.sql.rows::<IgnoredAny>(by_id, vec![id.clone()])?.is_empty() {
            return Err(Refusal::InvocationSpent);
        }
        let insert = "INSERT INTO spent_invocations (id, ends_at) VALUES (?, ?)";
        Ok(self.sql.run(insert, vec![id, call.invocation.ends_at.into()])?)
    }

    fn is_connected_to(&self, sites: &[String]) -> Result<bool, Refusal> {
        let connected =
            "SELECT id FROM connections WHERE cloud_id IN (SELECT value FROM json_each(?)) AND deleted = 0 LIMIT 1";
        Ok(!self.sql.rows::<IgnoredAny>(connected, vec![serde_json::to_string(sites)?.into()])?.is_empty())
    }

    fn installation(&self, id: &str) -> Result<Option<StoredInstallation>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM forge_installations WHERE id = ?", vec![id.into()])?)
    }

    fn see(&self, call: &ForgeCall, known: Option<StoredInstallation>) -> Result<(), Refusal> {
        let since = known.filter(|known| known.ended.is_none()).map_or(self.now, |known| known.since);
        let crate::forge::Installation { id, sites } = call.invocation.installation.clone();
        self.store_installation(&StoredInstallation { v: 1, id, sites, since, seen_at: self.now, ended: None })
    }

    fn store_installation(&self, installation: &StoredInstallation) -> Result<(), Refusal> {
        let seen_at = installation.ended.is_none().then_some(installation.seen_at.as_millis());
        let seen_at = seen_at.map_or(Value::Null, Into::into);
        let values = vec![installation.id.as_str().into(), seen_at, to_record(installation)?];
        let upsert = "INSERT OR REPLACE INTO forge_installations (id, seen_at, record) VALUES (?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// Ends an installation: what its readers let Causeway read is forgotten in this turn. Returns the grants whose tokens
    /// must be destroyed.
    fn end_installation(&self, mut installation: StoredInstallation) -> Result<Vec<GrantId>, Refusal> {
        let mut grants = Vec::new();
        for reader in self.readers_of(&installation.id)? {
            for grant in self.grants_of_viewer(&reader.id)? {
                self.delete_viewer_grant(&grant.grant)?;
                self.record_viewer(reader.name(), grant.site.name, ViewerChange::Removed, Actor::Atlassian)?;
                grants.push(grant.grant);
            }
            self.sql.run("DELETE FROM forge_viewers WHERE id = ?", vec![reader.id.as_str().into()])?;
        }
        self.leave_pages(&installation)?;
        installation.ended = Some(self.now);
        self.store_installation(&installation)?;
        Ok(grants)
    }

    /// Ends what was given for pages of the sites that an installation leaves: the delegations themselves, if they were given
    /// for no other place.
    fn leave_pages(&self, installation: &StoredInstallation) -> Result<(), Refusal> {
        let others = "SELECT record FROM forge_installations WHERE seen_at > ?";
        let others: Vec<StoredInstallation> = records(self.sql, others, vec![0.into()])?;
        let others: Vec<StoredInstallation> = others.into_iter().filter(|other| other.id != installation.id).collect();
        let is_left = |site: &str| {
            let is_of = |one: &StoredInstallation| one.sites.iter().any(|known| known == site);
            is_of(installation) && !others.iter().any(is_of)
        };
        let is_gone = |place: &Placement| {
            let site = place.id.as_deref().and_then(|id| id.split_once('/')).map(|(site, _)| site);
            place.kind == PlacementKind::Page && site.is_some_and(is_left)
        };
        let all = "SELECT record FROM delegations WHERE state <> 'ended' ORDER BY asked_at DESC";
        for mut delegation in records::<StoredDelegation>(self.sql, all, vec![])? {
            let before = delegation.placements.len();
            let kept: Vec<Placement> = delegation.placements.iter().filter(|place| !is_gone(place)).cloned().collect();
            if kept.is_empty() {
                self.happen(&mut delegation, DelegationEvent::End, Actor::Atlassian)?;
            } else if kept.len() < before {
                delegation.placements = kept;
                self.store_delegation(&delegation)?;
            }
        }
        Ok(())
    }

    /// Ends installations that have been silent for too long: nobody may have told us that the app was removed.
    pub(in crate::organization) fn end_silent_installations(&self) -> Result<(), Refusal> {
        let silent = "SELECT id, record FROM forge_installations WHERE seen_at <= ? ORDER BY seen_at LIMIT 10";
        let keep = "UPDATE forge_installations SET seen_at = NULL WHERE id = ?";
        let since = vec![(self.now.as_millis() - SILENT).into()];
        for installation in self.readable::<StoredInstallation>("forge_installations", silent, since, keep)? {
            self.end_installation(installation)?;
        }
        Ok(())
    }

    /// When an installation that was last seen at `seen_at` has been silent for too long.
    pub(in crate::organization) const fn silent_at(seen_at: i64) -> i64 {
        seen_at.saturating_add(SILENT)
    }
}

/// Stores that the app was installed or upgraded, as the platform tells.
#[derive(Serialize, Deserialize)]
pub struct RecordInstallation {
    /// The invocation.
    pub call: ForgeCall,
}

impl Step for RecordInstallation {
    type Answer = ();

    /// An installation that was removed may come back under its id, so it is not admitted as a reader's would be.
    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let known = turn.installation(&self.call.invocation.installation.id)?;
        turn.see(&self.call, known)
    }
}

/// Stores that the app is being removed, as the platform tells.
#[derive(Serialize, Deserialize)]
pub struct EndInstallation {
    /// The invocation.
    pub call: ForgeCall,
}

impl Step for EndInstallation {
    /// The grants that must be destroyed now.
    type Answer = Vec<GrantId>;

    fn run(self, turn: &Turn<'_>) -> Result<Vec<GrantId>, Refusal> {
        let id = &self.call.invocation.installation.id;
        // One that is not known gets its end stored, too, so that a late invocation does not bring it back.
        if turn.installation(id)?.is_none() {
            turn.see(&self.call, None)?;
        }
        turn.end_installation(turn.installation(id)?.ok_or(Refusal::NotFound)?)
    }
}
