//! *Access to Jira*: what the person lets Causeway read as them, and for administrators who else does.

use api::{
    CONSENT_URL, GetMyAccess, GrantOfViewer, List, ListViewers, MyAccess, Nothing, RemoveViewerGrant, Viewer,
    ViewerGrant, ViewerId,
};
use leptos::prelude::*;

use super::{delegations::GivenAccess, embeds::AnonymousCharts, styles};
use crate::{
    client::call,
    context::expect_context,
    navigation::Link,
    route::Route,
    session::CurrentSession,
    ui::{
        button::Button,
        confirm_dialog::ConfirmDialog,
        flags::Flags,
        icon::Icon,
        learn_more::learn_more,
        lozenge::{Tone, lozenge},
        moment::moment,
        mutation::Mutation,
        page_title::PageTitle,
        panel::panel,
        query::Query,
        table::{cell, row, table},
        when,
    },
};

/// A grant that is about to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Removing {
    viewer: ViewerId,
    grant: ViewerGrant,
    /// Whose it is; `None`: the person's own.
    person: Option<String>,
}

/// The screen.
#[component]
pub(crate) fn ChartAccessPage() -> impl IntoView {
    styles::load();
    let session: CurrentSession = expect_context();
    let mine: Query<MyAccess> = Query::new(|| async { call::<GetMyAccess>(&(), &Nothing {}).await });
    let removing = RwSignal::new(None::<Removing>);
    let removed = RwSignal::new(0_u32);
    let is_administrator = Memo::new(move |_| session.is_administrator());
    let on_removed = Callback::new(move |()| {
        mine.reload();
        removed.update(|count| *count = count.wrapping_add(1));
    });
    view! {
        <nav class="crumb" aria-label="Breadcrumb"><Link to=Route::Charts.path()>"Charts"</Link></nav>
        <PageTitle>"Access to Jira"</PageTitle>
        <p class="subtle">
            "Charts show what each person may see in Jira. For that, Causeway reads Jira as them, once they agreed to it. "
            {learn_more("/help/charts/#access".to_owned())}
        </p>
        <section class="section" aria-labelledby="my-access">
            <h2 id="my-access">"My access"</h2>
            {panel(mine, "Loading your access", move |mine| my_access(mine, removing))}
        </section>
        <GivenAccess />
        {move || when(is_administrator.get(), || view! { <Viewers removing removed /> <AnonymousCharts /> }.into_any())}
        <RemoveDialog removing on_removed />
    }
}

fn my_access(mine: MyAccess, removing: RwSignal<Option<Removing>>) -> AnyView {
    let Some(viewer) = mine.viewer.filter(|_| !mine.grants.is_empty()) else {
        return view! {
            <section class="empty">
                <h3>"Causeway does not read Jira as you"</h3>
                <p>"The first chart of a site that you open asks for it. It takes one click, once for each site."</p>
                <Link to=Route::Charts.path()>"Go to charts"</Link>
            </section>
        }
        .into_any();
    };
    let line = |grant: ViewerGrant| {
        let removing_this = Removing { viewer: viewer.clone(), grant: grant.clone(), person: None };
        row(site(&grant), facts(&grant), Some(remove_button(removing_this, removing)))
    };
    let rows = mine.grants.into_iter().map(line).collect();
    table("My access", &["Site", "Account", "Since", "Last used", "State", "Actions"], rows)
}

fn site(grant: &ViewerGrant) -> AnyView {
    view! { <bdi>{grant.site.name.clone()}</bdi> <bdi class="status-more">{grant.site.url.clone()}</bdi> }.into_any()
}

/// The cells about a grant.
fn facts(grant: &ViewerGrant) -> Vec<AnyView> {
    let account = grant.account.as_ref().map_or_else(|| "Not told".to_owned(), |account| account.name.clone());
    let used = grant.last_used_at.map_or_else(|| "Never".into_any(), moment);
    let state = match grant.ended_at {
        Some(at) => view! { {lozenge(Tone::Neutral, "Ended")} <span class="status-more">{moment(at)} ". The next chart asks again."</span> }
            .into_any(),
        None => lozenge(Tone::Success, "Works"),
    };
    vec![
        cell("Account", view! { <bdi>{account}</bdi> }.into_any()),
        cell("Since", moment(grant.authorized_at)),
        cell("Last used", used),
        cell("State", state),
    ]
}

