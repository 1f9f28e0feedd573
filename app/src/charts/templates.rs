//! Charts to begin with, as far as a site has the fields for them.

use api::ChartField;
use chart::{
    Buckets, Compute, Every, Field, FieldKind, Look, Mark, Measure, Order, Palette, Says, Series, Source, Spec,
};
use leptos::prelude::*;

use super::draft::{empty_spec, group_by};

/// A chart to begin with.
struct Template {
    title: &'static str,
    about: &'static str,
    /// `None` if the site lacks a field without which the chart makes no sense.
    spec: fn(&[ChartField]) -> Option<Spec>,
}

const TEMPLATES: [Template; 5] = [
    Template { title: "Issues by status", about: "Where the issues of the last 90 days are", spec: by_status },
    Template { title: "Issues by assignee", about: "Who has how many open issues", spec: by_assignee },
    Template {
        title: "Created against resolved",
        about: "Whether issues are resolved as fast as they come in",
        spec: created_against_resolved,
    },
    Template { title: "Open bugs by priority", about: "How urgent the open bugs are", spec: open_bugs },
    Template {
        title: "Story points by sprint",
        about: "How much the sprints of the last 90 days hold",
        spec: points_by_sprint,
    },
];

/// What Jira has called the field for story points: in company-managed projects, in older sites, and in team-managed ones.
const STORY_POINTS: [&str; 3] = ["Story points", "Story Points", "Story point estimate"];

fn has(fields: &[ChartField], ids: &[&str]) -> Option<()> {
    ids.iter().all(|id| fields.iter().any(|field| field.id == **id)).then_some(())
}

/// The field that was added to the site under one of these names.
fn added(fields: &[ChartField], names: &[&str], kind: FieldKind) -> Option<Field> {
    let of = |name: &&str| fields.iter().find(|field| field.name == **name && field.kind == kind);
    names.iter().find_map(of).map(|one| field(&one.id, &one.name))
}

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

fn by_status(fields: &[ChartField]) -> Option<Spec> {
    has(fields, &["status"])?;
    let status = field("status", "Status");
    Some(begin("Issues by status", "updated >= -90d", Mark::Bar, Palette::Status, status, FieldKind::Single))
}

fn by_assignee(fields: &[ChartField]) -> Option<Spec> {
    has(fields, &["assignee"])?;
    let assignee = field("assignee", "Assignee");
    let open = "statusCategory != Done";
    Some(begin("Open issues by assignee", open, Mark::Bar, Palette::Single, assignee, FieldKind::Single))
}

fn created_against_resolved(fields: &[ChartField]) -> Option<Spec> {
    has(fields, &["created", "resolutiondate"])?;
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
    Some(spec)
}

fn open_bugs(fields: &[ChartField]) -> Option<Spec> {
    has(fields, &["priority", "issuetype"])?;
    let bugs = "issuetype = Bug AND statusCategory != Done";
    let priority = field("priority", "Priority");
    let mut spec = begin("Open bugs by priority", bugs, Mark::Column, Palette::Single, priority, FieldKind::Single);
    if let Some(group) = &mut spec.group {
        group.order = Order::Natural;
    }
    Some(spec)
}

fn points_by_sprint(fields: &[ChartField]) -> Option<Spec> {
    let sprint = added(fields, &["Sprint"], FieldKind::Multiple)?;
    let points = added(fields, &STORY_POINTS, FieldKind::Number)?;
    let recent = "updated >= -90d";
    let kind = FieldKind::Multiple;
    let mut spec = begin("Story points by sprint", recent, Mark::Column, Palette::Single, sprint, kind);
    spec.measure = Measure { compute: Compute::Sum, field: Some(points) };
    if let Some(group) = &mut spec.group {
        group.order = Order::Label;
        group.none = false;
    }
    Some(spec)
}

/// The templates that fit the fields. `choose` is called with the spec of one.
pub(super) fn templates(fields: &[ChartField], choose: Callback<Spec>) -> AnyView {
    let offer = |(template, spec): (&'static Template, Spec)| {
        view! {
            <li>
                <button type="button" class="site charts-template" on:click=move |_| choose.run(spec.clone())>
                    <span class="site-words">
                        <span class="site-name">{template.title}</span>
                        <span class="subtle">{template.about}</span>
                    </span>
                </button>
            </li>
        }
        .into_any()
    };
    let fitting = TEMPLATES.iter().filter_map(|template| Some((template, (template.spec)(fields)?)));
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

    /// Everything that a template may need.
    fn fields() -> Vec<ChartField> {
        let of =
            |(id, name, kind): (&str, &str, FieldKind)| ChartField { id: id.to_owned(), name: name.to_owned(), kind };
        [
            ("status", "Status", FieldKind::Single),
            ("assignee", "Assignee", FieldKind::Single),
            ("created", "Created", FieldKind::Date),
            ("resolutiondate", "Resolved", FieldKind::Date),
            ("priority", "Priority", FieldKind::Single),
            ("issuetype", "Issue Type", FieldKind::Single),
            ("customfield_10016", "Story point estimate", FieldKind::Number),
            ("customfield_10020", "Sprint", FieldKind::Multiple),
        ]
        .map(of)
        .into()
    }

    #[test]
    fn every_template_makes_a_chart_without_faults() {
        for template in &TEMPLATES {
            let spec = (template.spec)(&fields()).expect("the site has every field");
            assert_eq!(spec.faults(), [], "{}", template.title);
        }
    }

    #[test]
    fn a_template_is_offered_only_where_the_site_has_the_fields_that_it_uses() {
        for template in &TEMPLATES {
            let spec = (template.spec)(&fields()).expect("the site has every field");
            let used = [spec.group.map(|group| group.field.id), spec.measure.field.map(|field| field.id)];
            for used in used.into_iter().flatten() {
                let without: Vec<ChartField> = fields().into_iter().filter(|field| field.id != used).collect();
                assert_eq!((template.spec)(&without), None, "{} without {used}", template.title);
            }
        }
    }
}
