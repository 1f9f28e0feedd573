//! Charts that are shown to others than whoever's access they are computed with: which can be, and what is left out.

use std::collections::BTreeMap;

use crate::{Amount, Data, FieldKind, Jql, SegmentKey, Source, Spec, bases};

/// What others see beside numbers. Queries are always left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShownToOthers {
    /// The names of people.
    pub names: bool,
    /// The keys of issues.
    pub keys: bool,
    /// Links that open the issues in Jira.
    pub links: bool,
}

/// What segments and columns are made of, where that matters to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfPeople {
    /// Each segment is a person.
    pub segments: bool,
    /// Each column is a person.
    pub columns: bool,
}

impl Spec {
    /// Why the chart cannot be shown to others with somebody's access, in a sentence. `None`: it can.
    pub fn not_for_others(&self) -> Option<String> {
        let queries = bases(self, &BTreeMap::new()).ok()?;
        if let Some(personal) = queries.iter().find_map(Jql::personal) {
            return Some(format!(
                "{personal} would stand for whoever gives the access, not for whoever looks. Name people instead."
            ));
        }
        if queries.iter().any(|query| query.saved_filter().is_some()) {
            let why =
                "The query rests on a saved filter, which can be changed by others. Write the filter's query instead.";
            return Some(why.to_owned());
        }
        let fields = self.grouping_fields().chain(self.split.as_ref().map(|split| split.field.id.as_str()));
        let mut fields = fields.chain(self.params.iter().map(|param| param.field.id.as_str()));
        let text = fields.find(|id| FieldKind::of_system(id) == Some(FieldKind::Text) || *id == "lastViewed")?;
        Some(format!("A chart by {text} shows what only whoever gives the access may read. Choose another field."))
    }

    /// Which parts are people, where `is_person` says whether a field holds them.
    pub fn of_people(&self, is_person: impl Fn(&str) -> bool) -> OfPeople {
        OfPeople {
            segments: self.grouping_fields().any(&is_person),
            columns: self.split.as_ref().is_some_and(|split| is_person(&split.field.id)),
        }
    }

    /// The spec without what it asks, for those who see how it looks.
    #[must_use]
    pub fn without_queries(mut self) -> Self {
        match &mut self.source {
            Source::Series(series) => series.iter_mut().for_each(|one| one.jql.clear()),
            source => *source = Source::Jql(String::new()),
        }
        self.params.clear();
        self
    }

    /// The ids of the fields that segments are made of.
    fn grouping_fields(&self) -> impl Iterator<Item = &str> {
        let series = match &self.source {
            Source::Series(series) => series.as_slice(),
            Source::Jql(_) | Source::Filter(_) => &[],
        };
        let own = self.group.as_ref().map(|group| group.field.id.as_str());
        own.into_iter().chain(series.iter().filter_map(|one| one.field.as_ref()).map(|field| field.id.as_str()))
    }
}

/// Whether a field of Jira itself holds people; `None` for one that was added to it.
pub fn holds_people(field: &str) -> Option<bool> {
    if field.starts_with("customfield_") { None } else { Some(matches!(field, "assignee" | "reporter" | "creator")) }
}

impl Data {
    /// Leaves out what others may not see. Accounts of people are left out even where their names are shown.
    #[must_use]
    pub fn for_others(mut self, shows: ShownToOthers, people: OfPeople) -> Self {
        amount_for_others(&mut self.total, shows);
        let mut hidden = Hidden { shows, people: 0, issues: 0 };
        for segment in &mut self.segments {
            hidden.replace(&mut segment.key, &mut segment.label, people.segments);
            amount_for_others(&mut segment.amount, shows);
            segment.cells.iter_mut().for_each(|cell| amount_for_others(cell, shows));
        }
        let mut hidden = Hidden { shows, people: 0, issues: 0 };
        for column in &mut self.columns {
            hidden.replace(&mut column.key, &mut column.label, people.columns);
        }
        self
    }
}

fn amount_for_others(amount: &mut Amount, shows: ShownToOthers) {
    amount.jql = None;
    if !shows.links {
        amount.url = None;
    }
}

/// Numbers what is not named.
struct Hidden {
    shows: ShownToOthers,
    people: u32,
    issues: u32,
}

impl Hidden {
    fn replace(&mut self, key: &mut SegmentKey, label: &mut String, is_person: bool) {
        let SegmentKey::Value(value) = key else { return };
        if is_person || is_address(label) || is_address(value) {
            self.people += 1;
            *value = format!("person-{}", self.people);
            if !self.shows.names || is_address(label) {
                *label = format!("Person {}", self.people);
            }
        } else if is_issue_key(label) && !self.shows.keys {
            self.issues += 1;
            *value = format!("issue-{}", self.issues);
            *label = format!("Issue {}", self.issues);
        }
    }
}

/// Whether a text is an e-mail address.
fn is_address(text: &str) -> bool {
    let is_plain = !text.contains(char::is_whitespace);
    text.split_once('@').is_some_and(|(user, host)| is_plain && !user.is_empty() && host.contains('.'))
}

