//! One task: its state, both sides, the statuses on which they last agreed, and what happened.

use api::{
    GetTask, GetTaskTimeline, List, Name, Nothing, ProjectId, Task, TaskEntry, TaskPath, TaskTimelineQuery, WorkspaceId,
};
use leptos::prelude::*;

use super::{
    place::ProjectPlace,
    project_page::{breadcrumb, is_missing, load},
    states::{changes_by_itself, look_again, meaning, words},
    stories::is_mended_in_the_mapping,
    task_actions::TaskActions,
    task_list::{issue_link, outside},
};
use crate::{
    authorize::fact,
    client::{CallError, call},
    navigation::{Link, use_navigation},
    not_found_page::Missing,
    ui::{
        button::Button,
        failure::details,
        learn_more::learn_more,
        moment::{in_full, moment},
        page_title::{PageTitle, Subject},
        panel::panel,
        query::Query,
        when,
    },
};

/// The screen. The query of its address names the task.
#[component]
pub(crate) fn TaskPage(workspace: WorkspaceId, project: ProjectId) -> impl IntoView {
    let external_id = untrack(|| use_navigation().param("id"));
    let path = TaskPath { id: project.clone(), external_id };
    let asked = (workspace.clone(), project);
    let around = Query::new(move || load(asked.0.clone(), asked.1.clone()));
    let asked = path.clone();
    let task: Query<Task> = Query::new(move || {
        let path = asked.clone();
        async move { call::<GetTask>(&path, &Nothing {}).await }
    });
    let pages = RwSignal::new(1);
    let asked = path.clone();
    let timeline = Query::new(move || timeline_of(asked.clone(), pages.get_untracked()));
    let changed = Callback::new(move |now: Task| {
        task.set(Ok(now));
        timeline.reload();
    });
    look_again(move || {
        if untrack(|| task.get()).and_then(Result::ok).is_some_and(|task| changes_by_itself(task.state)) {
            task.refresh();
            timeline.refresh();
        }
    });
    let more = Callback::new(move |()| {
        pages.update(|pages| *pages += 1);
        timeline.reload();
    });
    let name = Memo::new(move |_| task.get().and_then(Result::ok).map(|task| task.title));
    Subject::follows(move || name.get());
    let place = Memo::new(move |_| {
        let (workspace, project) = around.get().and_then(Result::ok)?;
        project.map(|project| ProjectPlace::of(&project, workspace.may_track_issues && workspace.archived_at.is_none()))
    });
    let project_link = move || place.get().map(|place| view! { " / " <Link to=place.tasks(None, None)>"Tasks"</Link> });
    let gone = Memo::new(move |_| is_missing(around.get().as_ref()) || Missing::is_told(task.get().as_ref()));
    let whole = move || {
        let path = path.clone();
        view! {
            {breadcrumb(workspace.clone(), around, Some(project_link.into_any()))}
            <PageTitle><span class="eyebrow">"Task"</span> " " <bdi>{move || name.get().unwrap_or_else(|| "…".to_owned())}</bdi></PageTitle>
            {panel(task, "Loading the task", move |task| {
                let mapping = place.get().filter(|place| place.may).map(|place| place.mapping());
                shown(task, path.clone(), mapping, changed)
            })}
            <section class="section" aria-labelledby="timeline">
                <h2 id="timeline">"What happened"</h2>
                {panel(timeline, "Loading what happened", move |list| entries(list, more))}
            </section>
        }
        .into_any()
    };
    move || if gone.get() { Missing::Task.screen() } else { whole() }
}

async fn timeline_of(path: TaskPath, pages: usize) -> Result<List<TaskEntry>, CallError> {
    let mut query = TaskTimelineQuery::default();
    let mut list = call::<GetTaskTimeline>(&path, &query).await?;
    for _ in 1..pages {
        let Some(cursor) = list.next_cursor.take() else { break };
        query.cursor = Some(cursor);
        let next = call::<GetTaskTimeline>(&path, &query).await?;
        list.items.extend(next.items);
        list.next_cursor = next.next_cursor;
    }
    Ok(list)
}

