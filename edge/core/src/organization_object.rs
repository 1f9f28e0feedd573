//! The Durable Object of an organization, apart from the platform: what it does with a command, and what its alarm does
//! in which order.
//!
//! The alarm arms the next one first and then runs its parts independently of each other, so that neither an error nor
//! a row that cannot be read stops the organization's housekeeping. Out of scope: how SQLite and the alarm are reached.

use std::cell::{Cell, OnceCell};

use api::Timestamp;
use futures::future::{join, join3};

use crate::{
    alarm::{reseal_due, run_due_checkups, send_due_deliveries},
    checkup::Context,
    configuration::Configuration,
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::{Caller, Envelope, Identity, RawReply, Refusal, Sql, Turn, destroy, is_new, learn_id, stored_id},
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Level, Log, Mac, PortFailure, Random, Timer},
};

/// When the alarm goes off again if this one is cut off, in milliseconds: a minute.
const FALLBACK: i64 = 60_000;
/// How often deliveries are looked for while checkups still run, in milliseconds.
const LOOK_AGAIN: u64 = 1_000;

/// What an object finds around itself.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait ObjectWorld {
    /// The platform.
    type Platform: Aead + Clock + GrantKeepers + Http + Log + Mac + Random + Rsa + Timer;

    /// The platform.
    fn platform(&self) -> &Self::Platform;
    /// The object's SQLite.
    fn sql(&self) -> &dyn Sql;
    /// When the alarm is set to go off, if it is.
    async fn alarm(&self) -> Result<Option<Timestamp>, PortFailure>;
    /// Sets the alarm; it replaces one that is set.
    async fn set_alarm(&self, at: Timestamp) -> Result<(), PortFailure>;
}

/// One organization.
pub struct OrganizationObject<W> {
    world: W,
    configuration: Configuration,
    organization: OnceCell<OrganizationId>,
    prepared: Cell<bool>,
    /// When the alarm goes off, as far as this start of the object knows.
    alarm: Cell<Option<Timestamp>>,
}

impl<W: ObjectWorld> OrganizationObject<W> {
    /// The object, as it starts.
    pub const fn new(world: W, configuration: Configuration) -> Self {
        Self { world, configuration, organization: OnceCell::new(), prepared: Cell::new(false), alarm: Cell::new(None) }
    }

    /// What the object finds around itself.
    pub const fn world(&self) -> &W {
        &self.world
    }

    /// Answers JSON of an [`Envelope`] with JSON of a [`RawReply`].
    pub async fn handle(&self, envelope: &str) -> String {
        let reply = self.reply(envelope);
        // What was decided stands, whether or not the alarm could be set: the next command sets it.
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
                // A guess at an organization that does not exist makes none.
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

    /// Once for each start of the object: brings the tables to this version, and finds out whose object this is. `named`
    /// is what a command says; an alarm says nothing.
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
        if let (Ok(ring), Some(turn)) = (self.configuration.key_ring(), self.turn()) {
            turn.expect_keys(&ring.ids())?;
        }
        self.prepared.set(true);
        Ok(())
    }

    /// A turn of the edge's own, now. `None` while the object does not know whose it is.
    fn turn(&self) -> Option<Turn<'_>> {
        Some(Turn {
            organization: self.organization.get()?,
            who: Identity::Edge,
            expected_version: None,
            now: self.world.platform().now(),
            sql: self.world.sql(),
            random: self.world.platform(),
            administrators: self.configuration.administrators().unwrap_or_default(),
        })
    }

    /// Brings the alarm forward, if something is due before it.
    async fn arm(&self) -> Result<(), PortFailure> {
        let Some(turn) = self.turn() else { return Ok(()) };
        let Some(due) = turn.housekeeping_due()? else { return Ok(()) };
        if self.alarm.get().is_none() {
            self.alarm.set(self.world.alarm().await?);
        }
        if self.alarm.get().is_none_or(|set| due < set) {
            self.world.set_alarm(due).await?;
            self.alarm.set(Some(due));
        }
        Ok(())
    }

    /// The alarm went off.
    ///
    /// 1. The next one is armed, so that whatever happens below, it comes.
    /// 2. The parts run, each by itself: what fails is logged, and the others go on.
    /// 3. The next one is armed for when something is due.
    pub async fn on_alarm(&self) -> Result<(), PortFailure> {
        self.world.set_alarm(self.world.platform().now().plus_millis(FALLBACK)).await?;
        self.alarm.set(None);
        self.prepare(None)?;
        if let Some(turn) = self.turn() {
            self.run_parts(&turn).await;
        }
        let due = self.turn().map_or(Ok(None), |turn| turn.housekeeping_due())?;
        if let Some(due) = due {
            self.world.set_alarm(due).await?;
            self.alarm.set(Some(due));
        }
        Ok(())
    }

    async fn run_parts(&self, turn: &Turn<'_>) {
        for (part, outcome) in turn.sweep() {
            self.log_failed(part, outcome.map_err(|refusal| PortFailure(format!("{refusal:?}"))));
        }
        let checkups_done = Cell::new(false);
        let checkups = async {
            self.log_failed("checkups", run_due_checkups(&self.context(turn), || self.now(turn)).await);
            checkups_done.set(true);
        };
        // A checkup may take minutes; deliveries do not wait for it.
        let deliveries = async {
            loop {
                self.log_failed("deliveries", send_due_deliveries(&self.context(turn), || self.now(turn)).await);
                if checkups_done.get() {
                    break;
                }
                self.world.platform().sleep(std::time::Duration::from_millis(LOOK_AGAIN)).await;
            }
        };
        let resealing =
            async { self.log_failed("resealing", reseal_due(&self.context(turn), || self.now(turn)).await) };
        let retirement = async { self.log_failed("retirement", self.retire(turn).await) };
        join(join3(checkups, deliveries, resealing), retirement).await;
    }

    /// Destroys the grants that are due, and forgets those whose keepers confirm.
    async fn retire(&self, turn: &Turn<'_>) -> Result<(), PortFailure> {
        for grant in turn.retiring()? {
            if destroy(self.world.platform(), turn.organization, &grant).await {
                self.now(turn).retired(&grant)?;
            }
        }
        Ok(())
    }

    /// The same turn, now.
    fn now<'t>(&'t self, turn: &Turn<'t>) -> Turn<'t> {
        Turn { now: self.world.platform().now(), ..turn.clone() }
    }

    fn context<'t>(&'t self, turn: &Turn<'t>) -> Context<'t, W::Platform> {
        Context { world: self.world.platform(), configuration: &self.configuration, organization: turn.organization }
    }

    fn log_failed(&self, part: &'static str, outcome: Result<(), PortFailure>) {
        if let Err(failure) = outcome {
            let details = [("part", part), ("cause", failure.0.as_str())];
            self.world.platform().log(Level::Alert, "organization.alarm_part_failed", &details);
        }
    }

    fn log(&self, event: &'static str, failure: &PortFailure) {
        self.world.platform().log(Level::Warning, event, &[("cause", &failure.0)]);
    }
}
