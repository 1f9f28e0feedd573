//! The plan that reads every issue.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use time::Date;

use super::{
    Failed, Jira, Question,
    parts::{Axis, Part, Pick, Tally, day_of},
};
use crate::{Compute, Counter, Data, FieldKind, FieldValue, MOST_ISSUES, Order, values::number};

/// What matters of an issue.
struct Record {
    series: usize,
    group: Vec<FieldValue>,
    day: Option<Date>,
    split: Vec<FieldValue>,
    number: Option<f64>,
}

impl<J: Jira> Question<'_, J> {
    pub(super) async fn read(&self) -> Result<Data, Failed<J::Failure>> {
        let records = self.records().await?;
        let compute = self.spec.measure.compute;
        let tally = |matches: &dyn Fn(&Record) -> bool| {
            let mut tally = Tally::default();
            records.iter().filter(|one| matches(one)).for_each(|one| tally.add(one.number));
            tally
        };
        let segments = match self.group_axis() {
            None => Vec::new(),
            Some(_) if self.is_by_time() => self.spans().ok_or(Failed::NoSpans)?,
            Some(axis) => {
                let mut kept = largest(&axis, records.iter().map(|one| (&one.group, one.number)), compute);
                if self.spec.group.as_ref().is_some_and(|group| group.order == Order::Natural) {
                    self.put_in_jiras_order(&axis, &mut kept).await?;
                }
                axis.parts(kept)
            }
        };
        let columns = match self.split_axis() {
            Some(axis) => axis.parts(largest(&axis, records.iter().map(|one| (&one.split, one.number)), compute)),
            None => self.series(),
        };
        let is_in = |part: &Part, one: &Record| part.pick.matches(&one.group, one.day);
        let is_under = |column: &Part, one: &Record| match column.pick {
            Pick::Series(at) => usize::from(at) == one.series,
            _ => column.pick.matches(&one.split, None),
        };
        let row = |part: &Part| {
            let cell = |column: &Part| tally(&|one| is_in(part, one) && is_under(column, one));
            (tally(&|one| is_in(part, one)), columns.iter().map(cell).collect::<Vec<_>>())
        };
        let rows: Vec<_> = segments.iter().map(row).collect();
        let (segments, rows) = shown(segments, rows);
        let columns_seen =
            columns.iter().map(|column| tally(&|one| is_under(column, one)).issues > 0).collect::<Vec<_>>();
        let (columns, rows) = without_empty(columns, rows, &columns_seen);
        Ok(self.data(tally(&|_| true), &segments, columns, rows, (Counter::Issues, false)))
    }

    async fn records(&self) -> Result<Vec<Record>, Failed<J::Failure>> {
        let split = self.spec.split.as_ref().map(|split| split.field.id.as_str());
        let measured = self.spec.measure.field.as_ref().map(|field| field.id.as_str());
        let mut records = Vec::new();
        for (series, base) in self.bases.iter().enumerate() {
            let group = base.group.map(|field| field.id.as_str());
            let mut fields: Vec<&str> = [group, split, measured].into_iter().flatten().collect();
            fields.sort_unstable();
            fields.dedup();
            let query = base.jql.as_str();
            let issues = self.jira.issues(query, &fields, MOST_ISSUES).await.map_err(Failed::Jira)?;
            records.extend(issues.iter().map(|issue| {
                let field = |id: Option<&str>| id.and_then(|id| issue.get(id)).unwrap_or(&Value::Null);
                let by_time = self.is_by_time();
                Record {
                    series,
                    group: if by_time { Vec::new() } else { FieldValue::all(field(group)) },
                    day: if by_time { day_of(field(group)) } else { None },
                    split: FieldValue::all(field(split)),
                    number: number(field(measured)),
                }
            }));
        }
        Ok(records)
    }

    /// Orders values as Jira lists them; those that it does not list stay behind.
    async fn put_in_jiras_order(&self, axis: &Axis<'_>, kept: &mut [FieldValue]) -> Result<(), Failed<J::Failure>> {
        if let Some(all) = self.jira.values(axis.field).await.map_err(Failed::Jira)? {
            kept.sort_by_key(|one| all.iter().position(|other| other.value == one.value).unwrap_or(usize::MAX));
        }
        Ok(())
    }

    /// The values that the newest issues have, the most frequent first, of the group and of the split.
    pub(super) async fn sample(&self) -> Result<(Vec<FieldValue>, Vec<FieldValue>), Failed<J::Failure>> {
        let split = self.spec.split.as_ref().map(|split| split.field.id.as_str());
        let (mut groups, mut splits) = (Vec::new(), Vec::new());
        for base in &self.bases {
            let group = base.group.map(|field| field.id.as_str());
            let fields: Vec<&str> = [group, split].into_iter().flatten().collect();
            let query = format!("{} ORDER BY updated DESC", base.jql.as_str());
            let issues = self.jira.issues(&query, &fields, crate::PAGE).await.map_err(Failed::Jira)?;
            let values = |issue: &Map<String, Value>, id: Option<&str>| {
                FieldValue::all(id.and_then(|id| issue.get(id)).unwrap_or(&Value::Null))
            };
            groups.extend(issues.iter().map(|issue| values(issue, group)));
            splits.extend(issues.iter().map(|issue| values(issue, split)));
        }
        let rank = |seen: &[Vec<FieldValue>]| ranked(seen.iter().map(|values| (values, None)), Compute::Count);
        Ok((rank(&groups), rank(&splits)))
    }

    /// Whether a field's values are compared one by one.
    pub(super) fn is_listed(kind: Option<FieldKind>) -> bool {
        matches!(kind, Some(FieldKind::Single | FieldKind::Multiple | FieldKind::Number))
    }
}

