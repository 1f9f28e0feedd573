//! Field configurations, for reading: which fields are required and which are hidden.

use serde_json::json;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;
use super::users::only_administrators;

/// `GET fieldconfiguration`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = (0..)
        .zip(&jira.configuration.field_configurations)
        .map(|(place, one)| json!({ "id": one.id, "name": one.name, "description": "", "isDefault": place == 0 }));
    Ok(Answer::ok(call.page("fieldconfiguration", 50, &all.collect::<Vec<_>>())))
}

/// `GET fieldconfiguration/{id}/fields`: which are required and which are hidden.
pub(super) fn fields(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = &jira.configuration.field_configurations;
    let found = all.iter().find(|one| one.id.to_string() == call.captured("id"));
    let found = found.ok_or_else(|| Answer::refusal(404, "The field configuration was not found."))?;
    let fields = jira.configuration.fields.iter().map(|field| {
        json!({ "id": field.id, "isHidden": found.hidden.contains(&field.id), "isRequired": found.required.contains(&field.id) })
    });
    Ok(Answer::ok(call.page(&format!("fieldconfiguration/{}/fields", found.id), 50, &fields.collect::<Vec<_>>())))
}
