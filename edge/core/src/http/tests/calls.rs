//! The calls through a connection over HTTP.

use serde_json::json;

use super::world::{Deployment, path_of};

#[tokio::test]
async fn the_calls_of_a_connection_are_shown_over_a_day_a_week_or_a_month_and_nothing_else() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let calls = format!("{}/calls", path_of(&ada.connect("Staging").await));
    for (query, step_seconds) in
        [("", 3600), ("?period=day", 3600), ("?period=week", 21_600), ("?period=month", 86_400)]
    {
        let shown = ada.get(&format!("{calls}{query}")).await.json();
        assert_eq!((&shown["step_seconds"], &shown["steps"]), (&json!(step_seconds), &json!([])), "{query}");
        assert_eq!((&shown["failed"], &shown["rate_limit"]), (&json!([]), &json!(null)), "{query}");
    }
    for bad in ["period=year", "period=", "from=2026-01-01"] {
        assert_eq!(ada.get(&format!("{calls}?{bad}")).await.code(), "invalid_request", "{bad}");
    }
}