/// Every value that was seen, the largest first.
fn ranked<'v>(seen: impl Iterator<Item = (&'v Vec<FieldValue>, Option<f64>)>, compute: Compute) -> Vec<FieldValue> {
    let mut tallies: BTreeMap<&str, (&FieldValue, Tally)> = BTreeMap::new();
    for (values, number) in seen {
        let mut counted: Vec<&str> = Vec::new();
        for value in values {
            if !counted.contains(&value.value.as_str()) {
                counted.push(&value.value);
                tallies.entry(&value.value).or_insert((value, Tally::default())).1.add(number);
            }
        }
    }
    let mut found: Vec<_> = tallies.into_values().collect();
    found.sort_by(|(_, a), (_, b)| b.value(compute).total_cmp(&a.value(compute)));
    found.into_iter().map(|(value, _)| value.clone()).collect()
}

/// The largest values, as many as the axis shows.
fn largest<'v>(
    axis: &Axis<'_>,
    seen: impl Iterator<Item = (&'v Vec<FieldValue>, Option<f64>)>,
    compute: Compute,
) -> Vec<FieldValue> {
    let shown = ranked(seen, compute).into_iter();
    shown.filter(|one| !axis.is_hidden(&Pick::Value(one.value.clone()).key())).take(axis.limit).collect()
}

/// A segment's number, and those of its columns.
pub(super) type Row = (Tally, Vec<Tally>);

/// Leaves out what has no issues, but not a span of time: a gap in time says something.
pub(super) fn shown(parts: Vec<Part>, rows: Vec<Row>) -> (Vec<Part>, Vec<Row>) {
    let kept = |(part, row): &(Part, Row)| row.0.issues > 0 || matches!(part.pick, Pick::Span(_));
    parts.into_iter().zip(rows).filter(kept).unzip()
}

/// Leaves out columns in which nothing was seen, but not a series.
pub(super) fn without_empty(columns: Vec<Part>, rows: Vec<Row>, seen: &[bool]) -> (Vec<Part>, Vec<Row>) {
    let keep: Vec<bool> =
        columns.iter().zip(seen).map(|(column, seen)| *seen || matches!(column.pick, Pick::Series(_))).collect();
    let rows = rows.into_iter().map(|(whole, cells)| {
        (whole, cells.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(cell, _)| cell).collect())
    });
    let rows = rows.collect();
    (columns.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(column, _)| column).collect(), rows)
}
