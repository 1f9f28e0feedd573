//! *Let others see it*: gives one's own access to a chart, that of a connection, or asks somebody for theirs. Where nothing
//! else is known, the person says where and who looks; of an embed both are known.

use api::{
    ChartId, ChartSite, CreateDelegation, DelegationAudience, DelegationState, NewDelegation, Placement, ProblemCode,
};
use leptos::prelude::*;

use super::{access_form::AccessForm, placing::Placing, words::whose};
use crate::{
    client::call,
    context::expect_context,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        flags::Flags,
        focus,
        learn_more::learn_more,
        mutation::Mutation,
    },
};

/// Who may look, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::charts) enum Readers {
    /// What the person says in the dialog.
    Chosen,
    /// These, with both in a sentence.
    Of(DelegationAudience, Placement, &'static str),
}

/// The dialog, open while `open` holds who may look. `on_done` is called when something was given or asked for.
#[component]
pub(in crate::charts) fn LetOthersDialog(
    chart: ChartId,
    /// The site of the chart.
    site: Signal<Option<ChartSite>>,
    /// Every site that is known.
    sites: Signal<Vec<ChartSite>>,
    /// The page that somebody came from, as a placement names it; empty: none.
    page: Signal<String>,
    open: RwSignal<Option<Readers>>,
    on_done: Callback<()>,
) -> impl IntoView {
    let mutation = Mutation::new();
    let chart = StoredValue::new(chart);
    let close = Callback::new(move |()| {
        mutation.clear();
        open.set(None);
    });
    let form = move || {
        let readers = open.get_untracked()?;
        if untrack(|| site.get()).is_some_and(|site| site.site.cloud_id.is_none() && site.connections.is_empty()) {
            return Some(of_data_center(close));
        }
        let placing = untrack(|| Placing::new(&page.get(), sites.get()));
        let site = untrack(|| site.get());
        Some(view! { <Form chart=chart.get_value() site readers placing mutation close on_done /> }.into_any())
    };
    view! {
        <Dialog open=Signal::derive(move || open.with(Option::is_some)) on_close=close title="Let others see it">
            {form}
        </Dialog>
    }
}

#[component]
fn Form(
    chart: ChartId,
    site: Option<ChartSite>,
    readers: Readers,
    placing: Placing,
    mutation: Mutation,
    close: Callback<()>,
    on_done: Callback<()>,
) -> impl IntoView {
    let flags: Flags = expect_context();
    let form = AccessForm::new(site.as_ref());
    let (words, is_chosen) = match &readers {
        Readers::Chosen => (
            "Readers without access to Jira see the numbers of this chart, and whose access they are counted with. Nobody sees its query. ",
            true,
        ),
        Readers::Of(_, _, words) => (*words, false),
    };
    let send = move |()| {
        let Some(given) = form.chosen() else { return };
        let (audience, place) = match &readers {
            Readers::Chosen => match untrack(|| placing.chosen()) {
                Ok(chosen) => chosen,
                Err(_) => return focus("delegation-page"),
            },
            Readers::Of(audience, place, _) => (*audience, place.clone()),
        };
        let new = NewDelegation {
            connection_id: given.connection_id,
            ask: given.ask,
            audience,
            placements: vec![place],
            shows: given.shows,
            expires_at: Some(given.expires_at),
        };
        let chart = chart.clone();
        mutation.run(async move { call::<CreateDelegation>(&chart, &new).await }, move |made| {
            flags.done(match made.state {
                DelegationState::Asked => format!("Asked for {}", whose(&made.access)),
                _ => format!("Others see it with {}", whose(&made.access)),
            });
            close.run(());
            on_done.run(());
        });
    };
    let between = is_chosen.then(|| placing.fields(form.tried()));
    view! {
        <p>{words} {learn_more("/help/charts/#delegation".to_owned())}</p>
        {form.fields(site, between)}
        {mutation.failure_except(ProblemCode::NotSignedIn)}
        <div class="buttons">
            <Button on_press=close>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=send busy=mutation.busy()>
                {move || if form.asks() { "Ask" } else { "Let others see it" }}
            </Button>
        </div>
    }
}

/// Nobody has an access of their own to a Data Center, so nobody can be asked for one.
fn of_data_center(close: Callback<()>) -> AnyView {
    view! {
        <p>
            "A Jira Data Center is shown with the access of a connection, and you manage none whose settings allow charts. Ask whoever manages one, and send them the address of this page. "
            {learn_more("/help/charts/#delegation".to_owned())}
        </p>
        <div class="buttons"><Button on_press=close>"Close"</Button></div>
    }
    .into_any()
}
