//! *Members* of a workspace.

use api::{
    AddWorkspaceMember, MemberOfWorkspace, Nothing, RemoveWorkspaceMember, Workspace, WorkspaceId, WorkspaceMember,
    WorkspaceMembership,
};
use leptos::prelude::*;

use crate::{
    client::call,
    context::expect_context,
    members::{MembershipForm, member_name},
    session::CurrentSession,
    ui::{
        button::{Button, Look},
        confirm_dialog::ConfirmDialog,
        dialog::Dialog,
        focus,
        icon::Icon,
        menu::menu,
        mutation::Mutation,
        table::{cell, row, table},
        when,
    },
};

/// The tab.
#[component]
pub(super) fn MembersTab(workspace: Workspace, on_change: Callback<()>) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let administrator = untrack(|| session.is_administrator());
    let adding = RwSignal::new(false);
    let removing = RwSignal::new(None::<WorkspaceMember>);
    let id = StoredValue::new(workspace.id.clone());
    let changing = Mutation::flagged();
    let change =
        Callback::new(move |membership| changing.run(let_in(id.get_value(), membership), move |_| on_change.run(())));
    let mutation = Mutation::new();
    let remove = move |gone: WorkspaceMember| {
        let which = MemberOfWorkspace { id: id.get_value(), member: gone.member.id };
        mutation.run(async move { call::<RemoveWorkspaceMember>(&which, &Nothing {}).await }, move |_| {
            removing.set(None);
            focus("add-member");
            on_change.run(());
        });
    };
    let close = Callback::new(move |()| adding.set(false));
    let added = Callback::new(move |()| {
        close.run(());
        on_change.run(());
    });
    let name = move || removing.get().map(|gone| gone.member.called().to_owned()).unwrap_or_default();
    let rows = workspace.members.into_iter().map(|one| line(one, administrator, change, removing)).collect::<Vec<_>>();
    let add = move || {
        view! {
            <Button id="add-member" look=Look::Primary on_press=move |()| adding.set(true)>
                {Icon::Add.view()} "Add member"
            </Button>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="members">
            <div class="title-row"><h2 id="members">"Members"</h2> {when(administrator, add)}</div>
            <p class="subtle">"They see the workspace. With the role issue tracking they may also edit its projects, review errors and reauthorize its connections."</p>
            {listed(rows)}
        </section>
        <Dialog open=adding.into() on_close=close title="Add member">
            <MemberForm id=id.get_value() on_added=added on_cancel=close />
        </Dialog>
        <ConfirmDialog target=removing title="Remove member" verb="Remove 1 member" mutation on_confirm=remove>
            <p><strong><bdi>{name}</bdi></strong> " does not see this workspace any more. Who belongs to no workspace is signed out."</p>
        </ConfirmDialog>
    }
}

fn listed(rows: Vec<AnyView>) -> AnyView {
    if rows.is_empty() {
        return view! { <section class="empty"><h3>"No members yet"</h3><p>"Administrators see every workspace. Add the others by their e-mail address."</p></section> }
            .into_any();
    }
    table("Members", &["Name", "E-mail", "Role", "Actions"], rows)
}

async fn let_in(id: WorkspaceId, membership: WorkspaceMembership) -> Result<Workspace, crate::client::CallError> {
    call::<AddWorkspaceMember>(&id, &membership).await
}

fn line(
    one: WorkspaceMember,
    administrator: bool,
    change: Callback<WorkspaceMembership>,
    removing: RwSignal<Option<WorkspaceMember>>,
) -> AnyView {
    let member = one.member.clone();
    let (role, other) = if one.issue_tracking {
        ("Issue tracking", "Take the role away")
    } else {
        ("Member", "Give the role issue tracking")
    };
    let (id, label) = (format!("menu-{}", member.id), format!("Actions for {}", member.called()));
    let membership = WorkspaceMembership { email: member.email.clone(), issue_tracking: !one.issue_tracking };
    let switch = Callback::new(move |()| change.run(membership.clone()));
    let remove = Callback::new(move |()| removing.set(Some(one.clone())));
    let name = member_name(&member);
    let cells = vec![cell("E-mail", view! { <bdi>{member.email}</bdi> }.into_any()), cell("Role", role.into_any())];
    let actions = when(administrator, || menu(id, label, vec![(other, switch), ("Remove", remove)]));
    row(name, cells, Some(actions))
}

#[component]
fn MemberForm(id: WorkspaceId, on_added: Callback<()>, on_cancel: Callback<()>) -> impl IntoView {
    let form = MembershipForm::new();
    let add = Callback::new(move |()| {
        let Some((email, issue_tracking, id)) = form.entered(Some(id.clone())) else { return };
        let membership = WorkspaceMembership { email, issue_tracking };
        form.mutation.run(let_in(id, membership), move |_| on_added.run(()));
    });
    form.view(().into_any(), add, on_cancel)
}
