//! The values of fields: as they are sent, as they are stored, and as they are written.
//!
//! Stored are texts, numbers, documents, dates as they were sent, ids of what has an id, and the slugs of people.

mod schema;

use serde_json::{Value, json};

use super::call::Call;
use super::configuration::{Field, FieldOption, Kind};
use super::documents;
use super::edition::Edition;
use super::site::{JiraSite, Part, Project};
use super::users::user;
use super::{named, references, sprints};
use crate::people::Person;
pub(super) use schema::{operations, schema};

/// Where a value is read: the call, the site, and the project whose components and versions count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) jira: &'a JiraSite,
    pub(super) project: &'a Project,
}

impl Place<'_> {
    /// A value that was sent, as it is stored. `Err` is Jira's sentence about it.
    pub(super) fn read(&self, field: &Field, sent: &Value) -> Result<Value, String> {
        if field.id == "summary" {
            return summary(sent);
        }
        if sent.is_null() {
            return Ok(Value::Null);
        }
        match field.kind {
            Kind::Text | Kind::Url => text(sent),
            Kind::Paragraph => self.paragraph(sent),
            Kind::Number => {
                sent.as_f64().map(|_| sent.clone()).ok_or_else(|| "Operation value must be a number".into())
            }
            Kind::Date => date(sent),
            Kind::DateTime => date_time(sent),
            Kind::Labels => each(sent, label),
            Kind::Option => option(&field.options(), sent).ok_or_else(|| no_such(field, sent)),
            Kind::Options => each(sent, |sent| option(&field.options(), sent).ok_or_else(|| no_such(field, sent))),
            Kind::Cascade => cascade(field, sent),
            Kind::Person => self.person(sent),
            Kind::People => each(sent, |sent| self.person(sent)),
            Kind::Priority => by_name(field, sent, |name| self.jira.configuration.priority_named(name)),
            Kind::Resolution => by_name(field, sent, |name| self.jira.configuration.resolution_named(name)),
            Kind::Components => each(sent, |sent| part(&self.project.components, field, sent)),
            Kind::Versions => each(sent, |sent| part(&self.project.versions, field, sent)),
            Kind::Parent => self.parent(sent),
            Kind::TimeTracking => time_tracking(sent),
            Kind::Sprint => sprints::read(self.project, sent),
            _ => Err(format!("Field '{}' cannot be set. It is not on the appropriate screen, or unknown.", field.id)),
        }
    }

    fn paragraph(&self, sent: &Value) -> Result<Value, String> {
        let edition = self.call.edition;
        let accepted = edition.accepts_text(sent);
        if accepted { Ok(edition.stored_text(sent)) } else { Err(edition.text_complaint().into()) }
    }

    fn person(&self, sent: &Value) -> Result<Value, String> {
        let names = ["accountId", "id", "name", "key"];
        let is_usual = names.iter().any(|name| sent[*name] == "-1");
        if is_usual || names.iter().all(|name| sent[*name].is_null()) {
            return Ok(Value::Null);
        }
        let person = self.call.edition.person(sent).filter(|person| self.call.profile(*person).is_some());
        person.map(|person| json!(person)).ok_or_else(|| "The user does not exist or cannot be assigned.".into())
    }

    /// A person as an assignee or reporter, if whoever asks may name one and the one can be named. An assignee of `-1` is
    /// the usual one of the project, which is nobody.
    pub(super) fn permitted(
        &self,
        issue: &super::issue::Issue,
        field: &str,
        value: Value,
        screen: super::editing::Screen<'_>,
    ) -> Result<Value, String> {
        let needed = match (field, screen) {
            ("assignee", super::editing::Screen::Create | super::editing::Screen::Edit) => "ASSIGN_ISSUES",
            ("reporter", super::editing::Screen::Edit) => "MODIFY_REPORTER",
            _ => "BROWSE_PROJECTS",
        };
        let changes = issue.value(field) != &value;
        let caller = self.call.person;
        if changes
            && ["assignee", "reporter"].contains(&field)
            && !self.jira.permits(caller, self.project, needed, Some(issue))
        {
            return Err(format!("Field '{field}' cannot be set. You do not have the permission {needed}."));
        }
        match person(&value) {
            Some(named) if field == "assignee" && !self.jira.permits(named, self.project, "ASSIGNABLE_USER", None) => {
                Err(format!("User '{}' cannot be assigned issues.", named.name()))
            }
            _ => Ok(value),
        }
    }

    fn parent(&self, sent: &Value) -> Result<Value, String> {
        let parent = named(sent, &["id", "key"]).and_then(|key| self.jira.issue(&key));
        let visible = parent.filter(|parent| self.jira.may_browse(self.call.person, parent));
        visible.map(|parent| json!(parent.id)).ok_or_else(|| "Could not find issue by id or key.".into())
    }

    /// A stored value as the caller's version writes it.
    pub(super) fn written(&self, field: &Field, stored: &Value) -> Value {
        let (call, configuration) = (self.call, &self.jira.configuration);
        let items = || stored.as_array().map(Vec::as_slice).unwrap_or_default();
        let id = stored.as_u64().unwrap_or_default();
        match field.kind {
            Kind::Labels | Kind::Components | Kind::Versions if stored.is_null() => json!([]),
            _ if stored.is_null() => Value::Null,
            Kind::Paragraph => call.edition.written_text(stored),
            Kind::Person => person(stored).map_or(Value::Null, |person| user(call, person)),
            Kind::People => items().iter().filter_map(person).map(|person| user(call, person)).collect(),
            Kind::Option => written_option(call, &field.options(), id),
            Kind::Options => {
                items().iter().filter_map(Value::as_u64).map(|id| written_option(call, &field.options(), id)).collect()
            }
            Kind::Cascade => written_cascade(call, field, stored),
            Kind::Sprint => sprints::written(call, self.jira, items()),
            Kind::Priority => configuration
                .priority_named(&id.to_string())
                .map_or(Value::Null, |found| references::priority(call, found)),
            Kind::Resolution => configuration
                .resolution_named(&id.to_string())
                .map_or(Value::Null, |found| references::resolution(call, found)),
            Kind::Components => parts(items(), &self.project.components, |part| references::component(call, part)),
            Kind::Versions => {
                parts(items(), &self.project.versions, |part| references::version(call, self.project, part))
            }
            Kind::Parent => {
                self.jira.issue_by_id(id).map_or(Value::Null, |issue| references::issue(call, self.jira, issue))
            }
            _ => stored.clone(),
        }
    }

    /// What may be chosen, for fields of which that can be listed.
    pub(super) fn allowed(&self, field: &Field) -> Option<Vec<Value>> {
        let (call, configuration) = (self.call, &self.jira.configuration);
        Some(match field.kind {
            Kind::Priority => configuration.priorities.iter().map(|one| references::priority(call, one)).collect(),
            Kind::Resolution => configuration.resolutions.iter().map(|one| references::resolution(call, one)).collect(),
            Kind::Components => self.project.components.iter().map(|part| references::component(call, part)).collect(),
            Kind::Versions => {
                self.project.versions.iter().map(|part| references::version(call, self.project, part)).collect()
            }
            Kind::Option | Kind::Options => {
                let options = field.options();
                options.iter().map(|option| written_option(call, &options, option.id)).collect()
            }
            Kind::Cascade => field.options().iter().map(|option| option_with_children(call, option)).collect(),
            Kind::Project => vec![super::projects::describe(call, self.project)],
            _ => return None,
        })
    }

    /// Id and text of a value, as the change log keeps them.
    pub(super) fn logged(&self, field: &Field, stored: &Value) -> (Option<String>, Option<String>) {
        if stored.is_null() {
            return (None, None);
        }
        let written = self.written(field, stored);
        match field.kind {
            Kind::Text | Kind::Url | Kind::Number | Kind::Date | Kind::DateTime => (None, Some(plain(stored))),
            Kind::Paragraph => (None, Some(stored.as_str().map_or_else(|| documents::text_of(stored), String::from))),
            Kind::Labels => (None, Some(joined(stored, " "))),
            Kind::Person => {
                (person(stored).map(|person| account(self.call, person)), Some(plain(&written["displayName"])))
            }
            Kind::Priority | Kind::Resolution => (Some(plain(stored)), Some(plain(&written["name"]))),
            Kind::Option => (Some(plain(stored)), Some(plain(&written["value"]))),
            Kind::Parent => (Some(plain(stored)), Some(plain(&written["key"]))),
            _ => (Some(joined(stored, ", ")), Some(names_of(&written))),
        }
    }
}

