//! The Durable Object of an organization, apart from the platform: how it handles a command, and what its alarm runs,
//! in which order.
//!
//! The alarm first sets the next alarm and then runs its parts independently of each other, so that neither an error
//! nor a row that cannot be read stops the organization's housekeeping. Out of scope: access to SQLite and to the
//! alarm.

use std::cell::{Cell, OnceCell};

use api::Timestamp;
use futures::future::join3;

use crate::{
    alarm::{keep_subscriptions, reseal_due, run_due_checkups, send_due_deliveries},
    checkup::{CheckupRunner, Context},
    configuration::Configuration,
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::{Caller, Envelope, Identity, RawReply, Refusal, Sql, Turn, destroy, is_new, learn_id, stored_id},
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Level, Log, Mac, PortFailure, Random, Timer},
    project_keeper::ProjectKeepers,
};

/// The pause before the next alarm if this one is interrupted, in milliseconds: a minute.
const FALLBACK: i64 = 60_000;
/// The pause between two searches for due deliveries while checkups still run, in milliseconds.
const DELIVERY_PAUSE: u64 = 1_000;

/// The environment of an object: the platform, its SQLite and its alarm.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait ObjectWorld {
    /// The platform.
    type Platform: Aead
        + CheckupRunner
        + Clock
        + GrantKeepers
        + Http
        + Log
        + Mac
        + ProjectKeepers
        + Random
        + Rsa
        + Timer;

    /// The platform.
    fn platform(&self) -> &Self::Platform;
    /// The object's SQLite.
    fn sql(&self) -> &dyn Sql;
    /// The time for which the alarm is set; `None` if it is not set.
    async fn alarm(&self) -> Result<Option<Timestamp>, PortFailure>;
    /// Sets the alarm, which replaces one that is set; `None` removes it.
    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure>;
}

/// The Durable Object of one organization.
pub struct OrganizationObject<W> {
    world: W,
    configuration: Configuration,
    organization: OnceCell<OrganizationId>,
    prepared: Cell<bool>,
    /// The time for which the alarm is set; `None` until it has been read or set since the object started.
    alarm: Cell<Option<Timestamp>>,
}

impl<W: ObjectWorld> OrganizationObject<W> {
    /// Creates the object as it starts, before its tables are prepared.
    pub const fn new(world: W, configuration: Configuration) -> Self {
        Self { world, configuration, organization: OnceCell::new(), prepared: Cell::new(false), alarm: Cell::new(None) }
    }

    /// The environment of the object.
    pub const fn world(&self) -> &W {
        &self.world
    }

    /// Answers JSON of an [`Envelope`] with JSON of a [`RawReply`].
    pub async fn handle(&self, envelope: &str) -> String {
        let reply = self.reply(envelope);
        // The decision stands even if the alarm could not be set: the next command sets it.
        if self.prepared.get()
            && let Err(failure) = self.arm().await
        {
            self.log("organization.alarm_not_set", &failure);
        }
        serde_json::to_string(&reply).unwrap_or_else(|_| r#"{"Err":{"storage":"unwritable answer"}}"#.to_owned())
    }

    fn reply(&self, envelope: &str) -> RawReply {
        let envelope: Envelope = serde_json::from_str(envelope)?;
        if !self.prepared.get() {
            if envelope.caller != Caller::Edge && is_new(self.world.sql())? {
                // A request with a guessed organization must not create that organization.
                return Err(match envelope.caller {
                    Caller::ApiKey(_) => Refusal::ApiKeyRefused,
                    _ => Refusal::NotSignedIn,
                });
            }
            self.prepare(Some(&envelope.organization))?;
        }
        let turn = self.turn().ok_or_else(|| Refusal::Internal("the object has no name".to_owned()))?;
        if *turn.organization != envelope.organization {
            return Err(Refusal::Internal("a command came to the object of another organization".to_owned()));
        }
        turn.answer(&envelope)
    }

    /// Migrates the tables and determines the organization of this object, once for each start of the object. `named`
    /// is the organization that a command names; an alarm names none.
    fn prepare(&self, named: Option<&OrganizationId>) -> Result<(), PortFailure> {
        let sql = self.world.sql();
        Turn::prepare(sql)?;
        let known = match (stored_id(sql)?, named) {
            (Some(stored), _) => Some(stored),
            (None, Some(named)) => {
                learn_id(sql, named)?;
                Some(named.clone())
            }
            (None, None) => None,
        };
        let Some(known) = known else { return Ok(()) };
        self.organization.get_or_init(|| known);
        if let Some(turn) = self.turn() {
            if let Ok(ring) = self.configuration.key_ring() {
                turn.expect_keys(&ring.ids())?;
            }
            turn.expect_events(self.configuration.events_url().is_some())?;
            turn.begin_epoch()?;
        }
        self.prepared.set(true);
        Ok(())
    }

    /// Begins a turn of the edge itself at the current time. `None` while the object does not know its organization.
    fn turn(&self) -> Option<Turn<'_>> {
        Some(Turn {
            organization: self.organization.get()?,
            who: Identity::Edge,
            expected_version: None,
            now: self.world.platform().now(),
            sql: self.world.sql(),
            random: self.world.platform(),
            administrators: self.configuration.administrators().unwrap_or_default(),
            operator: self.configuration.operator(),
        })
    }

