//! Charts to draw.

use crate::{
    Amount, Buckets, Color, Column, Compute, Counted, Counter, Data, Every, Field, Goal, Group, Look, Mark, Measure,
    Note, Order, Palette, Says, Segment, SegmentKey, Source, Spec, Split,
};

/// Names of statuses as sites have them.
const LABELS: [&str; 8] =
    ["In progress", "To do", "Done", "In review", "Waiting for customer", "Blocked", "Ready", "QA"];

/// A spec and its numbers.
pub(super) struct Example {
    pub(super) spec: Spec,
    pub(super) data: Data,
}

fn field(id: &str, name: &str) -> Field {
    Field { id: id.to_owned(), name: Some(name.to_owned()) }
}

pub(super) fn amount(value: f64) -> Amount {
    let issues = super::super::number::whole(value.abs());
    let url = Some("https://acme.example/?a=b&c".to_owned());
    Amount { issues, value, jql: Some("a = \"b\"".to_owned()), url }
}

fn segment(key: SegmentKey, label: String, value: f64) -> Segment {
    Segment { key, label, color: None, category: None, amount: amount(value), cells: Vec::new() }
}

/// A chart with this many segments, whose values fall.
pub(super) fn chart(mark: Mark, segments: usize) -> Example {
    let label = |index: usize| LABELS.get(index).map_or_else(|| format!("Status {index}"), |label| (*label).to_owned());
    let value = |index: usize| f64::from(42 - i32::try_from(index).expect("few")) - if index > 3 { 0.0 } else { 1.0 };
    let segments: Vec<Segment> = (0..segments)
        .map(|index| segment(SegmentKey::Value(format!("1000{index}")), label(index), value(index)))
        .collect();
    let total = segments.iter().map(|one| one.amount.value).sum();
    let group = Group {
        field: field("status", "Status"),
        limit: 40,
        order: Order::Largest,
        other: true,
        none: true,
        buckets: None,
        segments: Vec::new(),
    };
    Example {
        spec: Spec {
            source: Source::Jql("project = ACME".to_owned()),
            mark,
            measure: Measure { compute: Compute::Count, field: None },
            group: Some(group),
            split: None,
            goal: None,
            params: Vec::new(),
            look: Look { palette: Palette::Categorical, labels: true, percent: false, legend: true },
            says: Says { title: "Issues by status".to_owned(), subtitle: None, alt: None },
        },
        data: Data {
            total: amount(total),
            segments,
            columns: Vec::new(),
            adds_up: true,
            counted: Counted {
                at: "2026-12-01T13:02:00Z".to_owned(),
                by: Counter::Jira,
                zone: "Europe/Berlin".to_owned(),
            },
            notes: Vec::new(),
        },
    }
}

impl Example {
    /// Splits every segment into this many columns.
    pub(super) fn split(mut self, columns: usize) -> Self {
        const TYPES: [&str; 5] = ["Bug", "Task", "Story", "Epic", "Improvement"];
        let label =
            |index: usize| TYPES.get(index).map_or_else(|| format!("Type {index}"), |label| (*label).to_owned());
        self.data.columns = (0..columns)
            .map(|index| Column {
                key: SegmentKey::Value(index.to_string()),
                label: label(index),
                color: None,
                category: None,
            })
            .collect();
        for (row, segment) in self.data.segments.iter_mut().enumerate() {
            let part = |column: usize| {
                (segment.amount.value / f64::from(u32::try_from(columns).expect("few"))).round()
                    * f64::from(u32::try_from((row + column) % 3).expect("few"))
            };
            segment.cells = (0..columns).map(|column| amount(part(column))).collect();
        }
        self.spec.split =
            Some(Split { field: field("issuetype", "Type"), limit: 6, other: true, none: true, segments: Vec::new() });
        self
    }

