//! The pop-up's page after Atlassian or Jira sends the browser back.

use std::time::Duration;

use api::{Authorization, AuthorizationId, AuthorizationStatus, Failure, FailureCode, GetAuthorization, Nothing};
use leptos::prelude::*;

use super::{popup_channel, site_chooser::SiteChooser};
use crate::{
    client::call,
    ui::{
        avatar::avatar,
        button::{Button, Look},
        failure::details,
        icon::Icon,
        learn_more::learn_more,
        note,
        panel::panel,
        query::Query,
    },
};

/// How long the success is shown before the window closes.
const GOOD_NEWS: Duration = Duration::from_millis(1500);

/// Shows the authorization as the edge answers it.
#[component]
pub(crate) fn AuthorizeResultPage(id: AuthorizationId) -> impl IntoView {
    let stands: Query<Authorization> = Query::new(move || {
        let id = id.clone();
        async move {
            let answer = call::<GetAuthorization>(&id, &Nothing {}).await;
            popup_channel::settled();
            answer
        }
    });
    let chosen = Callback::new(move |authorization| {
        popup_channel::settled();
        stands.set(Ok(authorization));
    });
    view! {
        <section class="page">
            {panel(stands, "Asking how the authorization stands", move |authorization| page(authorization, stands, chosen))}
        </section>
    }
}

fn page(authorization: Authorization, stands: Query<Authorization>, chosen: Callback<Authorization>) -> AnyView {
    match authorization.status {
        AuthorizationStatus::Waiting => waiting(stands),
        AuthorizationStatus::ChooseSite => view! {
            <h1>"Choose a site"</h1>
            <p>"The consent covers several Jira sites. Which one is this connection for?"</p>
            <SiteChooser id=authorization.id sites=authorization.sites on_chosen=chosen />
        }
        .into_any(),
        AuthorizationStatus::Authorized => authorized(authorization),
        AuthorizationStatus::Failed => unauthorized(authorization.failure),
    }
}

/// No result yet: asks the edge again until there is one.
fn waiting(stands: Query<Authorization>) -> AnyView {
    set_timeout(move || stands.reload(), Duration::from_secs(1));
    view! {
        <h1>"Finishing the authorization"</h1>
        <p role="status" class="progress"><span class="spinner"></span> "One moment…"</p>
    }
    .into_any()
}

fn authorized(authorization: Authorization) -> AnyView {
    let still_open = RwSignal::new(false);
    set_timeout(
        move || {
            close_window();
            set_timeout(
                move || {
                    still_open.try_set(true);
                },
                Duration::from_millis(500),
            );
        },
        GOOD_NEWS,
    );
    let site = authorization.site.map(|site| {
        view! { <p class="who">{avatar(&site.name, site.avatar_url.as_deref())} <bdi>{site.name}</bdi> <bdi class="subtle">{site.url}</bdi></p> }.into_any()
    });
    view! {
        <div role="status">
            <h1 class="result tone-success">{Icon::Success.view()} "Authorized"</h1>
            {site}
            <p>{authorization.account.map(|account| format!("By \u{2068}{}\u{2069}", account.name)).unwrap_or_default()}</p>
            <p class="subtle">
                {move || if still_open.get() { "You can close this window, and go on in Causeway." } else { "This window closes by itself." }}
            </p>
        </div>
    }
    .into_any()
}

fn unauthorized(failure: Option<Failure>) -> AnyView {
    let code = failure.as_ref().map_or(FailureCode::UNKNOWN, |failure| failure.code);
    let (message, remedy, words) = match failure {
        Some(failure) => (failure.message, failure.remedy, failure.details),
        None => ("The authorization did not work.".to_owned(), "Start again in Causeway.".to_owned(), None),
    };
    view! {
        <div role="alert">
            <h1 class="result tone-danger">{Icon::Failure.view()} "Unauthorized"</h1>
            <p>{message}</p>
            <p>{remedy} " " {learn_more(code.help_path())}</p>
        </div>
        {words.map(details)}
        <div class="buttons">
            <Button look=Look::Primary on_press=move |()| close_window()>"Close window"</Button>
        </div>
    }
    .into_any()
}

/// Closes this window. Browsers keep windows that the person opened; the page then says that it can be closed.
fn close_window() {
    note(window().close(), "the window stays");
}
