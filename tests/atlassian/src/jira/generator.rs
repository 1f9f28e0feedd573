//! Made-up work over two years: the same for the same project and the same day. There are epics with stories, sub-tasks,
//! comments, logged work, estimates, due dates, versions and links, and issues are closed in more ways than one.

use serde_json::{Value, json};

use super::configuration::{Category, Configuration, Status};
use super::dice::Dice;
use super::issue::{ChangeItem, Comment, Issue, Worklog};
use super::site::{IssueLink, JiraSite, Project};
use super::sprints;
use crate::clock::Moment;
use crate::people::Person;

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const TWO_YEARS: u64 = 730 * DAY;
const TEAM: [Person; 3] = [Person::Ada, Person::Bob, Person::Max];

const TROUBLES: [&str; 12] = [
    "is slow in the morning",
    "shows yesterday's date",
    "loses the last entry",
    "cannot be searched",
    "counts some entries twice",
    "stays empty after an update",
    "fails for names with an apostrophe",
    "is printed in the wrong time zone",
    "times out on Mondays",
    "forgets its filter",
    "ignores the clock change",
    "cannot be opened on a phone",
];
const CHORES: [&str; 8] = [
    "Move the {} to the new server",
    "Document the {}",
    "Review who may change the {}",
    "Archive old entries of the {}",
    "Test the {} with last year's data",
    "Rename the columns of the {}",
    "Find an owner for the {}",
    "Back up the {} every night",
];
const WISHES: [&str; 8] = [
    "Export the {} as a spreadsheet",
    "Filter the {} by team",
    "Show the {} on a phone",
    "Undo a change in the {}",
    "Subscribe to changes of the {}",
    "Sign the {} electronically",
    "Compare two versions of the {}",
    "Print the {} on one page",
];
const REMARKS: [&str; 8] = [
    "I can reproduce this.",
    "Somebody from the night shift reported the same.",
    "This should wait for the next version.",
    "Fixed on the test system, please have a look.",
    "Works for me now.",
    "The log says nothing about it.",
    "We talked about it this morning: it is worth doing.",
    "Who decides this?",
];

/// What makes the issues of one project.
#[derive(Clone, Copy, Debug)]
pub(super) struct Generator<'a> {
    pub(super) project: &'a Project,
    /// What the issues are about.
    pub(super) subjects: &'a [String],
    /// How many issues there will be.
    pub(super) all: u64,
}