    /// Makes spans of time of the segments.
    pub(super) fn over_time(mut self) -> Self {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let waves = [31.0, 42.0, 18.0, 7.0, 25.0, 30.0, 12.0];
        for (index, segment) in self.data.segments.iter_mut().enumerate() {
            let month = MONTHS.get(index % 12).expect("a month");
            segment.label = format!("{month} {}", 2023 + index / 12);
            segment.key = SegmentKey::From(format!("{}-{:02}-01", 2023 + index / 12, index % 12 + 1));
            segment.amount = amount(*waves.get(index % waves.len()).expect("a value"));
        }
        if let Some(group) = &mut self.spec.group {
            group.field = field("created", "Created");
            group.buckets = Some(Buckets { every: Every::Month, last: Some(12), from: None, until: None });
        }
        self.data.adds_up = false;
        self
    }

    /// Compares two series over the same spans of time.
    pub(super) fn compared(self) -> Self {
        let mut example = self.over_time().split(2);
        let series = |name: &str| crate::Series {
            name: name.to_owned(),
            jql: "project = ACME".to_owned(),
            field: None,
            color: None,
        };
        example.spec.source = Source::Series(vec![series("Created"), series("Resolved")]);
        example.spec.split = None;
        for (place, name) in ["Created", "Resolved"].into_iter().enumerate() {
            let column = example.data.columns.get_mut(place).expect("two columns");
            (column.label, column.key) = (name.to_owned(), SegmentKey::Series(u8::try_from(place).expect("two")));
        }
        for (index, segment) in example.data.segments.iter_mut().enumerate() {
            let (created, resolved) = (segment.amount.value, 20.0 + f64::from(u32::try_from(index).expect("few")));
            segment.cells = vec![amount(created), amount(resolved)];
        }
        example
    }

    /// Gives the last two segments to *Other* and *None*.
    pub(super) fn with_rest(mut self) -> Self {
        let from = self.data.segments.len() - 2;
        for (segment, (key, label)) in
            self.data.segments.iter_mut().skip(from).zip([(SegmentKey::Other, "Other"), (SegmentKey::None, "None")])
        {
            (segment.key, segment.label) = (key, label.to_owned());
        }
        self
    }

    /// Changes every value.
    pub(super) fn valued(mut self, value: impl Fn(usize, f64) -> f64) -> Self {
        for (index, segment) in self.data.segments.iter_mut().enumerate() {
            segment.amount = amount(value(index, segment.amount.value));
            for cell in &mut segment.cells {
                *cell = amount(value(index, cell.value));
            }
        }
        self.data.total = amount(self.data.segments.iter().map(|one| one.amount.value).sum());
        self
    }

    /// Changes every label.
    pub(super) fn labelled(mut self, label: impl Fn(usize) -> String) -> Self {
        for (index, segment) in self.data.segments.iter_mut().enumerate() {
            segment.label = label(index);
        }
        self
    }

    /// Sums a field, and shows its values with fractions.
    pub(super) fn summed(mut self, compute: Compute) -> Self {
        self.spec.measure = Measure { compute, field: Some(field("customfield_10016", "Story points")) };
        self.data.counted.by = Counter::Issues;
        self.data.adds_up = compute == Compute::Sum;
        self
    }

    /// Sets a goal.
    pub(super) fn with_goal(mut self, value: f64) -> Self {
        self.spec.goal = Some(Goal { value, label: None });
        self
    }

    /// What the spec says about its look.
    pub(super) fn looking(mut self, change: impl FnOnce(&mut Look)) -> Self {
        change(&mut self.spec.look);
        self
    }

    /// A note on the numbers, and that they do not add up.
    pub(super) fn overlapping(mut self) -> Self {
        self.data.notes = vec![Note::Approximate, Note::Overlapping];
        self.data.adds_up = false;
        self
    }

    /// A colour for the second segment.
    pub(super) fn coloured(mut self, color: Color) -> Self {
        if let Some(segment) = self.data.segments.get_mut(1) {
            segment.color = Some(color);
        }
        self
    }
}

/// Every label is long.
pub(super) fn long(index: usize) -> String {
    format!("Waiting for somebody at the customer's to answer question number {index}, which nobody understood")
}

/// Labels in Arabic and Hebrew.
pub(super) fn right_to_left(index: usize) -> String {
    const LABELS: [&str; 4] = ["قيد التنفيذ", "للتنفيذ", "תם", "قيد المراجعة من قبل العميل"];
    let label = LABELS.get(index % LABELS.len()).expect("a label");
    if index < LABELS.len() { (*label).to_owned() } else { format!("{label} {index}") }
}
