//! The *Integrations* screen.

use leptos::prelude::*;

use super::{jira_card::JiraCard, status_mapping::StatusMapping};
use crate::ui::page_title::PageTitle;

/// The screen. There is one integration today: Jira, under *Ticketing*.
#[component]
pub(crate) fn IntegrationsPage() -> impl IntoView {
    let connected = RwSignal::new(false);
    view! {
        <PageTitle><span class="eyebrow">"Settings"</span> " Integrations"</PageTitle>
        <p class="subtle">"The tools that your product works with through Causeway."</p>
        <section class="section" aria-labelledby="ticketing">
            <h2 id="ticketing">"Ticketing"</h2>
            <JiraCard connected />
        </section>
        {move || connected.get().then(|| view! { <StatusMapping /> })}
    }
}