/// Whether a text is the key of an issue. What only looks like one, such as a version `WEB-2`, is hidden with them.
fn is_issue_key(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(project, number)| {
        project.starts_with(|first: char| first.is_ascii_uppercase())
            && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(change: &serde_json::Value) -> Spec {
        let mut json = json!({"source": {"jql": "project = A"}, "mark": "bar", "says": {"title": "T"}});
        for (name, value) in change.as_object().expect("an object") {
            json[name] = value.clone();
        }
        serde_json::from_value(json).expect("a spec")
    }

    fn by(field: &str) -> serde_json::Value {
        json!({"group": {"field": {"id": field}}})
    }

    fn data(labels: &[(&str, &str)]) -> Data {
        let amount =
            || json!({"issues": 1, "value": 1.0, "jql": "project = SECRET", "url": "https://one.test/issues/?jql=x"});
        let segments: Vec<_> = labels
            .iter()
            .map(|(key, label)| {
                json!({"key": key, "label": label, "color": null, "category": null, "amount": amount(), "cells": [amount()]})
            })
            .collect();
        let counted = json!({"at": "2026-12-01T00:00:00Z", "by": "jira", "zone": "UTC"});
        let data = json!({
            "total": amount(), "segments": segments, "adds_up": true, "counted": counted, "notes": [],
            "columns": [{"key": "value:5b:9", "label": "Eve", "color": null, "category": null}],
        });
        serde_json::from_value(data).expect("data")
    }

    fn labels(data: &Data) -> Vec<&str> {
        data.segments.iter().map(|one| one.label.as_str()).collect()
    }

    #[test]
    fn what_means_another_thing_for_everybody_or_can_be_changed_is_not_for_others() {
        for (change, why) in [
            (json!({"source": {"jql": "assignee = currentUser()"}}), "currentUser()"),
            (json!({"source": {"filter": {"id": "1", "jql": "lastViewed > -1d"}}}), "lastViewed"),
            (json!({"source": {"jql": "filter = 10001"}}), "saved filter"),
            (by("summary"), "summary"),
            (by("lastViewed"), "lastViewed"),
            (json!({"group": {"field": {"id": "status"}}, "split": {"field": {"id": "environment"}}}), "environment"),
        ] {
            let refused = spec(&change).not_for_others();
            assert!(refused.as_deref().is_some_and(|text| text.contains(why)), "{change}: {refused:?}");
        }
        for change in [by("assignee"), json!({"source": {"filter": {"id": "1", "jql": "project = A"}}})] {
            assert_eq!(spec(&change).not_for_others(), None, "a filter that was frozen, and names that can be hidden");
        }
    }

    #[test]
    fn no_query_is_shown_and_links_only_where_they_may_be() {
        let shown = |links| {
            let shows = ShownToOthers { links, ..ShownToOthers::default() };
            serde_json::to_string(&data(&[("value:1", "Open")]).for_others(shows, OfPeople::default())).expect("JSON")
        };
        assert!(!shown(false).contains("SECRET") && !shown(false).contains("https://"), "{}", shown(false));
        assert!(!shown(true).contains("SECRET") && shown(true).contains("https://"));
    }

    #[test]
    fn people_and_issues_are_numbered_where_they_are_not_named() {
        let all = || data(&[("value:5b:1", "Becky"), ("value:5b:2", "Max"), ("value:9", "ABC-12"), ("other", "Other")]);
        let nothing = ShownToOthers::default();
        let people = OfPeople { segments: true, columns: true };
        let hidden = all().for_others(nothing, people);
        assert_eq!(labels(&hidden), ["Person 1", "Person 2", "Person 3", "Other"]);
        assert_eq!(hidden.columns[0].label, "Person 1");
        let json = serde_json::to_string(&hidden).expect("JSON");
        assert!(!json.contains("5b:") && !json.contains("Becky"), "{json}");
        let named = all().for_others(ShownToOthers { names: true, ..nothing }, people);
        assert_eq!(labels(&named)[..2], ["Becky", "Max"]);
        assert!(!serde_json::to_string(&named).expect("JSON").contains("5b:"), "the accounts are left out");
        let issues = all().for_others(nothing, OfPeople::default());
        assert_eq!(labels(&issues), ["Becky", "Max", "Issue 1", "Other"], "these are no people");
        assert_eq!(
            labels(&all().for_others(ShownToOthers { keys: true, ..nothing }, OfPeople::default()))[2],
            "ABC-12"
        );
    }

    #[test]
    fn an_address_is_never_shown() {
        let shows = ShownToOthers { names: true, keys: true, links: true };
        let hidden = data(&[("value:becky@example.com", "Becky"), ("value:2", "max@example.com")]);
        let hidden = hidden.for_others(shows, OfPeople::default());
        assert!(!serde_json::to_string(&hidden).expect("JSON").contains('@'));
    }

    #[test]
    fn segments_of_people_are_known_by_their_field() {
        let is_person = |id: &str| holds_people(id).unwrap_or(id == "customfield_1");
        for (field, people) in
            [("assignee", true), ("status", false), ("customfield_1", true), ("customfield_2", false)]
        {
            assert_eq!(spec(&by(field)).of_people(is_person).segments, people, "{field}");
        }
    }
}
