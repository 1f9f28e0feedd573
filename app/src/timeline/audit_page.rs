//! *Audit log*: what happened in the organization.

use api::{EXPORT_PATH, ExportFormat, ExportQuery, RETENTION_DAYS};
use leptos::{prelude::*, task::spawn_local};

use super::entries::{Entries, EventFilter, narrowed};
use crate::{
    client::{CallError, download},
    navigation::use_navigation,
    ui::{button::Button, failure::failure_beside, page_title::PageTitle, search::SearchField},
};

/// The screen.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let navigation = use_navigation();
    let failed = RwSignal::new(None::<CallError>);
    let busy = RwSignal::new(false);
    let export = move |format, name| {
        busy.set(true);
        failed.set(None);
        let asked = untrack(|| narrowed(navigation));
        let query = ExportQuery { format, event: asked.event, q: asked.q };
        spawn_local(async move {
            let answer = download(EXPORT_PATH, &query, name).await;
            busy.try_set(false);
            failed.try_set(answer.err());
        });
    };
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Audit log"</PageTitle>
                <p class="subtle">
                    {format!("What happened in the organization, newest first. Kept for {RETENTION_DAYS} days. An export is itself recorded.")}
                </p>
            </div>
            <div class="row-buttons">
                <Button busy=busy on_press=move |()| export(ExportFormat::Csv, "audit-log.csv")>"Export CSV"</Button>
                <Button busy=busy on_press=move |()| export(ExportFormat::Json, "audit-log.json")>"Export JSON"</Button>
            </div>
        </div>
        {move || failure_beside(failed.get())}
        <div class="narrowing" role="search">
            <SearchField
                label="Search the audit log"
                placeholder="Search person or connection"
                value=Signal::derive(move || navigation.param("q"))
                on_search=move |q: String| navigation.set_param("q", &q)
            />
            <EventFilter offered=|_| true />
        </div>
        <Entries connection=None />
    }
    .into_any()
}
