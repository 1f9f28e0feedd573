//! `POST /api/v1/instances`: discovers which Jira runs at an address.

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
    /// Only for administrators, because the edge calls an address that the caller chose.
    fn needs((): &(), _: &<Self as Endpoint>::Request) -> Needs {
        Needs::Administrator
    }
}

/// 1. The caller is an administrator (401, 403). 2. The address may be called, and Jira answers there (422).
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

/// An address that may not be called, with the reason and its remedy.
pub(super) fn address_refused(why: AddressRefused) -> RequestFailure {
    RequestFailure::new(ProblemCode::AddressRefused, format!("{why} {}", why.remedy()))
}
