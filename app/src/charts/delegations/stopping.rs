//! The buttons that pause and end a delegation. Both take effect at once, so neither asks first: it can be given again.

use api::{Delegation, DelegationState, EndDelegation, Nothing, PauseDelegation};
use leptos::prelude::*;

use super::words::whose;
use crate::{
    client::call,
    context::expect_context,
    ui::{button::Button, flags::Flags, mutation::Mutation},
};

/// The buttons. `on_done` is called when one took effect.
pub(super) fn stopping(delegation: &Delegation, on_done: Callback<()>) -> AnyView {
    if !delegation.may_end {
        return ().into_any();
    }
    let flags: Flags = expect_context();
    let mutation = Mutation::flagged();
    let (id, title) = (delegation.id.clone(), delegation.chart_title.clone());
    let pausing = (delegation.state == DelegationState::Active).then(|| {
        let id = id.clone();
        let label = format!("Pause {title}");
        let pause = move |()| {
            let id = id.clone();
            mutation.run(async move { call::<PauseDelegation>(&id, &Nothing {}).await }, move |paused| {
                flags.done(format!("Paused {}", whose(&paused.access)));
                on_done.run(());
            });
        };
        view! { <Button label on_press=pause busy=mutation.busy()>"Pause"</Button> }
    });
    let end = move |()| {
        let id = id.clone();
        mutation.run(async move { call::<EndDelegation>(&id, &Nothing {}).await }, move |ended| {
            flags.done(format!("Ended {}", whose(&ended.access)));
            on_done.run(());
        });
    };
    let words = match (delegation.state, delegation.may_grant) {
        (DelegationState::Asked, true) => "Decline",
        (DelegationState::Asked, false) => "Withdraw",
        _ => "End",
    };
    let label = format!("{words} {title}");
    view! { {pausing} <Button label on_press=end busy=mutation.busy()>{words}</Button> }.into_any()
}
