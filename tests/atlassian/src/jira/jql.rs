//! JQL: conditions joined by `AND`, `OR` and `NOT` with brackets, then `ORDER BY`.
//!
//! Read by [`parser`], checked against a site by [`checks`], answered by [`matching`] and [`order`], and written as
//! `jql/parse` writes it by [`structure`]. Not modelled: `WAS` and `CHANGED` for fields other than the status, and most
//! functions.

mod checks;
mod matching;
mod moments;
mod order;
mod parser;
mod structure;
mod words;

use super::issue::Issue;
use super::site::JiraSite;
use crate::clock::Moment;
use crate::people::Person;

/// A search that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    clause: Option<Clause>,
    order: Vec<Order>,
}

#[derive(Clone, Debug)]
enum Clause {
    And(Vec<Clause>),
    Or(Vec<Clause>),
    Not(Box<Clause>),
    Term(Term),
}

#[derive(Clone, Debug)]
struct Term {
    /// As it was written, without quotes.
    field: String,
    operator: Operator,
    /// One for most operators; none for `changed`.
    operands: Vec<Operand>,
    /// `AFTER` and `BEFORE` of `was` and `changed`.
    predicates: Vec<(String, Operand)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    Equals,
    EqualsNot,
    In,
    NotIn,
    Contains,
    ContainsNot,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Was,
    WasNot,
    WasIn,
    WasNotIn,
    Changed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    Value(String),
    Function(String, Vec<String>),
    Empty,
}

#[derive(Clone, Debug)]
struct Order {
    field: String,
    descending: Option<bool>,
}

/// Who searches where, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) jira: &'a JiraSite,
    pub(super) person: Person,
    pub(super) now: Moment,
}

impl Query {
    /// Whether a restriction keeps the search from covering everything.
    pub(super) fn is_bounded(&self) -> bool {
        self.clause.is_some()
    }

    /// Those of the issues that it finds, in order.
    pub(super) fn run<'j>(&self, reader: Reader<'_>, issues: Vec<&'j Issue>) -> Vec<&'j Issue> {
        let mut found: Vec<&Issue> = issues.into_iter().filter(|issue| self.matches(reader, issue)).collect();
        // Without an order Jira sorts by creation, newest first.
        found.sort_by_key(|issue| std::cmp::Reverse((issue.created, issue.id)));
        for order in self.order.iter().rev() {
            found.sort_by(|a, b| order.compare(reader, a, b));
        }
        found
    }

    /// Whether an issue meets its conditions.
    pub(super) fn matches(&self, reader: Reader<'_>, issue: &Issue) -> bool {
        self.clause.as_ref().is_none_or(|clause| clause.holds(reader, issue))
    }

    /// The names of its fields with the operators that are used on them.
    pub(super) fn uses(&self) -> Vec<(String, &'static str)> {
        let mut uses = Vec::new();
        if let Some(clause) = &self.clause {
            clause.terms(&mut |term| uses.push((term.field.to_lowercase(), term.operator.sign())));
        }
        uses
    }
}

impl Clause {
    fn holds(&self, reader: Reader<'_>, issue: &Issue) -> bool {
        match self {
            Self::And(all) => all.iter().all(|clause| clause.holds(reader, issue)),
            Self::Or(all) => all.iter().any(|clause| clause.holds(reader, issue)),
            Self::Not(clause) => !clause.holds(reader, issue),
            Self::Term(term) => term.holds(reader, issue),
        }
    }

