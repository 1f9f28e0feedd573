//! The pop-up before it goes to Atlassian or Jira.

use std::time::Duration;

use leptos::prelude::*;

use super::{hint, way::By};
use crate::ui::{note, when};

/// A calm page. The opener sends the window on; should it have lost its hold on it, this page hears where to go.
#[component]
pub(crate) fn AuthorizeWaitingPage() -> impl IntoView {
    let late = RwSignal::new(false);
    set_timeout(
        move || {
            late.try_set(true);
        },
        Duration::from_secs(15),
    );
    let at_jira = window().location().search().is_ok_and(|query| query.ends_with(By::Jira.whose()));
    let whose = if at_jira { By::Jira } else { By::Atlassian }.whose();
    let nonce = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    hint::on_go(nonce, |start_url| note(window().location().replace(start_url), "the window did not move"));
    view! {
        <section class="page">
            <h1>{format!("Going to {whose}")}</h1>
            <p role="status" class="progress"><span class="spinner"></span> "One moment…"</p>
            {move || when(late.get(), || view! { <p>"This takes longer than usual. Close this window and choose Authorize again in Causeway."</p> }.into_any())}
        </section>
    }
    .into_any()
}
