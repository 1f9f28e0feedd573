//! Whether an issue meets a condition.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::configuration::Kind;
use super::super::dates;
use super::super::documents;
use super::super::issue::Issue;
use super::subject::Subject;
use super::{Operand, Operator, Query, Reader, Term, functions, moments};
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
                (asks_for_empty || !is_empty(reader, subject, issue)) && !self.is_any(reader, subject, issue)
            }
            Operator::Contains => self.contains(subject, issue),
            Operator::ContainsNot => !self.contains(subject, issue),
            operator if operator.is_of_history() => self.was(reader, subject, issue),
            operator => self
                .operands
                .iter()
                .any(|operand| compare(reader, subject, issue, operand).is_some_and(|order| operator.takes(order))),
        }
    }

    fn is_any(&self, reader: Reader<'_>, subject: Subject<'_>, issue: &Issue) -> bool {
        self.operands.iter().any(|operand| match operand {
            Operand::Empty => is_empty(reader, subject, issue),
            _ if subject.is_date() => compare(reader, subject, issue, operand) == Some(Ordering::Equal),
            Operand::Function(name, arguments) if name.eq_ignore_ascii_case("cascadeOption") => {
                arguments.iter().all(|argument| is(reader, subject, issue, argument))
            }
            Operand::Function(name, arguments) => {
                let values = functions::values(reader, name, arguments).unwrap_or_default();
                values.iter().any(|value| is(reader, subject, issue, value))
            }
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

fn is_empty(reader: Reader<'_>, subject: Subject<'_>, issue: &Issue) -> bool {
    match subject {
        Subject::Watcher => issue.watchers.is_empty(),
        Subject::Voter => issue.votes.is_empty(),
        Subject::WorklogAuthor | Subject::WorklogDate => issue.worklogs.is_empty(),
        Subject::LinkType => links_of(reader, issue).next().is_none(),
        Subject::Tracked(field) => issue.tracked(field).is_none(),
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
        Subject::Voter => issue.votes.clone(),
        Subject::WorklogAuthor => issue.worklogs.iter().map(|worklog| worklog.author).collect(),
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
        _ if subject.is_person() => people(subject, issue).iter().any(|person| is_called(*person, value)),
        Subject::WatcherCount => issue.watchers.len().to_string() == value,
        Subject::HierarchyLevel => level(reader, issue).to_string() == value,
        Subject::ProjectType => same(&reader.jira.project_of(issue).type_key),
        Subject::LinkType => links_of(reader, issue).any(|words| words.iter().any(|word| same(word))),
        Subject::Filter => reader.filter(value).is_some_and(|filter| is_found_by(reader, &filter.jql, issue)),
        Subject::Tracked(field) => seconds(value).is_some_and(|seconds| issue.tracked(field) == Some(seconds)),
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
        Subject::Field(id, Kind::Sprint) => {
            let all = reader.jira.projects.iter().flat_map(|project| &project.sprints);
            let wanted: Vec<u64> = all.filter(|sprint| sprint.is(value)).map(|sprint| sprint.id).collect();
            items(issue.value(id)).any(|stored| wanted.iter().any(|id| stored == id))
        }
        Subject::Field(id, Kind::Cascade) => {
            let options = configuration.field(id).map(super::super::configuration::Field::options).unwrap_or_default();
            let all = options.iter().flat_map(|option| std::iter::once(option).chain(&option.below));
            let stored = issue.value(id);
            let is_there = |id: u64| stored["parent"] == id || stored["child"] == id;
            all.into_iter().any(|option| (same(&option.value) || option.id.to_string() == value) && is_there(option.id))
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

/// Whether somebody is meant by a name: the account id, the user name or key, or the full name.
pub(super) fn is_called(person: Person, name: &str) -> bool {
    [person.account_id(), person.slug(), person.user_key(), person.name()]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name))
}

fn level(reader: Reader<'_>, issue: &Issue) -> i8 {
    reader.jira.configuration.issue_type(issue.type_id).map_or(0, |one| one.level)
}

/// What the links of an issue are called, from its side and by their type.
fn links_of<'a>(reader: Reader<'a>, issue: &'a Issue) -> impl Iterator<Item = [String; 3]> + 'a {
    let own = reader.jira.links.iter().filter(|link| link.inward == issue.id || link.outward == issue.id);
    own.filter_map(move |link| {
        let kind = reader.jira.configuration.link_types.iter().find(|one| one.id == link.type_id)?;
        let words = if link.inward == issue.id { &kind.outward } else { &kind.inward };
        Some([words.clone(), kind.name.clone(), kind.id.to_string()])
    })
}

/// Whether a saved search finds an issue. Those that name each other in a circle find nothing.
fn is_found_by(reader: Reader<'_>, jql: &str, issue: &Issue) -> bool {
    let Some(depth) = reader.depth.checked_sub(1) else { return false };
    Query::parse(jql).is_ok_and(|query| query.matches(Reader { depth, ..reader }, issue))
}

fn seconds(text: &str) -> Option<u64> {
    super::super::durations::seconds(text)
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
        Subject::WatcherCount => Some(issue.watchers.len().cmp(&value.parse().ok()?)),
        Subject::HierarchyLevel => Some(level(reader, issue).cmp(&value.parse().ok()?)),
        Subject::Tracked(field) => Some(issue.tracked(field)?.cmp(&seconds(value)?)),
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
        Subject::WorklogDate => issue.worklogs.iter().filter_map(|worklog| dates::moment(&worklog.started)).max(),
        Subject::Resolved => issue.resolved,
        Subject::Due => day(issue.value("duedate")),
        Subject::Field(id, Kind::Date) => day(issue.value(id)),
        Subject::CategoryChanged | Subject::Field("statuscategorychangedate", _) => Some(issue.category_changed),
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