/// Estimates, as seconds by the field that shows them. One that is not sent is the other.
fn time_tracking(sent: &Value) -> Result<Value, String> {
    let mut tracking = json!({});
    for (name, field) in [("originalEstimate", "timeoriginalestimate"), ("remainingEstimate", "timeestimate")] {
        let Some(text) = sent[name].as_str() else { continue };
        let wrong = "Invalid time entered. Use the format: 3w 4d 12h.".to_owned();
        tracking[field] = super::durations::seconds(text).ok_or(wrong)?.into();
    }
    for (field, other) in [("timeoriginalestimate", "timeestimate"), ("timeestimate", "timeoriginalestimate")] {
        if tracking[field].is_null() && !tracking[other].is_null() {
            tracking[field] = tracking[other].clone();
        }
    }
    Ok(if tracking["timeestimate"].is_null() { Value::Null } else { tracking })
}

/// The person that a stored value names.
pub(super) fn person(stored: &Value) -> Option<Person> {
    stored.as_str().and_then(Person::by_slug)
}

fn account(call: &Call<'_>, person: Person) -> String {
    if call.edition == Edition::DataCenter { person.user_key().into() } else { person.account_id().into() }
}

fn summary(sent: &Value) -> Result<Value, String> {
    let summary = sent.as_str().map(str::trim).unwrap_or_default();
    match summary.chars().count() {
        0 => Err("You must specify a summary of the issue.".into()),
        256.. => Err("Summary can't exceed 255 characters.".into()),
        _ if summary.contains('\n') => Err("The summary is invalid because it contains newline characters.".into()),
        _ => Ok(json!(summary)),
    }
}

