//! *Load chart*: a person lets Causeway read a Jira site as them, once. The chart is then drawn without loading the page
//! again.

use api::{AuthorizeViewer, NewViewerAuthorization};
use leptos::prelude::*;

use super::figure_view::next_figure_takes_focus;
use crate::{
    authorize::{AuthorizationFlow, AuthorizationState, Destination, progress, waiting_for},
    client::call,
    ui::{
        button::{Button, Look},
        failure::{FailurePanel, details},
        icon::Icon,
        learn_more::learn_more,
    },
};

/// The button, and what becomes of the consent. `on_done` is called once it is given.
pub(super) fn consent(site: String, on_done: Callback<()>) -> AnyView {
    view! { <Consent site on_done /> }.into_any()
}

#[component]
fn Consent(site: String, on_done: Callback<()>) -> impl IntoView {
    let flow = AuthorizationFlow::begin(None);
    let done = RwSignal::new(false);
    Effect::new(move |_| {
        if flow.state.with(|state| matches!(state, AuthorizationState::Authorized(_))) {
            // The grant is the person's already: there is nothing to save, and nothing to destroy.
            flow.saved();
            done.set(true);
            next_figure_takes_focus(true);
            on_done.run(());
        }
    });
    let site = StoredValue::new(site);
    let start = move |()| {
        let request = NewViewerAuthorization { site: site.get_value() };
        flow.start(Destination::Atlassian, Box::pin(async move { call::<AuthorizeViewer>(&(), &request).await }));
    };
    let load = move |words: &'static str| {
        view! {
            <Button id="load-chart" look=Look::Primary on_press=start>
                {words} {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
            </Button>
        }
        .into_any()
    };
    let shown = move || {
        match flow.state.get() {
        _ if done.get() => progress("Counting issues"),
        AuthorizationState::None => load("Load chart"),
        AuthorizationState::Starting => progress("A new window opens."),
        AuthorizationState::Authorized(_) => progress("Counting issues"),
        AuthorizationState::Waiting(waiting) => view! {
            <div class="charts-waiting">
                {waiting_for(flow, Destination::Atlassian, waiting)}
                <div class="buttons"><Button on_press=move |()| flow.cancel()>"Cancel"</Button></div>
            </div>
        }
        .into_any(),
        AuthorizationState::Failed(failure, _) => view! {
            <div class="charts-waiting">
                <div role="alert"><p>{failure.message}</p><p>{failure.remedy} " " {learn_more(failure.code.help_path())}</p></div>
                {failure.details.map(details)}
                <div class="buttons">{load("Try again")}</div>
            </div>
        }
        .into_any(),
        AuthorizationState::Refused(error) => view! {
            <div class="charts-waiting"><FailurePanel error /> <div class="buttons">{load("Try again")}</div></div>
        }
        .into_any(),
    }
    };
    view! { <div aria-live="polite">{shown}</div> }
}
