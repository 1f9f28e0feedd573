//! `POST /api/v1/instances`: what runs at an address.

use api::{Instance, LookAtInstance, ProblemCode};
use axum::Router;

use crate::{
    address::AddressRefused,
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, Reply, mount},
    },
    instance::{DiscoveryRefused, discover},
    organization::AdmitConnecting,
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    mount::<P, LookAtInstance, _>(routes, edge, look)
}

/// 1. An administrator asks (401, 403): the edge calls nothing for others. 2. The address, then Jira (422).
async fn look<P: Platform>(asking: Asking<P, LookAtInstance>) -> Result<Reply<Instance>, Failed> {
    asking.ask(&AdmitConnecting {}).await?;
    let configuration = &asking.edge.configuration;
    let (policy, basic) = (configuration.address_policy(), configuration.allows_cloud_basic());
    let found = discover(&*asking.edge.platform, &asking.request.address, policy, basic).await;
    Ok(found.map_err(refused)?.into())
}

fn refused(refused: DiscoveryRefused) -> Failed {
    match refused {
        DiscoveryRefused::Address(why) => address_refused(why),
        DiscoveryRefused::Unreachable(why) => Failed::new(ProblemCode::InstanceUnreachable, why.to_string()),
    }
}

/// The reason, and what to do about this one.
pub(super) fn address_refused(why: AddressRefused) -> Failed {
    Failed::new(ProblemCode::AddressRefused, format!("{why} {}", why.remedy()))
}
