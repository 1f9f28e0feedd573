//! The choice among several sites that one consent covers.

use api::{Authorization, AuthorizationId, ChooseAuthorizationSite, ChooseSite, SiteChoice};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{CallError, call},
    ui::{avatar::avatar, failure::failure_beside},
};

/// The sites as buttons. The answer of the edge goes to `on_chosen`.
#[component]
pub(crate) fn SiteChooser(
    /// The attempt.
    id: AuthorizationId,
    /// What can be chosen.
    sites: Vec<SiteChoice>,
    /// Called with the attempt as it stands after the choice.
    #[prop(into)]
    on_chosen: Callback<Authorization>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<CallError>);
    let choose = move |cloud_id: String| {
        if busy.get_untracked() {
            return;
        }
        let id = id.clone();
        busy.set(true);
        spawn_local(async move {
            let answer = call::<ChooseAuthorizationSite>(&id, &ChooseSite { cloud_id }).await;
            busy.try_set(false);
            match answer {
                Ok(authorization) => on_chosen.run(authorization),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let choice = move |choice: SiteChoice| site_button(choice, busy, Callback::new(choose.clone()));
    view! {
        <ul class="sites" aria-label="Sites">
            {sites.into_iter().map(choice).collect::<Vec<_>>()}
        </ul>
        <p role="status" class="subtle">{move || if busy.get() { "Asking the site…" } else { "" }}</p>
        {move || failure_beside(failed.get())}
    }
    .into_any()
}

fn site_button(choice: SiteChoice, busy: RwSignal<bool>, choose: Callback<String>) -> AnyView {
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
