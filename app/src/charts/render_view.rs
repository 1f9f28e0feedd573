//! What became of a render: the figure, or a sentence, its cause and one button.

use api::{Render, RenderAction, RenderState};
use chart::Spec;
use leptos::prelude::*;

use super::{
    figure_view::{ChartFigure, Drawn, next_figure_takes_focus},
    messages,
};
use crate::{
    navigation::Link,
    ui::{
        button::{Button, Look},
        icon::Icon,
        learn_more::learn_more,
    },
};

/// What the buttons of a state do.
#[derive(Clone, Copy)]
pub(super) struct StateActions {
    /// Computes the chart once more.
    pub(super) again: Callback<()>,
    /// The view in which the person lets Causeway read Jira as them.
    pub(super) consent: Callback<(), AnyView>,
    /// Where the chart can be changed; `None` where it is being changed, or if the person may not.
    pub(super) edit: StoredValue<Option<String>>,
    /// What can be done where the access of somebody else is not given; `None` where that is never asked for.
    pub(super) others: Option<WithoutDelegation>,
}

/// What can be done where the access of somebody else is not given any more.
#[derive(Clone, Copy)]
pub(super) struct WithoutDelegation {
    /// Asks somebody for theirs.
    pub(super) ask: Callback<()>,
    /// Looks with the person's own.
    pub(super) own: Callback<()>,
}

/// The icon and the colour of a state that is no figure.
const fn tone(state: RenderState) -> (Icon, &'static str) {
    match state {
        RenderState::ConsentNeeded
        | RenderState::NotDelegatedHere
        | RenderState::DelegationEnded
        | RenderState::NoOwnAccess => (Icon::Nothing, "notice charts-state"),
        RenderState::Stale | RenderState::QueryRefused | RenderState::NoJiraAccess | RenderState::TooLarge => {
            (Icon::Warning, "notice notice-warning charts-state")
        }
        _ => (Icon::Failure, "notice notice-danger charts-state"),
    }
}

/// Shows a render of `spec`. `tools` if the figure can be copied and saved.
pub(super) fn rendered(render: Render, spec: Signal<Spec>, actions: StateActions, tools: bool) -> AnyView {
    let is_stale = render.state == RenderState::Stale;
    let notice = is_stale.then(|| state(&render, actions));
    // The numbers of a delegation can be of the version that it was given for.
    let earlier = render.spec.clone();
    let note = earlier.is_some().then(|| {
        view! { <p class="subtle">"This is the earlier version of the chart that the access was given for."</p> }
    });
    match render.data {
        Some(data) if is_stale || render.state == RenderState::Drawn => {
            let access = messages::access(render.access.as_ref());
            let drawn = Signal::derive(move || {
                let spec = earlier.clone().unwrap_or_else(|| spec.get());
                Drawn { spec, data: data.clone(), access: access.clone() }
            });
            let again = (tools && !is_stale).then_some(actions.again);
            view! { {notice} {note} <ChartFigure drawn tools again /> }.into_any()
        }
        _ => state(&render, actions),
    }
}

/// Nobody's access is taken in place of one that is not given: the person chooses.
fn without_delegation(others: WithoutDelegation, state: RenderState) -> AnyView {
    let own = (state != RenderState::NoOwnAccess).then(|| {
        view! { <Button on_press=others.own>"Load with my access"</Button> }
    });
    view! { <Button on_press=others.ask>"Ask for access"</Button> {own} }.into_any()
}

/// A state in words.
fn state(render: &Render, actions: StateActions) -> AnyView {
    // What has the focus here keeps it.
    if render.data.is_none() {
        next_figure_takes_focus(false);
    }
    let (icon, class) = tone(render.state);
    let act = match render.action {
        RenderAction::None => ().into_any(),
        RenderAction::Authorize => actions.consent.run(()),
        RenderAction::Edit => match actions.edit.get_value() {
            Some(to) => view! { <Link to class=Look::Default.class()>"Edit chart"</Link> }.into_any(),
            None => ().into_any(),
        },
        RenderAction::Ask => {
            actions.others.map_or_else(|| ().into_any(), |others| without_delegation(others, render.state))
        }
        _ => view! { <Button on_press=actions.again>"Try again"</Button> }.into_any(),
    };
    let cause = render.cause.clone().map(|cause| view! { <p class="charts-cause">{cause}</p> });
    view! {
        <section class=class aria-live="polite">
            <p class="failure-title">{icon.view()} {render.sentence.clone()}</p>
            {cause}
            <p>{learn_more("/help/charts/#states".to_owned())}</p>
            <div class="buttons">{act}</div>
        </section>
    }
    .into_any()
}
