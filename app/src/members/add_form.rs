//! *Add member*.

use api::{AddMember, MemberDetails, NewMember, ProblemCode, Workspace, WorkspaceId};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        choice::choice,
        field::{TextField, focus_first_error},
        mutation::Mutation,
    },
};

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
    let email = RwSignal::new(String::new());
    let only = if let [only] = workspaces.as_slice() { Some(only.id.clone()) } else { None };
    let chosen = RwSignal::new(only);
    let tracks = RwSignal::new(false);
    let tried = RwSignal::new(false);
    let mutation = Mutation::new();
    let add = move |()| {
        tried.set(true);
        let email = email.get_untracked().trim().to_owned();
        let Some(workspace) = chosen.get_untracked().filter(|_| !email.is_empty()) else { return focus_first_error() };
        let new = NewMember { email, workspace, issue_tracking: tracks.get_untracked() };
        mutation.run(async move { call::<AddMember>(&(), &new).await }, move |member| on_added.run(member));
    };
    let error = Signal::derive(move || {
        let is_missing = || tried.get() && email.with(|email| email.trim().is_empty());
        mutation
            .refused(ProblemCode::InvalidRequest)
            .or_else(|| is_missing().then(|| "Enter an e-mail address.".to_owned()))
    });
    view! {
        <TextField
            id="member-email"
            label="E-mail"
            help="The address that the person signs in with. They need not have signed in before."
            value=email
            error
            on_leave=|()| ()
        />
        {workspace_field(&workspaces, chosen, tried)}
        <div class="field">
            {choice(
                "Issue tracking: may edit projects, review errors and reauthorize".into_any(),
                false,
                Callback::new(move |ticked| tracks.set(ticked)),
            )}
        </div>
        {mutation.failure_except(ProblemCode::InvalidRequest)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=add busy=mutation.busy()>"Add"</Button>
        </div>
    }
}

fn workspace_field(workspaces: &[Workspace], chosen: RwSignal<Option<WorkspaceId>>, tried: RwSignal<bool>) -> AnyView {
    let option = |workspace: &Workspace| {
        let selected = chosen.with_untracked(|chosen| chosen.as_ref() == Some(&workspace.id));
        view! { <option value=workspace.id.to_string() selected=selected>{workspace.name.to_string()}</option> }
            .into_any()
    };
    let options: Vec<AnyView> = workspaces.iter().map(option).collect();
    let is_missing = move || tried.get() && chosen.with(Option::is_none);
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
