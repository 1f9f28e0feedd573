//! Permission schemes, for reading.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Holder, PermissionScheme};
use super::projects;
use super::site::JiraSite;

/// `GET permissionscheme`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let all = jira.configuration.permission_schemes.iter().map(|scheme| describe(call, jira, scheme));
    Answer::ok(json!({ "permissionSchemes": all.collect::<Vec<_>>() }))
}

/// `GET permissionscheme/{schemeId}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("schemeId");
    let scheme = jira.configuration.permission_schemes.iter().find(|scheme| scheme.id.to_string() == wanted);
    let scheme = scheme.ok_or_else(|| Answer::refusal(404, "The permission scheme was not found."))?;
    Ok(Answer::ok(describe(call, jira, scheme)))
}

/// `GET project/{projectKeyOrId}/permissionscheme`.
pub(super) fn of_project(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = projects::visible(call, jira)?;
    if !jira.permits(call.person, project, "ADMINISTER_PROJECTS", None) {
        return Err(Answer::refusal(403, "You do not have the permission to see this."));
    }
    let scheme = jira.configuration.permission_scheme_of(&project.template);
    Ok(Answer::ok(describe(call, jira, scheme)))
}

fn describe(call: &Call<'_>, jira: &JiraSite, scheme: &PermissionScheme) -> Value {
    let address = format!("{}/permissionscheme/{}", call.api, scheme.id);
    let mut described =
        json!({ "id": scheme.id, "self": address, "name": scheme.name, "description": "", "expand": "permissions" });
    let expanded = call.parameters("expand");
    if expanded.iter().any(|name| ["permissions", "all", "projectRole"].contains(&name.as_str())) {
        let grants = scheme.grants.iter().flat_map(|(key, holders)| holders.iter().map(move |holder| (key, holder)));
        let grants = (scheme.id * 100..).zip(grants).map(|(id, (key, holder))| {
            json!({ "id": id, "self": format!("{address}/permission/{id}"), "permission": key, "holder": holder_of(jira, holder) })
        });
        described["permissions"] = grants.collect();
    }
    described
}

fn holder_of(jira: &JiraSite, holder: &Holder) -> Value {
    match holder {
        Holder::Anybody => json!({ "type": "applicationRole" }),
        Holder::Reporter => json!({ "type": "reporter" }),
        Holder::Assignee => json!({ "type": "assignee" }),
        Holder::Role(name) => {
            let id = jira.configuration.role_named(name).map(|role| role.id.to_string()).unwrap_or_default();
            json!({ "type": "projectRole", "parameter": id, "value": id })
        }
    }
}
