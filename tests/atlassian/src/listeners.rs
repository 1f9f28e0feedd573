//! Where else the model listens: a real address for everything that has an address of its own in reality.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;

use crate::data_center::{self, Instance};
use crate::site_host;
use crate::sites::{HARBOUR, MEADOW, TINKER};
use crate::world::Shared;

/// One address beside the main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listener {
    /// A Data Center instance, where it has always been.
    Instance(Instance),
    /// The address to which that instance moves. Nobody is there before.
    NewAddress(Instance),
    /// The own host of the Cloud site of that cloudId, such as `harbour.atlassian.net` in reality.
    Site(&'static str),
}

impl Listener {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Instance(Instance::Quarry),
        Self::Instance(Instance::Orchard),
        Self::NewAddress(Instance::Quarry),
        Self::NewAddress(Instance::Orchard),
        Self::Site(HARBOUR),
        Self::Site(MEADOW),
        Self::Site(TINKER),
    ];

    /// What is behind it.
    pub(crate) fn router(self, world: &Shared) -> Router {
        match self {
            Self::Instance(instance) | Self::NewAddress(instance) => data_center::router(world, instance, self),
            Self::Site(cloud_id) => site_host::router(world, cloud_id, self),
        }
    }
}

/// Listens at every listener: where the options say, or at a free port of loopback.
pub(crate) async fn open(wanted: &BTreeMap<Listener, SocketAddr>) -> io::Result<Vec<(Listener, TcpListener)>> {
    let mut open = Vec::new();
    for listener in Listener::ALL {
        let address = wanted.get(&listener).copied().unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        open.push((listener, TcpListener::bind(address).await?));
    }
    Ok(open)
}
