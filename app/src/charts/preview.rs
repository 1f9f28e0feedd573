//! The chart as it would be: computed again when the question changes, drawn again when the look does.

use std::{collections::BTreeMap, time::Duration};

use api::{ConnectionId, NewPreview, PreviewChart, ProblemCode, Render};
use chart::{Group, Measure, Param, Source, Spec, Split};
use leptos::prelude::*;

use super::{
    consent::consent,
    draft::Draft,
    render_view::{StateActions, rendered},
};
use crate::{
    client::{CallError, call},
    ui::{failure::FailurePanel, icon::Icon, learn_more::learn_more, query::Query, skeleton::skeleton, when},
};

/// How long it waits for the next change.
const CHANGES: Duration = Duration::from_millis(600);

/// What of a draft the numbers depend on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    site: String,
    access: Option<ConnectionId>,
    source: Source,
    measure: Measure,
    group: Option<Group>,
    split: Option<Split>,
    params: Vec<Param>,
}

impl Question {
    fn of(draft: Draft) -> Self {
        let (site, access) = (draft.site.get(), draft.access.get());
        draft.spec.with(|spec| Self {
            site,
            access,
            source: spec.source.clone(),
            measure: spec.measure.clone(),
            group: spec.group.clone(),
            split: spec.split.clone(),
            params: spec.params.clone(),
        })
    }
}

/// A render of what was asked when it was requested, with the spec of that moment. `None`: nothing can be asked yet.
pub(super) type Previewed = Option<(Spec, Render)>;

/// The previews of a draft.
pub(super) fn previews(draft: Draft) -> Query<Previewed> {
    let query = Query::new(move || {
        let (site, access) = (draft.site.get_untracked(), draft.access.get_untracked());
        let spec = draft.spec.get_untracked();
        async move { preview(site, access, spec).await }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<Question>| {
        let now = Question::of(draft);
        if before.is_some_and(|before| before != now) {
            if let Some(before) = waiting.get_value() {
                before.clear();
            }
            waiting.set_value(set_timeout_with_handle(move || query.reload(), CHANGES).ok());
        }
        now
    });
    on_cleanup(move || {
        if let Some(before) = waiting.try_get_value().flatten() {
            before.clear();
        }
    });
    query
}

/// A title is no part of the question: a chart without one can be computed.
fn asked(mut spec: Spec) -> Option<Spec> {
    if spec.says.title.trim().is_empty() {
        "Preview".clone_into(&mut spec.says.title);
    }
    spec.faults().is_empty().then_some(spec)
}

async fn preview(site: String, connection_id: Option<ConnectionId>, spec: Spec) -> Result<Previewed, CallError> {
    let Some(asked) = asked(spec).filter(|_| !site.is_empty()) else { return Ok(None) };
    let request = NewPreview { site, spec: asked.clone(), connection_id, params: BTreeMap::new(), refresh: false };
    let render = call::<PreviewChart>(&(), &request).await?;
    Ok(Some((asked, render)))
}

/// What a person has to know of a chart before it is saved: how many issues, and what it takes.
fn cost(spec: &Spec, render: &Render) -> String {
    let Some(data) = &render.data else { return String::new() };
    let issues = match data.total.issues {
        1 => "1 issue".to_owned(),
        count => format!("{count} issues"),
    };
    let calls = chart::calls(spec);
    format!(
        "{issues}. Each time it is computed, Jira is called {calls} times at most; the result is kept for five minutes."
    )
}

/// The preview.
#[component]
pub(super) fn Preview(draft: Draft, previews: Query<Previewed>) -> impl IntoView {
    let again = Callback::new(move |()| {
        draft.fields.reload();
        previews.reload();
    });
    let ask = Callback::new(move |()| consent(draft.site.get_untracked(), again));
    let actions = StateActions { again, consent: ask, edit: StoredValue::new(None), others: None };
    // The fields of the site are what the editor cannot do without.
    let hindered = Memo::new(move |_| draft.fields.get().and_then(Result::err));
    let shown = move || match hindered.get() {
        Some(error) if error.code() == Some(ProblemCode::ConsentNeeded) && is_data_center(&draft.site.get()) => {
            first_connection()
        }
        Some(error) if error.code() == Some(ProblemCode::ConsentNeeded) => first_consent(ask),
        Some(error) => view! { <FailurePanel error on_retry=again /> }.into_any(),
        None => previewed(draft, previews, actions),
    };
    view! {
        <section class="charts-preview" aria-labelledby="preview">
            <h2 id="preview">"Preview"</h2>
            {shown}
        </section>
    }
}

/// Whether the key of a site is the address of a Data Center: those of Jira Cloud have cloudIds.
fn is_data_center(site: &str) -> bool {
    site.contains("://")
}

/// A Data Center is read with the access of a connection alone.
fn first_connection() -> AnyView {
    view! {
        <section class="notice charts-state">
            <p class="failure-title">{Icon::Nothing.view()} "A Jira Data Center cannot be looked at with an access of one's own."</p>
            <p>
                "Choose the access of a connection that you manage, and whose settings allow charts. If there is none, ask whoever manages one. "
                {learn_more("/help/charts/#access".to_owned())}
            </p>
        </section>
    }
    .into_any()
}

/// Before the person has let Causeway read the site, it does not know the fields either.
fn first_consent(ask: Callback<(), AnyView>) -> AnyView {
    view! {
        <section class="notice charts-state">
            <p class="failure-title">{Icon::Nothing.view()} "To make charts of this site, Causeway has to look at Jira as you."</p>
            <p>"You agree to it once, in a window of Atlassian's. " {learn_more("/help/charts/#access".to_owned())}</p>
            <div class="buttons">{ask.run(())}</div>
        </section>
    }
    .into_any()
}

fn previewed(draft: Draft, previews: Query<Previewed>, actions: StateActions) -> AnyView {
    let look = Signal::derive(move || draft.spec.get());
    match previews.get() {
        None => skeleton("Counting issues"),
        Some(Err(error)) => view! { <FailurePanel error on_retry=actions.again /> }.into_any(),
        Some(Ok(None)) => {
            let missing = move || draft.spec.with(|spec| missing(spec.clone()));
            view! { <p class="subtle">"The chart appears here. " {missing}</p> }.into_any()
        }
        Some(Ok(Some((spec, render)))) => {
            let cost = cost(&spec, &render);
            view! {
                {rendered(render, look, actions, false)}
                {when(!cost.is_empty(), || view! { <p class="subtle small" role="status">{cost}</p> }.into_any())}
            }
            .into_any()
        }
    }
}

/// What is still missing, beside the title.
fn missing(mut spec: Spec) -> String {
    if spec.says.title.trim().is_empty() {
        "Preview".clone_into(&mut spec.says.title);
    }
    spec.faults().into_iter().next().map(|fault| fault.sentence).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::draft::empty_spec;

    #[test]
    fn a_chart_without_a_title_can_be_computed_and_one_without_a_query_cannot() {
        assert_eq!(asked(empty_spec()), None);
        assert!(!missing(empty_spec()).is_empty());
        let spec = Spec { source: Source::Jql("project = WEB".to_owned()), ..empty_spec() };
        assert_eq!(asked(spec.clone()).map(|spec| spec.says.title), Some("Preview".to_owned()));
        assert_eq!(missing(spec), "");
    }
}
