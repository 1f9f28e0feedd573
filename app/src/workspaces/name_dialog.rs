//! *Create workspace* and *Rename workspace*.

use api::{CreateWorkspace, EditWorkspace, Name, NewWorkspace, ProblemCode, Workspace, WorkspaceEdit};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        field::TextField,
        mutation::Mutation,
    },
};

/// The form, empty or for an existing workspace.
#[component]
pub(super) fn NameForm(
    /// The workspace to rename.
    #[prop(optional_no_strip)]
    before: Option<Workspace>,
    /// Called with the saved workspace.
    on_saved: Callback<Workspace>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(before.as_ref().map(|workspace| workspace.name.to_string()).unwrap_or_default());
    let left = RwSignal::new(false);
    let mutation = Mutation::new();
    let words = if before.is_some() { "Rename" } else { "Create" };
    let save = move |()| {
        left.set(true);
        let Ok(name) = Name::parse(&text.get_untracked()) else { return };
        let id = before.as_ref().map(|workspace| workspace.id.clone());
        let saved = async move {
            match id {
                None => call::<CreateWorkspace>(&(), &NewWorkspace::named(name)).await,
                Some(id) => call::<EditWorkspace>(&id, &WorkspaceEdit { name: Some(name), archived: None }).await,
            }
        };
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
            <Button look=Look::Primary on_press=save busy=mutation.busy()>{words}</Button>
        </div>
    }
}
