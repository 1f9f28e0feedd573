//! The tab: asks Jira what its project offers, and shows the mapping.

use api::{GetJiraMetadata, GetMapping, JiraMetadata, Nothing, Project, ProjectMapping};
use leptos::prelude::*;

use super::{
    editor::Editor,
    findings::findings,
    issue_type::IssueType,
    named_targets::{kinds, priorities},
    product_statuses::ProductStatuses,
    rules::whole_mapping,
    theirs::overtaken,
    trial::TrialView,
};
use crate::{
    client::call,
    tasks::place::ProjectPlace,
    ui::{
        button::{Button, Look},
        choice::choice,
        failure::failure_beside,
        icon::Icon,
        learn_more::learn_more,
        moment::moment,
        panel::panel,
        query::Query,
        when,
    },
};

/// What Jira offers, and the mapping as it is saved.
type Loaded = (JiraMetadata, ProjectMapping);

/// The tab.
#[component]
pub(crate) fn MappingTab(project: Project, place: ProjectPlace) -> impl IntoView {
    if project.connection.is_none() || project.jira_project.is_none() {
        return view! {
            <section class="empty">
                <h2>"There is nothing to map yet"</h2>
                <p>"Choose a connection and a Jira project first, with Edit issue tracking connection, above."</p>
            </section>
        }
        .into_any();
    }
    let id = project.id.clone();
    let loaded: Query<Loaded> = Query::new(move || {
        let id = id.clone();
        async move {
            let saved = call::<GetMapping>(&id, &Nothing {}).await?;
            Ok((call::<GetJiraMetadata>(&id, &Nothing {}).await?, saved))
        }
    });
    panel(loaded, "Asking Jira what the project offers", move |(jira, saved)| {
        let id = project.id.clone();
        let editor = Editor::begin(id, jira, &saved, place.may);
        whole(editor, &saved)
    })
}

fn whole(editor: Editor, saved: &ProjectMapping) -> AnyView {
    let types = editor.types();
    let read_at = editor.jira.with_value(|jira| jira.read_at);
    let sections = move || {
        let shown = |id| view! { <IssueType editor id /> }.into_any();
        types.get().into_iter().map(shown).collect::<Vec<_>>()
    };
    let revision = match saved.revision {
        0 => "Nothing is saved yet.".to_owned(),
        revision => format!("Revision {revision} is saved."),
    };
    view! {
        <p class="subtle">
            "Statuses are mapped both ways. Saving moves nothing in Jira. " {revision} " Jira was asked " {moment(read_at)} ". "
            {learn_more("/help/tasks/#mapping".to_owned())}
        </p>
        {when(!editor.may, || view! { <p>"Members with the role issue tracking change the mapping."</p> }.into_any())}
        {permissions(editor)}
        {findings(editor)}
        <fieldset class="mapping" disabled=!editor.may>
            <legend class="assistive">"Mapping"</legend>
            <ProductStatuses editor />
            {issue_types(editor)}
            {suggestions(editor)}
            {sections}
            {move || when(types.get().len() > 1, || kinds(editor))}
            {priorities(editor)}
            {whole_mapping(editor)}
        </fieldset>
        {editor.mutation.failure()}
        {overtaken(editor)}
        {when(editor.may, || {
            let trial = TrialView::begin(editor);
            view! {
            <div class="buttons">
                <Button id="save-mapping" look=Look::Primary on_press=move |()| editor.save() busy=editor.mutation.busy()>"Save"</Button>
                <Button id="check-mapping" on_press=move |()| editor.look() busy=editor.mutation.busy()>"Check"</Button>
                {trial.button()}
            </div>
            <p class="field-help" id="trial-help">"Trial creates one test issue in Jira by the mapping on this screen, and moves it through the statuses that it leads to. Nothing is saved by that."</p>
            {trial.section()}
        }.into_any()})}
    }
    .into_any()
}

/// What the account may not do, before somebody waits for it in vain.
fn permissions(editor: Editor) -> AnyView {
    let missing: Vec<String> = editor
        .jira
        .with_value(|jira| jira.permissions.iter().filter(|one| !one.is_granted).map(|one| one.key.clone()).collect());
    when(!missing.is_empty(), || {
        let words = missing.join(", ");
        view! {
            <p class="notice section" role="status">
                {Icon::Warning.view()} " The account of the connection lacks permissions in the Jira project: " <code>{words}</code>
                ". A Jira administrator can grant them."
            </p>
        }
        .into_any()
    })
}

/// Which types of issue tasks become.
fn issue_types(editor: Editor) -> AnyView {
    let chosen = editor.types();
    let usable: Vec<_> = editor.jira.with_value(|jira| {
        jira.issue_types.iter().filter(|one| !one.is_subtask).map(|one| (one.id.clone(), one.name.clone())).collect()
    });
    let line = |(id, name): (api::JiraId, String)| {
        let of = StoredValue::new(id);
        let ticked = Signal::derive(move || of.with_value(|id| chosen.with(|chosen| chosen.contains(id))));
        let change =
            move |ticked| editor.change(|draft| of.with_value(|id| super::draft::tick_type(draft, id, ticked)));
        choice(view! { <bdi>{name}</bdi> }.into_any(), ticked, Callback::new(change))
    };
    let lines: Vec<AnyView> = usable.into_iter().map(line).collect();
    view! {
        <section class="section" aria-labelledby="new-issue_types">
            <h2 id="new-issue_types" tabindex="-1">"Types of issue"</h2>
            <fieldset class="field"><legend>"Tasks become"</legend>{lines}</fieldset>
            {move || super::findings::at(editor, api::MappingPart::IssueTypes, None, None)}
        </section>
    }
    .into_any()
}

/// How much is left to decide, and what Causeway suggests for it.
fn suggestions(editor: Editor) -> AnyView {
    let open = Memo::new(move |_| editor.open().len());
    let left = Memo::new(move |_| editor.uncovered());
    let words = move || match left.get() {
        0 => "Every status has a target.".to_owned(),
        1 => "1 status has no target yet.".to_owned(),
        count => format!("{count} statuses have no target yet."),
    };
    let accept = move || {
        let count = open.get();
        when(count > 0, || {
            let label =
                if count == 1 { "Accept 1 suggestion".to_owned() } else { format!("Accept all {count} suggestions") };
            let accept = move |()| {
                editor.accept_all();
                crate::ui::focus("save-mapping");
            };
            view! { <Button id="accept-all" look=Look::Primary on_press=accept>{label}</Button> }.into_any()
        })
    };
    view! {
        <section class="section" aria-labelledby="coverage">
            <h2 id="coverage">"Statuses"</h2>
            <p role="status">{words}</p>
            <div class="buttons">{accept}</div>
            {move || failure_beside(editor.suggesting_failed())}
        </section>
    }
    .into_any()
}