impl Generator<'_> {
    /// The issue of that number, the first of which is the oldest, with the link that it may have to an older one.
    pub(super) fn issue(self, site: &JiraSite, number: u64) -> (Issue, Option<IssueLink>) {
        let Self { project, all, .. } = self;
        let mut dice = Dice::of(&project.key, number);
        let configuration = &site.configuration;
        let type_name = type_of(number, &mut dice);
        let issue_type = configuration.issue_type_named(type_name);
        let type_id = issue_type.map_or_else(|| configuration.types_of(&project.template)[0].id, |found| found.id);
        let latest = site.born.0 - HOUR;
        let created = Moment(
            at_work(site.born.0 - TWO_YEARS + TWO_YEARS / all * (number - 1) + dice.below(TWO_YEARS / all)).min(latest),
        );
        let creator = dice.one_of(&TEAM);
        let workflow = configuration.workflow_of(&project.template, type_id);
        let initial = workflow.initial().expect("a test sees that every workflow begins");
        let first = configuration.status_named(&initial.to).expect("workflows name statuses that are described");
        let key = (project.key.clone(), number);
        let mut issue = Issue::new(site.next_issue_id(), key, type_id, first.id, creator, created);
        let summary = self.summary(type_name, &mut dice);
        issue.set("description", site.text(&format!("{summary}. Seen by {} people this week.", 1 + dice.below(9))));
        issue.set("summary", json!(summary));
        issue.set("priority", json!(dice.one_of(&[1_u64, 2, 2, 3, 3, 3, 3, 4, 5])));
        issue.set("reporter", json!(creator));
        issue.set("assignee", json!(dice.one_of(&[Some(Person::Ada), Some(Person::Bob), Some(Person::Max), None])));
        issue.watchers = vec![creator];
        self.set_parent(site, &mut issue, type_name, &mut dice);
        self.fill(site, &mut issue, type_name, &mut dice);
        work_on(site, project, &mut issue, &mut dice);
        set_sprint(configuration, project, &mut issue, &mut dice);
        settle(configuration, &mut issue);
        conclude(configuration, &mut issue, &mut dice);
        let link = self.link(site, &issue, &mut dice);
        issue.revision = 0;
        (issue, link)
    }

    fn summary(self, type_name: &str, dice: &mut Dice) -> String {
        let place = dice.below(self.subjects.len().max(1) as u64);
        let subject = usize::try_from(place).ok().and_then(|place| self.subjects.get(place));
        let subject = subject.map_or("plan", String::as_str);
        match type_name {
            "Bug" => format!("{} {}", capitalized(subject), dice.one_of(&TROUBLES)),
            "Epic" => format!("A better {subject}"),
            "Story" => dice.one_of(&WISHES).replace("{}", subject),
            _ => dice.one_of(&CHORES).replace("{}", subject),
        }
    }

    /// A sub-task has an open issue of its own time above it, a story may be in the latest epic.
    fn set_parent(self, site: &JiraSite, issue: &mut Issue, type_name: &str, dice: &mut Dice) {
        let is_of_type = |other: &&Issue, name: &str| {
            let found = site.configuration.issue_type(other.type_id);
            other.project == self.project.key && found.is_some_and(|found| found.name == name)
        };
        let parent = match type_name {
            "Sub-task" => {
                site.issues.iter().rev().find(|other| is_of_type(other, "Story") || is_of_type(other, "Task"))
            }
            "Story" | "Task" if dice.below(3) > 0 => site.issues.iter().rev().find(|other| is_of_type(other, "Epic")),
            _ => None,
        };
        issue.set("parent", json!(parent.map(|parent| parent.id)));
    }

    fn fill(self, site: &JiraSite, issue: &mut Issue, type_name: &str, dice: &mut Dice) {
        let project = self.project;
        if dice.below(3) == 0 {
            issue.set("labels", json!([dice.one_of(&["safety", "from-customer", "night", "quick-win"])]));
        }
        if let Some(component) = project.components.get(usize::try_from(dice.below(4)).unwrap_or(0)) {
            issue.set("components", json!([component.id]));
        }
        let part = (issue.number * project.versions.len() as u64).saturating_sub(1) / self.all.max(1);
        if let Some(version) = project.versions.get(usize::try_from(part).unwrap_or(0))
            && dice.below(4) > 0
        {
            issue.set("fixVersions", json!([version.id]));
        }
        let points = dice.one_of(&[1, 2, 2, 3, 3, 5, 8]);
        if matches!(type_name, "Story" | "Task" | "Bug")
            && dice.below(5) > 0
            && let Some(field) = site.configuration.field_named("Story points")
        {
            issue.set(&field.id, json!(points));
            let seconds = points * 4 * HOUR;
            issue.set("timetracking", json!({ "timeoriginalestimate": seconds, "timeestimate": seconds }));
        }
        if dice.below(5) == 0 {
            let due = Moment(issue.created.0 + (7 + dice.below(60)) * DAY).as_rfc3339();
            issue.set("duedate", json!(due[..10]));
        }
    }

    fn link(self, site: &JiraSite, issue: &Issue, dice: &mut Dice) -> Option<IssueLink> {
        let kind = dice.one_of(&["Relates", "Relates", "Blocks", "Duplicate"]);
        let back = 1 + dice.below(20);
        let is_linked = dice.below(12) == 0 && issue.number > back;
        let other = site.issue(&format!("{}-{}", self.project.key, issue.number - back.min(issue.number - 1)));
        let type_id = site.configuration.link_types.iter().find(|one| one.name == kind)?.id;
        other.filter(|_| is_linked).map(|other| IssueLink {
            id: id_of(issue, 900),
            type_id,
            inward: other.id,
            outward: issue.id,
        })
    }
}

