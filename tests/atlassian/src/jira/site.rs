//! What one Jira site holds: projects and issues, taken from the catalogue when the model begins.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::documents;
use crate::clock::Moment;
use crate::people::Person;

/// A Tuesday morning in January 2026: when the first issue of every project was created.
const FIRST_DAY: Moment = Moment(1_767_690_000);

/// One site's Jira.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct JiraSite {
    pub(crate) projects: Vec<Project>,
    pub(crate) issues: Vec<Issue>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    /// `software`, `business` or `service_desk`.
    #[serde(rename = "type")]
    pub(crate) type_key: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) project: String,
    pub(crate) number: u64,
    pub(crate) summary: String,
    /// Atlassian Document Format.
    pub(crate) description: Value,
    /// Ids from [`super::names`].
    pub(crate) type_id: u64,
    pub(crate) status_id: u64,
    pub(crate) priority_id: u64,
    pub(crate) assignee: Option<Person>,
    pub(crate) reporter: Person,
    pub(crate) labels: Vec<String>,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
    pub(crate) comments: Vec<Comment>,
    #[serde(default)]
    pub(crate) watchers: Vec<Person>,
    #[serde(default)]
    pub(crate) attachments: Vec<Attachment>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: Person,
    pub(crate) body: Value,
    pub(crate) created: Moment,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    pub(crate) author: Person,
    pub(crate) created: Moment,
    /// Base64, as the state file is JSON.
    pub(crate) content: String,
}

#[derive(Debug, Deserialize)]
struct CataloguedProject {
    key: String,
    name: String,
    #[serde(rename = "type")]
    type_key: String,
    summaries: Vec<String>,
}

impl JiraSite {
    /// What the catalogue has for that cloudId or instance.
    pub(crate) fn of(name: &str) -> Self {
        let mut catalogue: BTreeMap<String, Vec<CataloguedProject>> =
            serde_json::from_str(include_str!("catalogue.json")).expect("the catalogue is valid, a test reads it");
        let mut site = Self::default();
        for catalogued in catalogue.remove(name).unwrap_or_default() {
            site.take_up(catalogued);
        }
        site
    }

    /// The same for a Data Center instance, whose texts are texts.
    pub(crate) fn of_data_center(name: &str) -> Self {
        let mut site = Self::of(name);
        for issue in &mut site.issues {
            issue.description = issue.description["content"][0]["content"][0]["text"].take();
        }
        site
    }

    fn take_up(&mut self, catalogued: CataloguedProject) {
        let CataloguedProject { key, name, type_key, summaries } = catalogued;
        for (index, summary) in (0..).zip(summaries) {
            let id = 10_000 + self.issues.len() as u64;
            self.issues.push(Issue::catalogued(id, &key, index, summary));
        }
        let id = 10_000 + self.projects.len() as u64;
        self.projects.push(Project { id, key, name, type_key });
    }

    pub(crate) fn project(&self, key_or_id: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.key == key_or_id || project.id.to_string() == key_or_id)
    }

    pub(crate) fn issue(&self, key_or_id: &str) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.is(key_or_id))
    }

    pub(crate) fn attachment(&self, id: &str) -> Option<&Attachment> {
        let all = self.issues.iter().flat_map(|issue| &issue.attachments);
        all.into_iter().find(|attachment| attachment.id.to_string() == id)
    }

    pub(crate) fn issue_mut(&mut self, key_or_id: &str) -> Option<&mut Issue> {
        self.issues.iter_mut().find(|issue| issue.is(key_or_id))
    }
}

impl Issue {
    fn catalogued(id: u64, project: &str, index: u64, summary: String) -> Self {
        let created = Moment(FIRST_DAY.0 + index * 93_600);
        let assignees = [Some(Person::Ada), Some(Person::Max), None, Some(Person::Bob)];
        let assignee = assignees.into_iter().cycle().nth(usize::try_from(index).unwrap_or(0)).flatten();
        Self {
            id,
            project: project.to_owned(),
            number: index + 1,
            description: documents::paragraph(&format!("{summary}. Seen this week; steps are in the comments.")),
            summary,
            type_id: [10_001, 10_002, 10_003][(index % 3) as usize],
            status_id: [10_000, 3, 10_001, 10_002, 3][(index % 5) as usize],
            priority_id: 1 + (index * 2 + 1) % 5,
            assignee,
            reporter: if index.is_multiple_of(2) { Person::Bob } else { Person::Ada },
            labels: if index.is_multiple_of(4) { vec!["from-customer".into()] } else { Vec::new() },
            created,
            updated: Moment(created.0 + 7_200),
            comments: Vec::new(),
            watchers: Vec::new(),
            attachments: Vec::new(),
        }
    }

    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.project, self.number)
    }

    fn is(&self, key_or_id: &str) -> bool {
        self.key().eq_ignore_ascii_case(key_or_id) || self.id.to_string() == key_or_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::Site;

    #[test]
    fn every_site_of_the_catalogue_has_projects_with_issues() {
        for site in Site::all() {
            let jira = JiraSite::of(&site.id);
            assert!(!jira.projects.is_empty(), "{} is empty", site.name);
            assert!(jira.projects.iter().all(|project| jira.issue(&format!("{}-1", project.key)).is_some()));
        }
    }
}
