//! What needs a person first: one message for one cause, however many tasks it holds up.

use api::{
    BlockedCause, ListTasks, ListTasksQuery, Nothing, ProblemCode, ProjectId, RetryTask, Task, TaskCounts, TaskPath,
    TaskRemedier, TaskState,
};
use leptos::prelude::*;

use super::{
    place::ProjectPlace,
    states::{meaning, waiting, words},
};
use crate::{
    client::{CallError, call},
    context::expect_context,
    navigation::Link,
    ui::{
        button::{Button, Look},
        flags::Flags,
        icon::Icon,
        lozenge::lozenge,
        mutation::Mutation,
        panel::panel,
        query::Query,
        when,
    },
};

/// The most blocked tasks that are read to be told by cause: as many as the edge lists on a page.
const READ: u16 = 200;

/// One cause, and the tasks that it holds up.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Story {
    cause: BlockedCause,
    sentence: String,
    remedy: String,
    who: TaskRemedier,
    tasks: Vec<String>,
}

/// The tasks by what is the matter, the largest story first. Tasks whose sentences differ are different stories: one may
/// be about another field.
fn told(tasks: &[Task]) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for task in tasks {
        let Some(blocked) = &task.blocked else { continue };
        let same = |story: &&mut Story| (story.cause, &story.sentence) == (blocked.cause, &blocked.sentence);
        match stories.iter_mut().find(same) {
            Some(story) => story.tasks.push(task.external_id.clone()),
            None => stories.push(Story {
                cause: blocked.cause,
                sentence: blocked.sentence.clone(),
                remedy: blocked.remedy.clone(),
                who: blocked.who,
                tasks: vec![task.external_id.clone()],
            }),
        }
    }
    stories.sort_by_key(|story| std::cmp::Reverse(story.tasks.len()));
    stories
}

/// Whether the mapping is where a cause is mended.
pub(super) fn is_mended_in_the_mapping(cause: BlockedCause) -> bool {
    matches!(
        cause,
        BlockedCause::FieldRequired
            | BlockedCause::ValueUnknown
            | BlockedCause::NoMapping
            | BlockedCause::NoWay
            | BlockedCause::WayWantsFields
            | BlockedCause::IssueTypeMissing
            | BlockedCause::ParentWanted
            | BlockedCause::AssigneeUnknown
            | BlockedCause::MappingIncomplete
    )
}

/// The section; nothing while nothing needs a person. `counts` say whether anything does.
#[component]
pub(super) fn NeedsAPerson(place: ProjectPlace, counts: TaskCounts, on_retried: Callback<()>) -> impl IntoView {
    let TaskCounts { blocked, conflict, missing, moved, .. } = counts;
    if blocked + conflict + missing + moved == 0 {
        return ().into_any();
    }
    let others = [(TaskState::Conflict, conflict), (TaskState::Missing, missing), (TaskState::Moved, moved)];
    let line = |(state, count): (TaskState, u32)| {
        let (tone, word) = words(state);
        let tasks = if count == 1 { " 1 task. ".to_owned() } else { format!(" {count} tasks. ") };
        let to = place.tasks(Some(state), None);
        view! { <li class="story"><p>{lozenge(tone, word)} {tasks} {meaning(state)}</p> <Link to>"Show " {count_of(count)}</Link></li> }.into_any()
    };
    let others: Vec<AnyView> = others.into_iter().filter(|(_, count)| *count > 0).map(line).collect();
    let blocked = when(blocked > 0, || view! { <Blocked place=place.clone() total=blocked on_retried /> }.into_any());
    view! {
        <section class="section notice" aria-labelledby="needs-a-person">
            <h2 id="needs-a-person" class="authorize-title">{Icon::Warning.view()} "What needs a person"</h2>
            {blocked}
            <ul class="codes">{others}</ul>
        </section>
    }
    .into_any()
}

fn count_of(count: u32) -> String {
    if count == 1 { "this task".to_owned() } else { format!("these {count} tasks") }
}

