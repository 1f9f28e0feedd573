//! Charts to begin with, as far as a site has the fields for them.

use api::ChartField;
use chart::{Buckets, Every, Field, FieldKind, Look, Mark, Order, Palette, Says, Series, Source, Spec};
use leptos::prelude::*;

use super::draft::{empty_spec, group_by};

/// A chart to begin with.
struct Template {
    title: &'static str,
    about: &'static str,
    /// The fields without which it makes no sense.
    needs: &'static [&'static str],
    spec: fn() -> Spec,
}

const TEMPLATES: [Template; 4] = [
    Template {
        title: "Issues by status",
        about: "Where the issues of the last 90 days are",
        needs: &["status"],
        spec: by_status,
    },
    Template {
        title: "Issues by assignee",
        about: "Who has how many open issues",
        needs: &["assignee"],
        spec: by_assignee,
    },
    Template {
        title: "Created against resolved",
        about: "Whether issues are resolved as fast as they come in",
        needs: &["created", "resolutiondate"],
        spec: created_against_resolved,
    },
    Template {
        title: "Open bugs by priority",
        about: "How urgent the open bugs are",
        needs: &["priority", "issuetype"],
        spec: open_bugs,
    },
];

fn field(id: &str, name: &str) -> Field {
    Field { id: id.to_owned(), name: Some(name.to_owned()) }
}

fn begin(title: &str, jql: &str, mark: Mark, palette: Palette, by: Field, kind: FieldKind) -> Spec {
    Spec {
        source: Source::Jql(jql.to_owned()),
        mark,
        group: Some(group_by(by, kind)),
        look: Look { palette, ..Look::default() },
        says: Says { title: title.to_owned(), subtitle: None, alt: None },
        ..empty_spec()
    }
}

fn by_status() -> Spec {
    let status = field("status", "Status");
    begin("Issues by status", "updated >= -90d", Mark::Bar, Palette::Status, status, FieldKind::Single)
}

fn by_assignee() -> Spec {
    let assignee = field("assignee", "Assignee");
    let open = "statusCategory != Done";
    begin("Open issues by assignee", open, Mark::Bar, Palette::Single, assignee, FieldKind::Single)
}

fn created_against_resolved() -> Spec {
    let series = |name: &str, id: &str| Series {
        name: name.to_owned(),
        jql: format!("{id} >= -365d"),
        field: Some(field(id, name)),
        color: None,
    };
    let created = field("created", "Created");
    let mut spec = begin("Created against resolved", "", Mark::Line, Palette::Categorical, created, FieldKind::Date);
    spec.source = Source::Series(vec![series("Created", "created"), series("Resolved", "resolutiondate")]);
    if let Some(group) = &mut spec.group {
        group.buckets = Some(Buckets { every: Every::Month, last: Some(12), from: None, until: None });
    }
    spec
}

fn open_bugs() -> Spec {
    let bugs = "issuetype = Bug AND statusCategory != Done";
    let priority = field("priority", "Priority");
    let mut spec = begin("Open bugs by priority", bugs, Mark::Column, Palette::Single, priority, FieldKind::Single);
    if let Some(group) = &mut spec.group {
        group.order = Order::Natural;
    }
    spec
}

/// The templates that fit the fields. `choose` is called with the spec of one.
pub(super) fn templates(fields: &[ChartField], choose: Callback<Spec>) -> AnyView {
    let has = |id: &&str| fields.iter().any(|field| field.id == **id);
    let offer = |template: &'static Template| {
        view! {
            <li>
                <button type="button" class="site charts-template" on:click=move |_| choose.run((template.spec)())>
                    <span class="site-words">
                        <span class="site-name">{template.title}</span>
                        <span class="subtle">{template.about}</span>
                    </span>
                </button>
            </li>
        }
        .into_any()
    };
    let fitting = TEMPLATES.iter().filter(|template| template.needs.iter().all(has));
    let offered: Vec<AnyView> = fitting.map(offer).collect();
    if offered.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="section" aria-labelledby="templates">
            <h2 id="templates">"Begin with"</h2>
            <ul class="sites charts-templates">{offered}</ul>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_makes_a_chart_without_faults() {
        for template in &TEMPLATES {
            assert_eq!((template.spec)().faults(), [], "{}", template.title);
        }
    }

    #[test]
    fn a_template_needs_the_fields_that_it_uses() {
        for template in &TEMPLATES {
            let spec = (template.spec)();
            let group = spec.group.map(|group| group.field.id).unwrap_or_default();
            assert!(template.needs.contains(&group.as_str()), "{} is grouped by {group}", template.title);
        }
    }
}
