//! The model's other listeners: whatever has its own host in reality has its own port here.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;

use crate::data_center::{self, Instance};
use crate::site_host;
use crate::sites::{HARBOUR, MEADOW, TINKER};
use crate::world::Shared;

/// One listener beside the main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listener {
    /// A Data Center instance, at its first address.
    Instance(Instance),
    /// The address to which that instance moves. It answers 404 before that.
    NewAddress(Instance),
    /// The host of the Cloud site of that cloudId: `harbour.atlassian.net` in reality.
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

    /// The routes that it serves.
    pub(crate) fn router(self, world: &Shared) -> Router {
        match self {
            Self::Instance(instance) | Self::NewAddress(instance) => data_center::router(world, instance, self),
            Self::Site(cloud_id) => site_host::router(world, cloud_id, self),
        }
    }
}

/// Binds every listener: to the address in the options, or to a free loopback port.
pub(crate) async fn open(wanted: &BTreeMap<Listener, SocketAddr>) -> io::Result<Vec<(Listener, TcpListener)>> {
    let mut open = Vec::new();
    for listener in Listener::ALL {
        let address = wanted.get(&listener).copied().unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        open.push((listener, TcpListener::bind(address).await?));
    }
    Ok(open)
}