/// Every fortieth is an epic.
fn type_of(number: u64, dice: &mut Dice) -> &'static str {
    let name = dice.one_of(&["Task", "Task", "Bug", "Bug", "Bug", "Story", "Story", "Story", "Task", "Sub-task"]);
    match number % 40 {
        1 => "Epic",
        // What an epic begins with is no part of something else.
        2 | 3 => "Story",
        _ => name,
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// The same moment of a working day: not on a weekend, and between seven and seventeen o'clock.
fn at_work(at: u64) -> u64 {
    let (day, second) = (at / DAY, at % DAY);
    // The first of January 1970 was a Thursday.
    let day = match (day + 3) % 7 {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    };
    day * DAY + 7 * HOUR + second * 10 / 24
}

/// Walks the issue through its statuses, a few days apart, as far as time and luck go. People talk and log their work.
fn work_on(site: &JiraSite, project: &Project, issue: &mut Issue, dice: &mut Dice) {
    let configuration = &site.configuration;
    let workflow = configuration.workflow_of(&project.template, issue.type_id);
    let mut now = issue.created;
    for name in &workflow.statuses[1..] {
        now = Moment(at_work(now.0 + DAY / 2 + dice.below(12 * DAY)));
        if now >= site.born || dice.below(9) == 0 {
            break;
        }
        let (from, to) = (configuration.status(issue.status_id), configuration.status_named(name));
        let (Some(from), Some(to)) = (from, to) else { break };
        let logged = |status: &Status| (Some(status.id.to_string()), Some(status.name.clone()));
        let item = ChangeItem::new("status", "status", logged(from), logged(to));
        issue.status_id = to.id;
        if from.category != to.category {
            issue.category_changed = now;
        }
        let who = dice.one_of(&TEAM);
        issue.record(who, now, vec![item]);
        if dice.below(3) == 0 {
            say(site, issue, who, now, dice);
        }
        if dice.below(3) == 0 {
            log_work(issue, who, now, dice);
        }
    }
}

fn say(site: &JiraSite, issue: &mut Issue, author: Person, now: Moment, dice: &mut Dice) {
    let id = id_of(issue, 100 + issue.comments.len() as u64);
    let body = site.text(dice.one_of(&REMARKS));
    let properties = std::collections::BTreeMap::new();
    issue.comments.push(Comment { id, author, body, created: now, updated: now, editor: author, properties });
}

fn log_work(issue: &mut Issue, author: Person, now: Moment, dice: &mut Dice) {
    let seconds = dice.one_of(&[1, 2, 2, 3, 4, 6]) * HOUR;
    let id = id_of(issue, 200 + issue.worklogs.len() as u64);
    let left = issue.tracked("timeestimate").map(|left| left.saturating_sub(seconds));
    issue.worklogs.push(Worklog {
        id,
        author,
        editor: None,
        started: Moment(now.0 - seconds).as_jira_date(),
        seconds,
        comment: None,
        properties: std::collections::BTreeMap::new(),
        created: now,
        updated: now,
    });
    issue.estimate("timeestimate", left);
}

/// Work is in the sprint in which it was last moved on; some of it was in the one before as well. What nobody began may be
/// in the next one.
fn set_sprint(configuration: &Configuration, project: &Project, issue: &mut Issue, dice: &mut Dice) {
    let kind = configuration.issue_type(issue.type_id).map_or(0, |found| found.level);
    let Some(field) = configuration.field_named("Sprint").filter(|_| kind == 0) else { return };
    let is_begun = !issue.history.is_empty();
    let sprint = match is_begun {
        true => sprints::at(project, issue.updated),
        false if dice.below(4) == 0 => project.sprints.last(),
        false => None,
    };
    let Some(sprint) = sprint else { return };
    let before = project.sprints.iter().find(|other| other.id + 1 == sprint.id);
    let before = before.filter(|before| is_begun && before.begins >= issue.created && dice.below(3) == 0);
    let ids: Vec<u64> = before.into_iter().chain([sprint]).map(|sprint| sprint.id).collect();
    issue.set(&field.id, json!(ids));
}

/// An id that nothing else has: those of issues are below it, those that are given later as well.
fn id_of(issue: &Issue, number: u64) -> u64 {
    issue.id * 1_000 + number
}

/// Gives an issue that is done its resolution, at the time of its last change.
pub(super) fn settle(configuration: &Configuration, issue: &mut Issue) {
    let is_done = configuration.status(issue.status_id).is_some_and(|status| status.category == Category::Done);
    if is_done && let Some(resolution) = configuration.resolution_named("Done") {
        issue.set("resolution", json!(resolution.id));
        issue.resolved = Some(issue.updated);
    }
}

/// Some of what is done was not worth doing, or is done elsewhere.
fn conclude(configuration: &Configuration, issue: &mut Issue, dice: &mut Dice) {
    let name =
        dice.one_of(&["Done", "Done", "Done", "Done", "Done", "Done", "Won't Do", "Duplicate", "Cannot Reproduce"]);
    let found = configuration.resolution_named(name).filter(|_| issue.resolved.is_some());
    let Some(resolution) = found.map(|found| Value::from(found.id)) else { return };
    issue.set("resolution", resolution);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sites::HARBOUR;

    const TODAY: Moment = Moment(1_790_000_000);

    fn made_up(site: &JiraSite) -> Vec<&Issue> {
        site.issues.iter().filter(|issue| issue.project == "FLEET").collect()
    }

    #[test]
    fn two_years_of_work_are_the_same_every_time_and_none_of_it_is_yet_to_come() {
        let (one, other) = (JiraSite::of(HARBOUR, TODAY), JiraSite::of(HARBOUR, TODAY));
        let summaries =
            |site: &JiraSite| site.issues.iter().map(|issue| issue.summary().to_owned()).collect::<Vec<_>>();
        assert_eq!(summaries(&one), summaries(&other));
        let made_up = made_up(&one);
        assert!(made_up.len() >= 300);
        assert!(made_up.iter().all(|issue| issue.created <= issue.updated && issue.updated <= TODAY));
        let done = made_up.iter().filter(|issue| issue.resolved.is_some()).count();
        assert!(done > 100 && done < made_up.len());
    }

    #[test]
    fn work_is_of_many_kinds() {
        let site = JiraSite::of(HARBOUR, TODAY);
        let made_up = made_up(&site);
        let types: BTreeSet<u64> = made_up.iter().map(|issue| issue.type_id).collect();
        let resolutions: BTreeSet<Option<u64>> =
            made_up.iter().map(|issue| issue.value("resolution").as_u64()).collect();
        assert_eq!((types.len(), resolutions.len()), (5, 5));
        for (what, has) in [
            ("parent", made_up.iter().filter(|issue| issue.parent().is_some()).count()),
            ("comment", made_up.iter().filter(|issue| !issue.comments.is_empty()).count()),
            ("worklog", made_up.iter().filter(|issue| !issue.worklogs.is_empty()).count()),
            ("points", made_up.iter().filter(|issue| !issue.value("customfield_10032").is_null()).count()),
            ("sprint", made_up.iter().filter(|issue| !issue.value("customfield_10035").is_null()).count()),
            ("due date", made_up.iter().filter(|issue| !issue.value("duedate").is_null()).count()),
            ("link", site.links.len()),
        ] {
            assert!(has > 10 && has < made_up.len(), "{has} have a {what}");
        }
    }
}
