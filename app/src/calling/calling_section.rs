//! The section on calling of *Manage connection*.

use api::Connection;
use leptos::prelude::*;

use super::{
    snippet::{CallingKey, proxy_base, site_base},
    snippets::{Snippets, origin},
};
use crate::{
    navigation::Link,
    route::Route,
    ui::{copy_button::CopyButton, learn_more::learn_more},
};

/// The section.
#[component]
pub(crate) fn CallingSection(connection: Connection) -> impl IntoView {
    let base = proxy_base(&origin(), &connection);
    let site = site_base(&origin(), &connection).map(site_address);
    view! {
        <section class="section calling" aria-labelledby="calling">
            <h2 id="calling">"Call Jira through this connection"</h2>
            <p>
                "Put Jira's path after this address, and send an " <Link to=Route::ApiKeys.path()>"API key"</Link>
                " with the right to call Jira. " {learn_more("/help/calling-jira/".to_owned())}
            </p>
            <pre tabindex="0" aria-label="Address" translate="no">{base.clone()}</pre>
            <CopyButton text=base what="Copy address" />
            {site}
            <p>"For example, the site's projects:"</p>
            <Snippets connection key=CallingKey::Environment />
        </section>
    }
}

/// The second address, for clients that know only the site.
fn site_address(base: String) -> AnyView {
    view! {
        <p>
            "A client that follows links in Jira's answers, or that is made for Atlassian's gateway, can use the site's address. "
            {learn_more("/help/calling-jira/#addresses".to_owned())}
        </p>
        <pre tabindex="0" aria-label="Address of the site" translate="no">{base.clone()}</pre>
        <CopyButton text=base what="Copy address of the site" />
    }
    .into_any()
}
