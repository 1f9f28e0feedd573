//! Whether an issue meets a condition.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::configuration::Kind;
use super::super::dates;
use super::super::documents;
use super::super::issue::Issue;
use super::checks::Subject;
use super::{Operand, Operator, Reader, Term, moments};
use crate::clock::Moment;
use crate::people::Person;

impl Term {
    pub(super) fn holds(&self, reader: Reader<'_>, issue: &Issue) -> bool {
        let Some(subject) = reader.subject(&self.field) else { return false };
        match self.operator {
            Operator::Equals | Operator::In | Operator::Is => self.is_any(reader, subject, issue),
            // What has no value is not another one, either.
            Operator::EqualsNot | Operator::NotIn | Operator::IsNot => {
                let asks_for_empty = self.operands.contains(&Operand::Empty);
                (asks_for_empty || !is_empty(subject, issue)) && !self.is_any(reader, subject, issue)
            }
            Operator::Contains => self.contains(subject, issue),
            Operator::ContainsNot => !self.contains(subject, issue),
            operator if operator.is_of_history() => self.was(reader, issue),
            operator => self
                .operands
                .iter()
                .any(|operand| compare(reader, subject, issue, operand).is_some_and(|order| operator.takes(order))),
        }
    }

    fn is_any(&self, reader: Reader<'_>, subject: Subject<'_>, issue: &Issue) -> bool {
        self.operands.iter().any(|operand| match operand {
            Operand::Empty => is_empty(subject, issue),
            _ if subject.is_date() => compare(reader, subject, issue, operand) == Some(Ordering::Equal),
            Operand::Function(..) => people(subject, issue).contains(&reader.person),
            Operand::Value(value) => is(reader, subject, issue, value),
        })
    }

    /// Every word of the operand is somewhere in the text.
    fn contains(&self, subject: Subject<'_>, issue: &Issue) -> bool {
        let text = text_of(subject, issue).to_lowercase();
        self.operands.iter().any(|operand| {
            let Operand::Value(wanted) = operand else { return false };
            let words = wanted.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
            words.into_iter().all(|word| text.contains(&word.to_lowercase()))
        })
    }

    fn was(&self, reader: Reader<'_>, issue: &Issue) -> bool {
        let at = |operand| moments::of(operand, reader.person, reader.now);
        let in_time = |moment: Moment| {
            self.predicates.iter().all(|(name, operand)| match at(operand) {
                Some(limit) if name == "after" => moment > limit,
                Some(limit) => moment < limit,
                None => false,
            })
        };
        let changes = issue.history.iter().filter(|change| in_time(change.created));
        let items = changes.flat_map(|change| &change.items).filter(|item| item.field_id == "status");
        if self.operator == Operator::Changed {
            return items.into_iter().next().is_some();
        }
        let current = reader.jira.configuration.status(issue.status_id).map(|status| status.name.clone());
        let mut names: Vec<String> =
            items.flat_map(|item| [item.from_text.clone(), item.to_text.clone()]).flatten().collect();
        names.extend(current);
        let wanted = |name: &String| {
            self.operands.iter().any(|operand| {
                matches!(operand, Operand::Value(value) if {
                    let status = reader.jira.configuration.status_named(value);
                    status.is_some_and(|status| status.name == *name)
                })
            })
        };
        names.iter().any(wanted) != matches!(self.operator, Operator::WasNot | Operator::WasNotIn)
    }
}

