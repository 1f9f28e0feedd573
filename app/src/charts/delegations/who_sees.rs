//! *Who sees what*: everybody with their own access, and others with whose.

use api::{Delegation, List};
use leptos::prelude::*;

use super::{
    dialog::Readers,
    stopping::stopping,
    words::{day, more_of_state, places, shows, state, whose},
};
use crate::{
    navigation::Link,
    route::Route,
    ui::{
        button::Button,
        learn_more::learn_more,
        panel::panel,
        query::Query,
        table::{cell, row, table},
    },
};

/// The section. `open` opens *Let others see it*.
#[component]
pub(in crate::charts) fn WhoSees(
    delegations: Query<List<Delegation>>,
    open: RwSignal<Option<Readers>>,
) -> impl IntoView {
    let changed = Callback::new(move |()| delegations.reload());
    view! {
        <section class="section" aria-labelledby="who-sees">
            <div class="title-row">
                <h2 id="who-sees">"Who sees what"</h2>
                <Button id="let-others" on_press=move |()| open.set(Some(Readers::Chosen))>"Let others see it"</Button>
            </div>
            <p class="subtle">
                "Whoever lets Causeway read this site as them sees the numbers that they may see in Jira. "
                {learn_more("/help/charts/#delegation".to_owned())}
            </p>
            {panel(delegations, "Loading who sees this chart", move |list| listed(list.items, changed))}
        </section>
    }
}

fn listed(delegations: Vec<Delegation>, changed: Callback<()>) -> AnyView {
    if delegations.is_empty() {
        return view! { <p>"Nobody sees it with somebody else’s access."</p> }.into_any();
    }
    let line = |delegation: Delegation| {
        let to = Route::Delegation(delegation.id.clone()).path();
        let whose = whose(&delegation.access);
        let about = view! { <Link to class="row-link">{whose}</Link> }.into_any();
        let stands = view! { {state(delegation.state)} <span class="status-more">{more_of_state(&delegation)}</span> };
        let cells = vec![
            cell("State", stands.into_any()),
            cell("Where", places(&delegation).into_any()),
            cell("Until", day(delegation.expires_at).into_any()),
            cell("Readers see", shows(delegation.shows).into_any()),
        ];
        row(about, cells, Some(stopping(&delegation, changed)))
    };
    table(
        "Who sees this chart with whose access",
        &["Shown with", "State", "Where", "Until", "Readers see", "Actions"],
        delegations.into_iter().map(line).collect(),
    )
}
