//! Discovery: what *New connection* shows about an address before it asks for anything.

use api::{Deployment, Instance};
use serde::Deserialize;

use super::{
    methods,
    server_info::{ServerInfo, Unreachable, anonymously, fetch_server_info},
};
use crate::{
    address::{Address, AddressRefused, Policy},
    cloud_id::is_cloud_id,
    ports::Http,
};

/// Why discovery failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiscoveryRefused {
    /// The address may not be called; no call was made.
    Address(AddressRefused),
    /// No Jira answers there.
    Unreachable(Unreachable),
}

#[derive(Deserialize)]
struct Tenant {
    #[serde(rename = "cloudId")]
    cloud_id: String,
}

/// 1. Checks the address; a pasted page leads to its base. 2. Calls `serverInfo`. 3. Asks a Cloud site for its cloudId.
pub async fn discover(
    http: &impl Http,
    address: &str,
    policy: &Policy,
    cloud_basic: bool,
) -> Result<Instance, DiscoveryRefused> {
    let address = Address::read(address, policy).map_err(DiscoveryRefused::Address)?;
    let found = match fetch_server_info(http, &address, policy).await {
        Err(Unreachable::SignInRequired) => ServerInfo::undescribed(&address),
        found => found.map_err(DiscoveryRefused::Unreachable)?,
    };
    let cloud_id = if found.cloud { fetch_cloud_id(http, &address).await } else { None };
    let methods = if found.cloud {
        methods::of_cloud(cloud_basic, cloud_id.is_some())
    } else {
        methods::of_data_center(&found.version)
    };
    let deployment = if found.cloud { Deployment::Cloud } else { Deployment::DataCenter };
    let ServerInfo { title, version, base_url, .. } = found;
    let other_base_url = base_url.filter(|base| base != address.as_str());
    Ok(Instance { address: address.as_str().to_owned(), deployment, title, version, cloud_id, other_base_url, methods })
}

/// The cloudId of a Cloud site, from the site itself; `None` if it does not say.
pub(crate) async fn fetch_cloud_id(http: &impl Http, address: &Address) -> Option<String> {
    let tenant: Tenant = anonymously(http, address, "/_edge/tenant_info").await.ok()?;
    is_cloud_id(&tenant.cloud_id).then_some(tenant.cloud_id)
}
