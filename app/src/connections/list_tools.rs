//! The tools above the list: export it as a file, print it, and choose how dense its rows are.

use api::{CONNECTION_EXPORT_PATH, ConnectionExportQuery, ExportFormat};
use leptos::{ev, prelude::*, task::spawn_local};
use web_sys::Event;

use super::{filters::PAGE_SIZE, listing::Listing};
use crate::{
    client::download,
    context::expect_context,
    ui::{
        button::{Button, Look},
        menu::menu,
        mutation::Mutation,
        note,
    },
};

/// The most rows that are printed.
const PRINTED: usize = 2_000;
/// Where the browser keeps how dense the rows are. `start.js` reads it before the first paint.
const DENSITY: &str = "causeway-density";

/// The tools.
#[component]
pub(crate) fn ListTools() -> impl IntoView {
    let listing: Listing = expect_context();
    follow_printing(listing);
    let mutation = Mutation::flagged();
    let export = move |format: ExportFormat, name: &'static str| {
        let filters = listing.filters.get_untracked().asked();
        let request = ConnectionExportQuery {
            format,
            q: Some(filters.q).filter(|q| !q.is_empty()),
            status: filters.state,
            kind: filters.kind,
            ends_soon: filters.ends_soon.then_some(true),
            deleted: filters.deleted.then_some(true),
            sort: filters.sort,
        };
        mutation.run(async move { download(CONNECTION_EXPORT_PATH, &request, name).await }, |()| ());
    };
    let items = vec![
        ("Export as CSV", Callback::new(move |()| export(ExportFormat::Csv, "connections.csv"))),
        ("Export as JSON", Callback::new(move |()| export(ExportFormat::Json, "connections.json"))),
        ("Print", Callback::new(move |()| print(listing))),
    ];
    let compact = RwSignal::new(is_compact());
    let toggle = move |()| {
        compact.update(|compact| *compact = !*compact);
        set_compact(compact.get_untracked());
    };
    view! {
        <div class="list-tools">
            <Button look=Look::Subtle on_press=toggle>
                {move || if compact.get() { "Comfortable rows" } else { "Compact rows" }}
            </Button>
            {menu("list-tools".to_owned(), "Export or print the list".to_owned(), items)}
        </div>
    }
}

fn is_compact() -> bool {
    document().document_element().is_some_and(|root| root.get_attribute("data-density").is_some())
}

/// Shows rows in one line, or as high as they are, and remembers it.
fn set_compact(compact: bool) {
    let Some(root) = document().document_element() else { return };
    let storage = window().local_storage().ok().flatten();
    let (shown, kept) = if compact {
        (root.set_attribute("data-density", "compact"), storage.map(|storage| storage.set_item(DENSITY, "compact")))
    } else {
        (root.remove_attribute("data-density"), storage.map(|storage| storage.remove_item(DENSITY)))
    };
    note(shown, "the density of the rows was not changed");
    note(kept.unwrap_or(Ok(())), "the density of the rows is not remembered");
    // The rows have other heights now.
    if let Ok(resized) = Event::new("resize") {
        note(window().dispatch_event(&resized), "the rows were not measured again");
    }
}

/// Has all loaded rows in the document while the browser prints.
fn follow_printing(listing: Listing) {
    let printing = listing.printing;
    let before = window_event_listener(ev::Custom::<Event>::new("beforeprint"), move |_| printing.set(true));
    let after = window_event_listener(ev::Custom::<Event>::new("afterprint"), move |_| printing.set(false));
    on_cleanup(move || {
        before.remove();
        after.remove();
    });
}

/// Prints the list: first the rows that are not loaded are.
fn print(listing: Listing) {
    // Not a `Query`: what is loaded goes into the list.
    spawn_local(async move {
        let total = listing.loaded.with_untracked(|loaded| loaded.total).min(PRINTED);
        for page in 0..total.div_ceil(PAGE_SIZE) {
            if !listing.is_loaded(page * PAGE_SIZE) {
                listing.read_page(page).await;
            }
        }
        listing.printing.set(true);
        // The rows are in the document with the next frame.
        request_animation_frame(move || {
            request_animation_frame(move || {
                note(window().print(), "the list was not printed");
                listing.printing.set(false);
            });
        });
    });
}
