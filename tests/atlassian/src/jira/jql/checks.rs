//! Whether JQL that was read means something at a site: its fields, operators, values and functions.

use super::super::configuration::Kind;
use super::{Clause, Operand, Operator, Query, Reader, Term, moments};

/// What a name in JQL stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    Key,
    Id,
    StatusCategory,
    /// Summary, description and comments at once.
    Text,
    Comment,
    Watcher,
    Creator,
    Created,
    Updated,
    Resolved,
    Due,
    Field(&'a str, Kind),
}

impl Reader<'_> {
    /// The meaning of a field's name; none if there is no such field.
    pub(super) fn subject(&self, name: &str) -> Option<Subject<'_>> {
        Some(match name.to_lowercase().as_str() {
            "key" | "issuekey" | "issue" => Subject::Key,
            "id" => Subject::Id,
            "statuscategory" => Subject::StatusCategory,
            "text" => Subject::Text,
            "comment" => Subject::Comment,
            "watcher" => Subject::Watcher,
            "creator" => Subject::Creator,
            "created" | "createddate" => Subject::Created,
            "updated" | "updateddate" => Subject::Updated,
            "resolved" | "resolutiondate" => Subject::Resolved,
            "due" | "duedate" => Subject::Due,
            "type" => Subject::Field("issuetype", Kind::IssueType),
            "component" => Subject::Field("components", Kind::Components),
            "fixversion" => Subject::Field("fixVersions", Kind::Versions),
            "affectedversion" => Subject::Field("versions", Kind::Versions),
            _ => {
                let field = self.jira.configuration.field_named(name)?;
                Subject::Field(&field.id, field.kind)
            }
        })
    }
}

impl Subject<'_> {
    pub(super) fn is_date(self) -> bool {
        let of_itself = matches!(self, Self::Created | Self::Updated | Self::Resolved | Self::Due);
        of_itself || matches!(self, Self::Field(_, Kind::Date | Kind::DateTime))
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Comment | Self::Field(_, Kind::Text | Kind::Paragraph))
    }

    fn is_person(self) -> bool {
        matches!(self, Self::Watcher | Self::Creator | Self::Field(_, Kind::Person | Kind::People))
    }

    fn is_ordered(self) -> bool {
        self.is_date()
            || matches!(self, Self::Key | Self::Id | Self::Field(_, Kind::Number | Kind::Priority | Kind::Votes))
    }
}

impl Query {
    /// Jira's sentences about what does not exist there. None for a query that can be run.
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
        complaints
    }
}

impl Term {
    fn complaint(&self, reader: Reader<'_>) -> Option<String> {
        let field = &self.field;
        let Some(subject) = reader.subject(field) else {
            return Some(format!("Field '{field}' does not exist or you do not have permission to view it."));
        };
        if !self.operator.suits(subject) {
            return Some(format!("The operator '{}' is not supported by the '{field}' field.", self.operator.sign()));
        }
        let predicates = self.predicates.iter().map(|(_, operand)| operand);
        if predicates.into_iter().any(|operand| moments::of(operand, reader.person, reader.now).is_none()) {
            return Some(format!("A date value for the field '{field}' is invalid."));
        }
        self.operands.iter().find_map(|operand| self.complaint_about(operand, subject, reader))
    }

    fn complaint_about(&self, operand: &Operand, subject: Subject<'_>, reader: Reader<'_>) -> Option<String> {
        let field = &self.field;
        match operand {
            Operand::Empty => None,
            _ if matches!(self.operator, Operator::Is | Operator::IsNot) => {
                Some(format!("The operator '{}' only takes EMPTY and NULL.", self.operator.sign()))
            }
            Operand::Function(name, _) if !is_function(name, subject) => {
                Some(format!("Unable to find JQL function '{name}' that the field '{field}' takes."))
            }
            _ if subject.is_date() && moments::of(operand, reader.person, reader.now).is_none() => {
                let words = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.";
                Some(format!("Date value '{operand:?}' for field '{field}' is invalid. {words}"))
            }
            Operand::Value(value) if !reader.exists(subject, value) => {
                Some(format!("The value '{value}' does not exist for the field '{field}'."))
            }
            _ => None,
        }
    }
}

fn is_function(name: &str, subject: Subject<'_>) -> bool {
    let name = name.to_lowercase();
    if subject.is_date() {
        return name == "now" || name.starts_with("startof") || name.starts_with("endof");
    }
    name == "currentuser" && subject.is_person()
}

impl Operator {
    fn suits(self, subject: Subject<'_>) -> bool {
        match self {
            Self::Contains | Self::ContainsNot => subject.is_text(),
            _ if self.is_of_size() => subject.is_ordered(),
            _ if self.is_of_history() => matches!(subject, Subject::Field(_, Kind::Status)),
            Self::Is | Self::IsNot => true,
            _ => !subject.is_text(),
        }
    }
}

impl Reader<'_> {
    fn exists(&self, subject: Subject<'_>, value: &str) -> bool {
        let configuration = &self.jira.configuration;
        let same = |name: &str| name.eq_ignore_ascii_case(value);
        let named = |id: u64, name: &str| same(name) || id.to_string() == value;
        match subject {
            Subject::StatusCategory => {
                ["new", "indeterminate", "done", "to do", "in progress", "2", "3", "4"].iter().any(|name| same(name))
            }
            Subject::Field(_, Kind::Project) => {
                self.jira.projects_of(self.person).any(|one| same(&one.key) || named(one.id, &one.name))
            }
            Subject::Field(_, Kind::Status) => configuration.status_named(value).is_some(),
            Subject::Field(_, Kind::IssueType) => configuration.issue_type_named(value).is_some(),
            Subject::Field(_, Kind::Priority) => configuration.priority_named(value).is_some(),
            Subject::Field(_, Kind::Resolution) => {
                same("unresolved") || configuration.resolution_named(value).is_some()
            }
            Subject::Field(_, Kind::Components) => {
                let parts = self.jira.projects.iter().flat_map(|project| &project.components);
                parts.into_iter().any(|part| named(part.id, &part.name))
            }
            Subject::Field(_, Kind::Versions) => {
                let parts = self.jira.projects.iter().flat_map(|project| &project.versions);
                parts.into_iter().any(|part| named(part.id, &part.name))
            }
            Subject::Field(id, Kind::Option | Kind::Options) => {
                let options =
                    configuration.field(id).map(super::super::configuration::Field::options).unwrap_or_default();
                options.iter().any(|option| named(option.id, &option.value))
            }
            Subject::Field(_, Kind::Number) => value.parse::<f64>().is_ok(),
            _ => true,
        }
    }
}
