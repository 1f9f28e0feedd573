//! The resync of all projects of a connection: one progress over them, and the way to each.

use api::{
    CancelResync, ConnectionId, ConnectionResync, List, ListConnectionResyncs, Nothing, ProjectResync, ResyncId,
    ResyncState, StartResync,
};
use leptos::prelude::*;

use super::{
    Tally, planned,
    progress::{Progress, progress_bar},
    words::{ended, report, state as state_words, to_be_done, works},
};
use crate::{
    client::{CallError, call},
    navigation::Link,
    route::Route,
    tasks::states::look_again,
    ui::{
        button::{Button, Look},
        lozenge::{Tone, lozenge},
        moment::in_full,
        mutation::Mutation,
        query::Query,
        when,
    },
};

/// The newest one; nothing if there was none.
#[component]
pub(crate) fn ConnectionResyncPanel(id: ConnectionId) -> impl IntoView {
    let newest: Query<List<ConnectionResync>> = Query::new(move || {
        let id = id.clone();
        async move { call::<ListConnectionResyncs>(&id, &Nothing {}).await }
    });
    let now = Memo::new(move |_| newest.get().and_then(Result::ok).and_then(|list| list.items.into_iter().next()));
    look_again(move || {
        if now.with_untracked(|now| now.as_ref().is_some_and(|now| works(now.state))) {
            newest.refresh();
        }
    });
    let is_there = Memo::new(move |_| now.with(Option::is_some));
    view! { {move || when(is_there.get(), || shown(newest, now))} }
}

fn shown(newest: Query<List<ConnectionResync>>, now: Memo<Option<ConnectionResync>>) -> AnyView {
    let state = Memo::new(move |_| now.with(|now| now.as_ref().map(|now| now.state)));
    let mutation = Mutation::new();
    let heading = move || {
        let (tone, word) = state.get().map_or((Tone::Neutral, "…"), state_words);
        lozenge(tone, word)
    };
    let by = move || {
        now.with(|now| {
            now.as_ref().map(|now| {
                let by = now.created_by.clone();
                view! { <p class="subtle"><bdi>{by}</bdi> " asked for it " {in_full(now.created_at)} "."</p> }
            })
        })
    };
    let of = move |of: fn(&ConnectionResync) -> Progress| {
        Signal::derive(move || now.with(|now| now.as_ref().map(of).unwrap_or_default()))
    };
    let content = move || match state.get() {
        Some(ResyncState::Planning) => {
            progress_bar("Looked at", of(|now| Progress { done: now.looked_at, all: now.total }))
        }
        Some(ResyncState::Running) => {
            progress_bar("Done", of(|now| Progress { done: ended(&now.results), all: to_be_done(&now.planned) }))
        }
        _ => view! { <p>{move || now.with(|now| now.as_ref().map(summary))}</p> }.into_any(),
    };
    let projects = Memo::new(move |_| now.with(|now| now.as_ref().map(|now| now.projects.clone()).unwrap_or_default()));
    let lines = move || projects.get().into_iter().map(line).collect::<Vec<_>>();
    let send = move |cancels: bool| {
        let ids = untrack(|| addressed(&projects.get(), cancels));
        mutation.run(each(ids, cancels), move |()| newest.reload());
    };
    let buttons = move || {
        let (waits, under_way) = projects.with(|all| (addressed(all, false), addressed(all, true)));
        view! {
            {when(!waits.is_empty(), || view! { <Button id="start-all" look=Look::Primary on_press=move |()| send(false) busy=mutation.busy()>"Start"</Button> }.into_any())}
            {when(!under_way.is_empty(), || view! { <Button id="cancel-all" on_press=move |()| send(true) busy=mutation.busy()>"Cancel"</Button> }.into_any())}
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="connection-resync">
            <h2 id="connection-resync">"Resync of all tasks"</h2>
            <p role="status">{heading}</p>
            {by}
            {content}
            <ul>{lines}</ul>
            {mutation.failure()}
            <div class="buttons">{buttons}</div>
        </section>
    }
    .into_any()
}

fn summary(now: &ConnectionResync) -> String {
    let ConnectionResync { planned: counts, moves, looked_at, points, seconds, results, .. } = now;
    match now.state {
        ResyncState::Ready => {
            planned(&Tally { planned: *counts, moves, looked_at: *looked_at, points: *points, seconds: *seconds })
        }
        _ => report(counts, results),
    }
}

/// A project, and the way to its preview and its report.
fn line(project: ProjectResync) -> AnyView {
    let ProjectResync { id, name, workspace, resync } = project;
    match resync {
        Some(resync) => {
            let (tone, word) = state_words(resync.state);
            let to = Route::Resync(workspace, id, resync.id).path();
            view! { <li><Link to><bdi>{name.to_string()}</bdi></Link> " " {lozenge(tone, word)}</li> }.into_any()
        }
        None => view! { <li><bdi>{name.to_string()}</bdi> ": another resync of it was running, or it is kept no longer."</li> }.into_any(),
    }
}

/// The resyncs that can be started or cancelled.
fn addressed(projects: &[ProjectResync], cancels: bool) -> Vec<ResyncId> {
    let resyncs = projects.iter().filter_map(|project| project.resync.as_ref());
    let fits = |state: ResyncState| state == ResyncState::Ready || (cancels && works(state));
    resyncs.filter(|resync| fits(resync.state)).map(|resync| resync.id.clone()).collect()
}

async fn each(ids: Vec<ResyncId>, cancels: bool) -> Result<(), CallError> {
    for id in ids {
        if cancels {
            call::<CancelResync>(&id, &Nothing {}).await?;
        } else {
            call::<StartResync>(&id, &Nothing {}).await?;
        }
    }
    Ok(())
}
