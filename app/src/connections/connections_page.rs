//! The Connections screen.

use std::time::Duration;

use api::ConnectionSort;
use leptos::{ev, prelude::*};

use super::{
    filters::Filters, grid::Grid, lifecycle::Lifecycle, listing::Listing, narrowing::Narrowing,
    unauthorize_dialog::counted,
};
use crate::{
    later::LaterPart,
    navigation::{Link, Navigation, encoded, use_navigation},
    route::Route,
    session::CurrentSession,
    ui::{
        button::{Button, Look},
        icon::Icon,
        page_title::PageTitle,
        skeleton::skeleton,
        when,
    },
};

/// All connections.
#[component]
pub(crate) fn ConnectionsPage() -> impl IntoView {
    let navigation = use_navigation();
    let later: LaterPart = expect_context();
    let filters = Memo::new(move |_| read(navigation));
    let listing = Listing::ask(filters);
    keep_fresh(listing);
    let lifecycle: Lifecycle = expect_context();
    let session: CurrentSession = expect_context();
    lifecycle.on_change(move || listing.again());
    let administrator = Memo::new(move |_| session.is_administrator());
    let counts = Memo::new(move |_| listing.loaded.with(|loaded| loaded.counts));
    let on_filter = Callback::new(move |filters: Filters| navigation.set_query(&encoded(filters.pairs())));
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Connections"</PageTitle>
                <p class="subtle">"The Jira instances that Causeway is connected to."</p>
                {later.service_light()}
            </div>
            {move || when(administrator.get(), || {
                view! { <Link to=Route::NewConnection.path() class=Look::Primary.class()>{Icon::Add.view()} "New connection"</Link> }.into_any()
            })}
        </div>
        {later.notices()}
        <Narrowing filters counts on_filter />
        {listed(listing, on_filter, administrator)}
    }
    .into_any()
}

/// Loads again when the person comes back, and now and then; not under an open menu.
fn keep_fresh(listing: Listing) {
    let again = move || {
        let in_a_menu = document().query_selector("[role=menu]").is_ok_and(|menu| menu.is_some());
        if !document().hidden() && !in_a_menu {
            listing.again();
        }
    };
    let focused = window_event_listener(ev::focus, move |_| again());
    on_cleanup(move || focused.remove());
    if let Ok(ticking) = set_interval_with_handle(again, Duration::from_secs(30)) {
        on_cleanup(move || ticking.clear());
    }
}

/// What stands where the rows are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing was answered yet.
    Loading,
    /// There are rows.
    Rows,
    /// There is none, and some may be left out.
    NoneMatch,
    /// There is none at all.
    NoneYet,
}

fn listed(listing: Listing, on_filter: Callback<Filters>, administrator: Memo<bool>) -> AnyView {
    let standing = Memo::new(move |_| {
        listing.loaded.with(|loaded| match (loaded.counts, loaded.total) {
            (None, _) => Standing::Loading,
            (_, 0) if loaded.filters.narrow() => Standing::NoneMatch,
            (_, 0) => Standing::NoneYet,
            _ => Standing::Rows,
        })
    });
    let failure = Memo::new(move |_| listing.loaded.with(|loaded| loaded.failure.clone()));
    let later: LaterPart = expect_context();
    let failed = move || match failure.get() {
        Some(error) => later.failure(error, Callback::new(move |()| listing.again())),
        None => ().into_any(),
    };
    let content = move || match standing.get() {
        Standing::Loading => when(failure.get().is_none(), || skeleton("Loading connections")),
        Standing::Rows => rows(listing, on_filter),
        Standing::NoneMatch => none_match(on_filter),
        Standing::NoneYet if administrator.get() => none_yet(),
        Standing::NoneYet => none_granted(),
    };
    view! { {failed} {content} }.into_any()
}

fn rows(listing: Listing, on_filter: Callback<Filters>) -> AnyView {
    let told = Memo::new(move |_| listing.loaded.with(|loaded| counted(loaded.total)));
    let sort = Signal::derive(move || listing.filters.with(|filters| filters.sort));
    let on_sort = move |sort: ConnectionSort| {
        on_filter.run(Filters { sort: Some(sort), ..listing.filters.get_untracked() });
    };
    view! {
        <p class="subtle small count" role="status">{told}</p>
        <Grid listing sort on_sort />
    }
    .into_any()
}

fn none_yet() -> AnyView {
    view! {
        <section class="empty">
            <h2>"No connections yet"</h2>
            <p>"A connection pairs Causeway with one Jira site. Your systems then call Jira through it, and never see a credential."</p>
            <p class="subtle">"You need an Atlassian account that can use the site. Begin with a name, then authorize."</p>
            <div class="buttons">
                <Link to=Route::NewConnection.path() class=Look::Primary.class()>"Make the first connection"</Link>
            </div>
        </section>
    }
    .into_any()
}

/// For members, who make none.
fn none_granted() -> AnyView {
    view! {
        <section class="empty">
            <h2>"No connections yet"</h2>
            <p>"You see the connections that are granted to your workspaces. Ask an administrator to grant you one."</p>
        </section>
    }
    .into_any()
}

fn none_match(on_filter: Callback<Filters>) -> AnyView {
    view! {
        <section class="empty">
            <h2>"No connection matches"</h2>
            <p>"Nothing has these words and this status. What was deleted is listed under Show deleted only, for 30 days."</p>
            <div class="buttons">
                <Button on_press=move |()| on_filter.run(Filters::default())>"Clear filters"</Button>
            </div>
        </section>
    }
    .into_any()
}

fn read(navigation: Navigation) -> Filters {
    Filters::from_pairs(
        ["q", "status", "kind", "deleted", "sort"].map(|name| (name.to_owned(), navigation.param(name))),
    )
}
