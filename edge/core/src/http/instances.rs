//! `POST /api/v1/instances`: what runs at an address.

use api::{Endpoint, Instance, LookAtInstance, ProblemCode};

use crate::{
    address::AddressRefused,
    http::{
        Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked},
    },
    instance::{DiscoveryRefused, discover},
    organization::{Guarded, Needs},
};

checked! { LookAtInstance => discover_instance; }

impl Guarded for LookAtInstance {
    /// The edge calls nothing for others.
    fn needs((): &(), _: &<Self as Endpoint>::Request) -> Needs {
        Needs::Administrator
    }
}

/// 1. An administrator asks (401, 403): the edge calls nothing for others. 2. The address, then Jira (422).
async fn discover_instance<P: Platform>(
    request: EndpointRequest<P, LookAtInstance>,
) -> Result<Reply<Instance>, RequestFailure> {
    let configuration = &request.edge.configuration;
    let (policy, basic) = (configuration.address_policy(), configuration.allows_cloud_basic());
    let found = discover(&*request.edge.platform, &request.call.request.address, policy, basic).await;
    Ok(found.map_err(discovery_failure)?.into())
}

fn discovery_failure(refused: DiscoveryRefused) -> RequestFailure {
    match refused {
        DiscoveryRefused::Address(why) => address_refused(why),
        DiscoveryRefused::Unreachable(why) => RequestFailure::new(ProblemCode::InstanceUnreachable, why.to_string()),
    }
}

/// The reason, and what to do about this one.
pub(super) fn address_refused(why: AddressRefused) -> RequestFailure {
    RequestFailure::new(ProblemCode::AddressRefused, format!("{why} {}", why.remedy()))
}
