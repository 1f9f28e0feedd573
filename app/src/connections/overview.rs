//! *Overview*: the status of a connection, its cause and remedy, and the checkup.

use api::{Connection, ConnectionId, Kind, Status, Timestamp};
use leptos::prelude::*;

use super::{
    checkup_panel::CheckupPanel,
    connection_row::ConnectionRow,
    lifecycle::{ConnectionAction, Lifecycle, authorize},
    notices::{moved, owner_at_risk, signing_key},
    status::{since, verdict},
};
use crate::{
    authorize::{fact, missing_list, who_and_where},
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        isolated,
        learn_more::learn_more,
        moment::{Now, in_full, moment},
        panel::panel,
        query::Query,
        when,
    },
};

/// The tab. The screen has loaded the connection.
#[component]
pub(super) fn Overview(id: ConnectionId, connection: Query<Connection>) -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let testable = Memo::new(move |_| match connection.get() {
        Some(Ok(connection)) => {
            let idle = matches!(connection.status, Status::Unauthorized { .. } | Status::Deactivated { .. });
            connection.deleted.is_none() && !idle && Lifecycle::may_reauthorize(&connection)
        }
        _ => false,
    });
    view! {
        {panel(connection, "Loading the connection", move |connection| current_status(&connection, lifecycle))}
        {move || {
            let id = id.clone();
            when(testable.get(), || view! { <CheckupPanel id on_verdict=move |()| lifecycle.changed() /> }.into_any())
        }}
    }
}

fn current_status(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let Now(now) = expect_context();
    let now = now.get_untracked();
    let row = ConnectionRow::from(connection);
    let (tone, word) = verdict(&row, now);
    let (words, at) = since(&row);
    let cause = connection.status.cause().filter(|_| connection.deleted.is_none());
    let again = connection.next_checkup_at;
    let cause = cause.map(|cause| {
        let remedy = cause.remedy();
        view! {
            <p>{cause.sentence()}</p>
            <p><strong>"What to do: "</strong> {remedy} " " {learn_more(cause.help_path())}</p>
            {again.map(|at| view! { <p>"Causeway asks Jira again " {moment(at)} "."</p> }.into_any())}
        }
        .into_any()
    });
    view! {
        <section class=format!("authorize {}", tone.class()) aria-labelledby="standing">
            <h2 class="authorize-title" id="standing">{tone.icon().view()} <span>{word}</span></h2>
            <p class="subtle">{words} {at.map(moment)}</p>
            {cause}
            {facts(connection)}
            {buttons(connection, &row, lifecycle)}
        </section>
        {horizon(connection, now, lifecycle)}
        {missing(connection)}
        {revert(connection, now, lifecycle)}
        {when(connection.deleted.is_none(), || decisions(connection, lifecycle))}
    }
    .into_any()
}

/// What an administrator or the owner has to decide.
fn decisions(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let may = Lifecycle::may_manage(connection.may_manage);
    view! {
        {when(may, || moved(connection, lifecycle))}
        {owner_at_risk(connection)}
        {when(may, || signing_key(connection, lifecycle))}
    }
    .into_any()
}

fn facts(connection: &Connection) -> AnyView {
    let admins = Some(connection.admin_names.join(", ")).filter(|names| !names.is_empty());
    let address = connection.draft.as_ref().and_then(|draft| draft.address.clone());
    view! {
        <dl class="facts">
            {address.map(|address| fact("Address", view! { <bdi>{address}</bdi> }.into_any()))}
            {who_and_where(connection.site.clone(), connection.account.clone(), &connection.scopes)}
            {fact("Kind", connection.kind.title().into_any())}
            {connection.authorized_at.map(|at| fact("Authorized", in_full(at)))}
            {connection.checked_at.map(|at| fact("Checked", in_full(at)))}
            {connection.reauthorize_before.map(|at| fact("Reauthorize before", in_full(at)))}
            {admins.map(|names| fact("Connection admins", view! { <bdi>{names}</bdi> }.into_any()))}
        </dl>
    }
    .into_any()
}

