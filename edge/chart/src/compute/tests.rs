//! A Jira in memory that reads the conditions which this crate writes, so that counting and reading are held against each
//! other.

use std::cell::{Cell, RefCell};

use futures::executor::block_on;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use time::macros::date;

use super::*;
use crate::{CALLS, SegmentKey};

struct Fake {
    issues: Vec<Map<String, Value>>,
    calls: Cell<usize>,
    asked: RefCell<Vec<String>>,
    listed: Vec<FieldValue>,
}

impl Fake {
    fn new(issues: impl IntoIterator<Item = Value>) -> Self {
        let issues = issues.into_iter().map(|one| one.as_object().expect("an object").clone()).collect();
        Self { issues, calls: Cell::new(0), asked: RefCell::default(), listed: Vec::new() }
    }

    /// Of a query that begins with `(all)` or is `all`: every condition after it holds.
    fn find(&self, query: &str) -> Vec<&Map<String, Value>> {
        self.asked.borrow_mut().push(query.to_owned());
        let query = query.strip_suffix(" ORDER BY updated DESC").unwrap_or(query);
        let query = query.replace(['(', ')'], " ").replace("all", "");
        let conditions: Vec<String> = query.split(" AND ").map(|one| one.trim().to_owned()).collect();
        let holds =
            |issue: &Map<String, Value>| conditions.iter().filter(|one| !one.is_empty()).all(|one| holds(one, issue));
        self.issues.iter().filter(|issue| holds(issue)).collect()
    }
}

fn holds(condition: &str, issue: &Map<String, Value>) -> bool {
    let (field, rest) = condition.split_once(' ').expect("a field");
    let values = FieldValue::all(issue.get(field).unwrap_or(&Value::Null));
    let text = || rest.split('"').nth(1).expect("a value");
    let is = |value: &str| values.iter().any(|one| one.value == value);
    match rest.split(' ').next() {
        Some("=") => is(text()),
        Some(">=") => values.first().is_some_and(|one| one.value.get(..10) >= Some(text())),
        Some("<") => values.first().is_some_and(|one| one.value.get(..10) < Some(text())),
        Some("is") => (rest == "is EMPTY") == values.is_empty(),
        Some("not") => !values.is_empty() && !rest.split('"').skip(1).step_by(2).any(is),
        _ => panic!("a condition that nobody wrote: {condition}"),
    }
}

impl Jira for Fake {
    type Failure = ();

    async fn count(&self, queries: &[String]) -> Result<Vec<u64>, ()> {
        self.calls.set(self.calls.get() + queries.len());
        Ok(queries.iter().map(|one| self.find(one).len() as u64).collect())
    }

    fn counts_exactly(&self) -> bool {
        false
    }

    async fn issues(&self, query: &str, _: &[&str], most: u64) -> Result<Vec<Map<String, Value>>, ()> {
        let found = self.find(query);
        let most = found.len().min(usize::try_from(most).expect("a number"));
        self.calls.set(self.calls.get() + most.div_ceil(100).max(1));
        Ok(found.into_iter().take(most).cloned().collect())
    }

    async fn kinds(&self, fields: &[&str]) -> Result<Vec<FieldKind>, ()> {
        self.calls.set(self.calls.get() + 1);
        Ok(fields.iter().map(|one| FieldKind::of_system(one).unwrap_or(FieldKind::Text)).collect())
    }

    async fn values(&self, _: &str) -> Result<Option<Vec<FieldValue>>, ()> {
        self.calls.set(self.calls.get() + 1);
        Ok(if self.listed.is_empty() { None } else { Some(self.listed.clone()) })
    }
}

fn moment() -> Moment {
    Moment {
        at: "2026-03-15T12:00:00Z".into(),
        today: date!(2026 - 03 - 15),
        zone: "Europe/Berlin".into(),
        site: "https://a.example".into(),
    }
}

fn spec(change: &Value) -> Spec {
    let mut json = json!({"source": {"jql": "all"}, "mark": "table", "says": {"title": "T"}});
    for (name, value) in change.as_object().expect("an object") {
        json[name] = value.clone();
    }
    let spec: Spec = serde_json::from_value(json).expect("a spec");
    assert_eq!(spec.faults(), []);
    spec
}