#[component]
fn Blocked(place: ProjectPlace, total: u32, on_retried: Callback<()>) -> impl IntoView {
    let id = place.project.clone();
    let blocked = Query::new(move || {
        let id = id.clone();
        let request = ListTasksQuery { state: Some(TaskState::Blocked), limit: Some(READ), ..Default::default() };
        async move { Ok(call::<ListTasks>(&id, &request).await?.items) }
    });
    let shown = move |tasks: Vec<Task>| {
        let rest = usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(tasks.len());
        let stories: Vec<AnyView> =
            told(&tasks).into_iter().map(|story| told_once(story, &place, on_retried)).collect();
        let more = (rest > 0)
            .then(|| view! { <p class="subtle">{format!("And {}, which changed longer ago.", waiting(rest))}</p> });
        view! { <ul class="codes">{stories}</ul> {more} }.into_any()
    };
    panel(blocked, "Loading what needs a person", shown)
}

fn told_once(story: Story, place: &ProjectPlace, on_retried: Callback<()>) -> AnyView {
    let Story { cause, sentence, remedy, who, tasks } = story;
    let count = tasks.len();
    let (flags, mutation) = (expect_context::<Flags>(), Mutation::new());
    let id = place.project.clone();
    let retry = move |()| {
        let (id, tasks) = (id.clone(), tasks.clone());
        mutation.run(retry_all(id, tasks), move |count| {
            flags.done(if count == 1 {
                "Trying 1 task again".to_owned()
            } else {
                format!("Trying {count} tasks again")
            });
            on_retried.run(());
        });
    };
    let words = if count == 1 { "Retry".to_owned() } else { format!("Retry all {count}") };
    let mapping = is_mended_in_the_mapping(cause) && place.may;
    view! {
        <li class="story">
            <p><strong>{sentence}</strong> {format!(" {}. ", waiting(count))} {remedy}</p>
            <p class="subtle">{format!("Who: {}", who.title())}</p>
            {mutation.failure()}
            <div class="buttons">
                {when(mapping, || view! { <Link to=place.mapping() class=Look::Primary.class()>"Open mapping"</Link> }.into_any())}
                {when(place.may, || view! { <Button on_press=retry busy=mutation.busy()>{words}</Button> }.into_any())}
                <Link to=place.tasks(Some(TaskState::Blocked), Some(cause)) class=Look::Subtle.class()>"Show " {count_of(u32::try_from(count).unwrap_or(u32::MAX))}</Link>
            </div>
        </li>
    }
    .into_any()
}

/// Asks for another attempt of each, and counts them. What is not blocked any more needs none. Those before a failure are
/// tried again all the same.
async fn retry_all(id: ProjectId, tasks: Vec<String>) -> Result<usize, CallError> {
    let mut retried = 0;
    for external_id in tasks {
        match call::<RetryTask>(&TaskPath { id: id.clone(), external_id }, &Nothing {}).await {
            Ok(_) => retried += 1,
            Err(error) if error.code() == Some(ProblemCode::TaskNotReady) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(retried)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(id: &str, sentence: &str) -> Task {
        let json = format!(
            r#"{{"id":"tsk_1","external_id":"{id}","title":"T","status":"open","url":null,"kind":null,"priority":null,
            "labels":[],"properties":{{}},"state":"blocked","since":"2026-01-01T00:00:00Z","next_at":null,"issue":null,"base":null,"version":1,
            "changed_at":null,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z",
            "blocked":{{"cause":"field_required","sentence":"{sentence}","remedy":"R","who":"issue_tracking"}}}}"#
        );
        serde_json::from_str(&json).expect("a task")
    }

    #[test]
    fn one_cause_is_told_once_and_another_field_is_another_story() {
        let tasks = [blocked("a", "About severity."), blocked("b", "About team."), blocked("c", "About team.")];
        let stories = told(&tasks);
        let counts: Vec<_> = stories.iter().map(|story| (story.sentence.as_str(), story.tasks.len())).collect();
        assert_eq!(counts, [("About team.", 2), ("About severity.", 1)]);
    }
}
