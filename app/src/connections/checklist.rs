//! The connections that were unauthorized together, to be authorized again one by one. The list stays until it is
//! dismissed.
//!
//! The browser stores only when that was. The connections are those that the edge says ended at that moment, so the list
//! is right after a reload and in another tab.

use api::{Connection, ConnectionSort, ListConnections, ListConnectionsQuery, State, Status, Timestamp};
use leptos::prelude::*;

use super::{counting::counted, lifecycle::Lifecycle};
use crate::{
    client::{CallError, call},
    context::expect_context,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        icon::Icon,
        query::Query,
        rescue_focus,
    },
};

/// The key of the moment in the browser's local storage.
const STORAGE_KEY: &str = "causeway.unauthorized";

/// The checklist, if there is one.
#[component]
pub(crate) fn Checklist() -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let checklist = lifecycle.checklist;
    let compare = move || {
        if let Some(at) = remembered() {
            compare_with_edge(checklist, at);
        }
    };
    compare();
    lifecycle.on_change(compare);
    let shown = move || match checklist.get() {
        list if list.is_empty() => ().into_any(),
        list => notice(
            list,
            Callback::new(move |()| {
                rescue_focus();
                forget();
                checklist.set(Vec::new());
            }),
        ),
    };
    view! { {shown} }
}

/// Stores when these connections were unauthorized. If the browser blocks storage, the list ends with the page.
pub(super) fn remember(ended: &[Connection]) {
    let at = ended.iter().filter_map(|one| one.status.since()).max();
    if let (Some(at), Ok(Some(storage))) = (at, window().local_storage())
        && storage.set_item(STORAGE_KEY, &at.as_millis().to_string()).is_err()
    {
        leptos::logging::warn!("the checklist will not outlast this page");
    }
}

fn remembered() -> Option<Timestamp> {
    let at = window().local_storage().ok().flatten()?.get_item(STORAGE_KEY).ok().flatten()?;
    at.parse().ok().map(Timestamp::from_millis)
}

fn forget() {
    if let Ok(Some(storage)) = window().local_storage()
        && storage.remove_item(STORAGE_KEY).is_err()
    {
        leptos::logging::warn!("the checklist will come back");
    }
}

/// Compares the list with the connections that are unauthorized since `at`, as the edge knows them: fills a list that is
/// empty, and drops from another what is neither unauthorized any more nor was authorized here, because it was deleted.
fn compare_with_edge(checklist: RwSignal<Vec<Connection>>, at: Timestamp) {
    let unauthorized = Query::new(move || unauthorized_since(at));
    Effect::new(move |_| {
        // A failure is not shown here: the screen itself shows it, and the next one tries again.
        let Some(Ok(left)) = unauthorized.get() else { return };
        // Dismissed meanwhile.
        if remembered() != Some(at) {
            return;
        }
        checklist.update(|list| {
            if list.is_empty() {
                *list = left;
            } else {
                list.retain(|one| one.status == Status::Authorized || left.iter().any(|other| other.id == one.id));
            }
        });
        if checklist.with_untracked(Vec::is_empty) {
            forget();
        }
    });
}

/// The connections that are unauthorized since `at`, from every page of the list.
async fn unauthorized_since(at: Timestamp) -> Result<Vec<Connection>, CallError> {
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let request = ListConnectionsQuery {
            status: Some(State::Unauthorized),
            sort: Some(ConnectionSort::LastActivityDescending),
            limit: Some(200),
            cursor,
            ..ListConnectionsQuery::default()
        };
        let page = call::<ListConnections>(&(), &request).await?;
        found.extend(page.items.into_iter().filter(|one| one.status.since() == Some(at)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

fn notice(list: Vec<Connection>, on_done: Callback<()>) -> AnyView {
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
