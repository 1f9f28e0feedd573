//! How to call Jira through a connection.

use api::{Connection, PROXY_PATH};
use leptos::prelude::*;

use crate::{
    navigation::Link,
    route::Route,
    ui::{copy_button::CopyButton, learn_more::learn_more},
};

/// The proxy's address up to Jira's own path.
pub(crate) fn proxy_base(origin: &str, id: &str) -> String {
    format!("{origin}{}", PROXY_PATH.replace("{id}", id).trim_end_matches("/{path}"))
}

/// A call that works when pasted, once `CAUSEWAY_KEY` holds an API key.
pub(crate) fn curl(origin: &str, id: &str, key: &str) -> String {
    format!("curl -H \"Authorization: Bearer {key}\" \\\n  \"{}/rest/api/3/project/search\"", proxy_base(origin, id))
}

/// Our own origin.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The section on calling.
#[component]
pub(super) fn Calling(connection: Connection) -> impl IntoView {
    let base = proxy_base(&origin(), connection.id.as_str());
    let example = curl(&origin(), connection.id.as_str(), "$CAUSEWAY_KEY");
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
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_names_the_address_that_the_edge_serves() {
        let curl = curl("https://causeway.example", "con_1", "cw_x");
        assert!(curl.contains("\"https://causeway.example/api/v1/connections/con_1/jira/rest/api/3/project/search\""));
        assert!(curl.contains("Authorization: Bearer cw_x"));
    }
}