    /// Sets the alarm earlier if something is due before it.
    async fn arm(&self) -> Result<(), PortFailure> {
        let Some(turn) = self.turn() else { return Ok(()) };
        let Some(due) = turn.housekeeping_due()? else { return Ok(()) };
        if self.alarm.get().is_none() {
            self.alarm.set(self.world.alarm().await?);
        }
        if self.alarm.get().is_none_or(|set| due < set) {
            self.world.set_alarm(Some(due)).await?;
            self.alarm.set(Some(due));
        }
        Ok(())
    }

    /// Handles the alarm.
    ///
    /// 1. Set the next alarm, so that it fires whatever happens in the steps below.
    /// 2. Run the parts independently of each other: a part that fails is logged, and the others continue.
    /// 3. Set the next alarm for the time at which something is due, but a minute later at the earliest if a part failed:
    ///    what is overdue because it fails would set the alarm off without end.
    pub async fn on_alarm(&self) -> Result<(), PortFailure> {
        self.world.set_alarm(Some(self.world.platform().now().plus_millis(FALLBACK))).await?;
        self.alarm.set(None);
        self.prepare(None)?;
        let failures = match self.turn() {
            Some(turn) => self.run_parts(&turn).await,
            None => 0,
        };
        let due = self.turn().map_or(Ok(None), |turn| turn.housekeeping_due())?;
        let earliest = self.world.platform().now().plus_millis(if failures > 0 { FALLBACK } else { 0 });
        let due = due.map(|due| due.max(earliest));
        self.world.set_alarm(due).await?;
        self.alarm.set(due);
        Ok(())
    }

    /// Runs the parts, and answers how many failed.
    async fn run_parts(&self, turn: &Turn<'_>) -> u32 {
        let failures = Cell::new(0);
        let ended = |part, outcome: Result<(), PortFailure>| {
            if let Err(failure) = outcome {
                failures.set(failures.get() + 1);
                self.log_failed(part, &failure);
            }
        };
        for (part, outcome) in turn.sweep() {
            ended(part, outcome.map_err(|refusal| PortFailure(format!("{refusal:?}"))));
        }
        let checkups_done = Cell::new(false);
        let checkups = async {
            ended("checkups", run_due_checkups(&self.context(turn), || self.now(turn)).await);
            checkups_done.set(true);
        };
        // A checkup may take minutes, so deliveries do not wait for it.
        let deliveries = async {
            loop {
                ended("deliveries", send_due_deliveries(&self.context(turn), || self.now(turn)).await);
                if checkups_done.get() {
                    break;
                }
                self.world.platform().sleep(std::time::Duration::from_millis(DELIVERY_PAUSE)).await;
            }
        };
        let resealing = async { ended("resealing", reseal_due(&self.context(turn), || self.now(turn)).await) };
        // Boxed, so that the future of all parts stays small.
        let subscriptions = Box::pin(async {
            ended("subscriptions", keep_subscriptions(&self.context(turn), || self.now(turn)).await);
        });
        let retirement = async { ended("retirement", self.retire(turn).await) };
        join3(join3(checkups, deliveries, resealing), retirement, subscriptions).await;
        failures.get()
    }

    /// Destroys the grants whose retirement is due, and deletes the entries of those whose keepers confirm it.
    async fn retire(&self, turn: &Turn<'_>) -> Result<(), PortFailure> {
        for grant in turn.retiring()? {
            if destroy(self.world.platform(), turn.organization, &grant).await {
                self.now(turn).retired(&grant)?;
            }
        }
        Ok(())
    }

    /// The same turn at the current time.
    fn now<'t>(&'t self, turn: &Turn<'t>) -> Turn<'t> {
        Turn { now: self.world.platform().now(), ..turn.clone() }
    }

    fn context<'t>(&'t self, turn: &Turn<'t>) -> Context<'t, W::Platform> {
        Context { world: self.world.platform(), configuration: &self.configuration, organization: turn.organization }
    }

    fn log_failed(&self, part: &'static str, failure: &PortFailure) {
        let details = [("part", part), ("cause", failure.0.as_str())];
        self.world.platform().log(Level::Alert, "organization.alarm_part_failed", &details);
    }

    fn log(&self, event: &'static str, failure: &PortFailure) {
        self.world.platform().log(Level::Warning, event, &[("cause", &failure.0)]);
    }
}
