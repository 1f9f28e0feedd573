//! How a site is stored between two runs: what was changed, not what it began with.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::issue::Issue;
use super::site::{Filter, IssueLink, JiraSite, Project, Withheld};
use super::tasks::Task;
use super::webhooks::Webhook;
use crate::clock::Moment;

#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    born: Moment,
    projects: &'a [Project],
    changed: Vec<&'a Issue>,
    deleted: &'a [u64],
    links: &'a [IssueLink],
    filters: &'a [Filter],
    webhooks: &'a [Webhook],
    tasks: &'a [Task],
    withheld: &'a [Withheld],
    next_id: u64,
}

#[derive(Deserialize)]
struct Read {
    name: String,
    born: Moment,
    projects: Vec<Project>,
    changed: Vec<Issue>,
    deleted: Vec<u64>,
    links: Vec<IssueLink>,
    filters: Vec<Filter>,
    webhooks: Vec<Webhook>,
    #[serde(default)]
    tasks: Vec<Task>,
    withheld: Vec<Withheld>,
    next_id: u64,
}

impl Serialize for JiraSite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            name: &self.name,
            born: self.born,
            projects: &self.projects,
            changed: self.issues.iter().filter(|issue| issue.revision > 0).collect(),
            deleted: &self.deleted,
            links: &self.links,
            filters: &self.filters,
            webhooks: &self.webhooks,
            tasks: &self.tasks,
            withheld: &self.withheld,
            next_id: self.next_id,
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JiraSite {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        let mut site = Self::begun(&read.name, read.born);
        let mut issues: BTreeMap<u64, Issue> = site.issues.into_iter().map(|issue| (issue.id, issue)).collect();
        issues.extend(read.changed.into_iter().map(|issue| (issue.id, issue)));
        issues.retain(|id, _| !read.deleted.contains(id));
        site.issues = issues.into_values().collect();
        site.projects = read.projects;
        site.deleted = read.deleted;
        site.links = read.links;
        site.filters = read.filters;
        site.webhooks = read.webhooks;
        site.tasks = read.tasks;
        site.withheld = read.withheld;
        site.next_id = read.next_id;
        Ok(site)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::HARBOUR;

    #[test]
    fn what_was_changed_and_deleted_is_kept_and_the_rest_begins_again() {
        let mut site = JiraSite::begun(HARBOUR, Moment(1_780_000_000));
        let (changed, deleted) = (site.issues[0].id, site.issues[1].id);
        site.issues[0].set("summary", "Changed".into());
        site.issues[0].touch(Moment(1_780_000_100));
        site.remove(deleted);
        let text = serde_json::to_string(&site).unwrap();
        let read: JiraSite = serde_json::from_str(&text).unwrap();
        assert_eq!(read.issue_by_id(changed).unwrap().summary(), "Changed");
        assert!(read.issue_by_id(deleted).is_none());
        assert_eq!(read.issues.len(), site.issues.len());
        assert!(text.len() < 20_000, "{} bytes for one issue", text.len());
    }
}