    fn terms(&self, visit: &mut dyn FnMut(&Term)) {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().for_each(|clause| clause.terms(visit)),
            Self::Not(clause) => clause.terms(visit),
            Self::Term(term) => visit(term),
        }
    }
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Equals => "=",
            Self::EqualsNot => "!=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Contains => "~",
            Self::ContainsNot => "!~",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Was => "was",
            Self::WasNot => "was not",
            Self::WasIn => "was in",
            Self::WasNotIn => "was not in",
            Self::Changed => "changed",
        }
    }

    fn is_of_history(self) -> bool {
        matches!(self, Self::Was | Self::WasNot | Self::WasIn | Self::WasNotIn | Self::Changed)
    }

    fn is_of_size(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::HARBOUR;

    const NOW: Moment = Moment(1_790_000_000);

    fn found_at(now: Moment, jql: &str) -> Vec<String> {
        let site = JiraSite::of(HARBOUR, NOW);
        let reader = Reader { jira: &site, person: Person::Ada, now };
        let query = Query::parse(jql).unwrap();
        assert_eq!(query.complaints(reader), Vec::<String>::new(), "{jql}");
        query.run(reader, site.issues.iter().collect()).iter().map(|issue| issue.key()).collect()
    }

    fn found(jql: &str) -> Vec<String> {
        found_at(NOW, jql)
    }

    fn complaints(jql: &str) -> Vec<String> {
        let site = JiraSite::of(HARBOUR, NOW);
        let reader = Reader { jira: &site, person: Person::Ada, now: NOW };
        Query::parse(jql).map_or_else(|sentence| vec![sentence], |query| query.complaints(reader))
    }

    #[test]
    fn conditions_are_joined_by_and() {
        let in_progress = found("project = DOCK AND status = \"In Progress\" ORDER BY key");
        assert_eq!(in_progress, ["DOCK-2", "DOCK-5", "DOCK-7", "DOCK-10", "DOCK-12"]);
        assert!(found("project = DOCK and status in (Done) and assignee = currentUser()").len() < in_progress.len());
    }

    #[test]
    fn brackets_decide_what_and_and_or_join() {
        let without = found("project = DOCK AND status = Done OR project = CUST");
        let with = found("project = DOCK AND (status = Done OR project = CUST)");
        assert!(with.len() < without.len());
        assert_eq!(found("NOT (project = DOCK OR project = FLEET OR project = OPS)"), found("project = CUST"));
        assert_eq!(found("project = DOCK && !(status = Done)"), found("project = DOCK and not status = Done"));
    }

    #[test]
    fn a_negated_condition_finds_the_rest() {
        let (done, open) = (found("statusCategory = Done"), found("statusCategory != Done"));
        assert_eq!(done.len() + open.len(), found("project in (DOCK, CUST, OPS, FLEET)").len());
        assert_eq!(found("assignee is EMPTY").len() + found("assignee is not EMPTY").len(), done.len() + open.len());
    }

    #[test]
    fn what_is_empty_is_neither_a_value_nor_another_one() {
        let unlabelled = found("project = DOCK AND labels is EMPTY");
        let others = found("project = DOCK AND labels != from-customer");
        assert!(!unlabelled.is_empty());
        assert!(unlabelled.iter().all(|key| !others.contains(key)));
    }

    #[test]
    fn keys_are_sorted_by_number() {
        let keys = found("project = DOCK ORDER BY key DESC");
        assert_eq!((keys[0].as_str(), keys[11].as_str()), ("DOCK-12", "DOCK-1"));
    }

    #[test]
    fn dates_are_absolute_or_relative_and_days_begin_in_the_accounts_time_zone() {
        let all = found("project = FLEET").len();
        let recent = found("project = FLEET AND created >= -90d").len();
        assert!(recent > 0 && recent < all);
        assert_eq!(recent + found("project = FLEET AND created < -90d").len(), all);
        // The first issue of DOCK was created at 09:00 UTC on 6 January 2026, which is 10:00 in Berlin.
        let first = |jql: &str| found(&format!("key = DOCK-1 AND {jql}")).len();
        assert_eq!(first("created >= \"2026-01-06 09:59\""), 1);
        assert_eq!(first("created >= '2026/01/06 10:01'"), 0);
        assert_eq!(first("created < 2026-01-07"), 1);
        assert_eq!(first("created < startOfDay(-1d)"), 1);
    }

    #[test]
    fn custom_fields_are_found_by_name_and_by_number() {
        assert!(found("cf[10022] is EMPTY").contains(&"CUST-1".to_owned()));
        assert_eq!(found("Origin = Norway"), Vec::<String>::new());
    }

    #[test]
    fn texts_are_searched_by_words() {
        assert!(found("text ~ \"tide table\"").contains(&"DOCK-1".to_owned()));
        assert!(found("summary ~ tide AND summary !~ table").iter().all(|key| key != "DOCK-1"));
    }

    #[test]
    fn what_was_is_found_after_it_changed() {
        let was = found("project = FLEET AND status was \"In Progress\"").len();
        assert!(was > found("project = FLEET AND status = \"In Progress\"").len());
        assert_eq!(was, found("project = FLEET AND status changed").len());
    }

    #[test]
    fn a_search_without_restriction_is_not_bounded() {
        assert!(!Query::parse("ORDER BY created").unwrap().is_bounded());
        assert!(!Query::parse("").unwrap().is_bounded());
        assert!(Query::parse("project = DOCK").unwrap().is_bounded());
    }

    #[test]
    fn what_is_not_understood_is_refused_in_words() {
        let refused = [
            "project",
            "project =",
            "colour = red",
            "project = \"A",
            "ORDER key",
            "(project = DOCK",
            "project = DOCK)",
            "project = NOWHERE",
            "status = Dreaming",
            "created > yesterday",
            "summary = tide",
            "assignee = fly()",
            "project = DOCK ORDER BY colour",
            "project = DOCK OR",
            "project in DOCK",
            "status in ()",
            "created in (1",
        ];
        for jql in refused {
            assert!(!complaints(jql).is_empty(), "{jql} was understood");
        }
    }
}
