//! JQL: conditions joined by `AND`, `OR` and `NOT` with brackets, then `ORDER BY`.
//!
//! Read by [`parser`], checked against a site by [`checks`], answered by [`matching`], [`history`], [`functions`] and
//! [`order`], and written as `jql/parse` writes it by [`structure`]. Not modelled: security levels, and searches by entity
//! properties, which only Connect and Forge apps can declare.

mod checks;
mod functions;
mod history;
mod matching;
mod moments;
mod order;
mod parser;
mod structure;
mod subject;
#[cfg(test)]
mod tests;
mod words;

pub(super) use functions::{NAMES as FUNCTIONS, Stands};
pub(super) use parser::RESERVED;

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
    /// What narrows `was` and `changed`.
    predicates: Vec<Predicate>,
}

/// `AFTER`, `BEFORE`, `ON`, `DURING`, `BY`, `FROM` or `TO`, in small letters, with its values.
#[derive(Clone, Debug)]
struct Predicate {
    name: &'static str,
    operands: Vec<Operand>,
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
    /// How many saved searches may name each other.
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(jira: &'a JiraSite, person: Person, now: Moment) -> Self {
        Self { jira, person, now, depth: 10 }
    }

    /// The operators that a field takes; none if there is no such field.
    pub(super) fn operators(&self, field: &str) -> Option<Vec<&'static str>> {
        self.subject(field).map(subject::Subject::operators)
    }
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
