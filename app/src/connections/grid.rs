//! The grid of connections: a real table, which becomes cards where it is narrow.

use api::{Connection, ConnectionSort, Kind, Status};
use leptos::prelude::*;

use super::{
    lifecycle::{Lifecycle, authorize},
    status::status,
};
use crate::{
    navigation::Link,
    route::{Route, Tab},
    ui::{
        avatar::avatar,
        button::{Button, Look},
        menu::Menu,
        moment::moment,
    },
};

/// What people call a kind.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::CloudOauth2 => "Jira Cloud, OAuth 2.0",
    }
}

/// The grid. `sort` is the order it is in; `on_sort` asks for another.
#[component]
pub(super) fn Grid(
    connections: Vec<Connection>,
    sort: Option<ConnectionSort>,
    #[prop(into)] on_sort: Callback<ConnectionSort>,
) -> impl IntoView {
    view! {
        <table class="cards">
            <caption class="assistive">"Connections"</caption>
            <thead>
                <tr>
                    {sortable("Name", sort, on_sort, ConnectionSort::Name, ConnectionSort::NameDescending)}
                    <th scope="col">"Status"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Authorized as"</th>
                    {sortable("Last activity", sort, on_sort, ConnectionSort::LastActivity, ConnectionSort::LastActivityDescending)}
                    <th scope="col"><span class="assistive">"Actions"</span></th>
                </tr>
            </thead>
            <tbody>{connections.iter().map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}

/// A header that sorts: upwards, and downwards when pressed again.
fn sortable(
    name: &'static str,
    sort: Option<ConnectionSort>,
    on_sort: Callback<ConnectionSort>,
    up: ConnectionSort,
    down: ConnectionSort,
) -> AnyView {
    let sort = sort.unwrap_or(ConnectionSort::Name);
    let (direction, arrow) = match sort {
        sort if sort == up => (Some("ascending"), " ↑"),
        sort if sort == down => (Some("descending"), " ↓"),
        _ => (None, ""),
    };
    let next = if sort == up { down } else { up };
    view! {
        <th scope="col" aria-sort=direction>
            <button type="button" class="sort" on:click=move |_| on_sort.run(next)>
                {name} <span aria-hidden="true">{arrow}</span>
            </button>
        </th>
    }
    .into_any()
}

fn row(connection: &Connection) -> AnyView {
    let name = connection.name.to_string();
    let site = connection.site.as_ref();
    let picture = avatar(site.map_or(&name, |site| &site.name), site.and_then(|site| site.avatar_url.as_deref()));
    let url = site.map(|site| site.url.clone()).unwrap_or_default();
    let account = connection.account.as_ref().map_or_else(|| "Nobody".to_owned(), |account| account.name.clone());
    let lifecycle: Lifecycle = expect_context();
    let id = connection.id.clone();
    let (named, label) = (view! { <bdi>{name.clone()}</bdi> }.into_any(), format!("Actions for {name}"));
    let deleted = connection.deleted.is_some();
    let named = if deleted { view! { <s>{named}</s> }.into_any() } else { named };
    view! {
        <tr>
            <th scope="row">
                <span class="who">
                    {picture}
                    <span class="site-words">
                        <Link to=Route::Connection(id.clone(), Tab::Overview).path() class="row-link">{named}</Link>
                        <bdi class="subtle">{url}</bdi>
                    </span>
                </span>
            </th>
            <td data-label="Status">{status(connection)}</td>
            <td data-label="Kind">{kind(connection.kind)}</td>
            <td data-label="Authorized as"><bdi>{account}</bdi></td>
            <td data-label="Last activity">{moment(connection.last_activity_at)}</td>
            <td class="row-actions">
                <span class="row-buttons">
                    {next_step(connection, lifecycle)}
                    <Menu id=format!("menu-{id}") label entries=lifecycle.entries(connection) />
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// What the state asks for most, beside the menu.
fn next_step(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let id = connection.id.clone();
    let name = connection.name.clone();
    if connection.deleted.is_some() {
        let restore = move |()| lifecycle.restore(id.clone());
        return view! { <Button label=format!("Restore {name}") on_press=restore>"Restore"</Button> }.into_any();
    }
    if !matches!(connection.status, Status::Unauthorized { .. }) {
        return ().into_any();
    }
    let words = authorize(&connection.status).words();
    view! {
        <Link to=Route::Connection(id, Tab::Setup).path() class=Look::Default.class()>
            {words} <span class="assistive">{format!(" {name}")}</span>
        </Link>
    }
    .into_any()
}
