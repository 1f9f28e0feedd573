//! The own host of a Cloud site, such as `harbour.atlassian.net`: who it is, and the REST API for e-mail and API token.
//! OAuth tokens do not work here, nor do API tokens with scopes; both belong to the gateway.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, middleware};
use serde_json::{Value, json};

use crate::doors::Door;
use crate::recorder::Endpoint;
use crate::striking::{self, Watched};
use crate::world::Shared;

/// Everything at one site's host.
pub(crate) fn router(world: &Shared, cloud_id: &'static str, door: Door) -> Router {
    let watched = Watched { world: world.clone(), at: world.address_of(door), endpoint_of: Endpoint::of_site_host };
    Router::new()
        .route("/_edge/tenant_info", get(tenant_info))
        .with_state(cloud_id)
        .layer(middleware::from_fn_with_state(watched, striking::record_and_strike))
}

/// Which site this is, for anybody.
async fn tenant_info(State(cloud_id): State<&'static str>) -> Json<Value> {
    Json(json!({ "cloudId": cloud_id }))
}
