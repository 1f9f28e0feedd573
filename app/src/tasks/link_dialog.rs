//! *Link*: takes an issue that exists already as the issue of a task. Nothing is moved by that.

use api::{LinkTask, LinkTaskRequest, ProblemCode, Task, TaskPath};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        failure::failure_beside,
        field::{TextField, focus_first_error},
        mutation::Mutation,
    },
};

/// The refusals that are about the field.
const REFUSALS: [ProblemCode; 3] = [ProblemCode::InvalidRequest, ProblemCode::IssueNotFound, ProblemCode::IssueTaken];

/// The dialog. `on_linked` is called with the task afterwards.
#[component]
pub(super) fn LinkDialog(open: RwSignal<bool>, path: TaskPath, on_linked: Callback<Task>) -> impl IntoView {
    let close = move |()| open.set(false);
    let path = StoredValue::new(path);
    view! {
        <Dialog open=open.into() on_close=close title="Link an issue">
            <Form path=path.get_value() on_linked on_cancel=Callback::new(close) />
        </Dialog>
    }
}

#[component]
fn Form(path: TaskPath, on_linked: Callback<Task>, on_cancel: Callback<()>) -> impl IntoView {
    let issue = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let mutation = Mutation::new();
    let link = move |()| {
        tried.set(true);
        let text = issue.with_untracked(|issue| issue.trim().to_owned());
        if text.is_empty() {
            return focus_first_error();
        }
        let (path, request) = (path.clone(), LinkTaskRequest { issue: text });
        mutation.run(async move { call::<LinkTask>(&path, &request).await }, move |task| on_linked.run(task));
    };
    let error = Signal::derive(move || {
        let empty = tried.get() && issue.with(|issue| issue.trim().is_empty());
        let refused = || REFUSALS.into_iter().find_map(|code| mutation.refused(code));
        empty.then(|| "Enter the key of the issue.".to_owned()).or_else(refused)
    });
    view! {
        <TextField id="issue" label="Issue" help="The key, for example ABC-12. Nothing moves by linking: the statuses are compared, and a difference is shown." value=issue error most="255" on_leave=|()| () />
        {move || failure_beside(mutation.error().filter(|error| error.code().is_none_or(|code| !REFUSALS.contains(&code))))}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=link busy=mutation.busy()>"Link"</Button>
        </div>
    }
}
