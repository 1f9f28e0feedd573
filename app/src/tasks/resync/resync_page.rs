//! One resync: its preview, its progress, its report.

use api::{
    CancelResync, GetResync, ListResyncItems, ListResyncItemsQuery, NewResync, Nothing, ProjectId, Resync, ResyncId,
    ResyncScope, ResyncState, StartResync, WorkspaceId,
};
use leptos::prelude::*;

use super::{
    csv::save_button,
    form::create_resync,
    items::Items,
    progress::{Progress, progress_bar},
    resync_tab::summary,
    words::{direction, duration, ended, scope, state as state_words, tasks, to_be_done, works},
};
use crate::{
    client::{CallError, call},
    navigation::{Link, Navigation, use_navigation},
    not_found_page::Missing,
    tasks::{
        place::ProjectPlace,
        project_page::{breadcrumb, is_missing, load},
        states::look_again,
    },
    ui::{
        button::{Button, Look},
        failure::FailurePanel,
        icon::Icon,
        moment::in_full,
        mutation::Mutation,
        page_title::{PageTitle, Subject},
        query::Query,
        skeleton::skeleton,
        when,
    },
};

/// The screen.
#[component]
pub(crate) fn ResyncPage(workspace: WorkspaceId, project: ProjectId, id: ResyncId) -> impl IntoView {
    let asked = (workspace.clone(), project);
    let around = Query::new(move || load(asked.0.clone(), asked.1.clone()));
    let of = id.clone();
    let resync: Query<Resync> = Query::new(move || {
        let id = of.clone();
        async move { call::<GetResync>(&id, &Nothing {}).await }
    });
    look_again(move || {
        if untrack(|| resync.get()).and_then(Result::ok).is_some_and(|resync| works(resync.state)) {
            resync.refresh();
        }
    });
    let place = Memo::new(move |_| {
        let (workspace, project) = around.get().and_then(Result::ok)?;
        project.map(|project| ProjectPlace::of(&project, workspace.may_track_issues && workspace.archived_at.is_none()))
    });
    let now = Memo::new(move |_| resync.get().and_then(Result::ok));
    let title = move || now.with(|now| now.as_ref().map_or("…", |now| scope(now.scope)));
    Subject::follows(move || now.with(|now| now.as_ref().map(|now| scope(now.scope).to_owned())));
    let links = move || {
        place.get().map(|place| {
            view! { " / " <Link to=place.tasks(None, None)>"Tasks"</Link> " / " <Link to=place.resyncs(None)>"Resync"</Link> }
        })
    };
    let gone = Memo::new(move |_| is_missing(around.get().as_ref()) || Missing::is_told(resync.get().as_ref()));
    let is_loaded = Memo::new(move |_| now.with(Option::is_some) && place.with(Option::is_some));
    let failure = move || {
        let failed = resync.get().and_then(Result::err).or_else(|| around.get().and_then(Result::err));
        failed.map(|error| view! { <FailurePanel error on_retry=move |()| resync.reload() /> }.into_any())
    };
    let content = move || {
        if !is_loaded.get() {
            return failure().unwrap_or_else(|| skeleton("Loading the resync"));
        }
        let Some(place) = place.get_untracked() else { return ().into_any() };
        let is_planned =
            Memo::new(move |_| now.with(|now| now.as_ref().is_some_and(|now| now.state != ResyncState::Planning)));
        let (id, items) = (id.clone(), place.clone());
        let listed = move || {
            when(is_planned.get(), || view! { <Items id=id.clone() place=items.clone() resync=now /> }.into_any())
        };
        view! { {about(now)} {stage(resync, now, place)} {listed} }.into_any()
    };
    let whole = move || {
        view! {
            {breadcrumb(workspace.clone(), around, Some(links.into_any()))}
            <PageTitle><span class="eyebrow">"Resync"</span> " " {title}</PageTitle>
            {content.clone()}
        }
        .into_any()
    };
    move || if gone.get() { Missing::Resync.screen() } else { whole() }
}

/// Who asked for what, and what is in its way.
fn about(now: Memo<Option<Resync>>) -> AnyView {
    let by = now.with_untracked(|now| {
        now.as_ref().map(|now| (direction(now.direction), now.created_by.clone(), now.created_at))
    });
    let paused = Memo::new(move |_| now.with(|now| now.as_ref().and_then(|now| now.paused.clone())));
    let in_the_way = move || {
        paused.get().map(|paused| {
            let until = paused.until.map(|until| view! { " It goes on by itself " {in_full(until)} "." });
            view! { <p class="notice section">{Icon::Warning.view()} " " {paused.sentence} {until}</p> }
        })
    };
    view! {
        {by.map(|(direction, by, at)| view! { <p class="subtle">{direction} ". " <bdi>{by}</bdi> " asked for it " {in_full(at)} "."</p> })}
        <div role="status">{in_the_way}</div>
    }
    .into_any()
}