fn text(sent: &Value) -> Result<Value, String> {
    match sent.as_str() {
        None => Err("Operation value must be a string".into()),
        Some(text) if text.chars().count() > 255 => {
            Err("The entered text is too long. It exceeds the allowed limit of 255 characters.".into())
        }
        Some(text) => Ok(if text.is_empty() { Value::Null } else { json!(text) }),
    }
}

fn date(sent: &Value) -> Result<Value, String> {
    let valid = sent.as_str().filter(|text| super::dates::day(text).is_some());
    valid.map(|text| json!(text)).ok_or_else(|| "Operation value must be a string in the format 'yyyy-MM-dd'".into())
}

fn date_time(sent: &Value) -> Result<Value, String> {
    let valid = sent.as_str().filter(|text| super::dates::moment(text).is_some());
    valid.map(|text| json!(text)).ok_or_else(|| "Operation value must be a valid date time".into())
}

fn label(sent: &Value) -> Result<Value, String> {
    match sent.as_str() {
        None => Err("string expected at index 0".into()),
        Some(label) if label.contains(char::is_whitespace) => {
            Err(format!("The label '{label}' contains spaces which is invalid."))
        }
        Some(label) => Ok(json!(label)),
    }
}

/// Reads each element. An empty list is no value.
fn each(sent: &Value, read: impl Fn(&Value) -> Result<Value, String>) -> Result<Value, String> {
    let elements = sent.as_array().ok_or("Operation value must be an array")?;
    let mut values: Vec<Value> = Vec::new();
    for element in elements {
        let value = read(element)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(if values.is_empty() { Value::Null } else { Value::Array(values) })
}

fn option(options: &[FieldOption], sent: &Value) -> Option<Value> {
    let wanted = named(sent, &["id", "value"]).or_else(|| sent.as_str().map(String::from))?;
    let found = options.iter().find(|option| option.id.to_string() == wanted || option.value == wanted);
    found.map(|option| json!(option.id))
}

fn by_name<'s>(
    field: &Field,
    sent: &Value,
    find: impl Fn(&str) -> Option<&'s super::configuration::Named>,
) -> Result<Value, String> {
    let found = named(sent, &["id", "name"]).and_then(|name| find(&name));
    found.map(|found| json!(found.id)).ok_or_else(|| no_such(field, sent))
}

