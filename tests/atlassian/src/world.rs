//! What all handlers share: the state behind its lock, the recorder, the injected faults.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::answers::Answers;
use crate::clock::Moment;
use crate::data_center::{Instance, Nonces};
use crate::deliveries::Deliveries;
use crate::faults::Faults;
use crate::listeners::Listener;
use crate::options::Options;
use crate::rate_limit::{Balance, Bursts, Limit, Quota};
use crate::recorder::Recorder;
use crate::state::State;
use crate::state_file;

/// One running model.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) address: SocketAddr,
    listeners: BTreeMap<Listener, SocketAddr>,
    pub(crate) recorder: Recorder,
    pub(crate) faults: Faults,
    pub(crate) nonces: Nonces,
    pub(crate) deliveries: Deliveries,
    pub(crate) answers: Answers,
    state: Mutex<State>,
    quota: Mutex<Quota>,
    bursts: Mutex<Bursts>,
    resource_calls: AtomicUsize,
}

/// What axum hands to every handler.
pub(crate) type Shared = Arc<World>;

impl World {
    /// Starts empty, or from the state file.
    pub(crate) fn begin(
        options: Options,
        address: SocketAddr,
        listeners: BTreeMap<Listener, SocketAddr>,
    ) -> std::io::Result<Shared> {
        let state = options.state_file.as_deref().map_or_else(|| Ok(State::default()), state_file::read)?;
        Ok(Arc::new(Self {
            options,
            address,
            listeners,
            recorder: Recorder::default(),
            faults: Faults::default(),
            nonces: Nonces::default(),
            deliveries: Deliveries::default(),
            answers: Answers::from_environment()?,
            state: Mutex::new(state),
            quota: Mutex::default(),
            bursts: Mutex::default(),
            resource_calls: AtomicUsize::new(0),
        }))
    }

    /// The address of everything: authorization, API and issuer.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Scheme, host and port of a listener.
    pub(crate) fn address_of(&self, listener: Listener) -> String {
        format!("http://{}", self.listeners.get(&listener).unwrap_or(&self.address))
    }

    /// The base URL of an instance where it is now, with its context path.
    pub(crate) fn base_url(&self, instance: Instance) -> String {
        let moved = self.read(|state| state.data_centers.of(instance).moved);
        let listener = if moved { Listener::NewAddress(instance) } else { Listener::Instance(instance) };
        format!("{}{}", self.address_of(listener), instance.context_path())
    }

    pub(crate) fn now(&self) -> Moment {
        self.read(State::now)
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state, and writes the state file before the response is sent.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        if let Some(path) = &self.options.state_file
            && let Err(error) = state_file::write(path, &state)
        {
            eprintln!("atlassian: {} could not be written and will be stale: {error}", path.display());
        }
        result
    }

    /// Takes the points of one call from the app's hourly quota.
    pub(crate) fn spend_points(&self, points: u64) -> Result<Balance, Balance> {
        let (limit, now) = self.read(|state| (state.settings.points_per_hour, state.now()));
        self.quota.lock().unwrap_or_else(PoisonError::into_inner).spend(points, limit, now)
    }

    /// Takes what an answer cost beyond the call itself, even if there is not that much.
    pub(crate) fn charge_points(&self, points: u64) -> Balance {
        let (limit, now) = self.read(|state| (state.settings.points_per_hour, state.now()));
        self.quota.lock().unwrap_or_else(PoisonError::into_inner).charge(points, limit, now)
    }

    /// How many points were ever spent.
    pub(crate) fn points_spent(&self) -> u64 {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner).total()
    }

    /// Whether one more call is within limits that count by this key.
    pub(crate) fn is_within(&self, key: String, limits: &[Limit]) -> bool {
        let now = self.now();
        self.bursts.lock().unwrap_or_else(PoisonError::into_inner).take(key, limits, now)
    }

    /// Counts calls of accessible-resources, whose order shifts from one to the next.
    pub(crate) fn next_resource_call(&self) -> usize {
        self.resource_calls.fetch_add(1, Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
