//! What was unauthorized together, to be authorized again one by one. It stays until it is done or dismissed.
//!
//! The browser remembers only the moment; what is left to do is what the edge says ended then, so it is true after a
//! reload and in another tab.

use api::{Connection, ConnectionSort, ListConnections, ListConnectionsQuery, State, Status, Timestamp};
use leptos::{prelude::*, task::spawn_local};

use super::{lifecycle::Lifecycle, unauthorize_dialog::counted};
use crate::{
    client::call,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        icon::Icon,
        rescue_focus,
    },
};

/// Under which name the moment is remembered.
const REMEMBERED_AS: &str = "causeway.unauthorized";

/// The checklist, if there is one.
#[component]
pub(crate) fn Checklist() -> impl IntoView {
    let Lifecycle { checklist, .. } = expect_context();
    if checklist.with_untracked(Vec::is_empty) {
        rebuild(checklist);
    }
    let shown = move || match checklist.get() {
        list if list.is_empty() => ().into_any(),
        list => listed(
            list,
            Callback::new(move |()| {
                rescue_focus();
                forget();
                checklist.set(Vec::new());
            }),
        ),
    };
    view! { {shown} }.into_any()
}

/// Remembers when `ended` were unauthorized. Blocked storage remembers nothing.
pub(super) fn remember(ended: &[Connection]) {
    let at = ended.iter().filter_map(|one| one.status.since()).max();
    if let (Some(at), Ok(Some(storage))) = (at, window().local_storage())
        && storage.set_item(REMEMBERED_AS, &at.as_millis().to_string()).is_err()
    {
        leptos::logging::warn!("the checklist will not outlast this page");
    }
}

fn remembered() -> Option<Timestamp> {
    let at = window().local_storage().ok().flatten()?.get_item(REMEMBERED_AS).ok().flatten()?;
    at.parse().ok().map(Timestamp::from_millis)
}

fn forget() {
    if let Ok(Some(storage)) = window().local_storage()
        && storage.remove_item(REMEMBERED_AS).is_err()
    {
        leptos::logging::warn!("the checklist will come back");
    }
}

/// Asks what is left of what was unauthorized at the moment that is remembered.
fn rebuild(checklist: RwSignal<Vec<Connection>>) {
    let Some(at) = remembered() else { return };
    let request = ListConnectionsQuery {
        status: Some(State::Unauthorized),
        sort: Some(ConnectionSort::LastActivityDescending),
        limit: Some(200),
        ..ListConnectionsQuery::default()
    };
    spawn_local(async move {
        // Without an answer the screen itself says what is wrong, and the next one asks again.
        let Ok(page) = call::<ListConnections>(&(), &request).await else { return };
        let left: Vec<Connection> = page.items.into_iter().filter(|one| one.status.since() == Some(at)).collect();
        if left.is_empty() {
            forget();
        } else if checklist.try_with_untracked(Vec::is_empty) == Some(true) {
            checklist.set(left);
        }
    });
}

fn listed(list: Vec<Connection>, on_done: Callback<()>) -> AnyView {
    let title = format!("Unauthorized {}", counted(list.len()));
    view! {
        <section class="notice checklist" aria-labelledby="checklist">
            <h2 id="checklist" tabindex="-1">{title}</h2>
            <p>"Nothing can be called through these until each is authorized again."</p>
            <ul>{list.into_iter().map(line).collect::<Vec<_>>()}</ul>
            <div class="buttons"><Button look=Look::Subtle on_press=on_done>"Dismiss"</Button></div>
        </section>
    }
    .into_any()
}

fn line(connection: Connection) -> AnyView {
    let name = connection.name.to_string();
    let line = if connection.status == Status::Authorized {
        view! { {Icon::Success.view()} " " <bdi>{name}</bdi> " is authorized again" }.into_any()
    } else {
        let setup = Route::Connection(connection.id, Tab::Setup).path();
        view! { <Link to=setup>"Authorize " <bdi>{name}</bdi></Link> }.into_any()
    };
    view! { <li>{line}</li> }.into_any()
}