/// What is so in the present state, and what can be done. Only another state builds it anew.
fn stage(resync: Query<Resync>, now: Memo<Option<Resync>>, place: ProjectPlace) -> AnyView {
    let state = Memo::new(move |_| now.with(|now| now.as_ref().map(|now| now.state)));
    let mutation = Mutation::new();
    let heading = move || {
        let (tone, word) = state.get().map_or((crate::ui::lozenge::Tone::Neutral, "…"), state_words);
        view! { <h2 class="authorize-title" id="resync-state">{tone.icon().view()} <span>{word}</span></h2> }
    };
    let tone =
        move || format!("authorize {}", state.get().map_or("tone-neutral", |state| state_words(state).0.class()));
    let content = move || match state.get() {
        Some(ResyncState::Planning) => {
            progress_bar("Looked at", progress(now, |now| Progress { done: now.looked_at, all: now.total }))
        }
        Some(ResyncState::Running) => {
            let bar = progress(now, |now| Progress { done: ended(&now.results), all: to_be_done(&now.planned) });
            view! { {progress_bar("Done", bar)} <p>{move || left(now)}</p> }.into_any()
        }
        _ => {
            let words = now.with_untracked(|now| now.as_ref().map(summary));
            let at = now.with_untracked(|now| now.as_ref().and_then(|now| now.finished_at));
            view! { <p>{words}</p> {at.map(|at| view! { <p class="subtle">"It ended " {in_full(at)} "."</p> })} }
                .into_any()
        }
    };
    let buttons = move || state.get().map(|state| buttons(state, resync, now, mutation, &place));
    view! {
        <section class=tone aria-labelledby="resync-state">
            <div role="status">{heading}</div>
            {content}
            {mutation.failure()}
            <div class="buttons">{buttons}</div>
        </section>
    }
    .into_any()
}

fn progress(now: Memo<Option<Resync>>, of: fn(&Resync) -> Progress) -> Signal<Progress> {
    Signal::derive(move || now.with(|now| now.as_ref().map(of).unwrap_or_default()))
}

/// *About 3 minutes left.*
fn left(now: Memo<Option<Resync>>) -> String {
    now.with(|now| {
        let Some(now) = now else { return String::new() };
        let (all, done) = (to_be_done(&now.planned).max(1), ended(&now.results));
        let left = u64::from(now.seconds) * u64::from(all.saturating_sub(done)) / u64::from(all);
        format!("About {} left.", duration(u32::try_from(left).unwrap_or(u32::MAX)))
    })
}

fn buttons(
    state: ResyncState,
    resync: Query<Resync>,
    now: Memo<Option<Resync>>,
    mutation: Mutation,
    place: &ProjectPlace,
) -> AnyView {
    let Some(seen) = now.get_untracked() else { return ().into_any() };
    let id = StoredValue::new(seen.id.clone());
    let shows = move |now: Resync| {
        crate::ui::rescue_focus();
        resync.set(Ok(now));
    };
    let start = move |()| mutation.run(async move { call::<StartResync>(&id.get_value(), &Nothing {}).await }, shows);
    let cancel = move |()| mutation.run(async move { call::<CancelResync>(&id.get_value(), &Nothing {}).await }, shows);
    let count = to_be_done(&seen.planned);
    let may_start = place.may && state == ResyncState::Ready && count > 0;
    let may_cancel = place.may && (works(state) || state == ResyncState::Ready);
    let has_ended = matches!(state, ResyncState::Finished | ResyncState::Cancelled);
    let cancel_words = if state == ResyncState::Running { "Cancel after the present task" } else { "Cancel" };
    let (again, navigation) = (place.clone(), use_navigation());
    let run_again = move |()| {
        let (seen, place) = (seen.clone(), again.clone());
        repeat(mutation, navigation, place, seen);
    };
    view! {
        {when(may_start, || view! { <Button id="start-resync" look=Look::Primary on_press=start busy=mutation.busy()>{format!("Start with {}", tasks(count))}</Button> }.into_any())}
        {when(may_cancel, || view! { <Button id="cancel-resync" on_press=cancel busy=mutation.busy()>{cancel_words}</Button> }.into_any())}
        {when(has_ended && place.may, || view! { <Button id="run-again" look=Look::Primary on_press=run_again busy=mutation.busy()>"Run again"</Button> }.into_any())}
        {when(state != ResyncState::Planning, || save_button(id.get_value()))}
    }
    .into_any()
}

/// Plans the same resync anew. Which tasks were chosen is known from its items.
fn repeat(mutation: Mutation, navigation: Navigation, place: ProjectPlace, seen: Resync) {
    let Resync { id, scope, direction, .. } = seen;
    let plan = move |external_ids| {
        create_resync(mutation, navigation, &place, NewResync { scope, direction, external_ids });
    };
    if scope == ResyncScope::Chosen { mutation.run(chosen(id), plan) } else { plan(Vec::new()) }
}

async fn chosen(id: ResyncId) -> Result<Vec<String>, CallError> {
    let mut query = ListResyncItemsQuery { limit: Some(200), ..ListResyncItemsQuery::default() };
    let mut chosen = Vec::new();
    loop {
        let page = call::<ListResyncItems>(&id, &query).await?;
        chosen.extend(page.items.into_iter().map(|item| item.external_id));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(chosen),
        }
    }
}
