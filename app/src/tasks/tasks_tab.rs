//! *Tasks*: how many are in which state, what needs a person first, and the tasks with both sides.

use api::{BlockedCause, ListTasks, ListTasksQuery, Project, ProjectId, TaskPage, TaskState};
use leptos::prelude::*;

use super::{
    first_steps::FirstSteps,
    place::ProjectPlace,
    states::{STATES, counted, look_again, moves, words},
    stories::NeedsAPerson,
    task_list::listed,
};
use crate::{
    client::{CallError, call},
    navigation::{Navigation, use_navigation},
    ui::{icon::Icon, moment::moment, panel::panel, query::Query, search::SearchField, when},
};

/// Which tasks are shown. The address bar holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TaskFilter {
    state: Option<TaskState>,
    cause: Option<BlockedCause>,
    q: Option<String>,
}

impl TaskFilter {
    fn read(navigation: Navigation) -> Self {
        let given = |name| Some(navigation.param(name)).filter(|value| !value.is_empty());
        let state = given("state").map(|word| TaskState::read(&word)).filter(|state| TaskState::ALL.contains(state));
        let cause =
            given("cause").map(|word| BlockedCause::read(&word)).filter(|cause| BlockedCause::ALL.contains(cause));
        Self { state, cause, q: given("q") }
    }
}

/// The tab.
#[component]
pub(super) fn TasksTab(project: Project, place: ProjectPlace) -> impl IntoView {
    let navigation = use_navigation();
    let filter = Memo::new(move |_| TaskFilter::read(navigation));
    let pages = RwSignal::new(1);
    let id = project.id.clone();
    let tasks: Query<TaskPage> = Query::new(move || load(id.clone(), filter.get_untracked(), pages.get_untracked()));
    Effect::new(move |before: Option<TaskFilter>| {
        let now = filter.get();
        if before.is_some_and(|before| before != now) {
            pages.set(1);
            tasks.reload();
        }
        now
    });
    look_again(move || {
        if untrack(|| tasks.get()).and_then(Result::ok).is_some_and(|page| moves(&page.counts)) {
            tasks.refresh();
        }
    });
    let reload = Callback::new(move |()| tasks.refresh());
    let more = Callback::new(move |()| {
        pages.update(|pages| *pages += 1);
        tasks.reload();
    });
    // The form to begin with must stay while a key is shown in it, so it is not a part of what is read again.
    let is_empty = Memo::new(move |_| tasks.get().and_then(Result::ok).map(|page| page.counts.total == 0));
    let counts = Memo::new(move |_| tasks.get().and_then(Result::ok).map(|page| page.counts).unwrap_or_default());
    let stories = Memo::new(move |_| tasks.get().and_then(Result::ok).map(|page| page.stories).unwrap_or_default());
    let told = place.clone();
    let begun = StoredValue::new((project, place.clone()));
    let full = move || {
        let (told, place) = (told.clone(), place.clone());
        view! {
            {move || view! { <NeedsAPerson place=told.clone() counts=counts.get() stories=stories.get() on_retried=reload /> }}
            {bar(filter, counts)}
            {panel(tasks, "Loading tasks", move |page| listed(page, &place, filter.get_untracked() != TaskFilter::default(), more))}
        }
        .into_any()
    };
    view! {
        {paused(tasks)}
        {move || match is_empty.get() {
            Some(true) => {
                let (project, place) = begun.get_value();
                view! { <FirstSteps project place /> }.into_any()
            }
            _ => full(),
        }}
    }
}

async fn load(id: ProjectId, filter: TaskFilter, pages: usize) -> Result<TaskPage, CallError> {
    let TaskFilter { state, cause, q } = filter;
    let mut query = ListTasksQuery { state, cause, q, ..Default::default() };
    let mut page = call::<ListTasks>(&id, &query).await?;
    for _ in 1..pages {
        let Some(cursor) = page.next_cursor.take() else { break };
        query.cursor = Some(cursor);
        let next = call::<ListTasks>(&id, &query).await?;
        page.items.extend(next.items);
        page.next_cursor = next.next_cursor;
    }
    Ok(page)
}

/// Why nothing moves at present, told once for all tasks.
fn paused(tasks: Query<TaskPage>) -> AnyView {
    let paused = Memo::new(move |_| tasks.get().and_then(Result::ok).and_then(|page| page.paused));
    let shown = move || {
        paused.get().map(|paused| {
            let until = paused.until.map(|until| view! { " It goes on by itself " {moment(until)} "." });
            view! { <p class="notice section" role="status">{Icon::Warning.view()} " " {paused.sentence} {until}</p> }
        })
    };
    view! { {shown} }.into_any()
}

/// The search, and the states as filters. Their counts add up to *All*.
fn bar(filter: Memo<TaskFilter>, counts: Memo<api::TaskCounts>) -> AnyView {
    let navigation = use_navigation();
    let chip = move |state: Option<TaskState>| {
        let count = move || counts.with(|counts| state.map_or(counts.total, |state| counted(counts, state)));
        let chosen = move || filter.with(|filter| filter.state == state);
        let shown = Memo::new(move |_| state.is_none() || chosen() || count() > 0);
        let word = state.map_or("All", |state| words(state).1);
        let press = move |_| {
            navigation.set_param("cause", "");
            navigation.choose_param("state", state.as_ref().map_or("", TaskState::as_str));
        };
        view! {
            <button type="button" class="chip" hidden=move || !shown.get() aria-pressed=move || chosen().to_string() on:click=press>
                {word} " " <span class="chip-count">{count}</span>
            </button>
        }
        .into_any()
    };
    let chips: Vec<AnyView> = std::iter::once(None).chain(STATES.into_iter().map(Some)).map(chip).collect();
    let one_cause = move || {
        when(filter.with(|filter| filter.cause.is_some()), || {
            view! { <button type="button" class="chip" aria-pressed="true" on:click=move |_| navigation.choose_param("cause", "")>"One cause only"</button> }
                .into_any()
        })
    };
    view! {
        <div class="filter-bar" role="search">
            <SearchField
                label="Search tasks"
                placeholder="Search title, id or issue"
                value=Signal::derive(move || filter.with(|filter| filter.q.clone().unwrap_or_default()))
                on_search=move |q: String| navigation.set_param("q", q.trim())
            />
            <div class="chips" role="group" aria-label="State">{chips} {one_cause}</div>
        </div>
    }
    .into_any()
}
