//! The keys: some live, and the oldest is revoked now and then.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use api::{ApiKeyId, CreateApiKey, CreatedApiKey, Name, NewApiKey, Nothing, RevokeApiKey};
use journeys::Visitor;

use crate::SCOPES;

/// For how long calls go on with a key that was revoked.
const STILL_USED: Duration = Duration::from_secs(40);
/// The pause before a request is sent again that had no answer.
const AGAIN: Duration = Duration::from_millis(500);

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    id: ApiKeyId,
    pub(crate) secret: String,
    /// When its revocation was sent.
    pub(crate) revoking_at: OnceLock<Instant>,
    /// When that was acknowledged.
    pub(crate) revoked_at: OnceLock<Instant>,
}

/// All of them.
pub(crate) struct Keys {
    administrator: Arc<Visitor>,
    living: Mutex<VecDeque<Arc<Key>>>,
    revoked: Mutex<VecDeque<Arc<Key>>>,
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    pub(crate) async fn make(administrator: Arc<Visitor>, many: u64) -> Self {
        let keys = Self { administrator, living: Mutex::default(), revoked: Mutex::default() };
        for _ in 0..many.max(2) {
            keys.add().await;
        }
        keys
    }

    pub(crate) fn living(&self) -> usize {
        lock(&self.living).len()
    }

    /// The key that will be revoked last.
    pub(crate) fn living_one(&self) -> Arc<Key> {
        Arc::clone(lock(&self.living).back().expect("there are keys"))
    }

    /// The key for a call: each tenth is made with one that was revoked, while there is one.
    pub(crate) fn of_call(&self, number: usize) -> Arc<Key> {
        let revoked = lock(&self.revoked);
        if number % 10 == 9
            && let Some(key) = revoked.get(number / 10 % revoked.len().max(1))
        {
            return Arc::clone(key);
        }
        let living = lock(&self.living);
        Arc::clone(living.get(number % living.len()).expect("there are keys"))
    }

    pub(crate) fn revocations(&self) -> usize {
        lock(&self.revoked).iter().filter(|key| key.revoked_at.get().is_some()).count()
    }

    /// Makes another key, and revokes the oldest. Goes on until both are done, also if the Worker ends meanwhile.
    pub(crate) async fn revoke_oldest(&self) {
        self.add().await;
        let Some(key) = lock(&self.living).pop_front() else { return };
        key.revoking_at.get_or_init(Instant::now);
        lock(&self.revoked).push_back(Arc::clone(&key));
        loop {
            let revoke = self.administrator.call::<RevokeApiKey>(&key.id, &Nothing {});
            match self.administrator.tries(revoke).await {
                // 404: it was revoked, and the answer was lost.
                Some(answer) if matches!(answer.status, 200 | 204 | 404) => break,
                _ => tokio::time::sleep(AGAIN).await,
            }
        }
        key.revoked_at.get_or_init(Instant::now);
        let is_used = |key: &Arc<Key>| key.revoked_at.get().is_none_or(|at| at.elapsed() < STILL_USED);
        lock(&self.revoked).retain(is_used);
    }

    async fn add(&self) {
        let name = Name::parse("A key under load").expect("a name");
        let new = NewApiKey { name, scopes: SCOPES.to_vec(), connections: None, workspace: None, expires_at: None };
        loop {
            let made = self.administrator.tries(self.administrator.call::<CreateApiKey>(&(), &new)).await;
            if let Some(made) = made.filter(|made| made.status == 201) {
                let CreatedApiKey { id, key: secret } = made.json();
                let key = Key { id, secret, revoking_at: OnceLock::new(), revoked_at: OnceLock::new() };
                lock(&self.living).push_back(Arc::new(key));
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}
