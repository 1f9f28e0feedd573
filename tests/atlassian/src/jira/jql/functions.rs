//! The functions of JQL that stand for values: people, issues, versions, types and projects. Those that stand for a date
//! are in [`super::moments`].

use super::super::configuration::Kind;
use super::super::groups;
use super::super::issue::Issue;
use super::super::site::{Part, Project};
use super::super::sprints::State;
use super::subject::Subject;
use super::{Operand, Reader, moments};
use crate::people::Person;

/// What a function stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Stands {
    Moment,
    People,
    Issues,
    Versions,
    Types,
    Projects,
    Sprints,
    /// Options of a cascading field.
    Options,
}

/// The functions, as the editor of JQL writes them.
pub(in super::super) const NAMES: [(&str, Stands); 30] = [
    ("now", Stands::Moment),
    ("startOfDay", Stands::Moment),
    ("startOfWeek", Stands::Moment),
    ("startOfMonth", Stands::Moment),
    ("startOfYear", Stands::Moment),
    ("endOfDay", Stands::Moment),
    ("endOfWeek", Stands::Moment),
    ("endOfMonth", Stands::Moment),
    ("endOfYear", Stands::Moment),
    ("currentUser", Stands::People),
    ("membersOf", Stands::People),
    ("issueHistory", Stands::Issues),
    ("linkedIssues", Stands::Issues),
    ("childIssuesOf", Stands::Issues),
    ("updatedBy", Stands::Issues),
    ("votedIssues", Stands::Issues),
    ("watchedIssues", Stands::Issues),
    ("releasedVersions", Stands::Versions),
    ("unreleasedVersions", Stands::Versions),
    ("latestReleasedVersion", Stands::Versions),
    ("earliestUnreleasedVersion", Stands::Versions),
    ("openSprints", Stands::Sprints),
    ("closedSprints", Stands::Sprints),
    ("futureSprints", Stands::Sprints),
    ("standardIssueTypes", Stands::Types),
    ("subtaskIssueTypes", Stands::Types),
    ("projectsLeadByUser", Stands::Projects),
    ("projectsWhereUserHasPermission", Stands::Projects),
    ("projectsWhereUserHasRole", Stands::Projects),
    ("cascadeOption", Stands::Options),
];

impl Stands {
    fn suits(self, subject: Subject<'_>) -> bool {
        match self {
            Self::Moment => subject.is_date(),
            Self::People => subject.is_person(),
            Self::Issues => matches!(subject, Subject::Key | Subject::Id | Subject::Field(_, Kind::Parent)),
            Self::Versions => matches!(subject, Subject::Field(_, Kind::Versions)),
            Self::Types => matches!(subject, Subject::Field(_, Kind::IssueType)),
            Self::Projects => matches!(subject, Subject::Field(_, Kind::Project)),
            Self::Sprints => matches!(subject, Subject::Field(_, Kind::Sprint)),
            Self::Options => matches!(subject, Subject::Field(_, Kind::Cascade)),
        }
    }
}

/// What is wrong with a function where it stands.
pub(super) fn complaint(
    reader: Reader<'_>,
    subject: Subject<'_>,
    field: &str,
    name: &str,
    arguments: &[String],
) -> Option<String> {
    let Some((known, stands)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) else {
        return Some(format!("Unable to find JQL function '{name}({})'.", arguments.join(", ")));
    };
    if !stands.suits(subject) {
        return Some(format!("The function '{known}' is not supported by the '{field}' field."));
    }
    if *stands == Stands::Moment {
        let operand = Operand::Function(name.to_owned(), arguments.to_vec());
        let wrong = moments::of(&operand, reader.person, reader.now).is_none();
        return wrong.then(|| {
            format!(
                "Unable to parse the duration '{}' of the function '{known}'. Use a number and y, M, w, d, h or m.",
                arguments.join(", ")
            )
        });
    }
    if *stands == Stands::Options && arguments.is_empty() {
        return Some(format!("Function '{known}' expects at least one argument."));
    }
    values(reader, name, arguments).err()
}

/// The values that a function stands for: account ids, keys of issues, ids of the rest. `Err` is Jira's sentence.
pub(super) fn values(reader: Reader<'_>, name: &str, arguments: &[String]) -> Result<Vec<String>, String> {
    let first = arguments.first().map(String::as_str);
    let needed = || first.ok_or_else(|| format!("Function '{name}' expects at least one argument."));
    Ok(match name.to_lowercase().as_str() {
        "currentuser" => vec![reader.person.account_id().to_owned()],
        "membersof" => members(needed()?)?,
        // Whoever looked at what is not modelled: those that the reader had to do with.
        "issuehistory" => keys(reader, |issue| concerns(issue, reader.person)),
        "watchedissues" => keys(reader, |issue| issue.watchers.contains(&reader.person)),
        "votedissues" => keys(reader, |issue| issue.votes.contains(&reader.person)),
        "linkedissues" => linked(reader, needed()?, arguments.get(1).map(String::as_str))?,
        "childissuesof" => {
            let parent = issue(reader, "childIssuesOf", needed()?)?.id;
            keys(reader, |issue| issue.parent() == Some(parent))
        }
        "updatedby" => updated_by(reader, needed()?, &arguments[1..])?,
        "releasedversions" => versions(reader, first, is_released),
        "unreleasedversions" => versions(reader, first, |project, part| !is_released(project, part)),
        "latestreleasedversion" => versions(reader, Some(needed()?), is_released).pop().into_iter().collect(),
        "earliestunreleasedversion" => {
            versions(reader, Some(needed()?), |project, part| !is_released(project, part)).into_iter().take(1).collect()
        }
        "opensprints" => sprints(reader, State::Active),
        "closedsprints" => sprints(reader, State::Closed),
        "futuresprints" => sprints(reader, State::Future),
        "standardissuetypes" => types(reader, false),
        "subtaskissuetypes" => types(reader, true),
        "projectsleadbyuser" => {
            let person = first.map_or(Ok(reader.person), |name| person(name, "projectsLeadByUser"))?;
            projects(reader, |project| project.lead() == person)
        }
        "projectswhereuserhaspermission" => {
            let permission = needed()?.to_uppercase().replace(' ', "_");
            projects(reader, |project| reader.jira.permits(reader.person, project, &permission, None))
        }
        "projectswhereuserhasrole" => {
            let role = reader.jira.configuration.role_named(needed()?);
            let role = role.ok_or_else(|| format!("Function '{name}' found no project role of that name."))?;
            projects(reader, |project| project.has_role(reader.person, &role.name))
        }
        _ => Vec::new(),
    })
}