impl Operator {
    fn takes(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}

fn is_empty(subject: Subject<'_>, issue: &Issue) -> bool {
    match subject {
        Subject::Watcher => issue.watchers.is_empty(),
        Subject::Comment => issue.comments.is_empty(),
        Subject::Resolved => issue.resolved.is_none(),
        Subject::Due => issue.value("duedate").is_null(),
        Subject::Field(_, Kind::Attachments) => issue.attachments.is_empty(),
        Subject::Field(id, kind) => {
            let always_has_one = matches!(kind, Kind::Project | Kind::Status | Kind::IssueType | Kind::Votes);
            !always_has_one && issue.value(id).is_null()
        }
        _ => false,
    }
}

fn people(subject: Subject<'_>, issue: &Issue) -> Vec<Person> {
    match subject {
        Subject::Watcher => issue.watchers.clone(),
        Subject::Creator => vec![issue.creator],
        Subject::Field(id, Kind::Person | Kind::People) => {
            let value = issue.value(id);
            let one = std::slice::from_ref(value);
            value.as_array().map_or(one, Vec::as_slice).iter().filter_map(super::super::values::person).collect()
        }
        _ => Vec::new(),
    }
}

fn is(reader: Reader<'_>, subject: Subject<'_>, issue: &Issue, value: &str) -> bool {
    let configuration = &reader.jira.configuration;
    let same = |name: &str| name.eq_ignore_ascii_case(value);
    let stored_id = |id: &str| issue.value(id).as_u64();
    match subject {
        Subject::Key => issue.is(value),
        Subject::Id => issue.id.to_string() == value,
        Subject::StatusCategory => configuration.status(issue.status_id).is_some_and(|status| {
            same(status.category.name()) || same(status.category.key()) || status.category.id().to_string() == value
        }),
        Subject::Watcher | Subject::Creator | Subject::Field(_, Kind::Person | Kind::People) => {
            people(subject, issue).iter().any(|person| {
                same(person.account_id()) || same(person.slug()) || same(person.user_key()) || same(person.name())
            })
        }
        Subject::Field(_, Kind::Project) => reader
            .jira
            .project(&issue.project)
            .is_some_and(|project| same(&project.key) || same(&project.name) || project.id.to_string() == value),
        Subject::Field(_, Kind::Status) => {
            configuration.status_named(value).is_some_and(|found| found.id == issue.status_id)
        }
        Subject::Field(_, Kind::IssueType) => {
            configuration.issue_type_named(value).is_some_and(|found| found.id == issue.type_id)
        }
        Subject::Field(id, Kind::Priority) => {
            configuration.priority_named(value).map(|found| found.id) == stored_id(id)
        }
        Subject::Field(id, Kind::Resolution) if same("unresolved") => issue.value(id).is_null(),
        Subject::Field(id, Kind::Resolution) => {
            configuration.resolution_named(value).map(|found| found.id) == stored_id(id)
        }
        Subject::Field(id, Kind::Components) => has_part(reader, issue, id, value, false),
        Subject::Field(id, Kind::Versions) => has_part(reader, issue, id, value, true),
        Subject::Field(id, Kind::Option | Kind::Options) => {
            let options = configuration.field(id).map(super::super::configuration::Field::options).unwrap_or_default();
            let wanted = options.iter().find(|option| same(&option.value) || option.id.to_string() == value);
            wanted.is_some_and(|wanted| items(issue.value(id)).any(|stored| *stored == wanted.id))
        }
        Subject::Field(id, Kind::Parent) => {
            let parent = stored_id(id).and_then(|id| reader.jira.issue_by_id(id));
            parent.is_some_and(|parent| parent.is(value))
        }
        Subject::Field(id, Kind::Number) => issue.value(id).as_f64() == value.parse().ok(),
        Subject::Field(id, _) => items(issue.value(id)).any(|stored| stored.as_str().is_some_and(same)),
        _ => false,
    }
}

fn has_part(reader: Reader<'_>, issue: &Issue, field: &str, value: &str, versions: bool) -> bool {
    let project = reader.jira.project_of(issue);
    let parts = if versions { &project.versions } else { &project.components };
    let wanted = parts.iter().find(|part| part.name.eq_ignore_ascii_case(value) || part.id.to_string() == value);
    wanted.is_some_and(|wanted| items(issue.value(field)).any(|stored| *stored == wanted.id))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    let one = std::slice::from_ref(value);
    value.as_array().map_or(one, Vec::as_slice).iter()
}

fn compare(reader: Reader<'_>, subject: Subject<'_>, issue: &Issue, operand: &Operand) -> Option<Ordering> {
    if subject.is_date() {
        return Some(moment_of(reader, subject, issue)?.cmp(&moments::of(operand, reader.person, reader.now)?));
    }
    let Operand::Value(value) = operand else { return None };
    match subject {
        Subject::Key => {
            let (project, number) = value.rsplit_once('-')?;
            issue.project.eq_ignore_ascii_case(project).then(|| issue.number.cmp(&number.parse().unwrap_or(0)))
        }
        Subject::Id => Some(issue.id.cmp(&value.parse().ok()?)),
        Subject::Field(id, Kind::Number) => issue.value(id).as_f64()?.partial_cmp(&value.parse().ok()?),
        // The highest priority has the lowest id.
        Subject::Field(id, Kind::Priority) => {
            Some(reader.jira.configuration.priority_named(value)?.id.cmp(&issue.value(id).as_u64()?))
        }
        Subject::Field(_, Kind::Votes) => Some(issue.votes.len().cmp(&value.parse().ok()?)),
        _ => None,
    }
}

/// When something about the issue was. Days begin in the time zone of the one who asks.
pub(super) fn moment_of(reader: Reader<'_>, subject: Subject<'_>, issue: &Issue) -> Option<Moment> {
    let day = |value: &Value| moments::of(&Operand::Value(value.as_str()?.to_owned()), reader.person, reader.now);
    match subject {
        Subject::Created => Some(issue.created),
        Subject::Updated => Some(issue.updated),
        Subject::Resolved => issue.resolved,
        Subject::Due => day(issue.value("duedate")),
        Subject::Field(id, Kind::Date) => day(issue.value(id)),
        Subject::Field("statuscategorychangedate", _) => Some(issue.category_changed),
        Subject::Field(id, Kind::DateTime) => dates::moment(issue.value(id).as_str()?),
        _ => None,
    }
}

fn text_of(subject: Subject<'_>, issue: &Issue) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| documents::text_of(value), String::from);
    let comments = || issue.comments.iter().map(|comment| plain(&comment.body)).collect::<Vec<_>>().join("\n");
    match subject {
        Subject::Text => format!("{}\n{}\n{}", issue.summary(), plain(issue.value("description")), comments()),
        Subject::Comment => comments(),
        Subject::Field(id, _) => plain(issue.value(id)),
        _ => String::new(),
    }
}