fn remove_button(one: Removing, removing: RwSignal<Option<Removing>>) -> AnyView {
    let whose =
        one.person.as_ref().map_or_else(|| "your access".to_owned(), |person| format!("the access of {person}"));
    let label = format!("Remove {whose} to {}", one.grant.site.name);
    let id = format!("remove-{}", one.grant.id);
    view! { <Button id label on_press=move |()| removing.set(Some(one.clone()))>"Remove"</Button> }.into_any()
}

/// Everybody who lets Causeway read Jira as them. Loaded again when `removed` changes.
#[component]
fn Viewers(removing: RwSignal<Option<Removing>>, removed: RwSignal<u32>) -> impl IntoView {
    let viewers: Query<List<Viewer>> = Query::new(|| async { call::<ListViewers>(&(), &Nothing {}).await });
    Effect::new(move |before: Option<u32>| {
        let now = removed.get();
        if before.is_some_and(|before| before != now) {
            viewers.reload();
        }
        now
    });
    view! {
        <section class="section" aria-labelledby="viewers">
            <h2 id="viewers">"Viewers"</h2>
            <p class="subtle">"Everybody who agreed that Causeway reads Jira as them. Only charts use this access."</p>
            {panel(viewers, "Loading the viewers", move |list| listed(list, removing))}
        </section>
    }
}

fn listed(list: List<Viewer>, removing: RwSignal<Option<Removing>>) -> AnyView {
    let lines = |viewer: Viewer| {
        let email = viewer.member.as_ref().map_or("In Confluence or Jira", |member| &member.email).to_owned();
        let called = match &viewer.member {
            Some(member) if !member.name.is_empty() => member.name.clone(),
            _ => viewer.sort_key(),
        };
        let id = viewer.id;
        viewer.grants.into_iter().map(move |grant| {
            let about = view! { <bdi>{called.clone()}</bdi> <bdi class="status-more">{email.clone()}</bdi> }.into_any();
            let mut cells = vec![cell("Site", site(&grant))];
            cells.extend(facts(&grant));
            let one = Removing { viewer: id.clone(), grant, person: Some(called.clone()) };
            row(about, cells, Some(remove_button(one, removing)))
        })
    };
    let rows: Vec<AnyView> = list.items.into_iter().flat_map(lines).collect();
    if rows.is_empty() {
        return view! { <section class="empty"><h3>"No viewers yet"</h3><p>"Whoever loads a chart for the first time appears here."</p></section> }
            .into_any();
    }
    table("Viewers", &["Person", "Site", "Account", "Since", "Last used", "State", "Actions"], rows)
}

/// *Remove access*.
#[component]
fn RemoveDialog(removing: RwSignal<Option<Removing>>, on_removed: Callback<()>) -> impl IntoView {
    let flags: Flags = expect_context();
    let mutation = Mutation::new();
    let remove = move |one: Removing| {
        let params = GrantOfViewer { id: one.viewer, grant: one.grant.id };
        mutation.run(async move { call::<RemoveViewerGrant>(&params, &Nothing {}).await }, move |_| {
            flags.done("Removed the access".to_owned());
            removing.set(None);
            on_removed.run(());
        });
    };
    let who = move || {
        let person = removing.with(|one| one.as_ref().and_then(|one| one.person.clone()));
        person.unwrap_or_else(|| "you".to_owned())
    };
    let at = move || removing.with(|one| one.as_ref().map(|one| one.grant.site.name.clone())).unwrap_or_default();
    let consent = move || {
        removing.with(|one| one.as_ref().map_or_else(|| CONSENT_URL.to_owned(), |one| one.grant.consent_url.clone()))
    };
    view! {
        <ConfirmDialog target=removing title="Remove access" verb="Remove 1 access" mutation on_confirm=remove>
            <p>"Causeway no longer reads " <strong><bdi>{at}</bdi></strong> " as " <strong><bdi>{who}</bdi></strong> "."</p>
            <ul>
                <li>"Its tokens are destroyed. Charts of this site ask for access again."</li>
                <li>
                    "Atlassian keeps the consent itself until the account's owner removes it: "
                    <a href=consent target="_blank" rel="noopener noreferrer">
                        "connected apps at Atlassian" {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
                    </a>
                </li>
            </ul>
        </ConfirmDialog>
    }
}
