//! The *Connections* screen.

use std::time::Duration;

use api::ConnectionSort;
use leptos::{ev, prelude::*};

use super::{
    counting::counted,
    filter_bar::FilterBar,
    filters::{Filters, PARAMETERS},
    grid::Grid,
    lifecycle::Lifecycle,
    listing::Listing,
    selection::Selection,
};
use crate::{
    context::expect_context,
    lazy_part::LazyPart,
    navigation::{Link, Navigation, encoded, use_navigation},
    route::Route,
    session::CurrentSession,
    ui::{
        button::{Button, Look},
        icon::Icon,
        moment::{Now, absolute},
        page_title::PageTitle,
        skeleton::skeleton,
        when,
    },
};

/// Whether the list could not be loaded. In context, so that nothing beside it says that all is well, or says it again.
#[derive(Clone, Copy)]
pub(crate) struct ListFailed(pub(crate) Memo<bool>);

/// The screen.
#[component]
pub(crate) fn ConnectionsPage() -> impl IntoView {
    let navigation = use_navigation();
    let lazy_part: LazyPart = expect_context();
    let filters = Memo::new(move |_| read_filters(navigation));
    let listing = Listing::load(filters);
    keep_fresh(listing);
    let lifecycle: Lifecycle = expect_context();
    let session: CurrentSession = expect_context();
    lifecycle.on_change(move || listing.reload());
    let administrator = Memo::new(move |_| session.is_administrator());
    let counts = Memo::new(move |_| listing.loaded.with(|loaded| loaded.counts));
    let on_filter = Callback::new(move |now: Filters| {
        let before = filters.get_untracked();
        let query = encoded(now.pairs());
        // Back undoes a choice, and a whole search, but not single keystrokes.
        if before.q != now.q && !before.q.is_empty() {
            navigation.set_query(&query);
        } else {
            navigation.push_query(&query);
        }
    });
    let selection = Selection::start();
    Effect::new(move |before: Option<u32>| {
        let list = listing.loaded.with(|loaded| loaded.list);
        if before.is_some_and(|before| before != list) {
            selection.clear();
        }
        list
    });
    let failed = Memo::new(move |_| listing.loaded.with(|loaded| loaded.failure.is_some()));
    // Where there is nothing to find, there is nothing to find it with.
    let filterable = Memo::new(move |_| {
        filters.with(Filters::is_filtered)
            || counts.get().is_none_or(|counts| Filters::default().counted(counts) > 0 || counts.deleted > 0)
    });
    provide_context(ListFailed(failed));
    provide_context(listing);
    provide_context(selection);
    let Now(now) = expect_context();
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Connections"</PageTitle>
                <p class="subtle">"The Jira instances that Causeway is connected to."</p>
                <p class="print-only">{move || format!("As of {}", absolute(now.get()))}</p>
            </div>
            {move || when(administrator.get(), || {
                view! { <Link to=Route::NewConnection.path() class=Look::Primary.class()>{Icon::Add.view()} "New connection"</Link> }.into_any()
            })}
        </div>
        <div class="status-line" class:for-administrators=move || administrator.get()>{lazy_part.service_light()} {lazy_part.notices()}</div>
        {move || when(filterable.get(), || view! { <FilterBar filters counts on_filter /> }.into_any())}
        {list(listing, on_filter, administrator)}
        {move || when(administrator.get(), || lazy_part.bulk_bar())}
    }
}

/// Reloads when the person returns to the window, and every 30 seconds. Not while a menu is open: it would close.
fn keep_fresh(listing: Listing) {
    let reload = move || {
        let in_a_menu = document().query_selector("[role=menu]").is_ok_and(|menu| menu.is_some());
        if !document().hidden() && !in_a_menu {
            listing.reload();
        }
    };
    let focused = window_event_listener(ev::focus, move |_| reload());
    on_cleanup(move || focused.remove());
    if let Ok(ticking) = set_interval_with_handle(reload, Duration::from_secs(30)) {
        on_cleanup(move || ticking.clear());
    }
}

/// What is shown below the filters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ListState {
    /// The first answer is still to come.
    Loading,
    /// The rows.
    Rows,
    /// No connection matches the filters.
    NoneMatch,
    /// No connection is deleted.
    NoneDeleted,
    /// There is no connection at all.
    NoneYet,
}

fn list(listing: Listing, on_filter: Callback<Filters>, administrator: Memo<bool>) -> AnyView {
    let state = Memo::new(move |_| {
        listing.loaded.with(|loaded| match (loaded.counts, loaded.total) {
            (None, _) => ListState::Loading,
            (_, 0) if loaded.filters.are_deleted_only() => ListState::NoneDeleted,
            (_, 0) if loaded.filters.is_filtered() => ListState::NoneMatch,
            (_, 0) => ListState::NoneYet,
            _ => ListState::Rows,
        })
    });
    let failure = Memo::new(move |_| listing.loaded.with(|loaded| loaded.failure.clone()));
    let lazy_part: LazyPart = expect_context();
    let failed = move || match failure.get() {
        Some(error) => lazy_part.failure(error, Callback::new(move |()| listing.reload())),
        None => ().into_any(),
    };
    let content = move || match state.get() {
        ListState::Loading => when(failure.get().is_none(), || skeleton("Loading connections")),
        ListState::Rows => rows(listing, on_filter),
        ListState::NoneMatch => none_listed(
            on_filter,
            "No connection matches",
            "Nothing has these words and this status. What was deleted is listed under Show deleted only, for 30 days.",
        ),
        ListState::NoneDeleted => none_listed(
            on_filter,
            "No deleted connections",
            "A connection that is deleted can be restored here for 30 days.",
        ),
        ListState::NoneYet if administrator.get() => none_yet(),
        ListState::NoneYet => none_granted(),
    };
    view! { {failed} {content} }.into_any()
}

fn rows(listing: Listing, on_filter: Callback<Filters>) -> AnyView {
    let count = Memo::new(move |_| listing.loaded.with(|loaded| counted(loaded.total)));
    let sort = Signal::derive(move || listing.filters.with(Filters::order));
    let lazy_part: LazyPart = expect_context();
    let on_sort = move |sort: ConnectionSort| {
        on_filter.run(Filters { sort: Some(sort), ..listing.filters.get_untracked() });
    };
    view! {
        <div class="count-row">
            <p class="subtle small count" role="status">{count}</p>
            {lazy_part.list_tools()}
        </div>
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
                <Link to=Route::NewConnection.path() class=Look::Default.class()>"Make the first connection"</Link>
            </div>
        </section>
    }
    .into_any()
}

/// For members, who cannot create connections.
fn none_granted() -> AnyView {
    view! {
        <section class="empty">
            <h2>"No connections yet"</h2>
            <p>"You see the connections that are granted to your workspaces. Ask an administrator to grant you one."</p>
        </section>
    }
    .into_any()
}

/// Nothing is listed because of the filters.
fn none_listed(on_filter: Callback<Filters>, title: &'static str, words: &'static str) -> AnyView {
    view! {
        <section class="empty">
            <h2>{title}</h2>
            <p>{words}</p>
            <div class="buttons">
                <Button on_press=move |()| on_filter.run(Filters::default())>"Clear filters"</Button>
            </div>
        </section>
    }
    .into_any()
}

fn read_filters(navigation: Navigation) -> Filters {
    Filters::from_pairs(PARAMETERS.map(|name| (name.to_owned(), navigation.param(name))))
}
