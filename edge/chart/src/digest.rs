//! The two digests of a spec: a new look changes one of them, a new meaning both.

use std::collections::BTreeSet;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{Buckets, Field, Group, SegmentKey, SegmentSetting, Source, Spec, Split};

/// SHA-256 of a spec, in hexadecimal.
///
/// Both are stored: what goes into them cannot be changed later without giving every stored chart another meaning. A new
/// field of a spec is left out of the JSON as long as it has its usual value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// Of what the chart asks: source, measure, group, split, parameters. Not of labels, colours and order.
    pub meaning: String,
    /// Of everything.
    pub whole: String,
}

impl Spec {
    /// Its digests. An error means that it has no JSON, which no spec that was read from JSON lacks.
    pub fn digests(&self) -> Result<Digests, serde_json::Error> {
        let meaning = Meaning {
            source: SourceMeaning::of(&self.source),
            measure: (self.measure.compute.as_str(), id(self.measure.field.as_ref())),
            group: self.group.as_ref().map(GroupMeaning::of_group),
            split: self.split.as_ref().map(GroupMeaning::of_split),
            params: self.params.iter().map(|one| (&*one.name, &*one.field.id, &*one.values)).collect(),
        };
        Ok(Digests { meaning: digest(&meaning)?, whole: digest(self)? })
    }
}

fn id(field: Option<&Field>) -> Option<&str> {
    field.map(|field| field.id.as_str())
}

#[derive(Serialize)]
struct Meaning<'a> {
    source: SourceMeaning<'a>,
    measure: (&'static str, Option<&'a str>),
    group: Option<GroupMeaning<'a>>,
    split: Option<GroupMeaning<'a>>,
    params: Vec<(&'a str, &'a str, &'a [String])>,
}

#[derive(Serialize)]
enum SourceMeaning<'a> {
    Jql(&'a str),
    Filter(&'a str, Option<&'a str>),
    Series(Vec<(&'a str, Option<&'a str>)>),
}

impl<'a> SourceMeaning<'a> {
    fn of(source: &'a Source) -> Self {
        match source {
            Source::Jql(jql) => Self::Jql(jql),
            Source::Filter(filter) => Self::Filter(&filter.id, filter.jql.as_deref()),
            Source::Series(series) => {
                Self::Series(series.iter().map(|one| (&*one.jql, id(one.field.as_ref()))).collect())
            }
        }
    }
}

/// The limit keeps the largest whatever the order is, so that the order is no meaning; what is hidden is one.
#[derive(Serialize)]
struct GroupMeaning<'a> {
    field: &'a str,
    limit: u8,
    other: bool,
    none: bool,
    buckets: Option<&'a Buckets>,
    hidden: BTreeSet<&'a SegmentKey>,
}

impl<'a> GroupMeaning<'a> {
    fn of_group(group: &'a Group) -> Self {
        let Group { field, limit, other, none, buckets, segments, order: _ } = group;
        let (limit, other, none, buckets) = (*limit, *other, *none, buckets.as_ref());
        Self { field: &field.id, limit, other, none, buckets, hidden: hidden(segments) }
    }

    fn of_split(split: &'a Split) -> Self {
        let Split { field, limit, other, none, segments } = split;
        Self { field: &field.id, limit: *limit, other: *other, none: *none, buckets: None, hidden: hidden(segments) }
    }
}

fn hidden(segments: &[SegmentSetting]) -> BTreeSet<&SegmentKey> {
    segments.iter().filter(|one| one.hidden).map(|one| &one.key).collect()
}

fn digest(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_vec(value)?;
    Ok(Sha256::digest(&json).iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(hexadecimal).collect())
}

fn hexadecimal(digit: u8) -> Option<char> {
    char::from_digit(digit.into(), 16)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(change: &serde_json::Value) -> Spec {
        let mut json = json!({
            "source": {"jql": "project = A"}, "mark": "bar", "says": {"title": "Open"},
            "group": {"field": {"id": "status"}},
        });
        for (name, value) in change.as_object().expect("an object") {
            json[name] = value.clone();
        }
        serde_json::from_value(json).expect("a spec")
    }

    fn compare(change: &serde_json::Value) -> (bool, bool) {
        let (before, after) = (spec(&json!({})).digests().expect("JSON"), spec(change).digests().expect("JSON"));
        (before.meaning == after.meaning, before.whole == after.whole)
    }

    #[test]
    fn a_new_look_keeps_the_meaning_and_a_new_question_does_not() {
        let blue = json!([{"key": "value:10001", "color": "blue", "label": "Waiting"}]);
        let hidden = json!([{"key": "value:10001", "hidden": true}]);
        for look in [
            json!({"mark": "donut"}),
            json!({"says": {"title": "Others"}}),
            json!({"look": {"percent": true}}),
            json!({"group": {"field": {"id": "status", "name": "Stand"}, "segments": blue, "order": "label"}}),
        ] {
            assert_eq!(compare(&look), (true, false), "{look}");
        }
        for question in [
            json!({"source": {"jql": "project = B"}}),
            json!({"group": {"field": {"id": "assignee"}}}),
            json!({"group": {"field": {"id": "status"}, "limit": 11}}),
            json!({"group": {"field": {"id": "status"}, "segments": hidden}}),
            json!({"split": {"field": {"id": "priority"}}}),
            json!({"measure": {"compute": "sum", "field": {"id": "customfield_10016"}}}),
            json!({"params": [{"name": "who", "field": {"id": "assignee"}, "values": ["a"]}]}),
        ] {
            assert_eq!(compare(&question), (false, false), "{question}");
        }
        assert_eq!(compare(&json!({})), (true, true));
    }

    /// Stored charts are known by their digests: a change here needs another way to recognize those.
    #[test]
    fn the_digests_of_stored_charts_stay() {
        let digests = spec(&json!({})).digests().expect("JSON");
        assert_eq!(digests.meaning, "2830af2a032f2a9f430eb49a4ec0802c11c4e386273582588da9ff877c160e21");
        assert_eq!(digests.whole, "b66c412e35a362e79d2a534398292ca325d45983726664aaf6367ea30ee7c4ca");
    }
}
