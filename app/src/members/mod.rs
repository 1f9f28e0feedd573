//! *Members*: everybody who may sign in.

mod add_form;
mod membership_form;

use api::{
    List, ListMembers, ListWorkspaces, Member, MemberDetails, Nothing, ReleaseAccount, RemoveMember, Role,
    SignOutMember, Workspace,
};
use leptos::prelude::*;

use crate::{
    client::{CallError, call},
    context::expect_context,
    members::add_form::AddForm,
    navigation::Link,
    route::{Route, WorkspaceTab},
    ui::{
        button::{Button, Look},
        confirm_dialog::ConfirmDialog,
        dialog::Dialog,
        flags::Flags,
        focus,
        icon::Icon,
        isolated,
        learn_more::learn_more,
        menu::menu,
        moment::moment,
        mutation::Mutation,
        page_title::PageTitle,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

pub(crate) use membership_form::MembershipForm;

/// The members, and the workspaces that are not archived.
type Everybody = (List<MemberDetails>, Vec<Workspace>);

/// Whom a dialog asks about.
#[derive(Clone, Copy)]
struct MemberDialogState {
    signing_out: RwSignal<Option<MemberDetails>>,
    releasing: RwSignal<Option<MemberDetails>>,
    removing: RwSignal<Option<MemberDetails>>,
}

/// The screen.
#[component]
pub(crate) fn MembersPage() -> impl IntoView {
    let flags: Flags = expect_context();
    let everybody: Query<Everybody> = Query::new(load);
    let adding = RwSignal::new(false);
    let dialogs = MemberDialogState {
        signing_out: RwSignal::new(None),
        releasing: RwSignal::new(None),
        removing: RwSignal::new(None),
    };
    let reload = Callback::new(move |()| everybody.reload());
    let close = Callback::new(move |()| adding.set(false));
    let added = Callback::new(move |member: MemberDetails| {
        close.run(());
        flags.done(format!("Added {}", isolated(&member.email)));
        reload.run(());
    });
    let workspaces = move || everybody.get().and_then(Result::ok).map(|(_, workspaces)| workspaces).unwrap_or_default();
    let add = move || {
        view! {
            <Button id="add-member" look=Look::Primary on_press=move |()| adding.set(true)>
                {Icon::Add.view()} "Add member"
            </Button>
        }
        .into_any()
    };
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Members"</PageTitle>
                <p class="subtle">"Everybody who may sign in: the administrators, and whoever belongs to a workspace."</p>
            </div>
            {move || when(!workspaces().is_empty(), add)}
        </div>
        {panel(everybody, "Loading members", move |(members, workspaces)| listed(members, &workspaces, dialogs))}
        <Dialog open=adding.into() on_close=close title="Add member">
            <AddForm workspaces=untrack(workspaces) on_added=added on_cancel=close />
        </Dialog>
        {sign_out_dialog(dialogs.signing_out)}
        {release_dialog(dialogs.releasing)}
        {remove_dialog(dialogs.removing, reload)}
    }
}

async fn load() -> Result<Everybody, CallError> {
    let members = call::<ListMembers>(&(), &Nothing {}).await?;
    let workspaces = call::<ListWorkspaces>(&(), &Nothing {}).await?.items;
    Ok((members, workspaces.into_iter().filter(|one| one.archived_at.is_none()).collect()))
}

fn listed(members: List<MemberDetails>, workspaces: &[Workspace], dialogs: MemberDialogState) -> AnyView {
    let rows = members.items.into_iter().map(|member| line(member, dialogs)).collect();
    let heads = &["Name", "E-mail", "Role", "Workspaces", "Last signed in", "Actions"];
    view! {
        {when(workspaces.is_empty(), || {
            view! {
                <p>
                    "To let others in, " <Link to=Route::Workspaces.path()>"create a workspace"</Link>
                    ": members belong to at least one."
                </p>
            }
            .into_any()
        })}
        {table("Members", heads, rows)}
        <p class="subtle small">
            "Administrators are named by the operator of Causeway, in the setting " <code>"ADMINS"</code>
            ". They see every workspace, and only the operator adds or removes them. "
            {learn_more("/help/workspaces/#members".to_owned())}
        </p>
    }
    .into_any()
}

fn name_of(target: RwSignal<Option<MemberDetails>>) -> String {
    target.get().map(called).unwrap_or_default()
}

/// The name to show.
fn called(member: MemberDetails) -> String {
    Member::from(member).called().to_owned()
}

fn sign_out_dialog(target: RwSignal<Option<MemberDetails>>) -> AnyView {
    let (flags, mutation): (Flags, _) = (expect_context(), Mutation::new());
    let sign_out = move |member: MemberDetails| {
        let id = member.id.clone();
        mutation.run(async move { call::<SignOutMember>(&id, &Nothing {}).await }, move |_| {
            target.set(None);
            flags.done(format!("Signed {} out everywhere", isolated(&called(member))));
        });
    };
    view! {
        <ConfirmDialog target title="Sign out everywhere" verb="Sign out 1 member" mutation on_confirm=sign_out>
            <p><strong><bdi>{move || name_of(target)}</bdi></strong> " is signed out on every device, and may sign in again."</p>
        </ConfirmDialog>
    }
    .into_any()
}

fn release_dialog(target: RwSignal<Option<MemberDetails>>) -> AnyView {
    let (flags, mutation): (Flags, _) = (expect_context(), Mutation::new());
    let release = move |member: MemberDetails| {
        let id = member.id.clone();
        mutation.run(async move { call::<ReleaseAccount>(&id, &Nothing {}).await }, move |_| {
            target.set(None);
            flags.done(format!("Released the account of {}", isolated(&called(member))));
        });
    };
    view! {
        <ConfirmDialog target title="Release account" verb="Release 1 account" mutation on_confirm=release>
            <p>
                "Whoever next signs in with the address of " <strong><bdi>{move || name_of(target)}</bdi></strong>
                " gets all of this member's rights, with whichever account that is. All sessions end now."
            </p>
        </ConfirmDialog>
    }
    .into_any()
}

/// The name of a member. Members have none until they first sign in.
pub(crate) fn member_name(member: &Member) -> AnyView {
    if member.name.is_empty() {
        return view! { <span class="subtle">"Never signed in"</span> }.into_any();
    }
    view! { <bdi>{member.name.clone()}</bdi> }.into_any()
}

fn remove_dialog(target: RwSignal<Option<MemberDetails>>, reload: Callback<()>) -> AnyView {
    let (flags, mutation): (Flags, _) = (expect_context(), Mutation::new());
    let remove = move |member: MemberDetails| {
        let id = member.id.clone();
        mutation.run(async move { call::<RemoveMember>(&id, &Nothing {}).await }, move |_| {
            target.set(None);
            flags.done(format!("Removed {}", isolated(&called(member))));
            focus("add-member");
            reload.run(());
        });
    };
    view! {
        <ConfirmDialog target title="Remove member" verb="Remove 1 member" mutation on_confirm=remove>
            {move || target.get().map(removal_ends)}
        </ConfirmDialog>
    }
    .into_any()
}

/// What removing a member ends.
fn removal_ends(member: MemberDetails) -> AnyView {
    let names =
        member.workspaces.iter().map(|one| isolated(one.workspace.name.as_str())).collect::<Vec<_>>().join(", ");
    view! {
        <p><strong><bdi>{called(member)}</bdi></strong> " may not sign in any more:"</p>
        <ul>
            <li>{format!("Leaves {names}.")}</li>
            <li>"Is no admin of any connection any more."</li>
            <li>"Is signed out on every device."</li>
            <li>"What this member did stays in the activity and the audit log. Connections stay as they are."</li>
        </ul>
    }
    .into_any()
}

/// A member's row. An account can be released once the member has signed in with one.
fn line(member: MemberDetails, dialogs: MemberDialogState) -> AnyView {
    let is_administrator = member.role == Role::Administrator;
    let (id, label) = (format!("menu-{}", member.id), format!("Actions for {}", called(member.clone())));
    let has_signed_in = !member.name.is_empty();
    let last = match member.last_signed_in_at {
        Some(at) => moment(at),
        None if has_signed_in => "Not known".into_any(),
        None => "Never".into_any(),
    };
    let cells = vec![
        cell("E-mail", view! { <bdi>{member.email.clone()}</bdi> }.into_any()),
        cell("Role", if is_administrator { "Administrator" } else { "Member" }.into_any()),
        cell("Workspaces", workspaces_of(&member)),
        cell("Last signed in", last),
    ];
    let about = member_name(&member.clone().into());
    let member = StoredValue::new(member);
    let ask =
        move |target: RwSignal<Option<MemberDetails>>| Callback::new(move |()| target.set(Some(member.get_value())));
    let mut items = vec![("Sign out everywhere", ask(dialogs.signing_out))];
    if has_signed_in {
        items.push(("Release account", ask(dialogs.releasing)));
    }
    if !is_administrator {
        items.push(("Remove", ask(dialogs.removing)));
    }
    row(about, cells, Some(menu(id, label, items)))
}

/// The workspaces that a member belongs to. Administrators see all, whichever they belong to.
fn workspaces_of(member: &MemberDetails) -> AnyView {
    if member.role == Role::Administrator && member.workspaces.is_empty() {
        return "All".into_any();
    }
    let one = |of: &api::MembershipDetails| {
        let to = Route::Workspace(of.workspace.id.clone(), WorkspaceTab::Members).path();
        let role = when(of.issue_tracking, || view! { <span class="subtle small">" issue tracking"</span> }.into_any());
        let name = of.workspace.name.to_string();
        view! { <li><Link to><bdi>{name}</bdi></Link> {role}</li> }.into_any()
    };
    view! { <ul class="plain">{member.workspaces.iter().map(one).collect::<Vec<_>>()}</ul> }.into_any()
}