/// The task. Who may change something is given the address of the `mapping`.
fn shown(task: Task, path: TaskPath, mapping: Option<String>, on_done: Callback<Task>) -> AnyView {
    let may = mapping.is_some();
    let is_mended_there = task.blocked.as_ref().is_some_and(|blocked| is_mended_in_the_mapping(blocked.cause));
    let mend = mapping.filter(|_| is_mended_there).map(|to| view! { <p><Link to>"Open mapping"</Link></p> });
    let (tone, word) = words(task.state);
    let sides = sides(&task);
    view! {
        <section class=format!("authorize {}", tone.class()) aria-labelledby="task-state">
            <h2 class="authorize-title" id="task-state">{tone.icon().view()} <span>{word}</span></h2>
            {why(&task)}
            {task.next_at.map(|at| view! { <p>"Causeway goes on by itself " {moment(at)} "."</p> })}
            {mend}
            {when(may, || view! { <TaskActions task path on_done /> }.into_any())}
        </section>
        {sides}
    }
    .into_any()
}

/// What is the matter, what to do, and who can; or what the state means.
fn why(task: &Task) -> AnyView {
    let Some(blocked) = task.blocked.clone() else {
        return view! { <p>{meaning(task.state)} " Since " {moment(task.since)} "."</p> }.into_any();
    };
    view! {
        <p><strong>{blocked.sentence}</strong> " " {blocked.remedy} " " {learn_more(format!("/help/tasks/#{}", blocked.cause.as_str()))}</p>
        <dl class="facts">
            {fact("Who", blocked.who.title().into_any())}
            {fact("Since", in_full(task.since))}
            {blocked.jira_said.map(|said| fact("Jira said", details(said)))}
        </dl>
    }
    .into_any()
}

/// The task, the issue, and the statuses on which they last agreed.
fn sides(task: &Task) -> AnyView {
    let text = |text: &Option<String>| text.clone().map(|text| view! { <bdi>{text}</bdi> }.into_any());
    let named = |name: &Option<Name>| text(&name.as_ref().map(ToString::to_string));
    let labels = task.labels.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    let labels = Some(labels).filter(|labels| !labels.is_empty());
    let further: Vec<AnyView> = task
        .properties
        .iter()
        .map(|(name, value)| {
            view! { <div class="fact"><dt><bdi>{name.clone()}</bdi></dt><dd><bdi>{value.clone()}</bdi></dd></div> }
                .into_any()
        })
        .collect();
    let issue = match &task.issue {
        None => view! { <p>"There is no issue yet."</p> }.into_any(),
        Some(issue) => view! {
            <dl class="facts">
                {fact("Status", text(&issue.status.as_ref().map(|status| status.name.clone())).unwrap_or_else(|| "Not seen yet".into_any()))}
                {fact("Issue", issue_link(issue))}
            </dl>
        }
        .into_any(),
    };
    let base = task.base.clone().map(|base| {
        view! {
            <p>
                "Both sides last agreed " {moment(base.at)} ": " <bdi>{base.task.to_string()}</bdi> " in the product, "
                <bdi>{base.issue.name}</bdi> " in Jira."
            </p>
        }
    });
    view! {
        <div class="sides">
            <section class="section" aria-labelledby="side-product">
                <h2 id="side-product">"In the product"</h2>
                <dl class="facts">
                    {fact("Status", view! { <bdi>{task.status.to_string()}</bdi> }.into_any())}
                    {fact("ID", view! { <bdi>{task.external_id.clone()}</bdi> }.into_any())}
                    {task.url.clone().map(|url| fact("Address", outside(url.clone(), url)))}
                    {named(&task.kind).map(|kind| fact("Kind", kind))}
                    {named(&task.priority).map(|priority| fact("Priority", priority))}
                    {text(&labels).map(|labels| fact("Labels", labels))}
                    {task.changed_at.map(|at| fact("Status changed", in_full(at)))}
                    {further}
                </dl>
            </section>
            <section class="section" aria-labelledby="side-jira"><h2 id="side-jira">"In Jira"</h2>{issue}</section>
        </div>
        {base}
    }
    .into_any()
}

fn entries(list: List<TaskEntry>, on_more: Callback<()>) -> AnyView {
    if list.items.is_empty() {
        return view! { <p>"Nothing yet."</p> }.into_any();
    }
    let more = list.next_cursor.is_some();
    let line = |entry: TaskEntry| {
        view! { <li><p>{entry.sentence} <span class="status-more">{in_full(entry.at)}</span></p></li> }.into_any()
    };
    let lines: Vec<AnyView> = list.items.into_iter().map(line).collect();
    view! {
        <ol class="codes">{lines}</ol>
        {when(more, || view! { <div class="buttons"><Button id="more-entries" on_press=on_more>"Show more"</Button></div> }.into_any())}
    }
    .into_any()
}
