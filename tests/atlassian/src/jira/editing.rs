//! Changing the fields of an issue: what `fields` and `update` of a body say, checked against a screen, then applied
//! with an entry in the change log.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::configuration::{Category, Field, Kind};
use super::issue::{ChangeItem, Issue};
use super::site::JiraSite;
use super::values::Place;
use super::webhooks::Event;
use super::{comments, issue_links, properties, worklogs};

/// Where fields are set, which decides which may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Screen<'a> {
    Create,
    Edit,
    /// The screen of a transition, by name; without one no field may be set.
    Transition(Option<&'a str>),
    /// No screen: the field has a call of its own, or is set by the workflow.
    None,
}

/// Changes that were checked.
#[derive(Debug, Default)]
pub(super) struct Edits {
    /// New stored values by field.
    pub(super) values: Vec<(String, Value)>,
    pub(super) comments: Vec<Value>,
    pub(super) worklogs: Vec<Value>,
    pub(super) links: Vec<Value>,
}

impl Edits {
    /// Reads the changes to an issue that is there already.
    pub(super) fn read(
        call: &Call<'_>,
        jira: &JiraSite,
        id: u64,
        body: &Value,
        screen: Screen<'_>,
    ) -> Result<Self, Answer> {
        let issue = jira.issue_by_id(id).ok_or_else(Answer::no_issue)?;
        Self::for_issue(call, jira, issue, body, screen)
    }

    /// The same for one that may not be there yet.
    pub(super) fn for_issue(
        call: &Call<'_>,
        jira: &JiraSite,
        issue: &Issue,
        body: &Value,
        screen: Screen<'_>,
    ) -> Result<Self, Answer> {
        let (edits, errors) = Self::checked(call, jira, issue, body, screen);
        if errors.is_empty() { Ok(edits) } else { Err(Answer::field_errors(&errors)) }
    }

    /// What can be applied, and what is wrong with the rest.
    pub(super) fn checked(
        call: &Call<'_>,
        jira: &JiraSite,
        issue: &Issue,
        body: &Value,
        screen: Screen<'_>,
    ) -> (Self, Map<String, Value>) {
        let (mut edits, mut errors) = (Self::default(), Map::new());
        let place = Place { call, jira, project: jira.project_of(issue) };
        for (name, sent) in body["fields"].as_object().into_iter().flatten() {
            let read = settable(jira, issue, name, screen).and_then(|field| place.read(field, sent));
            let read = read.and_then(|value| place.permitted(issue, name, value, screen));
            match read {
                Ok(value) => edits.values.push((name.clone(), value)),
                Err(sentence) => drop(errors.insert(name.clone(), json!(sentence))),
            }
        }
        for (name, operations) in body["update"].as_object().into_iter().flatten() {
            let operations = operations.as_array().map(Vec::as_slice).unwrap_or_default();
            if let Err(sentence) = edits.update(place, issue, name, operations, screen) {
                errors.insert(name.clone(), json!(sentence));
            }
        }
        (edits, errors)
    }

    /// One field that has a call of its own.
    pub(super) fn of_one(call: &Call<'_>, jira: &JiraSite, id: u64, field: &str, sent: &Value) -> Result<Self, Answer> {
        let body = json!({ "fields": { field: sent } });
        Self::read(call, jira, id, &body, Screen::None)
    }

    fn update(
        &mut self,
        place: Place<'_>,
        issue: &Issue,
        name: &str,
        operations: &[Value],
        screen: Screen<'_>,
    ) -> Result<(), String> {
        let added = operations.iter().filter_map(|operation| operation.get("add")).cloned();
        match name {
            "comment" => self.comments.extend(added),
            "worklog" => self.worklogs.extend(added),
            "issuelinks" => self.links.extend(added),
            _ => {
                let field = settable(place.jira, issue, name, screen)?;
                let mut value = issue.value(name).clone();
                for operation in operations {
                    value = operated(place, field, &value, operation)?;
                }
                self.values.push((name.to_owned(), value));
            }
        }
        Ok(())
    }

