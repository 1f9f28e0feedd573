//! The parts of a chart: what makes a segment or a column, as a query and as a test of an issue that was read.

use std::cmp::Ordering;

use time::Date;

use super::{Jira, Question};
use crate::{
    Buckets, Category, Color, Column, Compute, Every, FieldValue, Order, Segment, SegmentKey, SegmentSetting, Span,
    check, clause, quoted,
};

/// Issues, and what was added up of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) issues: u64,
    /// The sum of the measured field, over the `measured` issues that have a number there.
    pub(super) sum: f64,
    pub(super) measured: u32,
}

impl Tally {
    pub(super) fn counted(issues: u64) -> Self {
        Self { issues, ..Self::default() }
    }

    pub(super) fn add(&mut self, number: Option<f64>) {
        self.issues += 1;
        if let Some(number) = number {
            self.sum += number;
            self.measured += 1;
        }
    }

    pub(super) fn value(self, compute: Compute) -> f64 {
        match compute {
            #[expect(clippy::cast_precision_loss, reason = "no Jira has 2^53 issues")]
            Compute::Count => self.issues as f64,
            Compute::Sum => self.sum,
            Compute::Average if self.measured == 0 => 0.0,
            Compute::Average => self.sum / f64::from(self.measured),
        }
    }
}

/// What makes a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    Value(String),
    Span(Span),
    Series(u8),
    /// Some value, but none of these.
    Other(Vec<String>),
    None,
}

impl Pick {
    pub(super) fn key(&self) -> SegmentKey {
        match self {
            Self::Value(value) => SegmentKey::Value(value.clone()),
            Self::Span(span) => SegmentKey::From(span.from.to_string()),
            Self::Series(at) => SegmentKey::Series(*at),
            Self::Other(_) => SegmentKey::Other,
            Self::None => SegmentKey::None,
        }
    }

    /// The condition on the field with this id. Empty fields match no condition but `is EMPTY`.
    pub(super) fn condition(&self, field: &str) -> String {
        let field = clause(field);
        match self {
            Self::Value(value) => format!("{field} = {}", quoted(value)),
            Self::Span(Span { from, until }) => format!("{field} >= \"{from}\" AND {field} < \"{until}\""),
            Self::Other(values) if !values.is_empty() => {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("{field} is not EMPTY AND {field} not in ({})", values.join(", "))
            }
            Self::Series(_) | Self::Other(_) => format!("{field} is not EMPTY"),
            Self::None => format!("{field} is EMPTY"),
        }
    }

    /// Whether an issue with these values matches, as Jira would say.
    pub(super) fn matches(&self, values: &[FieldValue], day: Option<Date>) -> bool {
        match self {
            Self::Value(value) => values.iter().any(|one| one.value == *value),
            Self::Span(span) => day.is_some_and(|day| span.from <= day && day < span.until),
            Self::Other(kept) => !values.is_empty() && !values.iter().any(|one| kept.contains(&one.value)),
            Self::None => values.is_empty() && day.is_none(),
            Self::Series(_) => true,
        }
    }
}

/// A segment or a column, before it has numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) pick: Pick,
    pub(super) label: String,
    pub(super) color: Option<Color>,
    pub(super) category: Option<Category>,
}

impl Part {
    fn new(pick: Pick, label: String, category: Option<Category>, settings: &[SegmentSetting]) -> Self {
        let key = pick.key();
        let setting = settings.iter().find(|one| one.key == key);
        let label = setting.and_then(|one| one.label.clone()).unwrap_or(label);
        Self { pick, label, color: setting.and_then(|one| one.color), category }
    }

    pub(super) fn column(self) -> Column {
        Column { key: self.pick.key(), label: self.label, color: self.color, category: self.category }
    }
}

/// What a group or a split says about its parts.
pub(super) struct Axis<'a> {
    pub(super) field: &'a str,
    pub(super) limit: usize,
    pub(super) other: bool,
    pub(super) none: bool,
    pub(super) settings: &'a [SegmentSetting],
}

