//! The choice among several sites that one consent covers.

use api::{Authorization, AuthorizationId, ChooseAuthorizationSite, ChooseSite, SiteChoice};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{avatar::avatar, mutation::Mutation},
};

/// The sites as buttons.
#[component]
pub(crate) fn SiteChooser(
    /// The authorization.
    id: AuthorizationId,
    /// The sites to choose from.
    sites: Vec<SiteChoice>,
    /// Called with the authorization after the choice.
    #[prop(into)]
    on_chosen: Callback<Authorization>,
) -> impl IntoView {
    let mutation = Mutation::new();
    let choose = move |cloud_id: String| {
        if mutation.busy().get_untracked() {
            return;
        }
        let id = id.clone();
        let choosing = async move { call::<ChooseAuthorizationSite>(&id, &ChooseSite { cloud_id }).await };
        mutation.run(choosing, move |authorization| on_chosen.run(authorization));
    };
    let choice = move |choice: SiteChoice| site_button(choice, mutation.busy(), Callback::new(choose.clone()));
    view! {
        <ul class="sites" aria-label="Sites">
            {sites.into_iter().map(choice).collect::<Vec<_>>()}
        </ul>
        <p role="status" class="subtle">{move || if mutation.busy().get() { "Asking the site…" } else { "" }}</p>
        {mutation.failure()}
    }
}

fn site_button(choice: SiteChoice, busy: Signal<bool>, choose: Callback<String>) -> AnyView {
    let SiteChoice { site, connected_as } = choice;
    let connected = if connected_as.is_empty() {
        String::new()
    } else {
        format!("Already connected as {}", connected_as.join(", "))
    };
    let key = site.key().to_owned();
    view! {
        <li>
            <button
                type="button"
                class="site"
                aria-disabled=move || busy.get().then_some("true")
                on:click=move |_| choose.run(key.clone())
            >
                {avatar(&site.name, site.avatar_url.as_deref())}
                <span class="site-words">
                    <bdi class="site-name">{site.name}</bdi>
                    <bdi class="subtle">{site.url}</bdi>
                    <bdi class="subtle">{connected}</bdi>
                </span>
            </button>
        </li>
    }
    .into_any()
}
