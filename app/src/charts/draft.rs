//! The chart that is being made or changed.

use api::{ChartField, ChartSourceQuery, ConnectionId, List, ListChartFields};
use chart::{
    Buckets, Compute, Every, Field, FieldKind, Group, Look, Mark, Measure, Order, Palette, Says, Source, Spec, Split,
};
use leptos::prelude::*;

use crate::{
    client::{CallError, call},
    ui::query::Query,
};

/// The draft. One for the editor.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// The question and the look.
    pub(super) spec: RwSignal<Spec>,
    /// The key of the site.
    pub(super) site: RwSignal<String>,
    /// The connection whose access is used; `None`: the person's own.
    pub(super) access: RwSignal<Option<ConnectionId>>,
    /// The fields of the site.
    pub(super) fields: Query<List<ChartField>>,
    /// Whether the person tried to save: then every fault is shown.
    pub(super) tried: RwSignal<bool>,
}

/// A chart of nothing yet.
pub(super) fn empty_spec() -> Spec {
    Spec {
        source: Source::Jql(String::new()),
        mark: Mark::Bar,
        measure: Measure::default(),
        group: Some(group_by(Field { id: "status".to_owned(), name: Some("Status".to_owned()) }, FieldKind::Single)),
        split: None,
        goal: None,
        params: Vec::new(),
        look: Look { palette: Palette::Status, ..Look::default() },
        says: Says { title: String::new(), subtitle: None, alt: None },
    }
}

/// A group by a field, with what is usual for its kind.
pub(super) fn group_by(field: Field, kind: FieldKind) -> Group {
    let is_date = kind == FieldKind::Date;
    Group {
        field,
        limit: 10,
        order: if is_date { Order::Natural } else { Order::Largest },
        other: !is_date,
        none: !is_date,
        buckets: is_date.then_some(Buckets { every: Every::Month, last: Some(12), from: None, until: None }),
        segments: Vec::new(),
    }
}

/// A split by a field.
pub(super) fn split_by(field: Field) -> Split {
    Split { field, limit: 5, other: true, none: true, segments: Vec::new() }
}

impl Draft {
    /// Begins with a spec, and loads the fields of the site for each other site or access.
    pub(super) fn begin(spec: Spec, site: String, access: Option<ConnectionId>) -> Self {
        let (site, access) = (RwSignal::new(site), RwSignal::new(access));
        let fields = Query::new(move || {
            let query = ChartSourceQuery { site: site.get_untracked(), connection_id: access.get_untracked(), q: None };
            async move { load_fields(query).await }
        });
        Effect::new(move |before: Option<(String, Option<ConnectionId>)>| {
            let now = (site.get(), access.get());
            if before.is_some_and(|before| before != now) {
                fields.reload();
            }
            now
        });
        Self { spec: RwSignal::new(spec), site, access, fields, tried: RwSignal::new(false) }
    }

    /// The fields, once they are known.
    pub(super) fn known_fields(self) -> Vec<ChartField> {
        self.fields.get().and_then(Result::ok).map(|list| list.items).unwrap_or_default()
    }

    /// The field with this id, and its kind. Until the fields are known it is called by its id.
    pub(super) fn field(self, id: &str) -> (Field, FieldKind) {
        let known = untrack(|| self.known_fields()).into_iter().find(|field| field.id == id);
        let kind = known.as_ref().map(|field| field.kind).or_else(|| FieldKind::of_system(id));
        (Field { id: id.to_owned(), name: known.map(|field| field.name) }, kind.unwrap_or(FieldKind::Single))
    }

    /// What is wrong at `path`, if it is shown now: once the person has tried to save, or if the part is there.
    pub(super) fn fault(self, path: impl Into<String>) -> Signal<Option<String>> {
        let path = path.into();
        Signal::derive(move || {
            let found = self.spec.with(|spec| spec.faults().into_iter().find(|fault| fault.path == path));
            found.filter(|_| self.tried.get()).map(|fault| fault.sentence)
        })
    }

    /// The fields to choose from that `fits`, with one that is chosen already, for a select. The first is for none.
    pub(super) fn options(
        self,
        none: &'static str,
        fits: fn(FieldKind) -> bool,
        chosen: Signal<String>,
    ) -> Signal<Vec<(String, String)>> {
        Signal::derive(move || {
            let fields = self.known_fields().into_iter().filter(|field| fits(field.kind));
            let mut all: Vec<(String, String)> = fields.map(|field| (field.id, field.name)).collect();
            let own = chosen.get_untracked();
            if !own.is_empty() && !all.iter().any(|(id, _)| *id == own) {
                let name = self.spec.with_untracked(|spec| name_of(spec, &own));
                all.insert(0, (own.clone(), name.unwrap_or(own)));
            }
            std::iter::once((String::new(), none.to_owned())).chain(all).collect()
        })
    }
}

/// What the spec calls a field.
fn name_of(spec: &Spec, id: &str) -> Option<String> {
    let fields = [
        spec.group.as_ref().map(|group| &group.field),
        spec.split.as_ref().map(|split| &split.field),
        spec.measure.field.as_ref(),
    ];
    let params = spec.params.iter().map(|param| &param.field);
    fields.into_iter().flatten().chain(params).find(|field| field.id == id).map(|field| field.label().to_owned())
}

async fn load_fields(query: ChartSourceQuery) -> Result<List<ChartField>, CallError> {
    if query.site.is_empty() {
        return Ok(List { items: Vec::new(), next_cursor: None });
    }
    call::<ListChartFields>(&(), &query).await
}

/// Whether segments can be made of a field of this kind.
pub(super) fn can_group(kind: FieldKind) -> bool {
    kind != FieldKind::Number
}

/// Whether columns can be made of it.
pub(super) fn can_split(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Single | FieldKind::Multiple)
}

/// Whether it can be added up.
pub(super) fn can_measure(kind: FieldKind) -> bool {
    kind == FieldKind::Number
}

/// The measure with another computation. Without a field yet, a sum takes the first that can be added up.
pub(super) fn measured(compute: Compute, before: &Measure, fields: &[ChartField]) -> Measure {
    if compute == Compute::Count {
        return Measure::default();
    }
    let first = || fields.iter().find(|field| can_measure(field.kind));
    let field = before
        .field
        .clone()
        .or_else(|| first().map(|field| Field { id: field.id.clone(), name: Some(field.name.clone()) }));
    Measure { compute, field }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, kind: FieldKind) -> ChartField {
        ChartField { id: id.to_owned(), name: id.to_uppercase(), kind }
    }

    #[test]
    fn a_date_is_grouped_by_spans_of_time_that_follow_each_other() {
        let date = group_by(Field { id: "created".to_owned(), name: None }, FieldKind::Date);
        assert_eq!((date.order, date.buckets.is_some(), date.other), (Order::Natural, true, false));
        let status = group_by(Field { id: "status".to_owned(), name: None }, FieldKind::Single);
        assert_eq!((status.order, status.buckets.is_some(), status.other), (Order::Largest, false, true));
    }

    #[test]
    fn a_sum_begins_with_a_field_that_can_be_added_up_and_a_count_has_none() {
        let fields = [field("status", FieldKind::Single), field("points", FieldKind::Number)];
        let sum = measured(Compute::Sum, &Measure::default(), &fields);
        assert_eq!(sum.field.as_ref().map(|field| field.id.as_str()), Some("points"));
        assert_eq!(measured(Compute::Average, &sum, &[]).field, sum.field);
        assert_eq!(measured(Compute::Count, &sum, &fields), Measure::default());
    }
}