    /// The value that a field will have.
    pub(super) fn value(&self, field: &str) -> Option<&Value> {
        self.values.iter().rev().find(|(name, _)| name == field).map(|(_, value)| value)
    }
}

fn operated(place: Place<'_>, field: &Field, value: &Value, operation: &Value) -> Result<Value, String> {
    let (verb, sent) =
        operation.as_object().and_then(|one| one.iter().next()).ok_or("An operation is an object with one member")?;
    let is_list = super::values::operations(field.kind).contains(&"add");
    if verb == "set" || (verb == "edit" && !is_list) {
        return place.read(field, sent);
    }
    if !is_list {
        return Err(format!("Field '{}' does not support the operation '{verb}'", field.id));
    }
    let read = place.read(field, &json!([sent]))?;
    let one = read.get(0).cloned().unwrap_or_default();
    let mut items = value.as_array().cloned().unwrap_or_default();
    items.retain(|item| *item != one);
    if verb == "add" {
        items.push(one);
    }
    Ok(if items.is_empty() { Value::Null } else { Value::Array(items) })
}

/// The field of that id, if it may be set there.
fn settable<'j>(jira: &'j JiraSite, issue: &Issue, name: &str, screen: Screen<'_>) -> Result<&'j Field, String> {
    let configuration = &jira.configuration;
    let template = jira.template_of(issue);
    let fields: Option<&[String]> = match screen {
        Screen::Create => Some(&configuration.screen_of(template, issue.type_id, true).fields),
        Screen::Edit => Some(&configuration.screen_of(template, issue.type_id, false).fields),
        Screen::Transition(name) => {
            let screen = name.and_then(|name| configuration.screen(name));
            Some(screen.map(|screen| screen.fields.as_slice()).unwrap_or_default())
        }
        Screen::None => None,
    };
    let hidden = &configuration.field_configuration_of(template).hidden;
    let on_screen = fields.is_none_or(|fields| fields.iter().any(|field| field == name))
        && !hidden.iter().any(|field| field == name);
    let refused = || format!("Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.");
    configuration.field(name).filter(|_| on_screen).ok_or_else(refused)
}

/// What a body may bring besides fields: entity properties, and words about the change for the change log.
#[derive(Debug)]
pub(super) struct Besides {
    properties: BTreeMap<String, Value>,
    metadata: Option<Value>,
    /// How many changes were logged before this one.
    logged: usize,
}

impl Besides {
    pub(super) fn read(jira: &JiraSite, id: u64, body: &Value) -> Result<Self, Answer> {
        let properties = properties::read_all(&body["properties"])?;
        let metadata = Some(body["historyMetadata"].clone()).filter(Value::is_object);
        Ok(Self { properties, metadata, logged: jira.issue_by_id(id).map_or(0, |issue| issue.history.len()) })
    }

    /// Once the change itself is made.
    pub(super) fn apply(self, call: &Call<'_>, jira: &mut JiraSite, id: u64) {
        let Some(issue) = jira.issue_mut(id) else { return };
        for change in issue.history.iter_mut().skip(self.logged) {
            change.metadata.clone_from(&self.metadata);
        }
        issue.revision += 1;
        let set = |key: &String| Event::PropertySet { issue: id, key: key.clone(), author: call.person };
        let events: Vec<Event> = self.properties.keys().map(set).collect();
        issue.properties.extend(self.properties);
        jira.events.extend(events);
    }
}

/// Applies checked changes to an issue, with one entry in the change log.
pub(super) fn apply(call: &Call<'_>, jira: &mut JiraSite, id: u64, edits: Edits) {
    let items = change_values(call, jira, id, edits.values);
    log(call, jira, id, items);
    edits.comments.iter().for_each(|comment| comments::append(call, jira, id, comment));
    edits.worklogs.iter().for_each(|worklog| worklogs::append(call, jira, id, worklog));
    edits.links.iter().for_each(|link| issue_links::append(call, jira, id, link));
}

