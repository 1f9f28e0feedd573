//! How Jira is asked for the numbers of a chart: by counting the issues of each segment, or by reading the issues.

use crate::{Compute, FieldKind, Spec};

/// The most calls to Jira for one render. A Worker on the free plan may send 50 for a request.
/// Source: <https://developers.cloudflare.com/workers/platform/limits/>.
pub const CALLS: usize = 45;
/// The most calls at once: a Worker has six connections.
pub const AT_ONCE: usize = 6;
/// The most issues of a page. Up to so many, one page costs less than counting does.
pub const PAGE: u64 = 100;
/// The most issues that are read for one render: each costs a point of the app's hourly quota.
pub const MOST_ISSUES: u64 = 2_000;

/// How the numbers of a chart are got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// There are no issues: nothing more is asked.
    Empty,
    /// The total is all that is shown.
    Total,
    /// The issues are read, page by page.
    Issues,
    /// Jira counts the issues of each segment.
    Count,
    /// Neither is possible.
    Refused(TooLarge),
}

/// Why a chart cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// A sum, an average or a text needs every issue, and there are too many.
    Issues {
        /// How many there are.
        found: u64,
    },
    /// Too many numbers for counting each, and too many issues for reading them.
    Numbers {
        /// How many there are.
        found: u64,
    },
}

impl TooLarge {
    /// What happened and what to do, for people.
    pub fn sentence(self) -> String {
        match self {
            Self::Issues { found } => format!(
                "This chart has to read every issue, and its query finds {found}. Narrow the query to {MOST_ISSUES} issues, \
                or show how many issues there are."
            ),
            Self::Numbers { found } => format!(
                "This chart has more numbers than Jira can be asked for at once, and its query finds {found} issues. Take \
                fewer groups or columns, or narrow the query to {MOST_ISSUES} issues."
            ),
        }
    }
}

/// What the fields of a chart are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// That of the group.
    pub group: Option<FieldKind>,
    /// That of the split.
    pub split: Option<FieldKind>,
}

/// Chooses the plan, when `totals` issues were found: one number for the source, or one for each of two series.
pub fn choose(spec: &Spec, kinds: Kinds, totals: &[u64]) -> Plan {
    let found = totals.iter().sum();
    let reads = spec.measure.compute != Compute::Count || [kinds.group, kinds.split].contains(&Some(FieldKind::Text));
    if found == 0 {
        Plan::Empty
    } else if !reads && spec.group.is_none() {
        Plan::Total
    } else if found <= PAGE {
        Plan::Issues
    } else if reads {
        if found <= MOST_ISSUES { Plan::Issues } else { Plan::Refused(TooLarge::Issues { found }) }
    } else if calls(spec) <= CALLS {
        Plan::Count
    } else if found <= MOST_ISSUES {
        Plan::Issues
    } else {
        Plan::Refused(TooLarge::Numbers { found })
    }
}

/// The most calls that counting takes: who asks, what the fields are, the totals, the values to choose from, and each
/// number. Candidates for segments beyond the limit are counted only as far as calls are left.
pub fn calls(spec: &Spec) -> usize {
    let columns = spec.most_columns();
    spec.most_segments() * (1 + columns) + FIXED_CALLS
}

/// The account, the list of fields, two totals, two lists of values, one page of issues.
pub(crate) const FIXED_CALLS: usize = 7;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(group: &serde_json::Value, split: &serde_json::Value, compute: &str) -> Spec {
        let mut json =
            json!({"source": {"jql": "a"}, "mark": "table", "says": {"title": "T"}, "group": group, "split": split});
        json["measure"] = json!({"compute": compute});
        if compute != "count" {
            json["measure"]["field"] = json!({"id": "timespent"});
        }
        serde_json::from_value(json).expect("a spec")
    }

    #[test]
    fn the_plan_follows_from_the_total_and_the_kind_of_question() {
        use FieldKind::{Single, Text};
        let (none, status) = (json!(null), json!({"field": {"id": "status"}}));
        let small = json!({"field": {"id": "status"}, "limit": 5});
        let narrow = json!({"field": {"id": "priority"}, "limit": 3});
        let wide = json!({"field": {"id": "priority"}, "limit": 20});
        for (group, split, compute, kind, found, plan) in [
            (&status, &none, "count", Single, 0, Plan::Empty),
            (&none, &none, "count", Single, 5, Plan::Total),
            (&none, &none, "count", Single, 50_000, Plan::Total),
            (&none, &none, "sum", Single, 0, Plan::Empty),
            (&none, &none, "sum", Single, 2_000, Plan::Issues),
            (&none, &none, "sum", Single, 2_001, Plan::Refused(TooLarge::Issues { found: 2_001 })),
            (&status, &none, "average", Single, 2_001, Plan::Refused(TooLarge::Issues { found: 2_001 })),
            (&status, &none, "count", Single, 100, Plan::Issues),
            (&status, &none, "count", Single, 101, Plan::Count),
            (&status, &none, "count", Single, 1_000_000, Plan::Count),
            (&status, &none, "count", Text, 101, Plan::Issues),
            (&status, &none, "count", Text, 2_001, Plan::Refused(TooLarge::Issues { found: 2_001 })),
            (&small, &narrow, "count", Single, 101, Plan::Issues),
            (&small, &wide, "count", Single, 2_000, Plan::Issues),
            (&small, &wide, "count", Single, 2_001, Plan::Refused(TooLarge::Numbers { found: 2_001 })),
        ] {
            let kinds = Kinds { group: Some(kind), split: None };
            assert_eq!(
                choose(&spec(group, split, compute), kinds, &[found]),
                plan,
                "{group} {split} {compute} {found}"
            );
        }
    }

    #[test]
    fn a_small_chart_with_columns_is_counted() {
        let group = json!({"field": {"id": "status"}, "limit": 4, "none": false});
        let split = json!({"field": {"id": "priority"}, "limit": 4, "none": false, "other": false});
        let spec = spec(&group, &split, "count");
        assert_eq!(calls(&spec), 5 * 5 + FIXED_CALLS);
        assert_eq!(choose(&spec, Kinds::default(), &[5_000]), Plan::Count);
    }

    #[test]
    fn two_series_are_one_chart() {
        let spec: Spec = serde_json::from_value(json!({
            "source": {"series": [{"name": "Created", "jql": "a"}, {"name": "Resolved", "jql": "b"}]}, "mark": "line",
            "group": {"field": {"id": "created"}, "none": false, "buckets": {"every": "week", "last": 12}},
            "says": {"title": "T"},
        }))
        .expect("a spec");
        assert_eq!(choose(&spec, Kinds::default(), &[0, 0]), Plan::Empty);
        assert_eq!(choose(&spec, Kinds::default(), &[50, 50]), Plan::Issues);
        assert_eq!(choose(&spec, Kinds::default(), &[50, 51]), Plan::Count);
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        for why in [TooLarge::Issues { found: 5_000 }, TooLarge::Numbers { found: 5_000 }] {
            assert!(why.sentence().contains("5000") && why.sentence().contains("2000 issues"), "{why:?}");
        }
    }
}
