//! The statuses, issue types, priorities and fields that every site of the model has.

use serde_json::{Value, json};

/// Id and name of each priority, most urgent first.
const PRIORITIES: [(u64, &str); 5] = [(1, "Highest"), (2, "High"), (3, "Medium"), (4, "Low"), (5, "Lowest")];
/// Id, name and description of each issue type.
const TYPES: [(u64, &str, &str); 3] = [
    (10_001, "Task", "A small, distinct piece of work."),
    (10_002, "Bug", "A problem or error."),
    (10_003, "Story", "Functionality expressed as a user goal."),
];
/// Id, name, and id, key, name and colour of the category of each status.
const STATUSES: [(u64, &str, Category); 4] = [
    (10_000, "To Do", TO_DO),
    (3, "In Progress", IN_PROGRESS),
    (10_001, "In Review", IN_PROGRESS),
    (10_002, "Done", DONE),
];
/// Id, name and schema type of each field.
const FIELDS: [(&str, &str, &str); 11] = [
    ("summary", "Summary", "string"),
    ("description", "Description", "string"),
    ("status", "Status", "status"),
    ("issuetype", "Issue Type", "issuetype"),
    ("priority", "Priority", "priority"),
    ("project", "Project", "project"),
    ("assignee", "Assignee", "user"),
    ("reporter", "Reporter", "user"),
    ("labels", "Labels", "array"),
    ("created", "Created", "datetime"),
    ("updated", "Updated", "datetime"),
];

type Category = (u64, &'static str, &'static str, &'static str);
const TO_DO: Category = (2, "new", "To Do", "blue-gray");
const IN_PROGRESS: Category = (4, "indeterminate", "In Progress", "yellow");
const DONE: Category = (3, "done", "Done", "green");

/// Writes these things for one site: `api` is the address of its REST API, `pictures` that of the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    pub(super) api: &'a str,
    pub(super) pictures: &'a str,
}

impl Names<'_> {
    pub(super) fn statuses(self) -> Value {
        STATUSES.iter().map(|(id, ..)| self.status(*id)).collect()
    }

    pub(super) fn status(self, id: u64) -> Value {
        let found = STATUSES.into_iter().find(|(status, ..)| *status == id);
        found.map_or(Value::Null, |(id, name, (category, key, category_name, color))| {
            json!({
                "self": format!("{}/status/{id}", self.api),
                "description": "",
                "iconUrl": format!("{}/icons/status.svg", self.pictures),
                "name": name,
                "untranslatedName": name,
                "id": id.to_string(),
                "statusCategory": {
                    "self": format!("{}/statuscategory/{category}", self.api),
                    "id": category,
                    "key": key,
                    "colorName": color,
                    "name": category_name,
                },
            })
        })
    }

    pub(super) fn types(self) -> Value {
        TYPES.iter().map(|(id, ..)| self.type_of(*id)).collect()
    }

    pub(super) fn type_of(self, id: u64) -> Value {
        let found = TYPES.into_iter().find(|(issue_type, ..)| *issue_type == id);
        found.map_or(Value::Null, |(id, name, description)| {
            json!({
                "self": format!("{}/issuetype/{id}", self.api),
                "id": id.to_string(),
                "description": description,
                "iconUrl": format!("{}/icons/{name}.svg", self.pictures),
                "name": name,
                "untranslatedName": name,
                "subtask": false,
                "hierarchyLevel": 0,
            })
        })
    }

    pub(super) fn priorities(self) -> Value {
        PRIORITIES.iter().map(|(id, _)| self.priority(*id)).collect()
    }

    pub(super) fn priority(self, id: u64) -> Value {
        let found = PRIORITIES.into_iter().find(|(priority, _)| *priority == id);
        found.map_or(Value::Null, |(id, name)| {
            json!({
                "self": format!("{}/priority/{id}", self.api),
                "iconUrl": format!("{}/icons/{name}.svg", self.pictures),
                "name": name,
                "id": id.to_string(),
            })
        })
    }
}

pub(super) fn fields() -> Value {
    let field = |(id, name, kind): &(&str, &str, &str)| {
        json!({
            "id": id, "key": id, "name": name, "custom": false, "orderable": true, "navigable": true,
            "searchable": true, "clauseNames": [id], "schema": { "type": kind, "system": id },
        })
    };
    FIELDS.iter().map(field).collect()
}

pub(super) fn status_name(id: u64) -> &'static str {
    STATUSES.iter().find(|(status, ..)| *status == id).map_or("", |(_, name, _)| name)
}

pub(super) fn status_category(id: u64) -> &'static str {
    STATUSES.iter().find(|(status, ..)| *status == id).map_or("", |(_, _, (_, _, name, _))| name)
}

pub(super) fn type_name(id: u64) -> &'static str {
    TYPES.iter().find(|(issue_type, ..)| *issue_type == id).map_or("", |(_, name, _)| name)
}

pub(super) fn type_named(id_or_name: &str) -> Option<u64> {
    let found =
        TYPES.iter().find(|(id, name, _)| id.to_string() == id_or_name || name.eq_ignore_ascii_case(id_or_name));
    found.map(|(id, ..)| *id)
}

pub(super) fn priority_name(id: u64) -> &'static str {
    PRIORITIES.iter().find(|(priority, _)| *priority == id).map_or("", |(_, name)| name)
}

pub(super) fn priority_named(id_or_name: &str) -> Option<u64> {
    let found =
        PRIORITIES.iter().find(|(id, name)| id.to_string() == id_or_name || name.eq_ignore_ascii_case(id_or_name));
    found.map(|(id, _)| *id)
}

/// The steps an issue can take from a status: every other status, by an id of its own.
pub(super) fn transitions_from(status_id: u64) -> Vec<(u64, u64)> {
    let steps = (1..).zip(STATUSES).map(|(number, (id, ..))| (number * 10 + 1, id));
    steps.filter(|(_, id)| *id != status_id).collect()
}
