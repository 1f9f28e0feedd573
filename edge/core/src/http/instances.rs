//! `POST /api/v1/instances`: discovers which Jira runs at an address.

use api::{Endpoint, Instance, LookAtInstance, ProblemCode};

use crate::{
    address::{Address, AddressRefused, Policy},
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
    let typed = &request.call.request.address;
    let found = discover(&*request.edge.platform, typed, policy, basic).await;
    Ok(found.map_err(|why| discovery_failure(why, typed, policy))?.into())
}

fn discovery_failure(refused: DiscoveryRefused, typed: &str, policy: &Policy) -> RequestFailure {
    match refused {
        DiscoveryRefused::Address(why) => typed_address_refused(why, typed, policy),
        DiscoveryRefused::Unreachable(why) => RequestFailure::new(ProblemCode::InstanceUnreachable, why.to_string()),
    }
}

/// The address in a request, checked (422). If it is only written wrongly, the refusal names the right one.
pub(super) fn read_address(typed: &str, policy: &Policy) -> Result<Address, RequestFailure> {
    Address::read(typed, policy).map_err(|why| typed_address_refused(why, typed, policy))
}

fn typed_address_refused(why: AddressRefused, typed: &str, policy: &Policy) -> RequestFailure {
    match Address::suggested(typed, policy) {
        Some(right) => RequestFailure::new(ProblemCode::AddressRefused, format!("{why} Enter {right} instead.")),
        None => address_refused(why),
    }
}

/// An address that may not be called, with the reason and its remedy.
pub(super) fn address_refused(why: AddressRefused) -> RequestFailure {
    RequestFailure::new(ProblemCode::AddressRefused, format!("{why} {}", why.remedy()))
}
