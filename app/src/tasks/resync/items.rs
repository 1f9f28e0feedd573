//! Every task of a resync: what is planned for it and, once the resync has got there, what became of it.

use api::{
    List, ListResyncItems, ListResyncItemsQuery, Resync, ResyncAction, ResyncId, ResyncItem, ResyncOutcome, ResyncState,
};
use leptos::prelude::*;

use super::words::{action, outcome, step, thousands};
use crate::{
    client::{CallError, call},
    navigation::{Link, use_navigation},
    tasks::place::ProjectPlace,
    ui::{
        button::Button,
        follow,
        lozenge::lozenge,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

/// Which tasks are shown. The address bar holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ItemFilter {
    action: Option<ResyncAction>,
    outcome: Option<ResyncOutcome>,
}

/// The section. `resync` is the resync as it was last seen.
#[component]
pub(super) fn Items(id: ResyncId, place: ProjectPlace, resync: Memo<Option<Resync>>) -> impl IntoView {
    let navigation = use_navigation();
    let filter = Memo::new(move |_| {
        let action = ResyncAction::read(&navigation.param("action"));
        let outcome = ResyncOutcome::read(&navigation.param("outcome"));
        ItemFilter {
            action: Some(action).filter(|action| ResyncAction::ALL.contains(action)),
            outcome: Some(outcome).filter(|outcome| ResyncOutcome::ALL.contains(outcome)),
        }
    });
    let pages = RwSignal::new(1);
    let items = Query::new(move || load(id.clone(), filter.get_untracked(), pages.get_untracked()));
    let state = Memo::new(move |_| resync.with(|resync| resync.as_ref().map(|resync| resync.state)));
    // What became of them is read with each step of the resync, and the first page again with another filter.
    let results = Memo::new(move |_| resync.with(|resync| resync.as_ref().map(|resync| resync.results)));
    Effect::new(move |before: Option<ItemFilter>| {
        let now = filter.get();
        follow(state);
        follow(results);
        match before {
            Some(before) if before != now => {
                pages.set(1);
                items.reload();
            }
            Some(_) => items.refresh(),
            None => {}
        }
        now
    });
    let more = Callback::new(move |()| {
        pages.update(|pages| *pages += 1);
        items.reload();
    });
    view! {
        <section class="section" aria-labelledby="resync-items">
            <h2 id="resync-items">"Tasks"</h2>
            {chips(filter, resync)}
            {panel(items, "Loading the tasks of the resync", move |list| listed(list, &place, state.get(), more))}
        </section>
    }
}

async fn load(id: ResyncId, filter: ItemFilter, pages: usize) -> Result<List<ResyncItem>, CallError> {
    let ItemFilter { action, outcome } = filter;
    let mut query = ListResyncItemsQuery { action, outcome, ..ListResyncItemsQuery::default() };
    let mut list = call::<ListResyncItems>(&id, &query).await?;
    for _ in 1..pages {
        let Some(cursor) = list.next_cursor.take() else { break };
        query.cursor = Some(cursor);
        let next = call::<ListResyncItems>(&id, &query).await?;
        list.items.extend(next.items);
        list.next_cursor = next.next_cursor;
    }
    Ok(list)
}

/// The filters, with their counts: what is planned, and what became of it.
fn chips(filter: Memo<ItemFilter>, resync: Memo<Option<Resync>>) -> AnyView {
    let navigation = use_navigation();
    let chip = move |of: ItemFilter, word: &'static str, count: fn(&Resync) -> u32| {
        let chosen = move || filter.get() == of;
        let count = Memo::new(move |_| resync.with(|resync| resync.as_ref().map(count).unwrap_or_default()));
        let press = move |_| {
            navigation.set_param("action", of.action.as_ref().map_or("", ResyncAction::as_str));
            navigation.set_param("outcome", of.outcome.as_ref().map_or("", ResyncOutcome::as_str));
        };
        view! {
            <button type="button" class="chip" hidden=move || count.get() == 0 && !chosen() aria-pressed=move || chosen().to_string() on:click=press>
                {word} " " <span class="chip-count">{move || thousands(count.get())}</span>
            </button>
        }
        .into_any()
    };
    let of_action =
        |one: ResyncAction, count| chip(ItemFilter { action: Some(one), outcome: None }, action(one), count);
    let of_outcome =
        |one: ResyncOutcome, count| chip(ItemFilter { action: None, outcome: Some(one) }, outcome(one).1, count);
    let chips = vec![
        chip(ItemFilter::default(), "All", |resync| resync.looked_at),
        of_outcome(ResyncOutcome::Done, |resync| resync.results.done),
        of_outcome(ResyncOutcome::Skipped, |resync| resync.results.skipped),
        of_outcome(ResyncOutcome::Failed, |resync| resync.results.failed),
        of_action(ResyncAction::Create, |resync| resync.planned.create),
        of_action(ResyncAction::Move, |resync| resync.planned.moved),
        of_action(ResyncAction::Tell, |resync| resync.planned.tell),
        of_action(ResyncAction::Settle, |resync| resync.planned.settle),
        of_action(ResyncAction::Left, |resync| resync.planned.left),
        of_action(ResyncAction::Nothing, |resync| resync.planned.nothing),
    ];
    view! { <div class="chips" role="group" aria-label="What is planned, and what became of it">{chips}</div> }
        .into_any()
}

fn listed(list: List<ResyncItem>, place: &ProjectPlace, state: Option<ResyncState>, on_more: Callback<()>) -> AnyView {
    if list.items.is_empty() {
        return view! { <p>"No task is listed here."</p> }.into_any();
    }
    let rows = list.items.into_iter().map(|item| line(item, place, state)).collect();
    let more = list.next_cursor.is_some();
    view! {
        {table("Tasks of the resync", &["Task", "In the product", "In Jira", "Planned", "Outcome"], rows)}
        {when(more, || view! { <div class="buttons"><Button id="more-items" on_press=on_more>"Show more"</Button></div> }.into_any())}
    }
    .into_any()
}

fn line(item: ResyncItem, place: &ProjectPlace, state: Option<ResyncState>) -> AnyView {
    let planned = step(&item);
    let ended = matches!(state, Some(ResyncState::Finished | ResyncState::Cancelled));
    let is_to_be_done =
        matches!(item.action, ResyncAction::Create | ResyncAction::Move | ResyncAction::Tell | ResyncAction::Settle);
    let became = match item.outcome {
        Some(one) => {
            let (tone, word) = outcome(one);
            lozenge(tone, word)
        }
        None if is_to_be_done && ended => "Not reached".into_any(),
        None if is_to_be_done => "Not yet".into_any(),
        None if ended => "Left as it was".into_any(),
        None => "Left as it is".into_any(),
    };
    let jira = match (item.issue_status, item.issue_key) {
        (Some(status), Some(key)) => format!("{status} ({key})"),
        (None, Some(key)) => key,
        _ => "No issue yet".to_owned(),
    };
    let about = view! {
        <Link to=place.task(&item.external_id) class="row-link"><bdi>{item.title}</bdi></Link>
        <bdi class="status-more">{item.external_id}</bdi>
    };
    let cells = vec![
        cell("In the product", view! { <bdi>{item.task_status.to_string()}</bdi> }.into_any()),
        cell("In Jira", view! { <bdi>{jira}</bdi> }.into_any()),
        cell("Planned", planned.into_any()),
        cell(
            "Outcome",
            view! { {became} {item.why.map(|why| view! { <span class="status-more">{why}</span> })} }.into_any(),
        ),
    ];
    row(about.into_any(), cells, None)
}
