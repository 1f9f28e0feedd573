//! Sprints: the two weeks in which a team works some issues off. The field *Sprint* shows them; boards are not modelled.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::Call;
use super::named;
use super::site::{JiraSite, Project};
use crate::clock::Moment;

const DAY: u64 = 86_400;
const LENGTH: u64 = 14 * DAY;
/// How many are over when a site begins.
const CLOSED: u64 = 25;

/// One of a project's sprints.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(super) state: State,
    pub(super) begins: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Closed,
    Active,
    Future,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Active => "active",
            Self::Future => "future",
        }
    }
}

impl Sprint {
    pub(super) fn is(&self, id_or_name: &str) -> bool {
        self.id.to_string() == id_or_name || self.name.eq_ignore_ascii_case(id_or_name)
    }
}

/// A year of sprints for a project whose ids begin at `first`: the last but one is under way on the day `born`.
pub(super) fn of_a_year(key: &str, first: u64, born: Moment) -> Vec<Sprint> {
    let begun = born.0 - 6 * DAY - CLOSED * LENGTH;
    let sprint = |number: u64| {
        let state = match number {
            0..CLOSED => State::Closed,
            CLOSED => State::Active,
            _ => State::Future,
        };
        let begins = Moment(begun + number * LENGTH);
        Sprint { id: first + number, name: format!("{key} Sprint {}", number + 1), state, begins }
    };
    (0..CLOSED + 2).map(sprint).collect()
}

/// The sprint of a project in which a moment is.
pub(super) fn at(project: &Project, moment: Moment) -> Option<&Sprint> {
    project.sprints.iter().find(|sprint| sprint.begins <= moment && moment.0 < sprint.begins.0 + LENGTH)
}

/// A sprint that was sent, by its number, as it is stored: a list of ids.
pub(super) fn read(project: &Project, sent: &Value) -> Result<Value, String> {
    let wanted = named(&json!({ "it": sent }), &["it"]).ok_or("Number value expected as the Sprint id.")?;
    let found = project.sprints.iter().find(|sprint| sprint.id.to_string() == wanted && sprint.state != State::Closed);
    found
        .map(|sprint| json!([sprint.id]))
        .ok_or_else(|| format!("Sprint with id {wanted} does not exist or is closed."))
}

/// Sprints by their ids. Cloud writes objects; Data Center writes what its program says of them, as it always did.
pub(super) fn written(call: &Call<'_>, jira: &JiraSite, ids: &[Value]) -> Value {
    let all = || jira.projects.iter().flat_map(|project| project.sprints.iter().map(move |sprint| (project, sprint)));
    let found = ids.iter().filter_map(|id| all().find(|(_, sprint)| *id == sprint.id));
    found
        .map(|(project, sprint)| if call.is_cloud() { object(project, sprint) } else { text(project, sprint) })
        .collect()
}

fn object(project: &Project, sprint: &Sprint) -> Value {
    let mut described = json!({ "id": sprint.id, "name": sprint.name, "state": sprint.state.name(), "boardId": project.id,
        "goal": "" });
    if sprint.state != State::Future {
        described["startDate"] = json!(date(sprint.begins));
        described["endDate"] = json!(date(Moment(sprint.begins.0 + LENGTH)));
    }
    if sprint.state == State::Closed {
        described["completeDate"] = described["endDate"].clone();
    }
    described
}

fn text(project: &Project, sprint: &Sprint) -> Value {
    let (begins, ends) = (date(sprint.begins), date(Moment(sprint.begins.0 + LENGTH)));
    json!(format!(
        "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},name={},startDate={begins},endDate={ends},completeDate=<null>,sequence={}]",
        sprint.id * 7_919,
        sprint.id,
        project.id,
        sprint.state.name().to_uppercase(),
        sprint.name,
        sprint.id
    ))
}

fn date(at: Moment) -> String {
    at.as_rfc3339().replace('Z', ".000Z")
}
