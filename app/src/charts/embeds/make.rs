//! *Embed chart*: for whom, in which pages, and with whose access.

use api::{Chart, ChartSite, CreateEmbed, CreatedEmbed, EmbedAccess, EmbedKind, NewEmbed, ProblemCode};
use leptos::prelude::*;

use super::anonymous::{decide, load_settings};
use crate::{
    charts::delegations::AccessForm,
    client::call,
    ui::{
        button::{Button, Look},
        choice::{choice, radio, tick},
        dialog::Dialog,
        field::TextField,
        focus,
        learn_more::learn_more,
        mutation::Mutation,
        when,
    },
};

/// The dialog, open while `open` is set. `on_made` is called with the new embed.
#[component]
pub(super) fn MakeDialog(
    chart: Chart,
    site: Signal<Option<ChartSite>>,
    open: RwSignal<bool>,
    on_made: Callback<CreatedEmbed>,
) -> impl IntoView {
    let chart = StoredValue::new(chart);
    let close = Callback::new(move |()| open.set(false));
    let form = move || {
        let site = untrack(|| site.get());
        view! { <Form chart=chart.get_value() site close on_made /> }.into_any()
    };
    view! {
        <Dialog open=open.into() on_close=close title="Embed chart">
            {form}
        </Dialog>
    }
}

/// The origins that somebody typed, separated by blanks or commas.
fn origins(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| letter.is_whitespace() || letter == ',');
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[component]
fn Form(chart: Chart, site: Option<ChartSite>, close: Callback<()>, on_made: Callback<CreatedEmbed>) -> impl IntoView {
    let mutation = Mutation::new();
    let settings = load_settings();
    let kind = RwSignal::new(EmbedKind::Signed);
    let pages = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let locked = RwSignal::new(Vec::<String>::new());
    let form = AccessForm::new(site.as_ref());
    let id = chart.id.clone();
    let send = move |()| {
        tried.set(true);
        let origins = origins(&pages.get_untracked());
        if origins.is_empty() {
            return focus("embed-origins");
        }
        let Some(given) = form.chosen() else { return };
        let is_signed = kind.get_untracked() == EmbedKind::Signed;
        let new = NewEmbed {
            chart_id: id.clone(),
            kind: kind.get_untracked(),
            origins,
            locked_params: if is_signed { locked.get_untracked() } else { Vec::new() },
            access: Some(EmbedAccess {
                connection_id: given.connection_id,
                ask: given.ask,
                shows: given.shows,
                expires_at: Some(given.expires_at),
            }),
        };
        mutation.run(async move { call::<CreateEmbed>(&(), &new).await }, move |made| {
            close.run(());
            on_made.run(made);
        });
    };
    let error = Signal::derive(move || {
        let is_missing = tried.get() && pages.with(|pages| origins(pages).is_empty());
        is_missing.then(|| "Name at least one page.".to_owned())
    });
    let one = move |own: EmbedKind, words: &'static str| {
        let chosen = Signal::derive(move || kind.get() == own);
        radio("embed-kind", words.into_any(), chosen, false, Callback::new(move |()| kind.set(own)))
    };
    let names: Vec<String> = chart.spec.params.iter().map(|param| param.name.clone()).collect();
    let is_withheld = move || {
        let allowed = settings.get().and_then(Result::ok).is_some_and(|settings| settings.anonymous_charts);
        when(kind.get() == EmbedKind::Published && settings.get().is_some() && !allowed, move || {
            view! {
                <div class="notice notice-warning">
                    <p>"This organization does not allow charts to be shown without signing in. An administrator can allow it."</p>
                    {decide(false, settings)}
                </div>
            }
            .into_any()
        })
    };
    view! {
        <p>
            "The pages that you name show this chart, read-only. Readers see the numbers, and whose access they are counted with. Nobody sees its query. "
            {learn_more("/help/embeds/".to_owned())}
        </p>
        <fieldset class="field">
            <legend>"For"</legend>
            {one(EmbedKind::Signed, "Readers for whom the page’s server signs")}
            {one(EmbedKind::Published, "Everybody who can open the page")}
        </fieldset>
        {is_withheld}
        <TextField
            id="embed-origins"
            label="Pages that may show it"
            help="Where each page is: https and the host, such as https://wiki.example.com. Several are separated by blanks."
            value=pages
            error
            most="2000"
            on_leave=|()| ()
        />
        {move || when(kind.get() == EmbedKind::Signed && !names.is_empty(), || lock(&names, locked))}
        {form.fields(site, None)}
        {mutation.failure_except(ProblemCode::NotSignedIn)}
        <div class="buttons">
            <Button on_press=close>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=send busy=mutation.busy()>"Make embed"</Button>
        </div>
    }
}

/// The parameters that tokens set.
fn lock(names: &[String], locked: RwSignal<Vec<String>>) -> AnyView {
    let one = |name: &String| {
        let (own, ticked) = (name.clone(), name.clone());
        let is_ticked = Signal::derive(move || locked.with(|locked| locked.contains(&ticked)));
        let on_change = Callback::new(move |on: bool| locked.update(|locked| tick(locked, own.clone(), on)));
        choice(view! { <bdi>{name.clone()}</bdi> }.into_any(), is_ticked, on_change)
    };
    let all: Vec<AnyView> = names.iter().map(one).collect();
    view! { <fieldset class="field"><legend>"Set by each token, so that readers cannot choose them"</legend>{all}</fieldset> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_separated_by_blanks_lines_or_commas() {
        assert_eq!(origins(" https://a.example,\nhttps://b.example  "), ["https://a.example", "https://b.example"]);
        assert!(origins(" , ").is_empty());
    }
}
