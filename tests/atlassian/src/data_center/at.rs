//! The instance that a request reached, and the listener that accepted it.

use axum::response::{IntoResponse, Redirect, Response};

use super::Instance;
use super::installation::Installation;
use crate::clock::Moment;
use crate::listeners::Listener;
use crate::world::Shared;

/// What every handler of an instance gets.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) world: Shared,
    pub(crate) instance: Instance,
    pub(crate) listener: Listener,
}

impl At {
    /// The base URL as the instance has it configured, with the context path.
    pub(crate) fn base_url(&self) -> String {
        self.world.base_url(self.instance)
    }

    /// An address on this instance, with the context path and without the host.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.instance.context_path())
    }

    /// To another page of this instance.
    pub(crate) fn redirect(&self, path: &str) -> Response {
        Redirect::to(&self.path(path)).into_response()
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Installation) -> T) -> T {
        self.world.read(|state| look(state.data_centers.of(self.instance)))
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Installation) -> T) -> T {
        self.world.change(|state| change(state.data_centers.of_mut(self.instance)))
    }

    /// The time here, which may not be the model's.
    pub(crate) fn clock(&self) -> Moment {
        let now = self.world.now();
        self.read(|installation| installation.clock(now))
    }
}