/// Sets values; what the change log will say of it.
pub(super) fn change_values(
    call: &Call<'_>,
    jira: &mut JiraSite,
    id: u64,
    values: Vec<(String, Value)>,
) -> Vec<ChangeItem> {
    let mut items = Vec::new();
    for (name, value) in values {
        let changed =
            jira.issue_by_id(id).map(|issue| changes_of(call, jira, issue, &name, &value)).unwrap_or_default();
        let Some(issue) = jira.issue_mut(id).filter(|_| !changed.is_empty()) else { continue };
        if name == "resolution" {
            issue.resolved = (!value.is_null()).then_some(call.now);
        }
        issue.set(&name, value);
        items.extend(changed);
    }
    items
}

/// What the log says of a new value: an entry for each component or version that comes or goes, and for each estimate.
fn changes_of(call: &Call<'_>, jira: &JiraSite, issue: &Issue, name: &str, value: &Value) -> Vec<ChangeItem> {
    let (old, Some(field)) = (issue.value(name), jira.configuration.field(name)) else { return Vec::new() };
    if old == value {
        return Vec::new();
    }
    let place = Place { call, jira, project: jira.project_of(issue) };
    let one = |old: &Value, new: &Value| change_of(place, field, old, new);
    match field.kind {
        Kind::Components | Kind::Versions => {
            let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
            let (before, after) = (items(old), items(value));
            let gone = before.iter().filter(|part| !after.contains(part)).map(|part| one(&json!([part]), &Value::Null));
            let come = after.iter().filter(|part| !before.contains(part)).map(|part| one(&Value::Null, &json!([part])));
            gone.chain(come).collect()
        }
        Kind::TimeTracking => {
            let logged = |value: &Value| {
                (value.as_u64().map(|seconds| seconds.to_string()), value.as_u64().map(|seconds| seconds.to_string()))
            };
            let estimates =
                ["timeoriginalestimate", "timeestimate"].into_iter().filter(|name| old[*name] != value[*name]);
            estimates.map(|name| ChangeItem::new(name, name, logged(&old[name]), logged(&value[name]))).collect()
        }
        _ => vec![one(old, value)],
    }
}

fn change_of(place: Place<'_>, field: &Field, old: &Value, new: &Value) -> ChangeItem {
    let name = field.id.as_str();
    let ((from, from_text), (to, to_text)) = (place.logged(field, old), place.logged(field, new));
    let is_custom = field.number().is_some();
    let logged_as = match (field.kind, name) {
        (Kind::Components, _) => "Component",
        (Kind::Versions, "fixVersions") => "Fix Version",
        (Kind::Versions, _) => "Version",
        (Kind::Parent, _) => "IssueParentAssociation",
        _ if is_custom => &field.name,
        _ => name,
    };
    ChangeItem { field: logged_as.to_owned(), field_id: name.to_owned(), is_custom, from, from_text, to, to_text }
}

/// Writes down that something of an issue changed besides its fields, and tells webhooks.
pub(super) fn log(call: &Call<'_>, jira: &mut JiraSite, id: u64, items: Vec<ChangeItem>) {
    let Some(issue) = jira.issue_mut(id).filter(|_| !items.is_empty()) else { return };
    issue.record(call.person, call.now, items.clone());
    jira.events.push(Event::Updated { issue: id, author: call.person, items });
}

/// Moves an issue to a status; what the change log will say of it, if it was not there already.
pub(super) fn change_status(jira: &mut JiraSite, id: u64, to: u64, now: crate::clock::Moment) -> Option<ChangeItem> {
    let configuration = jira.configuration.clone();
    let issue = jira.issue_mut(id)?;
    let (old, new) = (configuration.status(issue.status_id)?, configuration.status(to)?);
    if old.id == new.id {
        return None;
    }
    issue.status_id = new.id;
    if old.category != new.category {
        issue.category_changed = now;
    }
    if new.category != Category::Done && old.category == Category::Done {
        issue.resolved = None;
    }
    let logged = |status: &super::configuration::Status| (Some(status.id.to_string()), Some(status.name.clone()));
    Some(ChangeItem::new("status", "status", logged(old), logged(new)))
}
