//! What needs a person first: one message for one cause, however many tasks it holds up.

use api::{
    Blocked, BlockedCause, BlockedStory, ListTasks, ListTasksQuery, Nothing, ProblemCode, ProjectId, ResyncScope,
    RetryTask, Task, TaskCounts, TaskPath, TaskState,
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
        when,
    },
};

/// The most tasks of one reason that are tried again one by one. More are left to a resync.
const RETRIED: u32 = 200;

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

/// The section; nothing while nothing needs a person. `counts` say whether anything does, `stories` what blocks tasks.
#[component]
pub(super) fn NeedsAPerson(
    place: ProjectPlace,
    counts: TaskCounts,
    stories: Vec<BlockedStory>,
    on_retried: Callback<()>,
) -> impl IntoView {
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
    let blocked = when(blocked > 0, || blocked_by(&place, stories, blocked, on_retried));
    view! {
        <section class="section notice" aria-labelledby="needs-a-person">
            <h2 id="needs-a-person" class="authorize-title">{Icon::Warning.view()} "What needs a person"</h2>
            {blocked}
            <ul class="codes">{others}</ul>
            {when(place.may, || view! { <p><Link to=place.resyncs(Some(ResyncScope::Failed))>"Resync what failed"</Link></p> }.into_any())}
        </section>
    }
    .into_any()
}

fn count_of(count: u32) -> String {
    if count == 1 { "this task".to_owned() } else { format!("these {count} tasks") }
}

/// The reasons that the edge has counted, and how many tasks have others.
fn blocked_by(place: &ProjectPlace, stories: Vec<BlockedStory>, total: u32, on_retried: Callback<()>) -> AnyView {
    let told: u32 = stories.iter().map(|story| story.tasks).sum();
    let rest = total.saturating_sub(told);
    let stories: Vec<AnyView> = stories.into_iter().map(|story| told_once(story, place, on_retried)).collect();
    let more =
        (rest > 0).then(|| view! { <p class="subtle">{format!("And {}, for other reasons.", waiting(rest))}</p> });
    view! { <ul class="codes">{stories}</ul> {more} }.into_any()
}

fn told_once(story: BlockedStory, place: &ProjectPlace, on_retried: Callback<()>) -> AnyView {
    let BlockedStory { blocked, tasks: count } = story;
    let Blocked { cause, sentence, remedy, who, .. } = blocked;
    let (flags, mutation) = (expect_context::<Flags>(), Mutation::new());
    let (id, of) = (place.project.clone(), sentence.clone());
    let retry = move |()| {
        let (id, of) = (id.clone(), of.clone());
        mutation.run(retry_all(id, cause, of), move |count| {
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
                {when(place.may && count <= RETRIED, || view! { <Button on_press=retry busy=mutation.busy()>{words}</Button> }.into_any())}
                <Link to=place.tasks(Some(TaskState::Blocked), Some(cause)) class=Look::Subtle.class()>"Show " {count_of(count)}</Link>
            </div>
        </li>
    }
    .into_any()
}

/// Asks for another attempt of each task that a reason holds up, and counts them. What is not blocked any more needs none.
/// Those before a failure are tried again all the same.
async fn retry_all(id: ProjectId, cause: BlockedCause, sentence: String) -> Result<usize, CallError> {
    let mut query =
        ListTasksQuery { state: Some(TaskState::Blocked), cause: Some(cause), limit: Some(200), ..Default::default() };
    let mut held_up = Vec::new();
    loop {
        let page = call::<ListTasks>(&id, &query).await?;
        let is_held_up = |task: &Task| task.blocked.as_ref().is_some_and(|blocked| blocked.sentence == sentence);
        held_up.extend(page.items.into_iter().filter(is_held_up).map(|task| task.external_id));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    let mut retried = 0;
    for external_id in held_up {
        match call::<RetryTask>(&TaskPath { id: id.clone(), external_id }, &Nothing {}).await {
            Ok(_) => retried += 1,
            Err(error) if error.code() == Some(ProblemCode::TaskNotReady) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(retried)
}
