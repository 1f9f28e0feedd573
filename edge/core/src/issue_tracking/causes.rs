//! Why a task is blocked, from what Jira said when it refused.
//!
//! Jira writes in the language of the account, so what is known decides first: which field the refusal names, whether it
//! was sent, and whether Jira offered it. Jira's English words are read only where that leaves a choice.

use api::{Blocked, BlockedCause, FieldForm, JiraField};
use serde_json::{Map, Value};

use super::jira::JiraRefusal;

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedRequest {
    /// To create an issue.
    Creation,
    /// To make a transition.
    Transition,
}

/// The longest text on one line, in characters.
const LINE_CHARACTERS: usize = 255;
/// The fields that say why, before any other.
const TELLING: [&str; 3] = ["project", "issuetype", "parent"];

/// The cause that a refusal stands for. `sent` are the fields of the request, `known` those that Jira offered for it.
pub fn of_refusal(
    request: RefusedRequest,
    status: u16,
    refusal: &JiraRefusal,
    sent: &Map<String, Value>,
    known: &[JiraField],
) -> Blocked {
    let telling = TELLING.iter().find_map(|name| refusal.fields.get_key_value(*name));
    let blocked = match telling.or_else(|| refusal.fields.first_key_value()) {
        Some((field, said)) => of_field(field, said, sent, known),
        None => of_messages(request, status, &refusal.words()),
    };
    blocked.with_words(&refusal.words())
}

fn of_field(id: &str, said: &str, sent: &Map<String, Value>, known: &[JiraField]) -> Blocked {
    let field = known.iter().find(|field| field.id.as_str() == id);
    let cause = cause_of_field(id, &said.to_lowercase(), sent.get(id).filter(|value| !is_nothing(value)), field);
    let blocked = Blocked::new(cause);
    match cause {
        BlockedCause::NotPermitted => blocked.of_permission("CREATE_ISSUES"),
        BlockedCause::ProjectMissing | BlockedCause::IssueTypeMissing | BlockedCause::ParentWanted => blocked,
        _ => blocked.of_field(id, field.map_or(id, |field| &field.name)),
    }
}

fn cause_of_field(id: &str, said: &str, sent: Option<&Value>, field: Option<&JiraField>) -> BlockedCause {
    match (id, sent) {
        ("project", _) if is_about_permission(said) => BlockedCause::NotPermitted,
        ("project", _) => BlockedCause::ProjectMissing,
        ("issuetype", _) => BlockedCause::IssueTypeMissing,
        ("parent", _) => BlockedCause::ParentWanted,
        _ if said.contains("cannot be set") => BlockedCause::FieldRefused,
        (_, None) => BlockedCause::FieldRequired,
        ("assignee", Some(_)) => BlockedCause::AssigneeUnknown,
        (_, Some(value)) if is_too_long(said, value, field) => BlockedCause::TextTooLong,
        (_, Some(_)) if field.is_none() => BlockedCause::FieldRefused,
        (_, Some(_)) => BlockedCause::ValueUnknown,
    }
}

fn of_messages(request: RefusedRequest, status: u16, words: &str) -> Blocked {
    let said = words.to_lowercase();
    let cause = if said.contains("archived") {
        BlockedCause::IssueArchived
    } else if status == 403 || is_about_permission(&said) {
        BlockedCause::NotPermitted
    } else {
        match request {
            RefusedRequest::Creation if status == 413 => BlockedCause::TextTooLong,
            RefusedRequest::Creation if status == 404 => BlockedCause::ProjectMissing,
            RefusedRequest::Creation if said.contains("parent") => BlockedCause::ParentWanted,
            RefusedRequest::Creation => BlockedCause::CreationRefused,
            RefusedRequest::Transition => BlockedCause::WayRefused,
        }
    };
    match (cause, request) {
        (BlockedCause::NotPermitted, RefusedRequest::Creation) => Blocked::new(cause).of_permission("CREATE_ISSUES"),
        (BlockedCause::NotPermitted, RefusedRequest::Transition) => {
            Blocked::new(cause).of_permission("TRANSITION_ISSUES")
        }
        _ => Blocked::new(cause),
    }
}

