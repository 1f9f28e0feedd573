//! Screens with their tabs and fields, and screen schemes, for reading.

use serde_json::json;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::Screen;
use super::site::JiraSite;
use super::users::only_administrators;

/// `GET screens`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = jira
        .configuration
        .screens
        .iter()
        .map(|screen| json!({ "id": screen.id, "name": screen.name, "description": "" }));
    Ok(Answer::ok(call.page("screens", 100, &all.collect::<Vec<_>>())))
}

/// `GET screens/{screenId}/tabs`: every screen has one.
pub(super) fn tabs(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let screen = screen(call, jira)?;
    Ok(Answer::ok(json!([{ "id": screen.id * 10, "name": "Field Tab" }])))
}

/// `GET screens/{screenId}/tabs/{tabId}/fields`.
pub(super) fn tab_fields(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let screen = screen(call, jira)?;
    if (screen.id * 10).to_string() != call.captured("tabId") {
        return Err(Answer::refusal(404, "The tab was not found."));
    }
    let fields = screen.fields.iter().filter_map(|name| jira.configuration.field(name));
    Ok(Answer::ok(fields.map(|field| json!({ "id": field.id, "name": field.name })).collect()))
}

fn screen<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Screen, Answer> {
    let screen = jira.configuration.screens.iter().find(|screen| screen.id.to_string() == call.captured("screenId"));
    screen.ok_or_else(|| Answer::refusal(404, "The screen was not found."))
}

/// `GET screenscheme`.
pub(super) fn schemes(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let id = |name: &str| jira.configuration.screen(name).map(|screen| screen.id);
    let all = jira.configuration.screen_schemes.iter().map(|scheme| {
        json!({ "id": scheme.id, "name": scheme.name, "description": "",
            "screens": { "default": id(&scheme.edit), "create": id(&scheme.create), "edit": id(&scheme.edit), "view": id(&scheme.edit) } })
    });
    Ok(Answer::ok(call.page("screenscheme", 25, &all.collect::<Vec<_>>())))
}
