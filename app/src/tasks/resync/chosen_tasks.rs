//! Choosing tasks for a resync: a search, and a checkbox for each task that it finds. What is chosen stays chosen over
//! searches.

use api::{CHOSEN_TASKS, ListTasks, ListTasksQuery, ProjectId, Task};
use leptos::prelude::*;

use super::words::tasks;
use crate::{
    client::call,
    tasks::states::words,
    ui::{
        choice::{choice, tick},
        panel::panel,
        query::Query,
        search::SearchField,
        when,
    },
};

/// How many tasks a search shows.
const SHOWN: u16 = 50;

/// The search, and what it finds.
#[component]
pub(super) fn ChosenTasks(
    project: ProjectId,
    /// The external ids of the chosen tasks.
    chosen: RwSignal<Vec<String>>,
    /// Whether it was tried without any, which is told from then on.
    tried: RwSignal<bool>,
) -> impl IntoView {
    let q = RwSignal::new(String::new());
    let found = Query::new(move || {
        let id = project.clone();
        let q = Some(q.get_untracked()).filter(|q| !q.trim().is_empty());
        let request = ListTasksQuery { q, limit: Some(SHOWN), ..ListTasksQuery::default() };
        async move {
            let page = call::<ListTasks>(&id, &request).await?;
            Ok((page.items, page.next_cursor.is_some()))
        }
    });
    let search = move |text: String| {
        q.set(text);
        found.reload();
    };
    let count = move || chosen.with(|chosen| u32::try_from(chosen.len()).unwrap_or(u32::MAX));
    let missing = move || {
        when(tried.get() && count() == 0, || {
            view! { <p class="field-error" role="alert">"Choose at least one task."</p> }.into_any()
        })
    };
    let full = move || {
        when(chosen.with(Vec::len) >= CHOSEN_TASKS, || {
            view! { <p class="field-help">"These are as many as one resync takes."</p> }.into_any()
        })
    };
    view! {
        <fieldset class="field" id="chosen-tasks" tabindex="-1">
            <legend>"Tasks"</legend>
            <SearchField label="Search tasks to choose" placeholder="Search title, id or issue" value=q.into() on_search=search />
            <p role="status">{move || format!("{} chosen", tasks(count()))}</p>
            {missing}
            {full}
            {panel(found, "Loading tasks", move |(found, more)| lines(found, more, chosen))}
        </fieldset>
    }
}

fn lines(found: Vec<Task>, more: bool, chosen: RwSignal<Vec<String>>) -> AnyView {
    if found.is_empty() {
        return view! { <p>"No task matches."</p> }.into_any();
    }
    let line = |task: Task| {
        let id = StoredValue::new(task.external_id.clone());
        let ticked = Signal::derive(move || id.with_value(|id| chosen.with(|chosen| chosen.contains(id))));
        let change = move |ticked: bool| {
            if !ticked || chosen.with_untracked(Vec::len) < CHOSEN_TASKS {
                chosen.update(|chosen| tick(chosen, id.get_value(), ticked));
            }
        };
        let about = view! {
            <bdi>{task.title}</bdi>
            <span class="status-more"><bdi>{task.external_id}</bdi> " · " {words(task.state).1}</span>
        };
        choice(about.into_any(), ticked, Callback::new(change))
    };
    let lines: Vec<AnyView> = found.into_iter().map(line).collect();
    view! {
        <div class="resync-choices">{lines}</div>
        {when(more, || view! { <p class="subtle">"There are more: search for them."</p> }.into_any())}
    }
    .into_any()
}