fn is_about_permission(said: &str) -> bool {
    ["permission", "cannot create issues", "not authorized", "not authorised"].iter().any(|word| said.contains(word))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_too_long(said: &str, value: &Value, field: Option<&JiraField>) -> bool {
    let is_line = field.is_some_and(|field| field.form == FieldForm::Text);
    let is_long = value.as_str().is_some_and(|text| text.chars().count() > LINE_CHARACTERS);
    ["too long", "exceed", "characters", "limit"].iter().any(|word| said.contains(word)) || (is_line && is_long)
}

#[cfg(test)]
mod tests {
    use api::JiraId;
    use serde_json::json;

    use super::*;

    fn field(id: &str, form: FieldForm) -> JiraField {
        JiraField {
            id: JiraId::parse(id).expect("an id"),
            name: format!("Name of {id}"),
            is_required: false,
            has_default: false,
            form,
            options: Vec::new(),
        }
    }

    #[test]
    fn every_refusal_has_its_cause() {
        use BlockedCause as C;
        use RefusedRequest::{Creation, Transition};
        let sent = json!({"summary": "s", "priority": {"id": "9"}, "assignee": {"accountId": "x"}, "labels": [],
            "customfield_7": "off the screen", "customfield_8": "x".repeat(256)});
        let sent = sent.as_object().expect("fields");
        let known = [
            field("summary", FieldForm::Text),
            field("priority", FieldForm::Option),
            field("assignee", FieldForm::User),
            field("labels", FieldForm::Texts),
            field("customfield_8", FieldForm::Text),
            field("customfield_9", FieldForm::Option),
        ];
        let by_field = |field: &str, said: &str| json!({"errorMessages": [], "errors": {field: said}});
        let by_message = |said: &str| json!({"errorMessages": [said], "errors": {}});
        let table = [
            (Creation, 400, by_field("customfield_9", "Severity is required."), C::FieldRequired),
            (Creation, 400, by_field("customfield_9", "Schweregrad ist erforderlich."), C::FieldRequired),
            (Creation, 400, by_field("labels", "Labels is required."), C::FieldRequired),
            (
                Creation,
                400,
                by_field(
                    "priority",
                    "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown.",
                ),
                C::FieldRefused,
            ),
            (Creation, 400, by_field("customfield_7", "Das Feld kann nicht festgelegt werden."), C::FieldRefused),
            (Creation, 400, by_field("priority", "The priority selected is invalid."), C::ValueUnknown),
            (Creation, 400, by_field("priority", "Die gewählte Priorität ist ungültig."), C::ValueUnknown),
            (Creation, 400, by_field("summary", "Summary can't exceed 255 characters."), C::TextTooLong),
            (Creation, 400, by_field("customfield_8", "Der Text ist zu lang."), C::TextTooLong),
            (Creation, 400, by_field("assignee", "User 'x' cannot be assigned issues."), C::AssigneeUnknown),
            (Creation, 400, by_field("project", "Specify a valid project ID or key"), C::ProjectMissing),
            (Creation, 400, by_field("project", "You cannot create issues in this project."), C::NotPermitted),
            (Creation, 400, by_field("issuetype", "Specify a valid issue type"), C::IssueTypeMissing),
            (Creation, 400, by_field("parent", "Issue type is a sub-task but …"), C::ParentWanted),
            (Creation, 403, by_message("Sie dürfen das nicht."), C::NotPermitted),
            (Creation, 404, by_message("No project could be found."), C::ProjectMissing),
            (Creation, 413, by_message("The request is too large."), C::TextTooLong),
            (Creation, 400, by_message("The issue type needs a parent."), C::ParentWanted),
            (Creation, 400, by_message("A rule of this project says no."), C::CreationRefused),
            (
                Transition,
                400,
                by_message("It seems that you have tried to perform an illegal workflow operation."),
                C::WayRefused,
            ),
            (Transition, 400, by_message("A validator says no."), C::WayRefused),
            (Transition, 403, by_message("No."), C::NotPermitted),
            (Transition, 400, by_message("The issue is archived and can only be read."), C::IssueArchived),
            (Transition, 400, by_field("resolution", "Resolution is required."), C::FieldRequired),
        ];
        for (request, status, body, cause) in table {
            let refusal = JiraRefusal::read(body.to_string().as_bytes()).expect("a refusal");
            let blocked = of_refusal(request, status, &refusal, sent, &known);
            assert_eq!(blocked.cause, cause, "{request:?} {status} {body}");
            assert_eq!(blocked.jira_said, Some(refusal.words()), "{body}");
        }
    }

    #[test]
    fn what_the_project_or_type_lacks_is_told_before_its_fields() {
        let body =
            json!({"errors": {"customfield_9": "Severity is required.", "issuetype": "Specify a valid issue type"}});
        let refusal = JiraRefusal::read(body.to_string().as_bytes()).expect("a refusal");
        let blocked = of_refusal(RefusedRequest::Creation, 400, &refusal, &Map::new(), &[]);
        assert_eq!((blocked.cause, blocked.field), (BlockedCause::IssueTypeMissing, None));
    }

    #[test]
    fn a_refused_field_is_named_as_people_know_it() {
        let body = json!({"errors": {"customfield_9": "x"}});
        let refusal = JiraRefusal::read(body.to_string().as_bytes()).expect("a refusal");
        let known = [field("customfield_9", FieldForm::Option)];
        let blocked = of_refusal(RefusedRequest::Creation, 400, &refusal, &Map::new(), &known);
        assert!(blocked.sentence.ends_with("The field is Name of customfield_9."), "{}", blocked.sentence);
    }
}
