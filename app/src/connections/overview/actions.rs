//! What can be done with a connection, the most useful first.

use api::{Connection, Horizon, Responsible, Status};
use leptos::prelude::*;

use crate::{
    connections::{
        connection_row::ConnectionRow,
        lifecycle::{ConnectionAction, Lifecycle, authorize},
    },
    context::expect_context,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        moment::Now,
        when,
    },
};

/// Whether it still works, or may work again, and what is asked of people is to reauthorize it.
fn asks_for_it(connection: &Connection, row: &ConnectionRow) -> bool {
    let is_asked = connection
        .diagnosis
        .as_ref()
        .is_some_and(|said| matches!(said.who, Responsible::Reauthorizer | Responsible::AccountOwner));
    let ends = row.horizon(untrack(|| expect_context::<Now>().0.get())).is_some_and(Horizon::warns);
    (is_asked && connection.moved_to.is_none()) || (ends && !connection.renewable())
}

/// The buttons. What cannot be undone at once is last and looks like it.
pub(super) fn buttons(connection: &Connection, row: &ConnectionRow, lifecycle: Lifecycle) -> AnyView {
    let (id, may) = (connection.id.clone(), Lifecycle::may_manage(connection.may_manage));
    if connection.deleted.is_some() {
        let restore = move |()| lifecycle.restore(&id);
        return when(may, || {
            view! { <div class="buttons"><Button on_press=restore>"Restore"</Button></div> }.into_any()
        });
    }
    let without = matches!(connection.status, Status::Unauthorized { .. });
    let words = authorize(&connection.status).words();
    let off = matches!(connection.status, Status::Deactivated { .. });
    let look = if without || asks_for_it(connection, row) { Look::Primary } else { Look::Default };
    let activate = id.clone();
    let activate = move |()| lifecycle.activate(&activate);
    let away = id.clone();
    let deactivate = move |()| lifecycle.deactivate(&away);
    let (one, other) = (row.target(), row.target());
    let unauthorize = move |()| lifecycle.unauthorizing.set(Some(one.clone()));
    let delete = move |()| lifecycle.deleting.set(Some(other.clone()));
    view! {
        <div class="buttons">
            {when(may && off, || view! { <Button id="activate" look=Look::Primary on_press=activate>{ConnectionAction::Activate.words()}</Button> }.into_any())}
            {when(Lifecycle::may_reauthorize(connection), || view! { <Link to=Route::Connection(id, Tab::Setup).path() class=look.class()>{words}</Link> }.into_any())}
            {when(may && !without && !off, || view! { <Button id="deactivate" look=Look::Subtle on_press=deactivate>{ConnectionAction::Deactivate.words()}</Button> }.into_any())}
            {when(may && !without, || view! { <Button id="unauthorize" look=Look::Subtle on_press=unauthorize>{ConnectionAction::Unauthorize.words()}</Button> }.into_any())}
            {when(may, || view! { <Button id="delete" look=Look::Danger on_press=delete>{ConnectionAction::Delete.words()}</Button> }.into_any())}
        </div>
    }
    .into_any()
}
