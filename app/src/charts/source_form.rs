//! Which issues a chart is about: a query, a saved filter, or two queries that are compared.

use api::{ChartFilter, ChartSourceQuery, List, ListChartFilters};
use chart::{Field, Filter, Series, Source};
use leptos::prelude::*;

use super::{
    controls::{Line, select},
    draft::Draft,
    query_check::query_field,
};
use crate::{
    client::call,
    ui::{
        button::Button,
        combobox::{Combobox, Suggestion},
        query::Query,
    },
};

/// The kinds of sources: their value and words.
const KINDS: [(&str, &str); 3] =
    [("jql", "A query (JQL)"), ("filter", "A saved filter"), ("series", "Two queries, compared")];

/// The value of a source's kind.
const fn kind(source: &Source) -> &'static str {
    match source {
        Source::Jql(_) => "jql",
        Source::Filter(_) => "filter",
        Source::Series(_) => "series",
    }
}

/// The query that a source begins with when its kind changes.
fn query(source: &Source) -> String {
    match source {
        Source::Jql(jql) => jql.clone(),
        Source::Filter(filter) => filter.jql.clone().unwrap_or_default(),
        Source::Series(series) => series.first().map(|one| one.jql.clone()).unwrap_or_default(),
    }
}

/// The source with another kind; what can be kept is kept.
fn changed(before: &Source, to: &str) -> Source {
    let jql = query(before);
    let series = |name: &str, id: &str| Series {
        name: name.to_owned(),
        jql: jql.clone(),
        field: Some(Field { id: id.to_owned(), name: Some(name.to_owned()) }),
        color: None,
    };
    match to {
        "filter" => Source::Filter(Filter { id: String::new(), name: None, jql: None }),
        "series" => Source::Series(vec![series("Created", "created"), series("Resolved", "resolutiondate")]),
        _ => Source::Jql(jql),
    }
}

/// The form.
#[component]
pub(super) fn SourceForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let now = Memo::new(move |_| spec.with(|spec| kind(&spec.source)));
    let options = Signal::stored(KINDS.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec());
    let change = move |to: String| {
        spec.update(|spec| {
            spec.source = changed(&spec.source, &to);
            if to == "series" {
                spec.split = None;
            }
        });
    };
    view! {
        {select("chart-source", "Issues from", options, Signal::derive(move || now.get().to_owned()), Callback::new(change))}
        {move || match now.get() {
            "jql" => jql_form(draft),
            "filter" => view! { <FilterForm draft /> }.into_any(),
            _ => [0, 1].map(|at| series_form(draft, at)).into_iter().collect::<Vec<_>>().into_any(),
        }}
    }
}

fn jql_form(draft: Draft) -> AnyView {
    let value = Signal::derive(move || draft.spec.with(|spec| query(&spec.source)));
    let type_in = Callback::new(move |jql| draft.spec.update(|spec| spec.source = Source::Jql(jql)));
    query_field(draft, "chart-jql", "Query", value, draft.fault("source.jql"), type_in)
}

#[component]
fn FilterForm(draft: Draft) -> impl IntoView {
    let chosen = draft.spec.with_untracked(|spec| match &spec.source {
        Source::Filter(filter) => filter.name.clone().unwrap_or_default(),
        _ => String::new(),
    });
    let search = RwSignal::new(chosen.clone());
    let name = RwSignal::new(chosen);
    let filters: Query<List<ChartFilter>> = Query::new(move || {
        let query = ChartSourceQuery {
            site: draft.site.get_untracked(),
            connection_id: draft.access.get_untracked(),
            q: Some(search.get_untracked()).filter(|q| !q.is_empty()),
        };
        async move { call::<ListChartFilters>(&(), &query).await }
    });
    let found = move || filters.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default();
    let suggestion = |filter: ChartFilter| Suggestion { value: filter.name.clone(), words: filter.name };
    let suggestions = Signal::derive(move || found().into_iter().map(suggestion).collect());
    Effect::new(move |_| {
        let name = name.get();
        let one = untrack(found).into_iter().find(|filter| filter.name == name);
        if let Some(ChartFilter { id, name, jql }) = one {
            draft.spec.update(|spec| spec.source = Source::Filter(Filter { id, name: Some(name), jql: Some(jql) }));
        }
    });
    let look = Callback::new(move |words: String| {
        search.set(words);
        filters.reload();
    });
    let help = Signal::derive(move || {
        let jql = draft.spec.with(|spec| query(&spec.source));
        match filters.get() {
            Some(Err(error)) => error.sentence(),
            _ if jql.is_empty() => "Type a part of its name.".to_owned(),
            _ => format!("Its query when you save the chart: {jql}"),
        }
    });
    let changed = move || {
        let saved =
            draft.spec.with(|spec| if let Source::Filter(filter) = &spec.source { Some(filter.clone()) } else { None });
        let saved = saved.filter(|saved| saved.jql.is_some())?;
        found().into_iter().find(|one| one.id == saved.id && Some(&one.jql) != saved.jql.as_ref())
    };
    view! {
        <Combobox id="chart-filter" label="Saved filter" help value=name suggestions error=draft.fault("source.filter.id") on_search=look />
        {move || changed().map(|filter| filter_changed(filter, draft))}
    }
}

