//! What the product names and Jira has an id for: kinds of tasks and types of issue, priorities and priorities.

use api::{JiraId, KindTarget, Mapping, MappingPart, Name, PriorityTarget};
use leptos::{ev, prelude::*};

use super::{editor::Editor, findings};
use crate::ui::{
    button::{Button, Look},
    focus, isolated,
    table::{cell, row, table},
    when,
};

/// A list of names with their targets, and how it is a part of a mapping.
#[derive(Clone, Copy)]
struct NamedTargets {
    part: MappingPart,
    title: &'static str,
    about: &'static str,
    /// The label of the field that adds one, and of the column of targets.
    name: &'static str,
    target: &'static str,
    read: fn(&Mapping) -> Vec<(String, String)>,
    set: fn(&mut Mapping, &str, Option<JiraId>),
    remove: fn(&mut Mapping, &str),
}

/// Which kind of task becomes which type of issue.
pub(super) fn kinds(editor: Editor) -> AnyView {
    let types = editor.types();
    let choices = editor.jira.with_value(|jira| {
        let mapped = types.get_untracked();
        let of = jira.issue_types.iter().filter(|one| mapped.contains(&one.id));
        of.map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>()
    });
    let kinds = NamedTargets {
        part: MappingPart::Kinds,
        title: "Kinds of tasks",
        about: "A kind that is not listed becomes the first type of issue.",
        name: "Add a kind",
        target: "Becomes",
        read: |mapping| mapping.kinds.iter().map(|one| (one.kind.to_string(), one.issue_type.to_string())).collect(),
        set: |mapping, kind, to| {
            let first = mapping.issue_types.first().map(|one| one.issue_type.clone());
            if let (Ok(name), Some(issue_type)) = (Name::parse(kind), to.or(first)) {
                match mapping.kinds.iter_mut().find(|one| one.kind == name) {
                    Some(one) => one.issue_type = issue_type,
                    None => mapping.kinds.push(KindTarget { kind: name, issue_type }),
                }
            }
        },
        remove: |mapping, kind| mapping.kinds.retain(|one| one.kind.as_str() != kind),
    };
    listed(editor, kinds, choices)
}

/// Which priority of a task becomes which priority of Jira; nothing where no type of issue has one.
pub(super) fn priorities(editor: Editor) -> AnyView {
    let choices = editor.jira.with_value(|jira| {
        let field = jira.issue_types.iter().find_map(|of| of.field("priority"));
        field.map(|field| field.options.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>())
    });
    let Some(mut choices) = choices.filter(|choices| !choices.is_empty()) else { return ().into_any() };
    choices.insert(0, (String::new(), "Leave it to Jira".to_owned()));
    let priorities = NamedTargets {
        part: MappingPart::Priorities,
        title: "Priorities",
        about: "A priority that is not listed is left to Jira.",
        name: "Add a priority",
        target: "In Jira",
        read: |mapping| {
            let to = |one: &PriorityTarget| one.to.as_ref().map(ToString::to_string).unwrap_or_default();
            mapping.priorities.iter().map(|one| (one.priority.to_string(), to(one))).collect()
        },
        set: |mapping, priority, to| {
            if let Ok(name) = Name::parse(priority) {
                match mapping.priorities.iter_mut().find(|one| one.priority == name) {
                    Some(one) => one.to = to,
                    None => mapping.priorities.push(PriorityTarget { priority: name, to }),
                }
            }
        },
        remove: |mapping, priority| mapping.priorities.retain(|one| one.priority.as_str() != priority),
    };
    listed(editor, priorities, choices)
}

fn listed(editor: Editor, of: NamedTargets, choices: Vec<(String, String)>) -> AnyView {
    let names = Memo::new(move |_| {
        editor.draft.with(|draft| (of.read)(draft).into_iter().map(|(name, _)| name).collect::<Vec<_>>())
    });
    let typed = RwSignal::new(String::new());
    let field = format!("new-{}", of.part.as_str());
    let (back, heading, id) = (field.clone(), format!("{field}-title"), field.clone());
    let labelled = heading.clone();
    let add = move |()| {
        let name = typed.get_untracked();
        editor.change(|draft| (of.set)(draft, &name, None));
        typed.set(String::new());
        focus(&back);
    };
    let choices = StoredValue::new(choices);
    let own = StoredValue::new(field.clone());
    let rows = move || {
        let names = names.get();
        when(!names.is_empty(), || {
            let rows = names.into_iter().map(|name| line(editor, of, name, choices, own)).collect();
            table(of.title, &["In the product", of.target, "Actions"], rows)
        })
    };
    view! {
        <section class="section" aria-labelledby=labelled>
            <h2 id=heading>{of.title}</h2>
            <p class="subtle">{of.about}</p>
            {rows}
            {move || findings::at(editor, of.part, None, None)}
            <form on:submit=|event: ev::SubmitEvent| event.prevent_default()>
                <div class="field">
                    <label class="field-label" for=id>{of.name}</label>
                    <input
                        class="field-input"
                        id=field
                        autocomplete="off"
                        maxlength="255"
                        prop:value=move || typed.get()
                        on:input:target=move |event| typed.set(event.target().value())
                    />
                </div>
                <div class="buttons"><Button submits=true on_press=add>{of.name}</Button></div>
            </form>
        </section>
    }
    .into_any()
}

fn line(
    editor: Editor,
    of: NamedTargets,
    name: String,
    choices: StoredValue<Vec<(String, String)>>,
    field: StoredValue<String>,
) -> AnyView {
    let own = StoredValue::new(name.clone());
    let current = move || {
        let all = editor.draft.with(|draft| (of.read)(draft));
        own.with_value(|own| all.into_iter().find(|(name, _)| name == own).map(|(_, to)| to).unwrap_or_default())
    };
    let option = |(value, words): (String, String)| {
        let id = value.clone();
        view! { <option value=value prop:selected=move || current() == id>{words}</option> }.into_any()
    };
    let options: Vec<AnyView> = choices.get_value().into_iter().map(option).collect();
    let choose =
        move |value: String| own.with_value(|own| editor.change(|draft| (of.set)(draft, own, JiraId::parse(&value))));
    let remove = move |()| {
        own.with_value(|own| editor.change(|draft| (of.remove)(draft, own)));
        field.with_value(|field| focus(field));
    };
    let label = format!("{} {}: {}", of.title, isolated(&name), of.target);
    let to = view! {
        <select class="select" aria-label=label on:change:target=move |event| choose(event.target().value())>{options}</select>
        {move || own.with_value(|own| findings::at(editor, of.part, None, Some(own)))}
    };
    let removing = format!("Remove {name}");
    let actions = view! { <Button look=Look::Subtle label=removing on_press=remove>"Remove"</Button> }.into_any();
    row(view! { <bdi>{name}</bdi> }.into_any(), vec![cell(of.target, to.into_any())], Some(actions))
}
