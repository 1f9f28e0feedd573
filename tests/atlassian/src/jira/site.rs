//! What one Jira site holds: its configuration, projects, issues, filters and webhooks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::configuration::{Configuration, Holder, IssueType};
use super::index::Outdated;
use super::issue::Issue;
use super::sprints::Sprint;
use super::tasks::Task;
use super::webhooks::{Event, Webhook};
use crate::clock::Moment;
use crate::people::Person;

/// One site's Jira. It is stored as what was changed since it began; see [`super::stored_site`].
#[derive(Clone, Debug)]
pub(crate) struct JiraSite {
    /// The name in the catalogue: a cloudId or an instance.
    pub(crate) name: String,
    /// The day on which it began: generated issues are dated backwards from here.
    pub(crate) born: Moment,
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) projects: Vec<Project>,
    pub(crate) issues: Vec<Issue>,
    /// Ids of issues that were there in the beginning.
    pub(super) deleted: Vec<u64>,
    pub(super) links: Vec<IssueLink>,
    pub(super) filters: Vec<Filter>,
    pub(super) webhooks: Vec<Webhook>,
    /// What is being done, and what became of it.
    pub(super) tasks: Vec<Task>,
    /// Permissions that somebody lacks in a project although the scheme grants them.
    pub(super) withheld: Vec<Withheld>,
    /// States that the search index has not replaced yet.
    pub(super) outdated: Vec<Outdated>,
    /// What happened in the running call, for webhooks.
    pub(super) events: Vec<Event>,
    pub(super) next_id: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    /// `software`, `business` or `service_desk`.
    pub(crate) type_key: String,
    /// The name of the template that it was made from, and whose schemes apply.
    pub(crate) template: String,
    pub(crate) components: Vec<Part>,
    pub(crate) versions: Vec<Part>,
    #[serde(default)]
    pub(crate) sprints: Vec<Sprint>,
    /// The highest number of an issue that was deleted.
    #[serde(default)]
    pub(crate) spent_number: u64,
    /// Who has which role, by the role's name.
    pub(crate) roles: BTreeMap<String, Vec<Person>>,
}

/// A component or a version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// One issue linked to another, both by id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IssueLink {
    pub(crate) id: u64,
    pub(crate) type_id: u64,
    pub(crate) inward: u64,
    pub(crate) outward: u64,
}

/// A saved search.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Filter {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) jql: String,
    pub(crate) owner: Person,
    /// Whether everybody on the site sees it.
    pub(crate) shared: bool,
    /// With whom else it is shared.
    #[serde(default)]
    pub(crate) shares: Vec<Share>,
    pub(crate) favourite_of: Vec<Person>,
}

/// Those with whom a saved search is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Share {
    /// Everybody who browses the project of that id.
    Project(u64),
    /// The members of the group of that name.
    Group(String),
    User(Person),
}

/// A permission that somebody lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Withheld {
    pub(crate) project: String,
    pub(crate) permission: String,
    pub(crate) person: Person,
}

impl JiraSite {
    pub(crate) fn project(&self, key_or_id: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.key == key_or_id || project.id.to_string() == key_or_id)
    }

    pub(crate) fn issue(&self, key_or_id: &str) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.is(key_or_id))
    }

    pub(super) fn issue_by_id(&self, id: u64) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.id == id)
    }

    pub(super) fn issue_mut(&mut self, id: u64) -> Option<&mut Issue> {
        self.issues.iter_mut().find(|issue| issue.id == id)
    }

    /// The project of an issue.
    pub(super) fn project_of(&self, issue: &Issue) -> &Project {
        self.project(&issue.project).expect("issues are in projects of their site, which are never removed")
    }

    /// The template of an issue's project.
    pub(super) fn template_of(&self, issue: &Issue) -> &str {
        &self.project_of(issue).template
    }

    /// An id for a comment, a link, a webhook: anything but an issue.
    pub(super) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// An id for an issue. Those of deleted ones are not used again.
    pub(super) fn next_issue_id(&self) -> u64 {
        let issues = self.issues.iter().map(|issue| issue.id);
        issues.chain(self.deleted.iter().copied()).max().unwrap_or(9_999) + 1
    }

    pub(super) fn next_number(&self, project: &str) -> u64 {
        let numbers = self.issues.iter().flat_map(|issue| issue.numbers_in(project));
        let spent = self.project(project).map(|project| project.spent_number);
        numbers.chain(spent).max().unwrap_or(0) + 1
    }

    pub(super) fn subtasks_of(&self, id: u64) -> impl Iterator<Item = &Issue> {
        let is_subtask =
            |issue: &Issue| self.configuration.issue_type(issue.type_id).is_some_and(IssueType::is_subtask);
        self.issues.iter().filter(move |issue| issue.parent() == Some(id) && is_subtask(issue))
    }

    /// Removes an issue with its links. No other issue will have its key.
    pub(super) fn remove(&mut self, id: u64) {
        if let Some(issue) = self.issues.iter().find(|issue| issue.id == id) {
            for project in &mut self.projects {
                let spent = issue.numbers_in(&project.key).into_iter().max().unwrap_or(0);
                project.spent_number = project.spent_number.max(spent);
            }
        }
        self.issues.retain(|issue| issue.id != id);
        self.links.retain(|link| link.inward != id && link.outward != id);
        self.deleted.push(id);
    }

    /// Whether somebody has a permission in a project; `issue` counts for reporters and assignees.
    pub(crate) fn permits(&self, person: Person, project: &Project, permission: &str, issue: Option<&Issue>) -> bool {
        let scheme = self.configuration.permission_scheme_of(&project.template);
        let holders = scheme.grants.get(permission).map(Vec::as_slice).unwrap_or_default();
        let is_withheld = self.withheld.iter().any(|withheld| {
            withheld.person == person && withheld.permission == permission && withheld.project == project.key
        });
        !is_withheld && holders.iter().any(|holder| holds(holder, person, project, issue))
    }

    /// The projects that somebody may browse.
    pub(crate) fn projects_of(&self, person: Person) -> impl Iterator<Item = &Project> {
        self.projects.iter().filter(move |project| self.permits(person, project, "BROWSE_PROJECTS", None))
    }

    /// Whether somebody may see an issue.
    pub(crate) fn may_browse(&self, person: Person, issue: &Issue) -> bool {
        self.permits(person, self.project_of(issue), "BROWSE_PROJECTS", Some(issue))
    }

    /// Withholds a permission from somebody, or no longer.
    pub(crate) fn withhold(&mut self, withheld: Withheld, is_withheld: bool) -> Result<(), String> {
        if self.project(&withheld.project).is_none() {
            return Err(format!("There is no project {}.", withheld.project));
        }
        self.withheld.retain(|other| *other != withheld);
        if is_withheld {
            self.withheld.push(withheld);
        }
        Ok(())
    }
}

impl Project {
    pub(super) fn has_role(&self, person: Person, role: &str) -> bool {
        self.roles.get(role).is_some_and(|people| people.contains(&person))
    }

    /// Whoever leads it: the first of its administrators.
    pub(super) fn lead(&self) -> Person {
        self.roles.get("Administrators").and_then(|people| people.first()).copied().unwrap_or(Person::Ada)
    }
}

fn holds(holder: &Holder, person: Person, project: &Project, issue: Option<&Issue>) -> bool {
    match holder {
        Holder::Anybody => true,
        Holder::Role(role) => project.has_role(person, role),
        Holder::Reporter => issue.is_some_and(|issue| issue.reporter() == Some(person)),
        Holder::Assignee => issue.is_some_and(|issue| issue.assignee() == Some(person)),
    }
}
