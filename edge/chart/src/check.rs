//! Whether a spec makes sense, in words for whoever wrote it.

use std::collections::BTreeSet;

use time::{Date, macros::format_description};

use crate::{
    Buckets, CELLS, Compute, Field, Group, JQL_CHARACTERS, LABEL_CHARACTERS, Mark, PARAM_VALUES, PARAMS, Param,
    SEGMENTS, SPEC_BYTES, SegmentKey, SegmentSetting, Source, Spec, Split, TEXT_CHARACTERS, VALUE_CHARACTERS,
};

/// What is wrong with a spec, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, for example `group.limit` or `params[0].name`. Empty: the spec as a whole.
    pub path: String,
    /// A sentence for people.
    pub sentence: String,
}

impl Spec {
    /// Everything that is wrong with it, in the order of its fields. Empty: it makes sense. Whether its JQL does is
    /// Jira's to say.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        if serde_json::to_vec(self).map_or(usize::MAX, |json| json.len()) > SPEC_BYTES {
            faults.add("", format!("A chart has {SPEC_BYTES} bytes at most."));
        }
        faults.source(self);
        faults.measure(self);
        faults.shape(self);
        if let Some(group) = &self.group {
            faults.group(group);
        }
        if let Some(split) = &self.split {
            faults.split(split);
        }
        if let Some(goal) = &self.goal {
            if !goal.value.is_finite() {
                faults.add("goal.value", "A goal is a number.".into());
            }
            faults.label("goal.label", goal.label.as_deref());
        }
        faults.params(&self.params);
        faults.label("says.title", Some(&self.says.title));
        faults.text("says.subtitle", self.says.subtitle.as_deref(), TEXT_CHARACTERS);
        faults.text("says.alt", self.says.alt.as_deref(), TEXT_CHARACTERS);
        faults.0
    }

    /// The most segments that it can have: its limit or its spans of time, *Other* and *None*.
    pub fn most_segments(&self) -> usize {
        self.group.as_ref().map_or(0, |group| {
            let spans = group.buckets.as_ref().map(Buckets::count);
            spans.unwrap_or_else(|| usize::from(group.limit) + usize::from(group.other)) + usize::from(group.none)
        })
    }

    /// The most columns that each segment can have; 0 without a split and without series.
    pub fn most_columns(&self) -> usize {
        match (&self.source, &self.split) {
            (Source::Series(series), _) => series.len(),
            (_, Some(split)) => usize::from(split.limit) + usize::from(split.other) + usize::from(split.none),
            _ => 0,
        }
    }
}