fn run(change: &Value, jira: &Fake) -> Data {
    block_on(compute(&spec(change), &BTreeMap::new(), jira, &moment())).expect("numbers")
}

fn summary(data: &Data) -> Vec<(String, u64)> {
    data.segments.iter().map(|one| (one.label.clone(), one.amount.issues)).collect()
}

fn of<const N: usize>(expected: [(&str, u64); N]) -> Vec<(String, u64)> {
    expected.into_iter().map(|(label, count)| (label.to_owned(), count)).collect()
}

fn with_status(count: usize, id: &str) -> impl Iterator<Item = Value> {
    let status = if id.is_empty() { Value::Null } else { json!({"id": id, "name": format!("Status {id}")}) };
    std::iter::repeat_n(json!({"status": status, "labels": ["a"], "timespent": 2}), count)
}

#[test]
fn the_largest_are_kept_and_other_and_none_are_queries_of_their_own() {
    for factor in [1, 50] {
        let issues =
            with_status(3, "1").chain(with_status(2, "2")).chain(with_status(1, "3")).chain(with_status(1, ""));
        let issues: Vec<Value> = issues.collect();
        let jira = Fake::new(std::iter::repeat_n(issues, factor).flatten());
        let data = run(&json!({"group": {"field": {"id": "status"}, "limit": 2}}), &jira);
        let factor = factor as u64;
        assert_eq!(
            summary(&data),
            of([("Status 1", 3 * factor), ("Status 2", 2 * factor), ("Other", factor), ("None", factor)])
        );
        assert!(data.adds_up && data.total.issues == 7 * factor);
        assert_eq!(data.segments[0].amount.jql.as_deref(), Some("(all) AND status = \"1\""));
        let other = "(all) AND status is not EMPTY AND status not in (\"1\", \"2\")";
        assert_eq!(data.segments[2].amount.jql.as_deref(), Some(other));
        assert_eq!(
            data.segments[3].amount.url.as_deref(),
            Some("https://a.example/issues/?jql=%28all%29%20AND%20status%20is%20EMPTY")
        );
        assert_eq!(data.counted.zone, "Europe/Berlin");
    }
}

#[test]
fn what_counts_says_so_and_what_reads_is_exact() {
    let few = run(&json!({"group": {"field": {"id": "status"}}}), &Fake::new(with_status(100, "1")));
    assert_eq!((few.counted.by, few.notes), (Counter::Issues, vec![]));
    let many = run(&json!({"group": {"field": {"id": "status"}}}), &Fake::new(with_status(101, "1")));
    assert_eq!((many.counted.by, many.notes), (Counter::Jira, vec![Note::Approximate, Note::Sampled]));
}

#[test]
fn values_that_jira_lists_are_all_counted_and_nothing_is_sampled() {
    let mut jira = Fake::new(with_status(200, "1").chain(with_status(1, "2")));
    let value = |id: &str| FieldValue { value: id.into(), label: format!("Listed {id}"), category: None };
    jira.listed = vec![value("2"), value("1"), value("3")];
    let data = run(&json!({"group": {"field": {"id": "status"}, "order": "natural"}}), &jira);
    assert_eq!(summary(&data), of([("Listed 2", 1), ("Listed 1", 200)]), "in Jira's order, without what is empty");
    assert!(!data.notes.contains(&Note::Sampled));
}

#[test]
fn an_issue_with_two_labels_is_in_two_segments_and_shares_are_not_pretended() {
    for count in [1, 150] {
        let jira = Fake::new(std::iter::repeat_n(json!({"labels": ["a", "b"]}), count));
        let data = run(&json!({"group": {"field": {"id": "labels"}}}), &jira);
        let count = count as u64;
        assert_eq!(summary(&data), of([("a", count), ("b", count)]));
        assert!(!data.adds_up && data.notes.contains(&Note::Overlapping));
    }
}