/// The filter says something else in Jira than when the chart was saved. Nothing is taken over by itself.
fn filter_changed(filter: ChartFilter, draft: Draft) -> AnyView {
    let ChartFilter { id, name, jql } = filter;
    let words = format!("In Jira this filter says now: {jql}. The chart keeps the query that was saved with it.");
    let take = move |()| {
        let filter = Filter { id: id.clone(), name: Some(name.clone()), jql: Some(jql.clone()) };
        draft.spec.update(|spec| spec.source = Source::Filter(filter));
    };
    view! {
        <div class="notice" role="status">
            <p>{words}</p>
            <div class="buttons"><Button on_press=take>"Take its query"</Button></div>
        </div>
    }
    .into_any()
}

/// One of two series.
fn series_form(draft: Draft, at: usize) -> AnyView {
    const IDS: [(&str, &str, &str); 2] =
        [("series-0-name", "series-0-jql", "series-0-field"), ("series-1-name", "series-1-jql", "series-1-field")];
    let (name_id, jql_id, field_id) = if at == 0 { IDS[0] } else { IDS[1] };
    let read = move |of: fn(&Series) -> String| {
        Signal::derive(move || {
            draft.spec.with(|spec| match &spec.source {
                Source::Series(series) => series.get(at).map(of).unwrap_or_default(),
                _ => String::new(),
            })
        })
    };
    let write = move |change: fn(&mut Series, String)| {
        Callback::new(move |text: String| {
            draft.spec.update(|spec| {
                if let Source::Series(series) = &mut spec.source
                    && let Some(one) = series.get_mut(at)
                {
                    change(one, text);
                }
            });
        })
    };
    let date = read(|one| one.field.as_ref().map(|field| field.id.clone()).unwrap_or_default());
    let is_date = |kind| kind == chart::FieldKind::Date;
    let choose = Callback::new(move |id: String| {
        let field = (!id.is_empty()).then(|| draft.field(&id).0);
        draft.spec.update(|spec| {
            if let Source::Series(series) = &mut spec.source
                && let Some(one) = series.get_mut(at)
            {
                one.field.clone_from(&field);
            }
        });
    });
    let name = Line {
        id: name_id,
        label: if at == 0 { "First series" } else { "Second series" },
        help: "What it is called in the chart.",
        kind: "text",
        value: read(|one| one.name.clone()),
        error: Signal::stored(None),
        on_input: write(|one, text| one.name = text),
    };
    let jql = read(|one| one.jql.clone());
    view! {
        {name.view()}
        {query_field(draft, jql_id, "Its query", jql, Signal::stored(None), write(|one, text| one.jql = text))}
        {select(field_id, "Its date", draft.options("As the chart is grouped", is_date, date), date, choose)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_of_source_keeps_the_query() {
        let jql = Source::Jql("project = WEB".to_owned());
        let series = changed(&jql, "series");
        assert!(matches!(&series, Source::Series(series) if series.iter().all(|one| one.jql == "project = WEB")));
        assert_eq!(changed(&series, "jql"), jql);
        let filter = Source::Filter(Filter { id: "1".to_owned(), name: None, jql: Some("project = WEB".to_owned()) });
        assert_eq!(changed(&filter, "jql"), jql);
    }
}
