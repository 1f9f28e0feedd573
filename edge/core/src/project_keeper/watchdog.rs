//! The watchdog: looks every quarter of an hour whether keepers of projects are asleep that should be awake.
//!
//! A keeper sets its next alarm before it does anything, so this is for what nobody expects: an alarm that the platform lost,
//! or gave up. One keeper after the other is looked at, some of them each time, because an invocation on Workers' free plan
//! makes fifty requests.

use futures::{StreamExt as _, stream};

use super::{ProjectCommand, ProjectIdentity, ProjectKeepers, ProjectObject, ProjectWorld, command_project};
use crate::{
    organization::{Caller, ListWatched, Organizations, Refusal, send},
    organization_id::OrganizationId,
    ports::{Clock, Level, Log},
};

/// How many keepers are looked at each time.
pub const WATCHED: usize = 40;
/// How many of them at the same time.
const SIDE_BY_SIDE: usize = 6;
/// The pause between two times, in milliseconds: a quarter of an hour, as `wrangler.toml` has it.
const PAUSE: i64 = 900_000;
/// How late an alarm may be, in milliseconds: a minute.
const LATE: i64 = 60_000;

/// Wakes keepers of projects that are overdue.
pub async fn wake_overdue(
    platform: &(impl Clock + Log + Organizations + ProjectKeepers),
    organization: &OrganizationId,
) {
    let round = u64::try_from(platform.now().as_millis() / PAUSE).unwrap_or(0);
    let watched = match send(platform, organization, Caller::Edge, &ListWatched { round }).await {
        Ok(watched) => watched,
        Err(refusal) => {
            return platform.log(Level::Warning, "watchdog.failed", &[("cause", &format!("{refusal:?}"))]);
        }
    };
    let look = async |project| {
        let identity = ProjectIdentity { organization: organization.clone(), project };
        let name = identity.object_name();
        if let Err(refusal) = command_project(platform, identity, ProjectCommand::Watch).await {
            let details = [("project", name.as_str()), ("cause", &format!("{refusal:?}"))];
            platform.log(Level::Warning, "watchdog.failed", &details);
        }
    };
    stream::iter(watched).for_each_concurrent(SIDE_BY_SIDE, look).await;
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Sets the alarm if it is long overdue, or not set although something is to be done.
    pub(super) async fn watch(&self) -> Result<(), Refusal> {
        let now = self.now();
        let is_asleep = match self.world().alarm().await? {
            Some(set) => now.since(set) > LATE,
            None => self.next_run()?.is_some(),
        };
        if is_asleep {
            self.log(Level::Warning, "project.overdue", "its alarm did not come");
            self.world().set_alarm(Some(now)).await?;
        }
        Ok(())
    }
}
