//! What can be done with a task: try again, choose a side, link, unlink.

use api::{
    BlockedCause, Keep, Nothing, ResolveTask, ResolveTaskRequest, RetryTask, Task, TaskPath, TaskState, UnlinkTask,
};
use leptos::prelude::*;

use super::link_dialog::LinkDialog;
use crate::{
    client::call,
    context::expect_context,
    ui::{
        button::{Button, Look},
        confirm_dialog::ConfirmDialog,
        flags::Flags,
        isolated,
        mutation::Mutation,
        when,
    },
};

/// Whether a person chooses between the two statuses.
pub(super) fn is_a_choice(task: &Task) -> bool {
    let reopened = task.blocked.as_ref().is_some_and(|blocked| blocked.cause == BlockedCause::Reopened);
    task.issue.is_some() && (task.state == TaskState::Conflict || reopened)
}

/// Whether another attempt can be asked for.
fn may_be_retried(task: &Task) -> bool {
    matches!(task.state, TaskState::Blocked | TaskState::Retrying | TaskState::Missing | TaskState::OutcomeUnknown)
}

/// The buttons, and their dialogs. `on_done` is called with the task after a change.
#[component]
pub(super) fn TaskActions(task: Task, path: TaskPath, on_done: Callback<Task>) -> impl IntoView {
    let flags: Flags = expect_context();
    let mutation = Mutation::new();
    let (linking, unlinking) = (RwSignal::new(false), RwSignal::new(None::<()>));
    let done = move |words: &'static str| {
        move |task: Task| {
            linking.set(false);
            unlinking.set(None);
            flags.done(words.to_owned());
            on_done.run(task);
        }
    };
    let at = StoredValue::new(path.clone());
    let retry = move |()| {
        mutation.run(async move { call::<RetryTask>(&at.get_value(), &Nothing {}).await }, done("Trying it again"));
    };
    let keep = move |keep: Keep, words: &'static str| {
        let request = ResolveTaskRequest { keep };
        mutation.run(async move { call::<ResolveTask>(&at.get_value(), &request).await }, done(words));
    };
    let unlink = move |()| {
        mutation.run(async move { call::<UnlinkTask>(&at.get_value(), &Nothing {}).await }, done("Unlinked"));
    };
    let is_linked = task.issue.is_some() && task.state != TaskState::Unlinked;
    let key = task.issue.as_ref().map(|issue| issue.key.clone()).unwrap_or_default();
    let (choice, again) = (is_a_choice(&task), may_be_retried(&task));
    let choices = choose(&task);
    view! {
        {choices}
        {move || when(unlinking.with(Option::is_none), || mutation.failure())}
        <div class="buttons">
            {when(choice, || view! {
                <Button id="keep-product" on_press=move |()| keep(Keep::Product, "The product's status stands")>"Keep the product's status"</Button>
                <Button id="keep-jira" on_press=move |()| keep(Keep::Jira, "Jira's status stands")>"Keep Jira's status"</Button>
            }.into_any())}
            {when(again, || view! { <Button id="retry" look=Look::Primary on_press=retry busy=mutation.busy()>"Retry"</Button> }.into_any())}
            {when(!is_linked, || view! { <Button id="link" on_press=move |()| linking.set(true)>"Link"</Button> }.into_any())}
            {when(is_linked, || view! { <Button id="unlink" look=Look::Subtle on_press=move |()| unlinking.set(Some(()))>"Unlink"</Button> }.into_any())}
        </div>
        <LinkDialog open=linking path on_linked=Callback::new(done("Linked")) />
        <ConfirmDialog target=unlinking title="Unlink task" verb="Unlink 1 task" mutation on_confirm=unlink>
            <p>{format!("The task and {} go on without each other:", isolated(&key))}</p>
            <ul>
                <li>"Both stay as they are. No status follows the other any more."</li>
                <li>"When your product pushes the task again, no other issue is created."</li>
                <li>"Link puts them together again."</li>
            </ul>
        </ConfirmDialog>
    }
}

/// What each choice does, before it is made.
fn choose(task: &Task) -> AnyView {
    if !is_a_choice(task) {
        return ().into_any();
    }
    let jira = task.issue.as_ref().and_then(|issue| issue.status.as_ref()).map(|status| isolated(&status.name));
    let product = isolated(task.status.as_str());
    view! {
        <ul>
            <li>{format!("Keep the product's status: {product} stands, and the issue is moved.")}</li>
            <li>{format!("Keep Jira's status: {} stands, and the product is told.", jira.unwrap_or_else(|| "the issue's status".to_owned()))}</li>
        </ul>
    }
    .into_any()
}