impl Axis<'_> {
    pub(super) fn is_hidden(&self, key: &SegmentKey) -> bool {
        self.settings.iter().any(|one| one.hidden && one.key == *key)
    }

    /// Values that are described and may be shown, whether or not they were seen.
    pub(super) fn described(&self) -> impl Iterator<Item = FieldValue> {
        self.settings.iter().filter(|one| !one.hidden).filter_map(|one| match &one.key {
            SegmentKey::Value(value) => {
                let label = one.label.clone().unwrap_or_else(|| value.clone());
                Some(FieldValue { value: value.clone(), label, category: None })
            }
            _ => None,
        })
    }

    /// The parts for these values, with *Other* and *None* if they are wanted.
    pub(super) fn parts(&self, kept: Vec<FieldValue>) -> Vec<Part> {
        let hidden = self.settings.iter().filter(|one| one.hidden).filter_map(|one| match &one.key {
            SegmentKey::Value(value) => Some(value.clone()),
            _ => None,
        });
        let named: Vec<String> = kept.iter().map(|one| one.value.clone()).chain(hidden).collect();
        let part = |one: FieldValue| Part::new(Pick::Value(one.value), one.label, one.category, self.settings);
        let mut parts: Vec<Part> = kept.into_iter().map(part).collect();
        for (wanted, pick, label) in [(self.other, Pick::Other(named), "Other"), (self.none, Pick::None, "None")] {
            if wanted && !self.is_hidden(&pick.key()) {
                parts.push(Part::new(pick, label.to_owned(), None, self.settings));
            }
        }
        parts
    }
}

impl<J: Jira> Question<'_, J> {
    pub(super) fn group_axis(&self) -> Option<Axis<'_>> {
        let group = self.spec.group.as_ref()?;
        let field = self.bases.first().and_then(|base| base.group).map_or(group.field.id.as_str(), |field| &field.id);
        let (limit, other, none) = (usize::from(group.limit), group.other, group.none);
        Some(Axis { field, limit, other, none, settings: &group.segments })
    }

    pub(super) fn split_axis(&self) -> Option<Axis<'_>> {
        let split = self.spec.split.as_ref()?;
        let (limit, other, none) = (usize::from(split.limit), split.other, split.none);
        Some(Axis { field: &split.field.id, limit, other, none, settings: &split.segments })
    }

    /// The spans of time that are shown, and the issues without a date. `None`: they lie beyond the calendar.
    pub(super) fn spans(&self) -> Option<Vec<Part>> {
        let group = self.spec.group.as_ref()?;
        let usual = Buckets { every: Every::Month, last: Some(12), from: None, until: None };
        let buckets = group.buckets.as_ref().unwrap_or(&usual);
        let spans = buckets.spans(self.moment.today)?.into_iter();
        let spans = spans.map(|span| (Pick::Span(span), span_label(buckets.every, span.from)));
        let none = group.none.then(|| (Pick::None, "None".to_owned()));
        let parts = spans.chain(none).map(|(pick, label)| Part::new(pick, label, None, &group.segments));
        let hidden = |part: &Part| group.segments.iter().any(|one| one.hidden && one.key == part.pick.key());
        Some(parts.filter(|part| !hidden(part)).collect())
    }

    /// Puts segments into the order that the group wants. Spans of time follow each other; *Other* and *None* are last.
    pub(super) fn sort(&self, segments: &mut [Segment]) {
        let Some(group) = &self.spec.group else { return };
        if self.is_by_time() {
            return;
        }
        let place =
            |one: &Segment| group.segments.iter().position(|setting| setting.key == one.key).unwrap_or(usize::MAX);
        let largest = |a: &Segment, b: &Segment| b.amount.value.total_cmp(&a.amount.value);
        let by_label = |a: &Segment, b: &Segment| a.label.to_lowercase().cmp(&b.label.to_lowercase());
        let last = |one: &Segment| match one.key {
            SegmentKey::Other => 1,
            SegmentKey::None => 2,
            _ => 0,
        };
        segments.sort_by(|a, b| {
            let order = match group.order {
                Order::Natural => Ordering::Equal,
                Order::Largest => largest(a, b).then_with(|| by_label(a, b)),
                Order::Smallest => largest(b, a).then_with(|| by_label(a, b)),
                Order::Label => by_label(a, b),
                Order::Listed => place(a).cmp(&place(b)).then_with(|| largest(a, b)),
            };
            last(a).cmp(&last(b)).then(order)
        });
    }
}

fn span_label(every: Every, from: Date) -> String {
    let month = from.month().to_string();
    let month = month.get(..3).unwrap_or_default();
    match every {
        Every::Day | Every::Week => format!("{} {month} {}", from.day(), from.year()),
        Every::Month => format!("{month} {}", from.year()),
        Every::Quarter => format!("Q{} {}", (from.month() as u8).div_ceil(3), from.year()),
        Every::Year => from.year().to_string(),
    }
}

/// The day that Jira writes at the beginning of a date, in the time zone of whoever asks.
pub(super) fn day_of(json: &serde_json::Value) -> Option<Date> {
    json.as_str().and_then(|text| text.get(..10)).and_then(check::day)
}
