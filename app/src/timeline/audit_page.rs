//! *Audit log*: the timeline of the organization.

use api::{EXPORT_PATH, ExportFormat, ExportQuery, RETENTION_DAYS, TimelineQuery};
use leptos::prelude::*;

use super::{
    entries::Entries,
    filters::{ActorFilter, DayFilter, EventFilter, query, zone},
};
use crate::{
    client::download,
    navigation::use_navigation,
    ui::{button::Button, mutation::Mutation, page_title::PageTitle, search::SearchField},
};

/// The screen.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let navigation = use_navigation();
    let mutation = Mutation::new();
    let export = move |format, name| {
        let TimelineQuery { event, q, actor, from, until, .. } = untrack(|| query(navigation));
        let request = ExportQuery { format, event, q, actor, from, until };
        mutation.run(async move { download(EXPORT_PATH, &request, name).await }, |()| ());
    };
    let busy = mutation.busy();
    view! {
        <div class="title-row">
            <div>
                <PageTitle>"Audit log"</PageTitle>
                <p class="subtle">
                    {format!("What happened in the organization, newest first. Kept for {RETENTION_DAYS} days. ")} {zone()}
                    " An export has what the filters show, in UTC, and is itself recorded."
                </p>
            </div>
            <div class="row-buttons">
                <Button busy=busy on_press=move |()| export(ExportFormat::Csv, "audit-log.csv")>"Export CSV"</Button>
                <Button busy=busy on_press=move |()| export(ExportFormat::Json, "audit-log.json")>"Export JSON"</Button>
            </div>
        </div>
        {mutation.failure()}
        <div class="filter-bar" role="search">
            <SearchField
                label="Search the audit log"
                placeholder="Search person or connection"
                value=Signal::derive(move || navigation.param("q"))
                on_search=move |q: String| navigation.set_param("q", &q)
            />
            <EventFilter offered=|_| true />
            <ActorFilter />
            <DayFilter />
        </div>
        <Entries connection=None />
    }
}
