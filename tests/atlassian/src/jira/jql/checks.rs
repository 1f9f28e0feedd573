//! Whether JQL that was read means something at a site: its fields, operators, values and functions.

use std::collections::BTreeSet;

use super::super::configuration::{Field, Kind};
use super::super::site::{Filter, Part, Project};
use super::subject::Subject;
use super::{Clause, Operand, Operator, Predicate, Query, Reader, Term, functions, moments};

const DATES: &str = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.";
const CATEGORIES: [&str; 9] = ["new", "indeterminate", "done", "to do", "in progress", "undefined", "2", "3", "4"];

impl Query {
    /// Jira's sentences about what does not exist there, each once. None for a query that can be run.
    pub(in super::super) fn complaints(&self, reader: Reader<'_>) -> Vec<String> {
        let mut complaints = Vec::new();
        if let Some(clause) = &self.clause {
            Clause::terms(clause, &mut |term| complaints.extend(term.complaint(reader)));
        }
        for order in &self.order {
            if reader.subject(&order.field).is_none() && !order.field.eq_ignore_ascii_case("rank") {
                complaints.push(format!("Not able to sort using field '{}'.", order.field));
            }
        }
        let mut told = BTreeSet::new();
        complaints.retain(|sentence| told.insert(sentence.clone()));
        complaints
    }
}

impl Term {
    fn complaint(&self, reader: Reader<'_>) -> Option<String> {
        let field = &self.field;
        let Some(subject) = reader.subject(field) else {
            return Some(format!("Field '{field}' does not exist or you do not have permission to view it."));
        };
        if self.operator.is_of_history() && !subject.has_history() {
            return Some(format!("History searches do not support the '{field}' field."));
        }
        if !self.operator.suits(subject) {
            return Some(format!("The operator '{}' is not supported by the '{field}' field.", self.operator.sign()));
        }
        let of_predicates =
            || self.predicates.iter().find_map(|predicate| self.complaint_about_one(predicate, subject, reader));
        let own = self.operands.iter().find_map(|operand| self.complaint_about(operand, subject, reader));
        own.or_else(of_predicates)
    }

    fn complaint_about_one(&self, predicate: &Predicate, subject: Subject<'_>, reader: Reader<'_>) -> Option<String> {
        match predicate.name {
            "by" => predicate.operands.iter().find_map(|one| self.complaint_about(one, Subject::Creator, reader)),
            "from" | "to" => predicate.operands.iter().find_map(|one| self.complaint_about(one, subject, reader)),
            _ => predicate.operands.iter().find_map(|one| self.complaint_about(one, Subject::Created, reader)),
        }
    }

    fn complaint_about(&self, operand: &Operand, subject: Subject<'_>, reader: Reader<'_>) -> Option<String> {
        let field = &self.field;
        match operand {
            Operand::Empty => None,
            _ if matches!(self.operator, Operator::Is | Operator::IsNot) => Some(format!(
                "The operator '{}' for field '{field}' can only be used with 'EMPTY' or 'NULL'.",
                self.operator.sign()
            )),
            Operand::Function(name, arguments) => functions::complaint(reader, subject, field, name, arguments),
            Operand::Value(value) if subject.is_date() => moments::of(operand, reader.person, reader.now)
                .is_none()
                .then(|| format!("Date value '{value}' for field '{field}' is invalid. {DATES}")),
            Operand::Value(value) if !self.operator.is_of_size() && !reader.has_issue(subject, value) => {
                let by_id = value.bytes().all(|byte| byte.is_ascii_digit());
                Some(if by_id {
                    format!("A value with ID '{value}' does not exist for the field '{field}'.")
                } else {
                    format!("An issue with key '{value}' does not exist for field '{field}'.")
                })
            }
            Operand::Value(value) if !reader.exists(subject, value) => {
                Some(format!("The value '{value}' does not exist for the field '{field}'."))
            }
            Operand::Value(_) => None,
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn exists(&self, subject: Subject<'_>, value: &str) -> bool {
        let configuration = &self.jira.configuration;
        let same = |name: &str| name.eq_ignore_ascii_case(value);
        let named = |id: u64, name: &str| same(name) || id.to_string() == value;
        match subject {
            Subject::StatusCategory => CATEGORIES.iter().any(|name| same(name)),
            Subject::LinkType => configuration
                .link_types
                .iter()
                .any(|one| named(one.id, &one.name) || same(&one.inward) || same(&one.outward)),
            Subject::ProjectType => ["software", "business", "service_desk"].iter().any(|name| same(name)),
            Subject::HierarchyLevel | Subject::WatcherCount => value.parse::<i64>().is_ok(),
            Subject::Filter => self.filter(value).is_some(),
            Subject::Field(_, Kind::Project) => {
                self.jira.projects_of(self.person).any(|one| same(&one.key) || named(one.id, &one.name))
            }
            Subject::Field(_, Kind::Status) => configuration.status_named(value).is_some(),
            Subject::Field(_, Kind::IssueType) => configuration.issue_type_named(value).is_some(),
            Subject::Field(_, Kind::Priority) => configuration.priority_named(value).is_some(),
            Subject::Field(_, Kind::Resolution) => {
                same("unresolved") || configuration.resolution_named(value).is_some()
            }
            Subject::Field(_, Kind::Components) => self.has_part(value, |project| &project.components),
            Subject::Field(_, Kind::Versions) => self.has_part(value, |project| &project.versions),
            Subject::Field(id, Kind::Option | Kind::Options | Kind::Cascade) => {
                let options = configuration.field(id).map(Field::options).unwrap_or_default();
                options.iter().any(|option| named(option.id, &option.value))
            }
            Subject::Field(_, Kind::Sprint) => {
                self.jira.projects_of(self.person).any(|project| project.sprints.iter().any(|sprint| sprint.is(value)))
            }
            Subject::Field(_, Kind::Number) => value.parse::<f64>().is_ok(),
            _ => true,
        }
    }

    /// Whether there is an issue that the reader may see, where one is named.
    fn has_issue(&self, subject: Subject<'_>, value: &str) -> bool {
        let names_one = matches!(subject, Subject::Key | Subject::Id | Subject::Field(_, Kind::Parent));
        !names_one || self.jira.issue(value).is_some_and(|issue| self.jira.may_browse(self.person, issue))
    }

    /// Whether a project that the reader browses has a component or version of that id or name.
    fn has_part(&self, value: &str, parts: impl Fn(&Project) -> &Vec<Part>) -> bool {
        let is = |part: &Part| part.name.eq_ignore_ascii_case(value) || part.id.to_string() == value;
        self.jira.projects_of(self.person).any(|project| parts(project).iter().any(is))
    }

    /// A saved search that the reader sees, by id or name.
    pub(super) fn filter(&self, id_or_name: &str) -> Option<&'a Filter> {
        let is = |filter: &&Filter| filter.id.to_string() == id_or_name || filter.name.eq_ignore_ascii_case(id_or_name);
        self.jira.filters.iter().filter(is).find(|filter| filter.is_visible_to(self.person, self.jira))
    }
}
