//! The pop-up's page before it goes to Atlassian or Jira.

use std::time::Duration;

use leptos::prelude::*;

use super::{popup_channel, presentation::Destination};
use crate::ui::{note, when};

/// A page that waits. The opener sends the window on; if its handle no longer works, it sends this page a message.
#[component]
pub(crate) fn AuthorizeWaitingPage() -> impl IntoView {
    let late = RwSignal::new(false);
    set_timeout(
        move || {
            late.try_set(true);
        },
        Duration::from_secs(15),
    );
    let at_jira = window().location().search().is_ok_and(|query| query.ends_with(Destination::Jira.whose()));
    let whose = if at_jira { Destination::Jira } else { Destination::Atlassian }.whose();
    let nonce = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    popup_channel::on_go(nonce, |start_url| note(window().location().replace(start_url), "the window did not move"));
    view! {
        <section class="page">
            <h1>{format!("Going to {whose}")}</h1>
            <p role="status" class="progress"><span class="spinner"></span> "One moment…"</p>
            {move || when(late.get(), || view! { <p>"This takes longer than usual. Close this window and try again in Causeway."</p> }.into_any())}
        </section>
    }
}