fn cascade(field: &Field, sent: &Value) -> Result<Value, String> {
    let options = field.options();
    let parent = option(&options, sent).ok_or_else(|| no_such(field, sent))?;
    if sent["child"].is_null() {
        return Ok(json!({ "parent": parent }));
    }
    let below =
        options.iter().find(|option| parent == option.id).map(|option| option.below.as_slice()).unwrap_or_default();
    let child = option(below, &sent["child"]).ok_or_else(|| no_such(field, &sent["child"]))?;
    Ok(json!({ "parent": parent, "child": child }))
}

fn part(all: &[Part], field: &Field, sent: &Value) -> Result<Value, String> {
    let wanted = named(sent, &["id", "name"]).unwrap_or_default();
    let found = all.iter().find(|part| part.id.to_string() == wanted || part.name == wanted);
    found.map(|part| json!(part.id)).ok_or_else(|| no_such(field, sent))
}

fn no_such(field: &Field, sent: &Value) -> String {
    let sent = named(sent, &["id", "value", "name"]).unwrap_or_default();
    format!("Specify a valid 'id' or 'name' for {}: '{sent}' is not one.", field.name)
}

fn written_option(call: &Call<'_>, options: &[FieldOption], id: u64) -> Value {
    let value = options.iter().find(|option| option.id == id).map(|option| option.value.as_str());
    json!({ "self": format!("{}/customFieldOption/{id}", call.api), "value": value, "id": id.to_string() })
}

fn option_with_children(call: &Call<'_>, option: &FieldOption) -> Value {
    let mut written = written_option(call, std::slice::from_ref(option), option.id);
    written["children"] = option.below.iter().map(|child| written_option(call, &option.below, child.id)).collect();
    written
}

fn written_cascade(call: &Call<'_>, field: &Field, stored: &Value) -> Value {
    let (options, parent) = (field.options(), stored["parent"].as_u64().unwrap_or_default());
    let mut written = written_option(call, &options, parent);
    if let (Some(child), Some(parent)) = (stored["child"].as_u64(), options.iter().find(|option| option.id == parent)) {
        written["child"] = written_option(call, &parent.below, child);
    }
    written
}

fn parts(ids: &[Value], all: &[Part], write: impl Fn(&Part) -> Value) -> Value {
    ids.iter().filter_map(|id| all.iter().find(|part| *id == part.id)).map(write).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, String::from)
}

fn joined(stored: &Value, with: &str) -> String {
    let items = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() { plain(stored) } else { items.iter().map(plain).collect::<Vec<_>>().join(with) }
}

fn names_of(written: &Value) -> String {
    let one = std::slice::from_ref(written);
    let items = written.as_array().map_or(one, Vec::as_slice);
    let name = |item: &Value| {
        ["name", "value", "displayName"].iter().map(|key| plain(&item[*key])).find(|text| !text.is_empty())
    };
    items.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}
