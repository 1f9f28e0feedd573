//! The stored record and its cache; changes are serialized.
//!
//! The record is cached until a write fails; then its content is unknown, and it is read again. Tokens that Atlassian
//! issued and storage refused are kept too, and adopted at the next read, like a rescue copy.

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

/// What the keeper caches. Losing it does no harm.
#[derive(Debug, Default)]
pub(super) struct RecordCache {
    cached: CachedRecord,
    /// Tokens that storage refused.
    unsaved: Option<Unsaved>,
    alarm: Alarm,
}

#[derive(Debug, Default)]
enum CachedRecord {
    #[default]
    Unread,
    Read(Option<Box<Record>>),
}

/// The last known time of the alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Alarm {
    /// Unknown: the object has just started, or setting the alarm failed.
    #[default]
    Unknown,
    Set(Option<Timestamp>),
}

impl Alarm {
    /// Whether `wake` is earlier than the alarm, as far as known.
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
    /// The current record.
    pub(super) async fn record(&self) -> Result<Option<Record>, PortFailure> {
        self.change(|record| (None, record.cloned())).await
    }

    /// Reads, decides and writes under a lock. `decide` returns the next record, if it changes, and the result.
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

    /// Changes the tokens of a pending or active grant. Returns whether there are any.
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

    /// Discards the cached record, so that storage is read again.
    pub(super) async fn invalidate_cache(&self) {
        self.cache.lock().await.cached = CachedRecord::Unread;
    }

    /// Keeps tokens that storage refused.
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

    /// The record with the tokens that storage refused, if its own are older and the grant is pending or active.
    fn with_unsaved(&self, record: &Record, cache: &RecordCache) -> Option<Record> {
        let Unsaved { tokens, given_at } = cache.unsaved.as_ref()?;
        let stored = record.stored().filter(|stored| tokens.generation > stored.tokens.generation)?;
        Some(record.with(refresh_state::adopt(stored, tokens.clone(), *given_at, self.jitter())))
    }

    /// Writes the record and sets the alarm: an earlier alarm before the write, a later one after it, so that a stored
    /// record always has an alarm in time.
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

    /// Sets the alarm again after it fired.
    pub(super) async fn rearm(&self) {
        let mut cache = self.cache.lock().await;
        let soon = self.now().plus_millis(SECOND);
        let wake = match self.read(&mut cache).await {
            Ok(record) => record.and_then(|record| wake_at(&record, self.now())).map(|at| at.max(soon)),
            Err(_) => Some(soon.plus_millis(60 * SECOND)),
        };
        self.set_alarm(&mut cache, wake).await;
    }

    /// A failure to set the alarm is no error: the next command continues where the alarm would have.
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
    // A newer version of the code may have written it; it must not be misread.
    if VERSIONS.contains(&record.v) {
        Ok(record)
    } else {
        Err(PortFailure(format!("the stored record has version {}", record.v)))
    }
}
