use serde_json::{Value, json};

use super::*;

/// A spec that makes sense, with `change` at the places that it names.
fn spec(change: &Value) -> Result<Spec, serde_json::Error> {
    let mut json = json!({
        "source": {"jql": "project = A"}, "mark": "bar", "says": {"title": "Open"},
        "group": {"field": {"id": "status"}},
    });
    for (name, value) in change.as_object().expect("an object") {
        json[name] = value.clone();
    }
    serde_json::from_value(json)
}

fn paths(change: &Value) -> Vec<String> {
    spec(change).expect("a spec").faults().into_iter().map(|fault| fault.path).collect()
}

#[test]
fn what_is_left_out_has_its_usual_value() {
    let spec = spec(&json!({})).expect("a spec");
    assert_eq!(spec.faults(), []);
    assert_eq!(spec.measure.compute, Compute::Count);
    let group = spec.group.expect("a group");
    assert_eq!((group.limit, group.other, group.none), (10, true, true));
    assert!(spec.look.labels && spec.look.legend && !spec.look.percent);
}

#[test]
fn what_was_read_is_written_so_that_it_reads_the_same() {
    for change in [
        json!({}),
        json!({"source": {"filter": {"id": "10001"}}, "goal": {"value": 3.5}}),
        json!({"source": {"series": [{"name": "a", "jql": "x"}, {"name": "b", "jql": "y", "field": {"id": "resolved"}}]}}),
        json!({"measure": {"compute": "sum", "field": {"id": "customfield_10016", "name": "Points"}}}),
    ] {
        let before = spec(&change).expect("a spec");
        let json = serde_json::to_string(&before).expect("JSON");
        assert_eq!(serde_json::from_str::<Spec>(&json).expect("a spec"), before, "{json}");
    }
}

#[test]
fn unknown_members_and_words_are_refused_wherever_they_stand() {
    for change in [
        json!({"access": "mine"}),
        json!({"mark": "pie"}),
        json!({"source": {"jql": "a", "filter": {"id": "1"}}}),
        json!({"source": {"sql": "a"}}),
        json!({"source": {"filter": {"id": "1", "owner": "x"}}}),
        json!({"group": {"field": {"id": "status", "of": "x"}}}),
        json!({"group": {"field": {"id": "status"}, "segments": [{"key": "all"}]}}),
        json!({"says": {"title": "a", "sings": "b"}}),
        json!({"look": {"colors": []}}),
        json!({"measure": {"compute": "median"}}),
    ] {
        assert!(spec(&change).is_err(), "{change}");
    }
}

#[test]
fn an_array_is_no_object() {
    for change in [
        json!({"says": ["Open", null, null]}),
        json!({"group": [["status", null], 10]}),
        json!({"group": {"field": ["status", null]}}),
        json!({"source": {"filter": ["1", null, null]}}),
        json!({"measure": ["count", null]}),
        json!({"goal": [1.0, null]}),
        json!({"look": ["single", true, true, true]}),
        json!({"params": [["a", {"id": "status"}, ["b"]]]}),
    ] {
        assert!(spec(&change).is_err(), "{change}");
    }
}

#[test]
fn every_fault_is_told_with_its_place() {
    let long = "x".repeat(LABEL_CHARACTERS + 1);
    let series = |count| json!({"series": vec![json!({"name": "a", "jql": "b"}); count]});
    let status = json!({"id": "status"});
    for (change, path) in [
        (json!({"source": {"jql": " "}}), "source.jql"),
        (json!({"source": {"jql": "a".repeat(JQL_CHARACTERS + 1)}}), "source.jql"),
        (json!({"source": {"jql": "a\u{0}"}}), "source.jql"),
        (json!({"source": {"filter": {"id": "ten"}}}), "source.filter.id"),
        (json!({"source": series(1)}), "source.series"),
        (json!({"source": series(3)}), "source.series"),
        (json!({"source": series(2), "split": {"field": status}}), "split"),
        (json!({"measure": {"compute": "sum"}}), "measure.field"),
        (json!({"measure": {"compute": "count", "field": status}}), "measure.field"),
        (json!({"mark": "tile"}), "group"),
        (json!({"group": null}), "group"),
        (json!({"mark": "table", "group": null, "split": {"field": status}}), "split"),
        (json!({"mark": "donut", "split": {"field": {"id": "priority"}}}), "mark"),
        (json!({"mark": "stacked"}), "split"),
        (json!({"group": {"field": status, "limit": 0}}), "group.limit"),
        (json!({"group": {"field": status, "limit": 39}}), "group"),
        (json!({"group": {"field": status, "limit": 38}, "split": {"field": status, "limit": 20}}), "split"),
        (json!({"group": {"field": {"id": "a b"}}}), "group.field.id"),
        (json!({"group": {"field": {"id": "1a"}}}), "group.field.id"),
        (json!({"group": {"field": {"id": "due"}, "buckets": {"every": "day"}}}), "group.buckets"),
        (json!({"group": {"field": {"id": "due"}, "buckets": {"every": "day", "last": 0}}}), "group.buckets.last"),
        (
            json!({"group": {"field": {"id": "due"}, "buckets": {"every": "day", "from": "2026-02-30", "until": "2026-03-02"}}}),
            "group.buckets.from",
        ),
        (
            json!({"group": {"field": {"id": "due"}, "buckets": {"every": "day", "from": "2026-03-02", "until": "2026-03-02"}}}),
            "group.buckets.until",
        ),
        (
            json!({"group": {"field": {"id": "due"}, "buckets": {"every": "day", "from": "2026-01-01", "until": "2026-03-02"}}}),
            "group",
        ),
        (
            json!({"group": {"field": status, "segments": [{"key": "value:1"}, {"key": "value:1"}]}}),
            "group.segments[1].key",
        ),
        (json!({"params": [{"name": "A", "field": status, "values": ["x"]}]}), "params[0].name"),
        (json!({"params": [{"name": "a", "field": status, "values": []}]}), "params[0].values"),
        (json!({"params": [{"name": "a", "field": status, "values": ["x\ny"]}]}), "params[0].values[0]"),
        (json!({"says": {"title": ""}}), "says.title"),
        (json!({"says": {"title": long}}), "says.title"),
        (json!({"says": {"title": "a\nb"}}), "says.title"),
        (json!({"says": {"title": "a", "alt": " "}}), "says.alt"),
    ] {
        assert_eq!(paths(&change), [path], "{change}");
    }
}

#[test]
fn a_spec_of_32_kib_is_the_largest() {
    let values = vec!["é".repeat(VALUE_CHARACTERS); PARAM_VALUES];
    let params = |count: usize| -> Vec<Value> {
        (0..count).map(|at| json!({"name": format!("p{at}"), "field": {"id": "status"}, "values": values})).collect()
    };
    assert_eq!(paths(&json!({"params": params(1)})), [] as [&str; 0]);
    assert_eq!(paths(&json!({"params": params(2)})), [""]);
}

#[test]
fn faults_are_sentences() {
    let nonsense = json!({"mark": "stacked", "group": null, "measure": {"compute": "sum"}, "says": {"title": ""}});
    let faults = spec(&nonsense).expect("a spec").faults();
    assert_eq!(faults.len(), 4);
    for Fault { sentence, .. } in faults {
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
    }
}
