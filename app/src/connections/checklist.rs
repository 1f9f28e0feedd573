//! What was unauthorized together, to be authorized again one by one. It stays until it is done or dismissed.

use api::{Connection, Status};
use leptos::prelude::*;

use super::{lifecycle::Lifecycle, unauthorize_dialog::counted};
use crate::{
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        icon::Icon,
        rescue_focus,
    },
};

/// The checklist, if there is one.
#[component]
pub(super) fn Checklist() -> impl IntoView {
    let Lifecycle { checklist, .. } = expect_context();
    let shown = move || match checklist.get() {
        list if list.is_empty() => ().into_any(),
        list => listed(
            list,
            Callback::new(move |()| {
                rescue_focus();
                checklist.set(Vec::new());
            }),
        ),
    };
    view! { {shown} }.into_any()
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
