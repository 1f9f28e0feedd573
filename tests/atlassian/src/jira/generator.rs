//! Made-up issues over two years: the same for the same project and the same day.

use serde_json::json;

use super::configuration::{Category, Configuration};
use super::issue::{ChangeItem, Issue};
use super::site::{JiraSite, Project};
use crate::clock::Moment;
use crate::people::Person;

const DAY: u64 = 86_400;
const TWO_YEARS: u64 = 730 * DAY;
const THINGS: [&str; 12] = [
    "pilot boat",
    "tide gauge",
    "gate 4",
    "rota",
    "crane 2",
    "radio",
    "weather feed",
    "invoice",
    "berth list",
    "badge printer",
    "night shift",
    "handover",
];
const TROUBLES: [&str; 10] = [
    "is slow in the morning",
    "shows yesterday's date",
    "loses the last entry",
    "needs a second look",
    "stops after an update",
    "should be exported",
    "cannot be searched",
    "is read by nobody",
    "counts twice",
    "has no owner",
];

/// A small generator of numbers (xorshift64*), so that nothing outside decides what a model begins with.
struct Dice(u64);

impl Dice {
    fn of(project: &str, number: u64) -> Self {
        let seed = project
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut dice = Self((seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1);
        dice.below(2);
        dice
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let index = self.below(all.len() as u64);
        all[usize::try_from(index).unwrap_or(0)]
    }
}

/// One of `all` made-up issues, the first of which is the oldest.
pub(super) fn issue(site: &JiraSite, project: &Project, number: u64, all: u64) -> Issue {
    let mut dice = Dice::of(&project.key, number);
    let configuration = &site.configuration;
    let types: Vec<_> = configuration.types_of(&project.template).into_iter().filter(|kind| kind.level == 0).collect();
    let type_id = types[usize::try_from(dice.below(types.len() as u64)).unwrap_or(0)].id;
    let created = Moment(site.born.0 - TWO_YEARS + TWO_YEARS / all * (number - 1) + dice.below(DAY));
    let creator = dice.one_of(&[Person::Ada, Person::Bob, Person::Max]);
    let workflow = configuration.workflow_of(&project.template, type_id);
    let initial = workflow.initial().expect("a test sees that every workflow begins");
    let first = configuration.status_named(&initial.to).expect("workflows name statuses that are described");
    let key = (project.key.clone(), number);
    let mut issue = Issue::new(site.next_issue_id(), key, type_id, first.id, creator, created);
    let summary = format!("The {} {}", dice.one_of(&THINGS), dice.one_of(&TROUBLES));
    issue.set("description", site.text(&format!("{summary}. Please look into it.")));
    issue.set("summary", json!(summary));
    issue.set("priority", json!(dice.one_of(&[1_u64, 2, 2, 3, 3, 3, 3, 4, 5])));
    issue.set("reporter", json!(creator));
    issue.set("assignee", json!(dice.one_of(&[Some(Person::Ada), Some(Person::Bob), Some(Person::Max), None])));
    if dice.below(3) == 0 {
        issue.set("labels", json!([dice.one_of(&["safety", "from-customer", "night"])]));
    }
    if let Some(component) = project.components.get(usize::try_from(dice.below(4)).unwrap_or(0)) {
        issue.set("components", json!([component.id]));
    }
    work_on(configuration, project, &mut issue, site.born, &mut dice);
    settle(configuration, &mut issue);
    issue
}

/// Walks the issue through its statuses, a few days apart, as far as time and luck go.
fn work_on(configuration: &Configuration, project: &Project, issue: &mut Issue, today: Moment, dice: &mut Dice) {
    let workflow = configuration.workflow_of(&project.template, issue.type_id);
    let mut now = issue.created;
    for name in &workflow.statuses[1..] {
        now = Moment(now.0 + DAY / 2 + dice.below(12 * DAY));
        if now >= today || dice.below(9) == 0 {
            break;
        }
        let (from, to) = (configuration.status(issue.status_id), configuration.status_named(name));
        let (Some(from), Some(to)) = (from, to) else { break };
        let item = ChangeItem {
            field: "status".into(),
            field_id: "status".into(),
            is_custom: false,
            from: Some(from.id.to_string()),
            from_text: Some(from.name.clone()),
            to: Some(to.id.to_string()),
            to_text: Some(to.name.clone()),
        };
        issue.status_id = to.id;
        if from.category != to.category {
            issue.category_changed = now;
        }
        issue.record(dice.one_of(&[Person::Ada, Person::Bob, Person::Max]), now, vec![item]);
    }
    issue.revision = 0;
}

/// Gives an issue that is done its resolution, at the time of its last change.
pub(super) fn settle(configuration: &Configuration, issue: &mut Issue) {
    let is_done = configuration.status(issue.status_id).is_some_and(|status| status.category == Category::Done);
    if is_done && let Some(resolution) = configuration.resolution_named("Done") {
        issue.set("resolution", json!(resolution.id));
        issue.resolved = Some(issue.updated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::HARBOUR;

    #[test]
    fn two_years_of_work_are_the_same_every_time_and_none_of_it_is_yet_to_come() {
        let today = Moment(1_790_000_000);
        let (one, other) = (JiraSite::of(HARBOUR, today), JiraSite::of(HARBOUR, today));
        let summaries =
            |site: &JiraSite| site.issues.iter().map(|issue| issue.summary().to_owned()).collect::<Vec<_>>();
        assert_eq!(summaries(&one), summaries(&other));
        let made_up: Vec<&Issue> = one.issues.iter().filter(|issue| issue.project == "FLEET").collect();
        assert!(made_up.len() >= 300);
        assert!(made_up.iter().all(|issue| issue.updated <= today));
        let done = made_up.iter().filter(|issue| issue.resolved.is_some()).count();
        assert!(done > 100 && done < made_up.len());
    }
}
