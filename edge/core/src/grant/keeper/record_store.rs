//! The record in memory and in storage, changed by one at a time.
//!
//! What storage said last is remembered until a write fails: then nobody knows what is there, and it is read again. Tokens
//! that Atlassian gave and storage did not take are remembered as well, and adopted at the next reading, exactly as a
//! rescue copy is.

use api::Timestamp;

use super::{Keeper, KeeperPorts, ports::KeeperStore as _};
use crate::{
    grant::{
        background_tasks::wake_at,
        backoff::SECOND,
        record::{Record, StoredCredential, Tokens, VERSIONS},
        refresh_state,
    },
    ports::{Level, PortFailure},
};

/// What the keeper remembers. Lost with the object, at no harm.
#[derive(Debug, Default)]
pub(super) struct RecordCache {
    cached: CachedRecord,
    /// Tokens that storage did not take.
    unsaved: Option<Unsaved>,
    alarm: Alarm,
}

#[derive(Debug, Default)]
enum CachedRecord {
    #[default]
    Unread,
    Read(Option<Box<Record>>),
}

/// What the alarm was last set to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Alarm {
    /// Not known: the object has just begun, or setting it failed.
    #[default]
    Unknown,
    Set(Option<Timestamp>),
}

impl Alarm {
    /// Whether `wake` comes before it, as far as is known.
    fn is_after(self, wake: Option<Timestamp>) -> bool {
        match (self, wake) {
            (_, None) => false,
            (Self::Unknown | Self::Set(None), Some(_)) => true,
            (Self::Set(Some(set)), Some(wake)) => wake < set,
        }
    }
}

#[derive(Debug)]
struct Unsaved {
    tokens: Tokens,
    given_at: Timestamp,
}

impl<P: KeeperPorts> Keeper<P> {
    /// The record as it is now.
    pub(super) async fn record(&self) -> Result<Option<Record>, PortFailure> {
        self.change(|record| (None, record.cloned())).await
    }

    /// Reads, decides and writes, while nobody else does. `decide` gives the next record, if there is to be one, and an
    /// answer.
    pub(super) async fn change<T>(
        &self,
        decide: impl FnOnce(Option<&Record>) -> (Option<Record>, T),
    ) -> Result<T, PortFailure> {
        let mut cache = self.cache.lock().await;
        let record = self.read(&mut cache).await?;
        let (next, answer) = decide(record.as_ref());
        if let Some(next) = next {
            self.write(&mut cache, next).await?;
        }
        Ok(answer)
    }

    /// Changes what a living grant holds. Tells whether it lives.
    pub(super) async fn change_stored(
        &self,
        decide: impl FnOnce(&StoredCredential) -> Option<StoredCredential>,
    ) -> Result<bool, PortFailure> {
        self.change(|record| {
            let Some((record, stored)) = record.and_then(|record| Some((record, record.stored()?))) else {
                return (None, false);
            };
            (decide(stored).map(|stored| record.with(stored)), true)
        })
        .await
    }

    /// Forgets what storage said, so that it is asked again.
    pub(super) async fn invalidate_cache(&self) {
        self.cache.lock().await.cached = CachedRecord::Unread;
    }

    /// Remembers tokens that storage did not take.
    pub(super) async fn keep_unsaved(&self, tokens: Tokens, given_at: Timestamp) {
        self.cache.lock().await.unsaved = Some(Unsaved { tokens, given_at });
    }

    /// Removes the record for good.
    pub(super) async fn erase(&self) -> Result<(), PortFailure> {
        let mut cache = self.cache.lock().await;
        cache.cached = CachedRecord::Unread;
        self.ports.store().erase().await?;
        cache.cached = CachedRecord::Read(None);
        Ok(())
    }

    async fn read(&self, cache: &mut RecordCache) -> Result<Option<Record>, PortFailure> {
        if let CachedRecord::Read(record) = &cache.cached {
            return Ok(record.as_deref().cloned());
        }
        let cached = self.ports.store().load().await?;
        let record = cached.as_deref().map(parse).transpose()?;
        let Some(adopted) = record.as_ref().and_then(|record| self.with_unsaved(record, cache)) else {
            cache.unsaved = None;
            cache.cached = CachedRecord::Read(record.clone().map(Box::new));
            return Ok(record);
        };
        if let Err(failure) = self.write(cache, adopted.clone()).await {
            self.log(Level::Warning, "grant.tokens_still_unsaved", &[("error", &failure.to_string())]);
        }
        Ok(Some(adopted))
    }

    /// The record with the tokens that storage did not take, if it has older ones and lives.
    fn with_unsaved(&self, record: &Record, cache: &RecordCache) -> Option<Record> {
        let Unsaved { tokens, given_at } = cache.unsaved.as_ref()?;
        let stored = record.stored().filter(|stored| tokens.generation > stored.tokens.generation)?;
        Some(record.with(refresh_state::adopt(stored, tokens.clone(), *given_at, self.jitter())))
    }

    /// Writes the record and sets the alarm: an earlier one before the write, a later one after it, so that whatever is
    /// stored has an alarm in time.
    async fn write(&self, cache: &mut RecordCache, next: Record) -> Result<(), PortFailure> {
        let text = serde_json::to_string(&next).map_err(|error| PortFailure(error.to_string()))?;
        let wake = wake_at(&next, self.now());
        if cache.alarm.is_after(wake) {
            self.set_alarm(cache, wake).await;
        }
        cache.cached = CachedRecord::Unread;
        self.ports.store().save(&text).await?;
        cache.cached = CachedRecord::Read(Some(Box::new(next)));
        cache.unsaved = None;
        if cache.alarm != Alarm::Set(wake) {
            self.set_alarm(cache, wake).await;
        }
        Ok(())
    }

    /// Sets the alarm anew: for after it went off.
    pub(super) async fn rearm(&self) {
        let mut cache = self.cache.lock().await;
        let soon = self.now().plus_millis(SECOND);
        let wake = match self.read(&mut cache).await {
            Ok(record) => record.and_then(|record| wake_at(&record, self.now())).map(|at| at.max(soon)),
            Err(_) => Some(soon.plus_millis(60 * SECOND)),
        };
        self.set_alarm(&mut cache, wake).await;
    }

    /// An alarm that cannot be set fails nothing: the next question goes on where the alarm would have.
    async fn set_alarm(&self, cache: &mut RecordCache, at: Option<Timestamp>) {
        cache.alarm = Alarm::Unknown;
        match self.ports.store().set_alarm(at).await {
            Ok(()) => cache.alarm = Alarm::Set(at),
            Err(failure) => self.log(Level::Warning, "grant.alarm_refused", &[("error", &failure.to_string())]),
        }
    }
}

fn parse(text: &str) -> Result<Record, PortFailure> {
    let record: Record = serde_json::from_str(text)
        .map_err(|error| PortFailure(format!("the stored record cannot be read: {:?}", error.classify())))?;
    // A newer version of the code may have written it; it is left alone rather than misread.
    if VERSIONS.contains(&record.v) {
        Ok(record)
    } else {
        Err(PortFailure(format!("the stored record has version {}", record.v)))
    }
}