fn members(group: &str) -> Result<Vec<String>, String> {
    let members = groups::members_of(group).ok_or_else(|| {
        format!(
            "Function 'membersOf' can not generate a list of usernames for group '{group}'; the group does not exist."
        )
    })?;
    Ok(members.into_iter().map(|person| person.account_id().to_owned()).collect())
}

fn concerns(issue: &Issue, person: Person) -> bool {
    issue.creator == person || issue.history.iter().any(|change| change.author == person)
}

fn keys(reader: Reader<'_>, wanted: impl Fn(&Issue) -> bool) -> Vec<String> {
    reader.jira.issues.iter().filter(|issue| wanted(issue)).map(Issue::key).collect()
}

fn issue<'a>(reader: Reader<'a>, function: &str, key: &str) -> Result<&'a Issue, String> {
    let found = reader.jira.issue(key).filter(|issue| reader.jira.may_browse(reader.person, issue));
    found.ok_or_else(|| format!("Issue '{key}' could not be found in function '{function}'."))
}

fn linked(reader: Reader<'_>, key: &str, kind: Option<&str>) -> Result<Vec<String>, String> {
    let own = issue(reader, "linkedIssues", key)?.id;
    let is_wanted = |type_id: u64, is_outward: bool| {
        let found = reader.jira.configuration.link_types.iter().find(|one| one.id == type_id);
        let words = found.map(|one| if is_outward { &one.outward } else { &one.inward });
        kind.is_none_or(|kind| words.is_some_and(|words| words.eq_ignore_ascii_case(kind)))
    };
    let others = reader.jira.links.iter().filter_map(|link| match own {
        own if own == link.inward && is_wanted(link.type_id, true) => Some(link.outward),
        own if own == link.outward && is_wanted(link.type_id, false) => Some(link.inward),
        _ => None,
    });
    Ok(others.filter_map(|id| reader.jira.issue_by_id(id)).map(Issue::key).collect())
}

fn person(name: &str, function: &str) -> Result<Person, String> {
    let by_name = || Person::ALL.into_iter().find(|person| person.name().eq_ignore_ascii_case(name));
    let found = Person::by_account_id(name).or_else(|| Person::by_slug(name)).or_else(by_name);
    found.ok_or_else(|| format!("Function '{function}' found no user '{name}'."))
}

/// `updatedBy(somebody, from, to)`; the times are there or not.
fn updated_by(reader: Reader<'_>, name: &str, times: &[String]) -> Result<Vec<String>, String> {
    let who = person(name, "updatedBy")?;
    let moment = |place: usize| {
        let Some(text) = times.get(place) else { return Ok(None) };
        let operand = Operand::Value(text.clone());
        let moment = moments::of(&operand, reader.person, reader.now);
        moment.map(Some).ok_or_else(|| format!("The date '{text}' of the function 'updatedBy' is invalid."))
    };
    let (from, to) = (moment(0)?, moment(1)?);
    let is_in_time = |at| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to);
    Ok(keys(reader, |issue| {
        let created = issue.creator == who && is_in_time(issue.created);
        let changed = issue.history.iter().any(|change| change.author == who && is_in_time(change.created));
        created || changed || issue.comments.iter().any(|one| one.author == who && is_in_time(one.created))
    }))
}

fn is_released(project: &Project, part: &Part) -> bool {
    project.versions.last().is_some_and(|last| last.id != part.id)
}

/// Ids of the versions of a project, or of all.
fn versions(reader: Reader<'_>, project: Option<&str>, wanted: impl Fn(&Project, &Part) -> bool) -> Vec<String> {
    let all = reader.jira.projects_of(reader.person);
    let all = all.filter(|one| {
        project.is_none_or(|wanted| one.key.eq_ignore_ascii_case(wanted) || one.name.eq_ignore_ascii_case(wanted))
    });
    let parts = all.flat_map(|project| project.versions.iter().map(move |part| (project, part)));
    parts.filter(|(project, part)| wanted(project, part)).map(|(_, part)| part.id.to_string()).collect()
}

fn sprints(reader: Reader<'_>, state: State) -> Vec<String> {
    let all = reader.jira.projects_of(reader.person).flat_map(|project| &project.sprints);
    all.filter(|sprint| sprint.state == state).map(|sprint| sprint.id.to_string()).collect()
}

fn types(reader: Reader<'_>, subtasks: bool) -> Vec<String> {
    let all = reader.jira.configuration.issue_types.iter().filter(|one| one.is_subtask() == subtasks);
    all.map(|one| one.id.to_string()).collect()
}

fn projects(reader: Reader<'_>, wanted: impl Fn(&Project) -> bool) -> Vec<String> {
    reader
        .jira
        .projects_of(reader.person)
        .filter(|project| wanted(project))
        .map(|project| project.key.clone())
        .collect()
}
