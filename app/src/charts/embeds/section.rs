//! *Embeds*, on a chart's page: the pages of others that show it, for whom, with whose access, and since when nobody looked.

use api::{
    Chart, ChartId, ChartSite, CreatedEmbed, DelegationAudience, DelegationState, DeleteEmbed, EditEmbed, Embed,
    EmbedEdit, EmbedKind, EmbedState, List, ListEmbeds, ListEmbedsQuery, Name, Nothing, Placement, PlacementKind,
};
use leptos::prelude::*;

use super::{
    key::{NewKey, RotateDialog, new_key},
    make::MakeDialog,
    snippet::SnippetDialog,
};
use crate::{
    charts::delegations::{Readers, state_of, whose},
    client::call,
    context::expect_context,
    navigation::Link,
    route::Route,
    ui::{
        button::Button,
        confirm_dialog::ConfirmDialog,
        flags::Flags,
        learn_more::learn_more,
        lozenge::{Tone, lozenge},
        moment::moment,
        mutation::Mutation,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

fn load(chart: ChartId) -> Query<List<Embed>> {
    Query::new(move || {
        let query = ListEmbedsQuery { chart_id: Some(chart.clone()) };
        async move { call::<ListEmbeds>(&(), &query).await }
    })
}

/// What is open on the screen.
#[derive(Clone, Copy)]
struct Opened {
    snippet: RwSignal<Option<Embed>>,
    rotating: RwSignal<Option<Embed>>,
    ending: RwSignal<Option<Embed>>,
    /// Opens *Let others see it*.
    letting: RwSignal<Option<Readers>>,
}

/// The section. `letting` opens *Let others see it* for an embed; `changed` counts what was given there.
#[component]
pub(in crate::charts) fn Embeds(
    chart: Chart,
    site: Signal<Option<ChartSite>>,
    letting: RwSignal<Option<Readers>>,
    changed: Signal<u32>,
) -> impl IntoView {
    let embeds = load(chart.id.clone());
    let making = RwSignal::new(false);
    let made_key = RwSignal::new(None::<NewKey>);
    let opened =
        Opened { snippet: RwSignal::new(None), rotating: RwSignal::new(None), ending: RwSignal::new(None), letting };
    let reload = Callback::new(move |()| embeds.reload());
    Effect::new(move |before: Option<u32>| {
        let now = changed.get();
        if before.is_some_and(|before| before != now) {
            embeds.reload();
        }
        now
    });
    let on_made = Callback::new(move |made: CreatedEmbed| {
        match made.key {
            Some(key) => made_key.set(Some(NewKey { title: "Embed made", key })),
            None => opened.snippet.set(Some(made.embed)),
        }
        embeds.reload();
    });
    let on_rotated = Callback::new(move |key: NewKey| {
        made_key.set(Some(key));
        embeds.reload();
    });
    let make = chart.may_edit.then(|| {
        view! { <Button id="make-embed" on_press=move |()| making.set(true)>"Embed chart"</Button> }
    });
    view! {
        <section class="section" aria-labelledby="embeds">
            <div class="title-row"><h2 id="embeds">"Embeds"</h2> {make}</div>
            <p class="subtle">"Pages of others that show this chart. " {learn_more("/help/embeds/".to_owned())}</p>
            {move || made_key.get().map(|made| new_key(made, Callback::new(move |()| made_key.set(None))))}
            {panel(embeds, "Loading the embeds", move |list| listed(list.items, opened, reload))}
            <MakeDialog chart site open=making on_made />
            <SnippetDialog shown=opened.snippet />
            <RotateDialog rotating=opened.rotating on_made=on_rotated />
            <EndDialog ending=opened.ending on_ended=reload />
        </section>
    }
}

fn listed(embeds: Vec<Embed>, opened: Opened, reload: Callback<()>) -> AnyView {
    if embeds.is_empty() {
        return view! { <p>"No page of others shows it."</p> }.into_any();
    }
    let line = |embed: Embed| {
        let pages = embed.origins.iter().map(|origin| view! { <bdi class="embed-origin">{origin.clone()}</bdi> " " });
        let about = view! { {pages.collect::<Vec<_>>()} }.into_any();
        let used = embed.last_used_at.map_or_else(|| "Never".into_any(), moment);
        let cells = vec![
            cell("For", readers(&embed).into_any()),
            cell("State", state(&embed)),
            cell("Shown with", shown_with(&embed)),
            cell("Last shown", used),
        ];
        row(about, cells, Some(actions(embed, opened, reload)))
    };
    let heads = ["Pages", "For", "State", "Shown with", "Last shown", "Actions"];
    table("Embeds of this chart", &heads, embeds.into_iter().map(line).collect())
}

fn readers(embed: &Embed) -> String {
    match embed.kind {
        EmbedKind::Published => "Everybody".to_owned(),
        EmbedKind::Signed if embed.locked_params.is_empty() => "Signed readers".to_owned(),
        EmbedKind::Signed => format!("Signed readers, {} set by the token", embed.locked_params.join(", ")),
        EmbedKind::Unknown(_) => "Readers that this version does not know".to_owned(),
    }
}

fn state(embed: &Embed) -> AnyView {
    match embed.state {
        _ if embed.is_withheld => view! {
            {lozenge(Tone::Warning, "Not allowed")}
            <span class="status-more">"Charts without signing in are not allowed in this organization."</span>
        }
        .into_any(),
        EmbedState::Active => lozenge(Tone::Success, "Shown"),
        EmbedState::Paused => lozenge(Tone::Warning, "Paused"),
        EmbedState::Unknown(_) => lozenge(Tone::Neutral, "Unknown"),
    }
}

fn shown_with(embed: &Embed) -> AnyView {
    let Some(delegation) = &embed.delegation else { return "Nobody’s access yet".into_any() };
    let to = Route::Delegation(delegation.id.clone()).path();
    let (words, stands) = (whose(&delegation.access), state_of(delegation.state));
    view! { <Link to>{words}</Link> <span class="status-more">{stands}</span> }.into_any()
}

/// Who has to be let see an embed, where nobody's access is given for it.
fn missing(embed: &Embed) -> Option<Readers> {
    let is_given = |state| matches!(state, DelegationState::Active | DelegationState::Asked | DelegationState::Paused);
    if embed.delegation.as_ref().is_some_and(|delegation| is_given(delegation.state)) {
        return None;
    }
    let title = embed.origins.first().and_then(|origin| Name::parse(origin.as_str()).ok());
    let place = Placement { kind: PlacementKind::Embed, id: Some(embed.id.to_string()), title };
    let (audience, words) = match embed.kind {
        EmbedKind::Published => (
            DelegationAudience::Anonymous,
            "Everybody who can open the pages of this embed sees the numbers of the chart, and whose access they are counted with. Nobody sees its query. ",
        ),
        EmbedKind::Signed | EmbedKind::Unknown(_) => (
            DelegationAudience::Page,
            "Readers for whom the page’s server signs see the numbers of the chart, and whose access they are counted with. Nobody sees its query. ",
        ),
    };
    Some(Readers::Of(audience, place, words))
}

fn actions(embed: Embed, opened: Opened, reload: Callback<()>) -> AnyView {
    let flags: Flags = expect_context();
    let mutation = Mutation::flagged();
    let pages = embed.origins.join(", ");
    let labelled = |verb: &str| format!("{verb} for {pages}");
    let snippet = {
        let embed = embed.clone();
        view! { <Button label=labelled("Snippet") on_press=move |()| opened.snippet.set(Some(embed.clone()))>"Snippet"</Button> }
            .into_any()
    };
    if !embed.may_edit {
        return snippet;
    }
    let give = missing(&embed).map(|readers| {
        view! { <Button label=labelled("Give access") on_press=move |()| opened.letting.set(Some(readers.clone()))>"Give access"</Button> }
    });
    let rotate = embed.key.is_some().then(|| {
        let embed = embed.clone();
        view! { <Button label=labelled("Rotate key") on_press=move |()| opened.rotating.set(Some(embed.clone()))>"Rotate key"</Button> }
    });
    let (words, next) = match embed.state {
        EmbedState::Paused => ("Resume", EmbedState::Active),
        _ => ("Pause", EmbedState::Paused),
    };
    let id = embed.id.clone();
    let switch = move |()| {
        let (id, edit) = (id.clone(), EmbedEdit { state: Some(next), ..EmbedEdit::default() });
        mutation.run(async move { call::<EditEmbed>(&id, &edit).await }, move |now| {
            flags.done(
                if now.state == EmbedState::Paused { "Paused the embed" } else { "Resumed the embed" }.to_owned(),
            );
            reload.run(());
        });
    };
    let ending = embed.clone();
    view! {
        {snippet} {give} {rotate}
        <Button id=format!("switch-{}", embed.id) label=labelled(words) on_press=switch busy=mutation.busy()>{words}</Button>
        <Button label=labelled("End") on_press=move |()| opened.ending.set(Some(ending.clone()))>"End"</Button>
    }
    .into_any()
}

/// *End embed*.
#[component]
fn EndDialog(ending: RwSignal<Option<Embed>>, on_ended: Callback<()>) -> impl IntoView {
    let flags: Flags = expect_context();
    let mutation = Mutation::new();
    let end = move |embed: Embed| {
        mutation.run(async move { call::<DeleteEmbed>(&embed.id, &Nothing {}).await }, move |_| {
            flags.done("Ended the embed".to_owned());
            ending.set(None);
            on_ended.run(());
        });
    };
    let pages = move || ending.with(|one| one.as_ref().map(|one| one.origins.join(", "))).unwrap_or_default();
    let is_signed = move || ending.with(|one| one.as_ref().is_some_and(|one| one.key.is_some()));
    view! {
        <ConfirmDialog target=ending title="End embed" verb="End 1 embed" mutation on_confirm=end>
            <p>"These pages do not show the chart any more: " <strong><bdi>{pages}</bdi></strong> "."</p>
            <ul>
                <li>"Open pages notice within ten seconds."</li>
                <li>"The access that was given for it alone ends, too."</li>
                {move || when(is_signed(), || view! { <li>"Its key opens nothing any more."</li> }.into_any())}
            </ul>
        </ConfirmDialog>
    }
}
