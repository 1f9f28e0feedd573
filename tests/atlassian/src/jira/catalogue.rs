//! What a site begins with: the projects and issues of the catalogue, and a project whose two years of work a seeded
//! generator makes up.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::Deserialize;
use serde_json::json;

use super::configuration::Configuration;
use super::documents;
use super::generator::{self, Generator};
use super::issue::Issue;
use super::site::{JiraSite, Part, Project};
use super::sprints;
use crate::clock::Moment;
use crate::people::Person;
use crate::sites::{HARBOUR, MEADOW, TINKER};

/// A Tuesday morning in January 2026: when the first catalogued issue of every project was created.
const FIRST_DAY: Moment = Moment(1_767_690_000);
const DAY: u64 = 86_400;

#[derive(Clone, Debug, Deserialize)]
struct CataloguedProject {
    key: String,
    name: String,
    #[serde(rename = "type")]
    type_key: String,
    #[serde(default = "software")]
    template: String,
    summaries: Vec<String>,
    /// How many issues are made up instead.
    #[serde(default)]
    generated: u64,
    /// What those are about.
    #[serde(default)]
    subjects: Vec<String>,
}

fn software() -> String {
    "software".into()
}

impl Default for JiraSite {
    /// One without projects.
    fn default() -> Self {
        Self::begun("", Moment(0))
    }
}

impl JiraSite {
    /// What the catalogue has for that cloudId or instance, for a model that begins now.
    pub(crate) fn of(name: &str, now: Moment) -> Self {
        Self::begun(name, Moment(now.0 - now.0 % DAY))
    }

    /// The same for a day. Made once a day and copied.
    pub(super) fn begun(name: &str, born: Moment) -> Self {
        static MADE: OnceLock<Mutex<BTreeMap<(String, u64), JiraSite>>> = OnceLock::new();
        let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        made.entry((name.to_owned(), born.0)).or_insert_with(|| Self::made_up(name, born)).clone()
    }

    fn made_up(name: &str, born: Moment) -> Self {
        let mut catalogue: BTreeMap<String, Vec<CataloguedProject>> =
            serde_json::from_str(include_str!("catalogue.json")).expect("the catalogue is valid, a test reads it");
        let mut site = Self {
            name: name.to_owned(),
            born,
            configuration: Configuration::shifted(shift_of(name)),
            projects: Vec::new(),
            issues: Vec::new(),
            deleted: Vec::new(),
            links: Vec::new(),
            filters: Vec::new(),
            webhooks: Vec::new(),
            tasks: Vec::new(),
            withheld: Vec::new(),
            outdated: Vec::new(),
            events: Vec::new(),
            next_id: 30_000,
        };
        for catalogued in catalogue.remove(name).unwrap_or_default() {
            site.take_up(catalogued);
        }
        site
    }

    fn take_up(&mut self, catalogued: CataloguedProject) {
        let project = self.project_from(&catalogued);
        self.projects.push(project.clone());
        for (index, summary) in (0..).zip(catalogued.summaries) {
            let issue = self.catalogued(&project, index, &summary);
            self.issues.push(issue);
        }
        let generator = Generator { project: &project, subjects: &catalogued.subjects, all: catalogued.generated };
        for number in 1..=catalogued.generated {
            let (issue, link) = generator.issue(self, number);
            self.issues.push(issue);
            self.links.extend(link);
        }
    }

    fn project_from(&self, catalogued: &CataloguedProject) -> Project {
        let CataloguedProject { key, name, type_key, template, .. } = catalogued;
        let id = 10_000 + self.projects.len() as u64;
        let described = self.configuration.template(template);
        let parts = |first: u64, names: &[String]| {
            (first..).zip(names).map(|(id, name)| Part { id, name: name.clone() }).collect()
        };
        let roles =
            [("Administrators", vec![Person::Ada, Person::Bob]), ("Members", members(template)), ("Viewers", vec![])];
        Project {
            id,
            key: key.clone(),
            name: name.clone(),
            type_key: type_key.clone(),
            template: template.clone(),
            components: parts(id * 10, &described.components),
            versions: parts(id * 10 + 5, &described.versions),
            sprints: if catalogued.generated > 0 {
                sprints::of_a_year(key, id % 1_000 * 100 + 1, self.born)
            } else {
                Vec::new()
            },
            spent_number: 0,
            roles: roles.into_iter().map(|(role, people)| (role.to_owned(), people)).collect(),
        }
    }

    fn catalogued(&self, project: &Project, index: u64, summary: &str) -> Issue {
        let configuration = &self.configuration;
        let types: Vec<_> =
            configuration.types_of(&project.template).into_iter().filter(|kind| kind.level == 0).collect();
        let type_id = types[usize::try_from(index).unwrap_or(0) % types.len()].id;
        let workflow = configuration.workflow_of(&project.template, type_id);
        let step = [0, 1, 2, 3, 1][(index % 5) as usize].min(workflow.statuses.len() - 1);
        let status = configuration.status_named(&workflow.statuses[step]);
        let status = status.expect("workflows name statuses that are described");
        let created = Moment(FIRST_DAY.0 + index * 93_600);
        let assignee = [Some(Person::Ada), Some(Person::Max), None, Some(Person::Bob)][(index % 4) as usize];
        let reporter = if index.is_multiple_of(2) { Person::Bob } else { Person::Ada };
        let key = (project.key.clone(), index + 1);
        let mut issue = Issue::new(self.next_issue_id(), key, type_id, status.id, reporter, created);
        issue.set("summary", json!(summary));
        let text = format!("{summary}. Seen this week; steps are in the comments.");
        issue.set("description", self.text(&text));
        issue.set("priority", json!(1 + (index * 2 + 1) % 5));
        issue.set("assignee", json!(assignee));
        issue.set("reporter", json!(reporter));
        if index.is_multiple_of(4) {
            issue.set("labels", json!(["from-customer"]));
        }
        issue.updated = Moment(created.0 + 7_200);
        generator::settle(configuration, &mut issue);
        issue
    }

    /// A text as this site stores it.
    pub(super) fn text(&self, text: &str) -> serde_json::Value {
        if is_data_center(&self.name) { json!(text) } else { documents::paragraph(text) }
    }
}

/// Max works in every project but those of operations.
fn members(template: &str) -> Vec<Person> {
    if template == "operations" { Vec::new() } else { vec![Person::Max] }
}

fn is_data_center(name: &str) -> bool {
    ![HARBOUR, MEADOW, TINKER].contains(&name)
}

/// Ids at Harbour and at the Data Center instances are as described.
fn shift_of(name: &str) -> u64 {
    match name {
        MEADOW => 100,
        TINKER => 200,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::Site;

    #[test]
    fn every_site_of_the_catalogue_has_projects_with_issues() {
        for site in Site::all() {
            let jira = JiraSite::of(&site.id, Moment(1_790_000_000));
            assert!(!jira.projects.is_empty(), "{} is empty", site.name);
            assert!(jira.projects.iter().all(|project| jira.issue(&format!("{}-1", project.key)).is_some()));
        }
    }

    #[test]
    fn at_least_three_projects_differ_in_how_they_work() {
        let jira = JiraSite::of(HARBOUR, Moment(1_790_000_000));
        let templates: std::collections::BTreeSet<_> = jira.projects.iter().map(|project| &project.template).collect();
        assert_eq!(templates.len(), 3);
    }
}
