//! *Add member*.

use api::{AddMember, MemberDetails, NewMember, Workspace, WorkspaceId};
use leptos::prelude::*;

use super::membership_form::MembershipForm;
use crate::client::call;

/// The form. Members belong to a workspace, so there is at least one.
#[component]
pub(super) fn AddForm(
    /// The workspaces that are not archived.
    workspaces: Vec<Workspace>,
    /// Called with the member.
    on_added: Callback<MemberDetails>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let form = MembershipForm::new();
    let only = if let [only] = workspaces.as_slice() { Some(only.id.clone()) } else { None };
    let chosen = RwSignal::new(only);
    let add = Callback::new(move |()| {
        let Some((email, issue_tracking, workspace)) = form.entered(chosen.get_untracked()) else { return };
        let new = NewMember { email, workspace, issue_tracking };
        form.mutation.run(async move { call::<AddMember>(&(), &new).await }, move |member| on_added.run(member));
    });
    form.view(workspace_field(&workspaces, chosen, form), add, on_cancel)
}

fn workspace_field(workspaces: &[Workspace], chosen: RwSignal<Option<WorkspaceId>>, form: MembershipForm) -> AnyView {
    let option = |workspace: &Workspace| {
        let selected = chosen.with_untracked(|chosen| chosen.as_ref() == Some(&workspace.id));
        view! { <option value=workspace.id.to_string() selected=selected>{workspace.name.to_string()}</option> }
            .into_any()
    };
    let options: Vec<AnyView> = workspaces.iter().map(option).collect();
    let is_missing = move || form.was_tried() && chosen.with(Option::is_none);
    view! {
        <div class="field">
            <label class="field-label" for="member-workspace">
                "Workspace" <span class="field-required" aria-hidden="true">"*"</span>
            </label>
            <select
                class="select"
                id="member-workspace"
                required=true
                aria-describedby="member-workspace-error member-workspace-help"
                aria-invalid=move || is_missing().then_some("true")
                on:change:target=move |event| chosen.set(WorkspaceId::parse(event.target().value()).ok())
            >
                <option value="">"Choose"</option>
                {options}
            </select>
            <div class="field-notes">
                <p class="field-error" id="member-workspace-error" aria-live="polite">
                    {move || if is_missing() { "Choose a workspace." } else { "" }}
                </p>
                <p class="field-help" id="member-workspace-help">"The person sees its connections. More can be added later."</p>
            </div>
        </div>
    }
    .into_any()
}
