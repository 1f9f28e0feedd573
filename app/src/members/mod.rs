//! *Members*: everybody who may sign in.

use api::{List, ListMembers, Member, Nothing, ReleaseAccount, Role, SignOutMember};
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
    let members = Query::new(|| async { call::<ListMembers>(&(), &Nothing {}).await });
    let (signing_out, releasing) = (RwSignal::new(None::<Member>), RwSignal::new(None::<Member>));
    let shown = move |list: List<Member>| {
        let rows = list.items.into_iter().map(|member| line(member, signing_out, releasing)).collect();
        table("Members", &["Name", "E-mail", "Role", "Actions"], rows)
    };
    view! {
        <PageTitle>"Members"</PageTitle>
        <p class="subtle">"Everybody who may sign in: the administrators, and whoever belongs to a workspace."</p>
        {panel(members, "Loading members", shown)}
        {sign_out_dialog(signing_out)}
        {release_dialog(releasing)}
    }
}

fn name_of(target: RwSignal<Option<Member>>) -> String {
    target.get().map(|member| member.called().to_owned()).unwrap_or_default()
}

fn sign_out_dialog(target: RwSignal<Option<Member>>) -> AnyView {
    let (flags, mutation): (Flags, _) = (expect_context(), Mutation::new());
    let sign_out = move |member: Member| {
        let id = member.id.clone();
        mutation.run(async move { call::<SignOutMember>(&id, &Nothing {}).await }, move |_| {
            target.set(None);
            flags.done(format!("Signed {} out everywhere", isolated(member.called())));
        });
    };
    view! {
        <ConfirmDialog target title="Sign out everywhere" verb="Sign out 1 member" mutation on_confirm=sign_out>
            <p><strong><bdi>{move || name_of(target)}</bdi></strong> " is signed out on every device, and may sign in again."</p>
        </ConfirmDialog>
    }
    .into_any()
}

fn release_dialog(target: RwSignal<Option<Member>>) -> AnyView {
    let (flags, mutation): (Flags, _) = (expect_context(), Mutation::new());
    let release = move |member: Member| {
        let id = member.id.clone();
        mutation.run(async move { call::<ReleaseAccount>(&id, &Nothing {}).await }, move |_| {
            target.set(None);
            flags.done(format!("Released the account of {}", isolated(member.called())));
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

/// A member's row. An account can be released once the member has signed in with one.
fn line(member: Member, signing_out: RwSignal<Option<Member>>, releasing: RwSignal<Option<Member>>) -> AnyView {
    let role = if member.role == Role::Administrator { "Administrator" } else { "Member" };
    let about = member_name(&member);
    let email = view! { <bdi>{member.email.clone()}</bdi> }.into_any();
    let out = action("out", "Sign out everywhere", &member, signing_out);
    let release = (!member.name.is_empty()).then(|| action("release", "Release account", &member, releasing));
    let actions = view! { {out} " " {release} }.into_any();
    row(about, vec![cell("E-mail", email), cell("Role", role.into_any())], Some(actions))
}

/// A button that asks about a member.
fn action(id: &str, verb: &'static str, member: &Member, target: RwSignal<Option<Member>>) -> AnyView {
    let (id, label) = (format!("{id}-{}", member.id), format!("{verb}: {}", member.called()));
    let member = member.clone();
    view! { <Button id label on_press=move |()| target.set(Some(member.clone()))>{verb}</Button> }.into_any()
}