/// Reads a day as a spec writes it.
pub(crate) fn day(text: &str) -> Option<Date> {
    // A year may have a sign for the parser, and no spec has one.
    let is_plain = text.len() == 10 && text.starts_with(|first: char| first.is_ascii_digit());
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok().filter(|_| is_plain)
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, sentence: String) {
        self.0.push(Fault { path: path.into(), sentence });
    }

    fn source(&mut self, spec: &Spec) {
        match &spec.source {
            Source::Jql(jql) => self.jql("source.jql", jql),
            Source::Filter(filter) => {
                let digits = (1..=18).contains(&filter.id.len()) && filter.id.bytes().all(|byte| byte.is_ascii_digit());
                if !digits {
                    self.add("source.filter.id", "The id of a filter is a number, such as 10001.".into());
                }
                self.label("source.filter.name", filter.name.as_deref());
                if let Some(jql) = &filter.jql {
                    self.jql("source.filter.jql", jql);
                }
            }
            Source::Series(series) => {
                if series.len() != 2 {
                    self.add("source.series", "Two series are compared, no more and no fewer.".into());
                }
                for (place, one) in series.iter().enumerate() {
                    let at = format!("source.series[{place}]");
                    self.label(format!("{at}.name"), Some(&one.name));
                    self.jql(format!("{at}.jql"), &one.jql);
                    if let Some(field) = &one.field {
                        self.field(&format!("{at}.field"), field);
                    }
                }
                if spec.group.is_none() {
                    self.add("group", "Say which field two series are compared by.".into());
                }
                if spec.split.is_some() {
                    self.add("split", "Two series are the columns of a chart: it cannot be split as well.".into());
                }
            }
        }
    }

    fn measure(&mut self, spec: &Spec) {
        let measure = &spec.measure;
        match (measure.compute, &measure.field) {
            (Compute::Count, Some(_)) => self.add("measure.field", "A count has no field.".into()),
            (Compute::Sum | Compute::Average, None) => {
                self.add("measure.field", "Say which field is added up or averaged.".into());
            }
            (_, Some(field)) => self.field("measure.field", field),
            (Compute::Count, None) => {}
        }
    }

    fn shape(&mut self, spec: &Spec) {
        match (spec.mark, &spec.group) {
            (Mark::Tile, Some(_)) => self.add("group", "A tile shows one number: it has no groups.".into()),
            (Mark::Tile, None) if matches!(spec.source, Source::Series(_)) => {
                self.add("mark", "A tile shows one number: it cannot compare two series.".into());
            }
            (Mark::Tile, None) if spec.split.is_some() => {
                self.add("split", "A tile shows one number: it cannot be split.".into());
            }
            (Mark::Tile | Mark::Table, None) => {}
            (_, None) if !matches!(spec.source, Source::Series(_)) => {
                self.add("group", "Say which field makes the parts of the chart.".into());
            }
            _ => {}
        }
        if spec.group.is_none() && spec.split.is_some() {
            self.add("split", "What is split needs a group first.".into());
        }
        if spec.mark == Mark::Donut && spec.most_columns() > 0 {
            self.add("mark", "A donut shows one number for each part. Choose bars.".into());
        }
        if spec.mark == Mark::Stacked && spec.most_columns() == 0 {
            self.add("split", "Say which field makes the parts that stand on each other.".into());
        }
        let (segments, columns) = (spec.most_segments(), spec.most_columns());
        if segments > SEGMENTS {
            self.add("group", format!("A chart has {SEGMENTS} segments at most, Other and None among them."));
        } else if segments * columns.max(1) > CELLS {
            self.add("split", format!("A chart has {CELLS} numbers at most: take fewer groups or fewer columns."));
        }
    }

    fn group(&mut self, group: &Group) {
        self.field("group.field", &group.field);
        self.limit("group.limit", group.limit);
        self.settings("group.segments", &group.segments);
        if let Some(buckets) = &group.buckets {
            self.buckets(buckets);
        }
    }

    fn split(&mut self, split: &Split) {
        self.field("split.field", &split.field);
        self.limit("split.limit", split.limit);
        self.settings("split.segments", &split.segments);
        if split.segments.iter().any(|one| matches!(one.key, SegmentKey::Series(_) | SegmentKey::From(_))) {
            self.add("split.segments", "Columns of a split are values, `other` or `none`.".into());
        }
    }

    fn limit(&mut self, path: &str, limit: u8) {
        if !(1..=SEGMENTS).contains(&usize::from(limit)) {
            self.add(path, format!("A limit is a number from 1 to {SEGMENTS}."));
        }
    }

    fn buckets(&mut self, buckets: &Buckets) {
        for (path, written) in [("group.buckets.from", &buckets.from), ("group.buckets.until", &buckets.until)] {
            if written.as_deref().is_some_and(|text| day(text).is_none()) {
                self.add(path, "Write a day as 2026-03-01.".into());
            }
        }
        match (buckets.last, &buckets.from, &buckets.until) {
            (Some(last), None, None) if (1..=SEGMENTS).contains(&usize::from(last)) => {}
            (Some(_), None, None) => {
                self.add("group.buckets.last", format!("A chart shows 1 to {SEGMENTS} spans of time."));
            }
            (None, Some(from), Some(until)) => {
                if day(from).zip(day(until)).is_some_and(|(from, until)| from >= until) {
                    self.add("group.buckets.until", "The end is after the beginning.".into());
                }
            }
            _ => self.add("group.buckets", "Say either how many spans, or from when until when.".into()),
        }
    }

    fn settings(&mut self, path: &str, settings: &[SegmentSetting]) {
        if settings.len() > SEGMENTS {
            self.add(path, format!("At most {SEGMENTS} segments are described."));
        }
        let mut seen = BTreeSet::new();
        for (place, setting) in settings.iter().enumerate() {
            let at = format!("{path}[{place}]");
            self.label(format!("{at}.label"), setting.label.as_deref());
            if let SegmentKey::Value(value) | SegmentKey::From(value) = &setting.key {
                self.one_line(format!("{at}.key"), value, VALUE_CHARACTERS);
            }
            if !seen.insert(&setting.key) {
                self.add(format!("{at}.key"), "This segment is described twice.".into());
            }
        }
    }

    fn params(&mut self, params: &[Param]) {
        if params.len() > PARAMS {
            self.add("params", format!("A chart has {PARAMS} parameters at most."));
        }
        let mut seen = BTreeSet::new();
        for (place, param) in params.iter().enumerate() {
            let at = format!("params[{place}]");
            let letters = param.name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            let first = param.name.starts_with(|first: char| first.is_ascii_lowercase());
            if !letters || !first || param.name.len() > 40 {
                self.add(
                    format!("{at}.name"),
                    "A name has small letters, digits and _, and begins with a letter.".into(),
                );
            }
            if !seen.insert(&param.name) {
                self.add(format!("{at}.name"), "Two parameters have this name.".into());
            }
            self.field(&format!("{at}.field"), &param.field);
            if !(1..=PARAM_VALUES).contains(&param.values.len()) {
                self.add(format!("{at}.values"), format!("A parameter has 1 to {PARAM_VALUES} values."));
            }
            for (place, value) in param.values.iter().enumerate() {
                self.one_line(format!("{at}.values[{place}]"), value, VALUE_CHARACTERS);
            }
        }
    }

    fn field(&mut self, path: &str, field: &Field) {
        let first = field.id.starts_with(|first: char| first.is_ascii_alphabetic());
        let rest = field.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        if !first || !rest || field.id.len() > VALUE_CHARACTERS {
            self.add(format!("{path}.id"), "A field has an id such as status or customfield_10016.".into());
        }
        self.label(format!("{path}.name"), field.name.as_deref());
    }

    fn jql(&mut self, path: impl Into<String>, jql: &str) {
        let path = path.into();
        self.text(path, Some(jql), JQL_CHARACTERS);
    }

    fn label(&mut self, path: impl Into<String>, label: Option<&str>) {
        if let Some(label) = label {
            self.one_line(path, label, LABEL_CHARACTERS);
        }
    }

    fn one_line(&mut self, path: impl Into<String>, text: &str, longest: usize) {
        let path = path.into();
        if text.chars().any(char::is_control) {
            self.add(path, "Write this on one line.".into());
        } else {
            self.text(path, Some(text), longest);
        }
    }

    fn text(&mut self, path: impl Into<String>, text: Option<&str>, longest: usize) {
        let Some(text) = text else { return };
        if text.trim().is_empty() {
            self.add(path, "This is empty.".into());
        } else if text.chars().count() > longest {
            self.add(path, format!("This has {longest} characters at most."));
        } else if text.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\r' | '\t')) {
            self.add(path, "This has characters that nobody can see.".into());
        }
    }
}

#[cfg(test)]
mod tests;