#[test]
fn sums_and_averages_are_over_the_issues_that_have_a_number() {
    let issues = [json!({"status": {"id": "1"}, "timespent": 3}), json!({"status": {"id": "1"}, "timespent": 5})];
    let jira = Fake::new(issues.into_iter().chain([json!({"status": {"id": "1"}}), json!({"status": {"id": "2"}})]));
    let group = json!({"field": {"id": "status"}});
    for (compute, first, second, whole) in [("sum", 8.0, 0.0, 8.0), ("average", 4.0, 0.0, 4.0)] {
        let measure = json!({"compute": compute, "field": {"id": "timespent"}});
        let data = run(&json!({"group": group, "measure": measure}), &jira);
        let values: Vec<f64> = data.segments.iter().map(|one| one.amount.value).collect();
        assert_eq!((values, data.total.value, data.adds_up), (vec![first, second], whole, compute == "sum"));
    }
}

#[test]
fn spans_of_time_stand_in_their_order_and_empty_ones_stay() {
    for factor in [1, 60] {
        let created =
            |day: &str, count| std::iter::repeat_n(json!({"created": format!("{day}T23:59:59.000+0100")}), count);
        let jira = Fake::new(
            created("2026-03-31", factor).chain(created("2026-01-31", factor)).chain(created("2025-01-01", 1)),
        );
        let buckets = json!({"every": "month", "last": 3});
        let data = run(&json!({"group": {"field": {"id": "created"}, "buckets": buckets}}), &jira);
        let factor = factor as u64;
        assert_eq!(summary(&data), of([("Jan 2026", factor), ("Feb 2026", 0), ("Mar 2026", factor)]));
        assert_eq!(
            data.segments[0].amount.jql.as_deref(),
            Some("(all) AND created >= \"2026-01-01\" AND created < \"2026-02-01\"")
        );
        assert!(!data.adds_up && data.notes.contains(&Note::Incomplete), "one issue is older");
    }
}

#[test]
fn spans_of_a_field_that_is_no_date_are_refused() {
    let spec = spec(&json!({"group": {"field": {"id": "status"}, "buckets": {"every": "day", "last": 3}}}));
    let found = block_on(compute(&spec, &BTreeMap::new(), &Fake::new(with_status(1, "1")), &moment()));
    assert_eq!(found, Err(Failed::NoSpans));
}

#[test]
fn two_series_are_columns_each_with_its_own_field() {
    for count in [2, 80] {
        let jira =
            Fake::new(std::iter::repeat_n(json!({"created": "2026-02-01", "resolutiondate": "2026-03-01"}), count));
        let series = json!({"series": [
            {"name": "Created", "jql": "all", "color": "blue"},
            {"name": "Resolved", "jql": "all", "field": {"id": "resolutiondate"}},
        ]});
        let group = json!({"field": {"id": "created"}, "none": false, "buckets": {"every": "month", "last": 2}});
        let data = run(&json!({"source": series, "group": group, "mark": "line"}), &jira);
        let cells: Vec<Vec<u64>> =
            data.segments.iter().map(|one| one.cells.iter().map(|cell| cell.issues).collect()).collect();
        // `resolved` is what queries call the field, and the fake knows fields by that name alone.
        let resolved = if count == 2 { 2 } else { 0 };
        assert_eq!(cells, [[count as u64, 0], [0, resolved]]);
        assert_eq!(data.columns.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["Created", "Resolved"]);
        let resolved = data.segments[1].cells[1].jql.as_deref();
        assert_eq!(resolved, Some("(all) AND resolved >= \"2026-03-01\" AND resolved < \"2026-04-01\""));
        assert!(!data.adds_up);
    }
}

#[test]
fn a_parameter_narrows_to_one_of_its_values_and_to_no_other() {
    let params = json!([{"name": "team", "field": {"id": "labels"}, "values": ["a", "x\" OR \"y"]}]);
    let spec = spec(&json!({"params": params, "mark": "tile"}));
    let narrowed = |name: &str, value: &str| {
        let params = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        bases(&spec, &params).map(|all| all[0].as_str().to_owned())
    };
    assert_eq!(narrowed("team", "a").as_deref(), Ok("(all) AND labels = \"a\""));
    assert_eq!(narrowed("team", "x\" OR \"y").as_deref(), Ok("(all) AND labels = \"x\\\" OR \\\"y\""));
    assert_eq!(narrowed("team", "b"), Err(BaseRefused::Param("team".into())));
    assert_eq!(narrowed("other", "a"), Err(BaseRefused::Param("other".into())));
}

