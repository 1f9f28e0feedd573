//! *Rename workspace*.

use api::{EditWorkspace, Name, ProblemCode, Workspace, WorkspaceEdit};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        field::{TextField, focus_first_error},
        mutation::Mutation,
    },
};

/// The form.
#[component]
pub(super) fn RenameForm(
    /// The workspace to rename.
    before: Workspace,
    /// Called with the saved workspace.
    on_saved: Callback<Workspace>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(before.name.to_string());
    let left = RwSignal::new(false);
    let mutation = Mutation::new();
    let save = move |()| {
        left.set(true);
        let Ok(name) = Name::parse(&text.get_untracked()) else { return focus_first_error() };
        let (id, edit) = (before.id.clone(), WorkspaceEdit { name: Some(name), archived: None });
        let saved = async move { call::<EditWorkspace>(&id, &edit).await };
        mutation.run(saved, move |workspace| on_saved.run(workspace));
    };
    let error = Signal::derive(move || {
        let refused = || Name::parse(&text.get()).err().filter(|_| left.get()).map(|refused| refused.to_string());
        mutation.refused(ProblemCode::NameTaken).or_else(refused)
    });
    view! {
        <TextField
            id="workspace-name"
            label="Name"
            help="For example the team or the product."
            value=text
            error
            on_leave=|()| ()
        />
        {mutation.failure_except(ProblemCode::NameTaken)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=save busy=mutation.busy()>"Rename"</Button>
        </div>
    }
}
