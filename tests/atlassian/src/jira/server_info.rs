//! What a site says of itself to anybody, which proves nothing about a credential.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::sites::Site;
use crate::world::World;

/// `GET serverInfo` of a Cloud site that is asked at `base`.
pub(crate) fn answer(world: &World, site: &Site, base: &str) -> Response {
    let info = json!({
        "baseUrl": base,
        "displayUrl": base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_284,
        "buildDate": "2026-01-12T09:30:00.000+0000",
        "serverTime": world.now().as_jira_date(),
        "scmInfo": "model",
        "serverTitle": site.name,
        "defaultLocale": { "locale": "en_GB" },
    });
    world.answers.record("getServerInfo", "3", "serverInfo", 200, Some(&info));
    Json(info).into_response()
}
