//! *Members*: everybody who may sign in.

use api::{List, ListMembers, Member, Nothing, Role, SignOutMember};
use leptos::prelude::*;

use crate::{
    client::call,
    ui::{
        button::Button,
        confirm_dialog::ConfirmDialog,
        flags::Flags,
        isolated,
        mutation::Mutation,
        page_title::PageTitle,
        panel::panel,
        query::Query,
        table::{cell, row, table},
    },
};

/// The screen.
#[component]
pub(crate) fn MembersPage() -> impl IntoView {
    let flags: Flags = expect_context();
    let members = Query::new(|| async { call::<ListMembers>(&(), &Nothing {}).await });
    let signing_out = RwSignal::new(None::<Member>);
    let mutation = Mutation::new();
    let sign_out = move |member: Member| {
        let id = member.id.clone();
        mutation.run(async move { call::<SignOutMember>(&id, &Nothing {}).await }, move |_| {
            signing_out.set(None);
            flags.done(format!("Signed {} out everywhere", isolated(member.called())));
        });
    };
    let name = move || signing_out.get().map(|member| member.called().to_owned()).unwrap_or_default();
    let shown = move |list: List<Member>| {
        let rows = list.items.into_iter().map(|member| line(member, signing_out)).collect();
        table("Members", &["Name", "E-mail", "Role", "Actions"], rows)
    };
    view! {
        <PageTitle>"Members"</PageTitle>
        <p class="subtle">"Everybody who may sign in: the administrators, and whoever belongs to a workspace."</p>
        {panel(members, "Loading members", shown)}
        <ConfirmDialog target=signing_out title="Sign out everywhere" verb="Sign out 1 member" mutation on_confirm=sign_out>
            <p><strong><bdi>{name}</bdi></strong> " is signed out on every device, and may sign in again."</p>
        </ConfirmDialog>
    }
}

/// The name of a member. Members have none until they first sign in.
pub(crate) fn member_name(member: &Member) -> AnyView {
    if member.name.is_empty() {
        return view! { <span class="subtle">"Never signed in"</span> }.into_any();
    }
    view! { <bdi>{member.name.clone()}</bdi> }.into_any()
}

fn line(member: Member, signing_out: RwSignal<Option<Member>>) -> AnyView {
    let role = if member.role == Role::Administrator { "Administrator" } else { "Member" };
    let about = member_name(&member);
    let email = view! { <bdi>{member.email.clone()}</bdi> }.into_any();
    let (id, label) = (format!("out-{}", member.id), format!("Sign out everywhere: {}", member.called()));
    let out = view! { <Button id label on_press=move |()| signing_out.set(Some(member.clone()))>"Sign out everywhere"</Button> };
    row(about, vec![cell("E-mail", email), cell("Role", role.into_any())], Some(out.into_any()))
}
