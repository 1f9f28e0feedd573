//! The card of Jira: what it is for, which permissions it asks for, and whether it is connected.

use api::{Connection, ConnectionPage, ListConnections, ListConnectionsQuery, State};
use leptos::prelude::*;

use crate::{
    client::call,
    context::expect_context,
    navigation::Link,
    route::{Route, Tab},
    session::CurrentSession,
    ui::{
        button::Look,
        learn_more::{help_on, learn_more},
        lozenge::{Tone, lozenge},
        panel::panel,
        query::Query,
        when,
    },
    workspaces::state_lozenge,
};

/// How many connections are named; the list of connections has the others.
const NAMED: u16 = 20;

/// Where *Connect* leads. The query brings the person back here after saving.
fn connect() -> String {
    format!("{}?from=integrations", Route::NewConnection.path())
}

/// The card. `connected` becomes true when a connection of the member's has a credential.
#[component]
pub(super) fn JiraCard(connected: RwSignal<bool>) -> impl IntoView {
    let connections: Query<ConnectionPage> = Query::new(|| async {
        let request = ListConnectionsQuery { limit: Some(NAMED), ..Default::default() };
        call::<ListConnections>(&(), &request).await
    });
    Effect::new(move |_| {
        let answer = connections.get().and_then(Result::ok);
        connected.set(answer.is_some_and(|page| page.items.iter().any(is_connected)));
    });
    view! {
        <section class="notice calling story" aria-labelledby="jira">
            <h3 id="jira">"Jira"</h3>
            <p>"Your product's tickets become Jira issues, and both sides keep the same status."</p>
            {panel(connections, "Loading connections", card)}
        </section>
    }
}

/// Whether it has been authorized and that was not ended. One that is interrupted is connected, and says what is wrong.
fn is_connected(connection: &Connection) -> bool {
    !matches!(connection.status.state(), State::Unauthorized)
}

fn card(page: ConnectionPage) -> AnyView {
    let session: CurrentSession = expect_context();
    let may_connect = untrack(|| session.is_administrator());
    if page.items.is_empty() {
        return not_connected(may_connect);
    }
    let state = if page.items.iter().any(is_connected) {
        lozenge(Tone::Success, "Connected")
    } else {
        lozenge(Tone::Neutral, "Not connected")
    };
    let more = page.next_cursor.is_some();
    let lines: Vec<AnyView> = page.items.into_iter().map(line).collect();
    view! {
        <p>{state}</p>
        <ul class="codes">{lines}</ul>
        {when(more, || view! { <p><Link to=Route::Connections.path()>"All connections"</Link></p> }.into_any())}
        <details class="details"><summary>"Permissions"</summary>{permissions()}</details>
        <div class="buttons">
            {when(may_connect, || view! { <Link to=connect() class=Look::Default.class()>"Connect another site"</Link> }.into_any())}
        </div>
        <p class="subtle">{troubleshooting()}</p>
    }
    .into_any()
}

fn not_connected(may_connect: bool) -> AnyView {
    view! {
        <p>{lozenge(Tone::Neutral, "Not connected")}</p>
        <h4>"Permissions that Jira will ask you to grant"</h4>
        {permissions()}
        {if may_connect {
            view! { <div class="buttons"><Link to=connect() class=Look::Primary.class()>"Connect" <span class="assistive">" Jira"</span></Link></div> }
                .into_any()
        } else {
            view! { <p>"Administrators of the organization connect it. Ask one of them."</p> }.into_any()
        }}
        <p class="subtle">{troubleshooting()}</p>
    }
    .into_any()
}

fn troubleshooting() -> AnyView {
    help_on("When it does not connect", "/help/integrations/#troubleshooting".to_owned())
}

/// What the authorization asks for, in the words of the card; Atlassian's own names are on the help page.
fn permissions() -> AnyView {
    view! {
        <ul>
            <li>"Read and write issues"</li>
            <li>"Read projects"</li>
            <li>"Read and write comments"</li>
        </ul>
        <p class="subtle">
            "And to see who authorizes, and to stay connected. A connection can never do more than the account that authorizes it. "
            {learn_more("/help/scopes/".to_owned())}
        </p>
    }
    .into_any()
}

fn line(connection: Connection) -> AnyView {
    let to = Route::Connection(connection.id.clone(), Tab::Overview).path();
    let site = connection.site.as_ref().map(|site| site.url.clone());
    let state = connection.status.state();
    view! {
        <li>
            <Link to><bdi>{connection.name.to_string()}</bdi></Link> " " {state_lozenge(state)}
            {site.map(|site| view! { <bdi class="status-more">{site}</bdi> })}
        </li>
    }
    .into_any()
}
