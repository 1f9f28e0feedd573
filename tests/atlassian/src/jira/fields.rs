//! Fields, their contexts and options.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Field, Kind};
use super::site::JiraSite;
use super::users::only_administrators;
use super::values;

/// `GET field`.
pub(super) fn list(_call: &Call<'_>, jira: &JiraSite) -> Answer {
    Answer::ok(jira.configuration.fields.iter().map(describe).collect())
}

fn describe(field: &Field) -> Value {
    let mut names = vec![field.id.clone()];
    if let Some(number) = field.number() {
        names = vec![format!("cf[{number}]"), field.name.clone()];
    }
    let is_fixed = matches!(field.kind, Kind::Status | Kind::Project | Kind::Votes | Kind::Watches | Kind::Subtasks);
    json!({
        "id": field.id, "key": field.id, "name": field.name, "custom": field.number().is_some(),
        "orderable": !is_fixed, "navigable": field.is_navigable(), "searchable": true, "clauseNames": names, "schema": values::schema(field),
    })
}

/// `GET field/search`, by pages.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let (types, ids) = (call.parameters("type"), call.parameters("id"));
    let text = call.parameter("query").unwrap_or_default().to_lowercase();
    let matches = |field: &&Field| {
        let kind = if field.number().is_some() { "custom" } else { "system" };
        (types.is_empty() || types.iter().any(|wanted| wanted == kind))
            && (ids.is_empty() || ids.contains(&field.id))
            && field.name.to_lowercase().contains(&text)
    };
    let found = jira.configuration.fields.iter().filter(matches).map(|field| {
        json!({ "id": field.id, "key": field.id, "name": field.name, "schema": values::schema(field), "description": "",
            "isLocked": false })
    });
    Answer::ok(call.page("field/search", 50, &found.collect::<Vec<_>>()))
}

/// `GET field/{fieldId}/context`: the one that every custom field has.
pub(super) fn contexts(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let number = custom(call, jira)?.number().unwrap_or_default();
    let context = json!({ "id": number.to_string(), "name": "Default Configuration Scheme", "description": "",
        "isGlobalContext": true, "isAnyIssueType": true });
    Ok(Answer::ok(call.page(&format!("field/{}/context", call.captured("fieldId")), 50, &[context])))
}

/// `GET field/{fieldId}/context/{contextId}/option`.
pub(super) fn options(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let field = custom(call, jira)?;
    let mut options = Vec::new();
    for option in field.options() {
        options.push(json!({ "id": option.id.to_string(), "value": option.value, "disabled": false }));
        options.extend(option.below.iter().map(|below| {
            json!({ "id": below.id.to_string(), "value": below.value, "optionId": option.id.to_string(), "disabled": false })
        }));
    }
    Ok(Answer::ok(call.page(&format!("field/{}/context/option", field.id), 100, &options)))
}

fn custom<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Field, Answer> {
    let field = jira.configuration.field(call.captured("fieldId")).filter(|field| field.number().is_some());
    field.ok_or_else(|| Answer::refusal(404, "The custom field was not found."))
}
