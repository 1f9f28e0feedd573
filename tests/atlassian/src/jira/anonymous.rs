//! What Data Center answers an anonymous caller: public data, empty lists of the rest, and 401 where the answer is no
//! list.

use http::StatusCode;
use serde_json::json;

use super::answer::Answer;
use super::call::{Asked, Call, Visitor};
use super::edition::Edition;
use super::{fields, issue_types, permissions, priorities, search, statuses};
use crate::data_center::Instance;
use crate::people::Person;
use crate::world::World;

/// `path` begins after `rest/api/2/`.
pub(crate) fn answer(world: &World, instance: Instance, base: &str, asked: &Asked<'_>, path: &[&str]) -> Answer {
    // The lists that anybody reads do not say who asks.
    let visitor = Visitor {
        edition: Edition::DataCenter,
        base: base.to_owned(),
        person: Person::Sam,
        people: Vec::new(),
        major_version: None,
    };
    let call = Call::of(world, visitor, asked, std::collections::BTreeMap::new());
    world.read(|state| {
        let jira = &state.data_centers.of(instance).jira_site;
        match (asked.method.as_str(), path) {
            ("GET", ["mypermissions"]) => Answer::ok(permissions::none(jira)),
            ("GET", ["project"]) => Answer::ok(json!([])),
            ("GET" | "POST", ["search"]) => Answer::ok(search::page_of(0, 50, 0, &json!([]))),
            ("GET", ["issue", _, ..]) => Answer::refusals(
                StatusCode::UNAUTHORIZED,
                &["You do not have the permission to see the specified issue.".into(), "Login Required".into()],
            ),
            ("GET", ["project", key]) => Answer::refusal(404, &format!("No project could be found with key '{key}'.")),
            ("GET", ["status"]) => statuses::list(&call, jira),
            ("GET", ["issuetype"]) => issue_types::list(&call, jira),
            ("GET", ["priority"]) => priorities::list(&call, jira),
            ("GET", ["field"]) => fields::list(&call, jira),
            _ => Answer::not_authenticated(),
        }
    })
}