#[test]
fn a_filter_that_was_not_looked_up_and_a_query_that_is_none_are_refused_before_jira_is_asked() {
    let jira = Fake::new([]);
    for (source, why) in [
        (json!({"filter": {"id": "1"}}), Failed::Unresolved),
        (json!({"jql": "a = 1) OR (b = 2"}), Failed::Query(NotJql::Brackets)),
    ] {
        let spec = spec(&json!({"source": source, "mark": "tile"}));
        assert_eq!(block_on(compute(&spec, &BTreeMap::new(), &jira, &moment())), Err(why));
    }
    assert_eq!(jira.calls.get(), 0);
}

#[test]
fn labels_colours_and_hidden_segments_are_as_somebody_said() {
    for factor in [1, 60] {
        let jira = Fake::new(with_status(2 * factor, "1").chain(with_status(factor, "2")));
        let segments = json!([
            {"key": "value:1", "hidden": true}, {"key": "value:2", "label": "Waiting", "color": "red"},
        ]);
        let data = run(&json!({"group": {"field": {"id": "status"}, "segments": segments}}), &jira);
        assert_eq!(summary(&data), of([("Waiting", factor as u64)]), "what is hidden is not in Other either");
        assert_eq!(data.segments[0].color, Some(crate::Color::Red));
        assert!(!data.adds_up && data.total.issues == 3 * factor as u64);
        assert!(data.notes.contains(&Note::Incomplete));
    }
}

fn issue() -> impl Strategy<Value = Value> {
    let status =
        prop_oneof![Just(Value::Null), (0..9u8).prop_map(|id| json!({"id": id.to_string(), "name": format!("S{id}")}))];
    let priority =
        prop_oneof![Just(Value::Null), (0..4u8).prop_map(|id| json!({"id": id.to_string(), "name": format!("P{id}")}))];
    let created = (1..=12u8, 1..=28u8).prop_map(|(month, day)| format!("2026-{month:02}-{day:02}T10:00:00.000+0000"));
    (status, priority, created)
        .prop_map(|(status, priority, created)| json!({"status": status, "priority": priority, "created": created}))
}

/// How many times the issues that are counted are more than those that are read.
const TIMES: usize = 101;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Up to 100 issues are read. The same issues many times over are counted, and every number is as many times as large.
    #[test]
    fn counting_and_reading_find_the_same(issues in prop::collection::vec(issue(), 1..40), limit in 1..6u8, split in any::<bool>(), by_time in any::<bool>()) {
        let limit = if split { limit.min(4) } else { limit };
        let group = if by_time {
            json!({"field": {"id": "created"}, "buckets": {"every": "quarter", "from": "2026-01-01", "until": "2027-01-01"}})
        } else {
            json!({"field": {"id": "status"}, "limit": limit, "order": "label"})
        };
        let mut change = json!({"group": group});
        if split {
            change["split"] = json!({"field": {"id": "priority"}, "limit": 3});
        }
        let read = run(&change, &Fake::new(issues.clone()));
        prop_assert_eq!(read.counted.by, Counter::Issues);
        let many = Fake::new(issues.iter().flat_map(|one| std::iter::repeat_n(one.clone(), TIMES)));
        let counted = run(&change, &many);
        prop_assert!(many.calls.get() <= CALLS, "{} calls", many.calls.get());
        let whole = |data: &Data| data.segments.iter().map(|one| one.amount.issues).sum::<u64>();
        prop_assert_eq!(whole(&counted), whole(&read) * TIMES as u64);
        prop_assert_eq!(whole(&read), issues.len() as u64, "every issue is in exactly one segment");
        if split {
            for segment in counted.segments.iter().chain(&read.segments) {
                prop_assert_eq!(segment.cells.iter().map(|one| one.issues).sum::<u64>(), segment.amount.issues);
            }
        }
        for segment in &read.segments {
            let same = counted.segments.iter().find(|one| one.key == segment.key);
            if let (Some(same), true) = (same, by_time || segment.key != SegmentKey::Other) {
                prop_assert_eq!(same.amount.issues, segment.amount.issues * TIMES as u64);
            }
        }
    }
}
