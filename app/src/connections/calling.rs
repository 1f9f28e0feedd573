//! How to call Jira through a connection.

use api::{Connection, Kind, PROXY_PATH};
use leptos::prelude::*;

use crate::{
    navigation::Link,
    route::Route,
    ui::{copy_button::CopyButton, learn_more::learn_more},
};

/// The proxy's address, to which Jira's own path is appended.
pub(crate) fn proxy_base(origin: &str, id: &str) -> String {
    format!("{origin}{}", PROXY_PATH.replace("{id}", id).trim_end_matches("/{path}"))
}

/// A `curl` command that works when pasted, once `CAUSEWAY_KEY` holds an API key.
pub(crate) fn curl(origin: &str, connection: &Connection, key: &str) -> String {
    // Only Cloud has version 3 and its project search; Data Center has version 2.
    let path = if connection.kind == Kind::CloudOauth2 { "3/project/search" } else { "2/project" };
    let base = proxy_base(origin, connection.id.as_str());
    format!("curl -H \"Authorization: Bearer {key}\" \\\n\"{base}/rest/api/{path}\"")
}

/// The origin of this page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The section on calling.
#[component]
pub(super) fn Calling(connection: Connection) -> impl IntoView {
    let base = proxy_base(&origin(), connection.id.as_str());
    let example = curl(&origin(), &connection, "$CAUSEWAY_KEY");
    view! {
        <section class="section calling" aria-labelledby="calling">
            <h2 id="calling">"Call Jira through this connection"</h2>
            <p>
                "Put Jira's path after this address, and send an " <Link to=Route::ApiKeys.path()>"API key"</Link>
                " with the right to call Jira. " {learn_more("/help/calling-jira/".to_owned())}
            </p>
            <pre tabindex="0" aria-label="Address">{base.clone()}</pre>
            <CopyButton text=base what="Copy address" />
            <p>"For example, the site's projects:"</p>
            <pre tabindex="0" aria-label="Example">{example.clone()}</pre>
            <CopyButton text=example what="Copy example" />
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_names_the_address_that_the_edge_serves() {
        let json = r#"{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{"state":"authorized"},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}"#;
        let mut connection: Connection = serde_json::from_str(json).expect("a connection");
        let cloud = curl("https://causeway.example", &connection, "cw_x");
        assert!(cloud.contains("\"https://causeway.example/api/v1/connections/con_1/jira/rest/api/3/project/search\""));
        assert!(cloud.contains("Authorization: Bearer cw_x"));
        connection.kind = Kind::DataCenterOauth2;
        let data_center = curl("https://causeway.example", &connection, "cw_x");
        assert!(data_center.contains("/jira/rest/api/2/project\""), "Data Center has no version 3");
    }
}
