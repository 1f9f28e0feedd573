//! The keeper of a project: its tasks, their issues, and everything that is under way between the two.
//!
//! One Durable Object for each project. Commands store what the product says and answer at once; the alarm does what has to
//! be done in Jira, in runs that ask the organization first whether and how the project may use its connection. The keeper
//! holds no definition and no credential. Out of scope: who may send a command, which the organization decides.

mod bodies;
mod calls;
mod commands;
mod comments;
mod creation;
mod listening;
mod messages;
mod metadata;
mod migrations;
mod push;
mod quota;
mod resealing;
mod resync;
mod run;
mod store;
mod stories;
mod synchronizing;
mod task;
mod trial;
mod watchdog;

#[cfg(test)]
mod tests;

use std::cell::{Cell, OnceCell};

use api::{Nothing, Timestamp};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

pub use messages::*;
use store::Store;
pub use watchdog::{WATCHED, wake_overdue};

use crate::{
    configuration::Configuration,
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::{Organizations, RawReply, Refusal, Sql},
    ports::{Aead, Clock, Http, Level, Log, PortFailure, Random, Timer},
    quota_ledger::{Leases, QuotaLedgers},
};

/// The name of the fact where people open the site.
const SITE_URL: &str = "site_url";

/// The pause before the next alarm if this one is interrupted, in milliseconds: a minute.
const FALLBACK: i64 = 60_000;

/// The environment of a keeper: the platform, its SQLite and its alarm.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait ProjectWorld {
    /// The platform.
    type Platform: Aead + Clock + GrantKeepers + Http + Log + Organizations + QuotaLedgers + Random + Rsa + Timer;

    /// The platform.
    fn platform(&self) -> &Self::Platform;
    /// The object's SQLite.
    fn sql(&self) -> &dyn Sql;
    /// The time for which the alarm is set; `None` if it is not set.
    async fn alarm(&self) -> Result<Option<Timestamp>, PortFailure>;
    /// Sets the alarm, which replaces one that is set; `None` removes it.
    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure>;
    /// Deletes everything that is stored.
    async fn erase(&self) -> Result<(), PortFailure>;
}

/// The keeper of one project.
pub struct ProjectObject<W> {
    world: W,
    configuration: Configuration,
    identity: OnceCell<ProjectIdentity>,
    prepared: Cell<bool>,
    /// The points of the app's hour, while a run spends them.
    points: Leases,
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Creates the object as it starts, before its tables are prepared.
    pub fn new(world: W, configuration: Configuration) -> Self {
        let (identity, prepared) = (OnceCell::new(), Cell::new(false));
        Self { world, configuration, identity, prepared, points: Leases::default() }
    }

    /// The environment of the object.
    pub const fn world(&self) -> &W {
        &self.world
    }

    /// Answers JSON of a [`ProjectEnvelope`] with JSON of a [`RawReply`].
    pub async fn handle(&self, envelope: &str) -> String {
        let reply = self.reply(envelope).await;
        serde_json::to_string(&reply).unwrap_or_else(|_| r#"{"Err":{"storage":"unwritable answer"}}"#.to_owned())
    }

    async fn reply(&self, envelope: &str) -> RawReply {
        let ProjectEnvelope { identity, command } = serde_json::from_str(envelope)?;
        self.prepare(Some(&identity))?;
        if self.identity.get() != Some(&identity) {
            return Err(Refusal::Internal("a command came to the keeper of another project".to_owned()));
        }
        match command {
            ProjectCommand::Push { tasks, rules } => answered(&self.push(tasks, &rules).await?),
            ProjectCommand::List { query } => answered(&self.list(&query)?),
            ProjectCommand::One { external_id, action } => answered(&self.act(&external_id, action).await?),
            ProjectCommand::Delete { external_id } => answered(&self.delete(&external_id)?),
            ProjectCommand::Timeline { external_id, query } => answered(&self.timeline(&external_id, &query)?),
            ProjectCommand::Changes { query } => answered(&self.changes(&query).await?),
            ProjectCommand::Metadata => answered(&self.metadata().await?),
            ProjectCommand::CreateResync { new, by, id, start } => {
                answered(&self.create_resync(new, by, id, start).await?)
            }
            ProjectCommand::StartTrial { new, by } => answered(&self.start_trial(*new, by).await?),
            ProjectCommand::ListTrials => answered(&self.trials()?),
            ProjectCommand::EndTrial { close } => answered(&self.end_trial(close).await?),
            ProjectCommand::ListResyncs => answered(&self.resyncs()?),
            ProjectCommand::Resync { id, action } => answered(&self.command_resync(&id, action).await?),
            ProjectCommand::ResyncItems { id, query } => answered(&self.resync_items(&id, &query)?),
            ProjectCommand::Nudge { nudge } => {
                self.nudged(&nudge).await?;
                answered(&Nothing {})
            }
            ProjectCommand::Reseal { after } => answered(&self.reseal(after.as_deref()).await?),
            ProjectCommand::Watch => {
                self.watch().await?;
                answered(&Nothing {})
            }
            ProjectCommand::Wake => {
                self.arm(self.now()).await?;
                answered(&Nothing {})
            }
        }
    }

    /// Migrates the tables and determines which project this is, once for each start of the object. `named` is the project
    /// that a command names; an alarm names none.
    fn prepare(&self, named: Option<&ProjectIdentity>) -> Result<(), PortFailure> {
        if self.prepared.get() {
            return Ok(());
        }
        let store = self.store();
        migrations::migrate(store.0)?;
        let known = match (store.identity()?, named) {
            (None, Some(named)) => {
                store.set_identity(named)?;
                Some(named.clone())
            }
            (known, _) => known,
        };
        let Some(known) = known else { return Ok(()) };
        self.identity.get_or_init(|| known);
        self.prepared.set(true);
        Ok(())
    }

    fn identity(&self) -> Result<&ProjectIdentity, Refusal> {
        self.identity.get().ok_or_else(|| Refusal::Internal("the keeper does not know its project".to_owned()))
    }

    const fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The tables are gone, and are made anew for the next command.
    fn forget_preparation(&self) {
        self.prepared.set(false);
    }

    fn store(&self) -> Store<'_> {
        Store(self.world.sql())
    }

    fn now(&self) -> Timestamp {
        self.world.platform().now()
    }

    /// Brings the alarm forward to `at`, if it is not set for an earlier time.
    async fn arm(&self, at: Timestamp) -> Result<(), PortFailure> {
        if self.world.alarm().await?.is_none_or(|set| at < set) {
            self.world.set_alarm(Some(at)).await?;
        }
        Ok(())
    }

    fn log(&self, level: Level, event: &'static str, cause: &str) {
        let project = self.identity.get().map(ProjectIdentity::object_name).unwrap_or_default();
        self.world.platform().log(level, event, &[("project", &project), ("cause", cause)]);
    }
}

fn answered(answer: &impl Serialize) -> Result<Box<RawValue>, Refusal> {
    Ok(to_raw_value(answer)?)
}