fn buttons(connection: &Connection, row: &ConnectionRow, lifecycle: Lifecycle) -> AnyView {
    let (id, may) = (connection.id.clone(), Lifecycle::may_manage(connection.may_manage));
    if connection.deleted.is_some() {
        let restore = move |()| lifecycle.restore(&id);
        return view! { <div class="buttons"><Button on_press=restore>"Restore"</Button></div> }.into_any();
    }
    let without = matches!(connection.status, Status::Unauthorized { .. });
    let words = authorize(&connection.status).words();
    let off = matches!(connection.status, Status::Deactivated { .. });
    let look = if without { Look::Primary } else { Look::Default };
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
            {when(may && !without && !off, || view! { <Button id="deactivate" on_press=deactivate>{ConnectionAction::Deactivate.words()}</Button> }.into_any())}
            {when(may && !without, || view! { <Button id="unauthorize" on_press=unauthorize>{ConnectionAction::Unauthorize.words()}</Button> }.into_any())}
            {when(may, || view! { <Button id="delete" on_press=delete>{ConnectionAction::Delete.words()}</Button> }.into_any())}
        </div>
    }
    .into_any()
}

/// A warning that the authorization ends soon, and what to do before.
fn horizon(connection: &Connection, now: Timestamp, lifecycle: Lifecycle) -> AnyView {
    let near = connection.horizon(now).filter(|near| near.warns());
    let (Some(near), Some(before)) = (near, connection.reauthorize_before) else { return ().into_any() };
    let id = connection.id.clone();
    let (words, renew) = if connection.renewable() {
        let renew = move |()| lifecycle.renew(&id);
        let button = when(Lifecycle::may_manage(connection.may_manage), || {
            view! { <Button on_press=renew>"Renew now"</Button> }.into_any()
        });
        (
            ". Renewing asks Atlassian for new tokens, which moves the end; if Atlassian refuses, reauthorize. ",
            Some(button),
        )
    } else if connection.kind == Kind::CloudOauth2 {
        (". A year after the consent, renewing is not enough: reauthorize. ", None)
    } else {
        (". Nothing prolongs it: reauthorize before that. ", None)
    };
    view! {
        <section class="section notice" aria-labelledby="horizon">
            <h2 id="horizon">{near.title()}</h2>
            <p>"It ends " {moment(before)} {words} {learn_more("/help/tokens/#horizon".to_owned())}</p>
            {renew}
        </section>
    }
    .into_any()
}

/// What fails because scopes were not granted.
fn missing(connection: &Connection) -> AnyView {
    let stands = !matches!(connection.status, Status::Unauthorized { .. });
    let how = match connection.kind {
        Kind::Basic => "Reauthorize with an API token that has these scopes.",
        _ => "Reauthorize, and accept everything that Causeway asks for.",
    };
    when(stands && !connection.missing_scopes.is_empty(), || {
        view! {
            <section class="section notice" aria-labelledby="missing">
                <h2 id="missing">"What was not granted"</h2>
                {missing_list(&connection.missing_scopes)}
                <p>{how} " " {learn_more("/help/scopes/".to_owned())}</p>
            </section>
        }
        .into_any()
    })
}

/// For ten minutes after a reauthorization: a button that goes back to the authorization before.
fn revert(connection: &Connection, now: Timestamp, lifecycle: Lifecycle) -> AnyView {
    let Some(until) = connection.revert_until.filter(|until| *until > now) else { return ().into_any() };
    let id = connection.id.clone();
    let before = connection.revert_to.as_ref();
    let before = before.map_or_else(|| "the account before".to_owned(), |account| isolated(&account.name));
    let current =
        connection.account.as_ref().map_or_else(|| "another account".to_owned(), |account| isolated(&account.name));
    let address = connection.revert_to_address.as_ref().map(|address| {
        view! { <p>"It is for " <bdi><code>{address.clone()}</code></bdi> ". Going back sends the credential and every call there again."</p> }.into_any()
    });
    view! {
        <section class="section notice" aria-labelledby="way-back">
            <h2 id="way-back">"Reauthorized"</h2>
            <p>{format!("Calls are now made as {current}. The authorization before it is kept, and ends ")} {moment(until)} "."</p>
            {address}
            {when(Lifecycle::may_manage(connection.may_manage), || view! { <Button on_press=move |()| lifecycle.revert(&id)>{format!("Go back to {before}")}</Button> }.into_any())}
        </section>
    }
    .into_any()
}
