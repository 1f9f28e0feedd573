//! *Create workspace* and *Rename workspace*.

use api::{CreateWorkspace, EditWorkspace, Name, NewWorkspace, ProblemCode, Workspace, WorkspaceEdit};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        errand::Errand,
        field::TextField,
    },
};

/// The form, empty or with the name that there is.
#[component]
pub(super) fn NameForm(
    /// The workspace that is renamed.
    #[prop(optional_no_strip)]
    before: Option<Workspace>,
    /// Takes it as it is saved.
    on_saved: Callback<Workspace>,
    /// What to do when it is not saved.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(before.as_ref().map(|workspace| workspace.name.to_string()).unwrap_or_default());
    let left = RwSignal::new(false);
    let errand = Errand::new();
    let words = if before.is_some() { "Rename" } else { "Create" };
    let save = move |()| {
        left.set(true);
        let Ok(name) = Name::parse(&text.get_untracked()) else { return };
        let id = before.as_ref().map(|workspace| workspace.id.clone());
        let saved = async move {
            match id {
                None => call::<CreateWorkspace>(&(), &NewWorkspace { name }).await,
                Some(id) => call::<EditWorkspace>(&id, &WorkspaceEdit { name: Some(name), archived: None }).await,
            }
        };
        errand.run(saved, move |workspace| on_saved.run(workspace));
    };
    let error = Signal::derive(move || {
        let refused = || Name::parse(&text.get()).err().filter(|_| left.get()).map(|refused| refused.to_string());
        errand.refused(ProblemCode::NameTaken).or_else(refused)
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
        {errand.failure_but(ProblemCode::NameTaken)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary on_press=save busy=errand.busy()>{words}</Button>
        </div>
    }
    .into_any()
}
