//! The numbers of a chart, with what the spec says about showing them.

use super::{
    hue::Hue,
    markup::isolated,
    number::{percent, words},
};
use crate::{Amount, Compute, Data, Mark, Palette, SegmentKey, Source, Spec};

/// A spec and its numbers, and how they are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) data: &'a Data,
    /// The mark: that of the spec, unless it could not be read.
    pub(crate) mark: Mark,
}

impl<'a> Figures<'a> {
    /// How many segments there are.
    pub(crate) fn segments(self) -> usize {
        self.data.segments.len()
    }

    /// How many columns each segment has; 0 if it is one number.
    pub(crate) fn columns(self) -> usize {
        self.data.columns.len()
    }

    /// The label of a segment.
    pub(crate) fn label(self, segment: usize) -> &'a str {
        self.data.segments.get(segment).map_or("", |one| one.label.as_str())
    }

    /// The label of a column.
    pub(crate) fn column_label(self, column: usize) -> &'a str {
        self.data.columns.get(column).map_or("", |one| one.label.as_str())
    }

    /// The number of a segment, or of one of its cells.
    pub(crate) fn amount(self, segment: usize, column: Option<usize>) -> Option<&'a Amount> {
        let one = self.data.segments.get(segment)?;
        column.map_or(Some(&one.amount), |column| one.cells.get(column))
    }

    /// The value that is drawn; `None` if there is nothing to draw, such as the average of no issues.
    pub(crate) fn value(self, segment: usize, column: Option<usize>) -> Option<f64> {
        self.value_of(self.amount(segment, column)?)
    }

    /// The same, of any number of the chart.
    pub(crate) fn value_of(self, amount: &Amount) -> Option<f64> {
        let is_known = amount.value.is_finite() && (!self.is_average() || amount.issues > 0);
        is_known.then_some(amount.value)
    }

    /// Every value that is drawn: of the cells if there are columns, else of the segments.
    pub(crate) fn values(self) -> Vec<f64> {
        let cells = |segment| (0..self.columns()).filter_map(move |column| self.value(segment, Some(column)));
        if self.columns() == 0 {
            return (0..self.segments()).filter_map(|segment| self.value(segment, None)).collect();
        }
        (0..self.segments()).flat_map(cells).collect()
    }

    /// Whether issues are counted, so that every value is a whole number.
    pub(crate) fn is_count(self) -> bool {
        self.spec.measure.compute == Compute::Count
    }

    /// Whether averages are shown, which do not add up.
    pub(crate) fn is_average(self) -> bool {
        self.spec.measure.compute == Compute::Average
    }

    /// Whether the segments are spans of time.
    pub(crate) fn is_time(self) -> bool {
        let is_span = |key: &SegmentKey| matches!(key, SegmentKey::From(_));
        self.data.segments.iter().any(|one| is_span(&one.key))
    }

    /// Whether two series are compared, which do not add up to anything.
    pub(crate) fn is_comparison(self) -> bool {
        matches!(self.spec.source, Source::Series(_))
    }

    /// Whether a value is a part of the total, so that a share of it can be told.
    pub(crate) fn has_shares(self) -> bool {
        let total = self.data.total.value;
        let is_part = |value: &f64| *value >= 0.0;
        self.data.adds_up
            && !self.is_average()
            && !self.is_comparison()
            && total.is_finite()
            && total > 0.0
            && self.values().iter().all(is_part)
    }

    /// The share of the total, in percent.
    pub(crate) fn share(self, value: f64) -> Option<u64> {
        self.has_shares().then(|| percent(value, self.data.total.value))
    }

    /// A number on a mark: `42`, or `42 · 35 %`.
    pub(crate) fn number(self, value: Option<f64>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        match self.share(value).filter(|_| self.spec.look.percent) {
            Some(share) => format!("{} · {share} %", words(value)),
            None => words(value),
        }
    }

    /// What the numbers are of: `issues`, or the name of the field.
    pub(crate) fn unit(self, value: f64) -> String {
        match &self.spec.measure.field {
            Some(field) if !self.is_count() => isolated(field.label()),
            _ if (value - 1.0).abs() < f64::EPSILON => "issue".to_owned(),
            _ => "issues".to_owned(),
        }
    }

    /// A number with its unit: `42 issues`, `average 3.5 Story points`.
    pub(crate) fn with_unit(self, value: Option<f64>) -> String {
        let Some(value) = value else { return "no value".to_owned() };
        let average = if self.is_average() { "average " } else { "" };
        format!("{average}{} {}", words(value), self.unit(value))
    }

    /// What screen readers say of a mark: `To do, Bug, 42 issues, 35 percent`.
    pub(crate) fn spoken(self, segment: usize, column: Option<usize>) -> String {
        let value = self.value(segment, column);
        let mut parts = vec![isolated(self.label(segment))];
        parts.extend(column.map(|column| isolated(self.column_label(column))));
        parts.push(self.with_unit(value));
        parts.extend(value.and_then(|value| self.share(value)).map(|share| format!("{share} percent")));
        parts.join(", ")
    }

    /// The colour of a segment that is one number. Where its name stands beside it, a colour would tell nothing more:
    /// then all have one, unless the spec or the category of a status gives another.
    pub(crate) fn hue(self, segment: usize) -> Hue {
        let Some(one) = self.data.segments.get(segment) else { return Hue::Slot(0) };
        let is_named = |key: &SegmentKey| !matches!(key, SegmentKey::Other | SegmentKey::None);
        let is_single = self.spec.look.palette == Palette::Single || self.mark != Mark::Donut;
        let before = self.data.segments.iter().take(segment).filter(|one| is_named(&one.key)).count();
        let category = one.category.filter(|_| self.spec.look.palette == Palette::Status);
        Hue::of(&one.key, one.color, category, if is_single { Hue::Single } else { Hue::Slot(before) })
    }

    /// The colour of a column.
    pub(crate) fn column_hue(self, column: usize) -> Hue {
        let Some(one) = self.data.columns.get(column) else { return Hue::Slot(0) };
        let category = one.category.filter(|_| self.spec.look.palette == Palette::Status);
        Hue::of(&one.key, one.color, category, Hue::Slot(column))
    }
}
