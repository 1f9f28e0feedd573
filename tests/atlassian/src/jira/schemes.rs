//! Schemes and screens, for reading: of workflows, issue types, screens, field configurations and permissions.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Configuration, Holder, PermissionScheme, Screen, WorkflowScheme};
use super::people::only_administrators;
use super::site::{JiraSite, Project};
use super::{projects, references};

/// `GET workflowscheme`.
pub(super) fn workflow_schemes(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all =
        jira.configuration.workflow_schemes.iter().map(|scheme| workflow_scheme_of(call, &jira.configuration, scheme));
    Ok(Answer::ok(call.page("workflowscheme", 50, &all.collect::<Vec<_>>())))
}

/// `GET workflowscheme/{id}`.
pub(super) fn workflow_scheme(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let scheme = jira.configuration.workflow_schemes.iter().find(|scheme| scheme.id.to_string() == call.captured("id"));
    let scheme = scheme.ok_or_else(|| Answer::refusal(404, "No workflow scheme could be found with that id."))?;
    Ok(Answer::ok(workflow_scheme_of(call, &jira.configuration, scheme)))
}

/// `GET workflowscheme/project`: which projects have which.
pub(super) fn workflow_schemes_of_projects(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let values = configuration.workflow_schemes.iter().filter_map(|scheme| {
        let projects =
            wanted(call, jira, |project| configuration.template(&project.template).workflow_scheme == scheme.name);
        (!projects.is_empty()).then(
            || json!({ "projectIds": projects, "workflowScheme": workflow_scheme_of(call, configuration, scheme) }),
        )
    });
    Ok(Answer::ok(json!({ "values": values.collect::<Vec<_>>() })))
}

fn workflow_scheme_of(call: &Call<'_>, configuration: &Configuration, scheme: &WorkflowScheme) -> Value {
    let mappings: Map<String, Value> = scheme
        .types
        .iter()
        .filter_map(|(name, workflow)| {
            configuration.issue_type_named(name).map(|one| (one.id.to_string(), json!(workflow)))
        })
        .collect();
    json!({
        "id": scheme.id,
        "name": scheme.name,
        "description": "",
        "defaultWorkflow": scheme.default,
        "issueTypeMappings": mappings,
        "draft": false,
        "self": format!("{}/workflowscheme/{}", call.api, scheme.id),
    })
}

/// `GET issuetypescheme`.
pub(super) fn issue_type_schemes(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all =
        jira.configuration.issue_type_schemes.iter().map(|scheme| issue_type_scheme_of(&jira.configuration, scheme));
    Ok(Answer::ok(call.page("issuetypescheme", 50, &all.collect::<Vec<_>>())))
}

/// `GET issuetypescheme/mapping`: which scheme has which types.
pub(super) fn issue_type_mappings(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let pairs = configuration.issue_type_schemes.iter().flat_map(|scheme| {
        let types = scheme.types.iter().filter_map(move |name| configuration.issue_type_named(name));
        types.map(move |one| json!({ "issueTypeSchemeId": scheme.id.to_string(), "issueTypeId": one.id.to_string() }))
    });
    Ok(Answer::ok(call.page("issuetypescheme/mapping", 50, &pairs.collect::<Vec<_>>())))
}

/// `GET issuetypescheme/project`.
pub(super) fn issue_type_schemes_of_projects(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let values = configuration.issue_type_schemes.iter().filter_map(|scheme| {
        let projects =
            wanted(call, jira, |project| configuration.template(&project.template).issue_type_scheme == scheme.name);
        let described = issue_type_scheme_of(configuration, scheme);
        (!projects.is_empty()).then(|| json!({ "projectIds": projects, "issueTypeScheme": described }))
    });
    Ok(Answer::ok(call.page("issuetypescheme/project", 50, &values.collect::<Vec<_>>())))
}

fn issue_type_scheme_of(configuration: &Configuration, scheme: &super::configuration::IssueTypeScheme) -> Value {
    let first = scheme.types.first().and_then(|name| configuration.issue_type_named(name));
    json!({ "id": scheme.id.to_string(), "name": scheme.name, "description": "", "isDefault": false,
        "defaultIssueTypeId": first.map(|one| one.id.to_string()).unwrap_or_default() })
}

/// The ids of the projects that the query names, or of all, for which something holds.
fn wanted(call: &Call<'_>, jira: &JiraSite, holds: impl Fn(&Project) -> bool) -> Vec<String> {
    let asked = call.parameters("projectId");
    let ids = jira.projects.iter().filter(|project| holds(project)).map(|project| project.id.to_string());
    ids.filter(|id| asked.is_empty() || asked.contains(id)).collect()
}

/// `GET screens`.
pub(super) fn screens(call: &Call<'_>, jira: &JiraSite) -> Outcome {
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
pub(super) fn screen_schemes(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let id = |name: &str| jira.configuration.screen(name).map(|screen| screen.id);
    let all = jira.configuration.screen_schemes.iter().map(|scheme| {
        json!({ "id": scheme.id, "name": scheme.name, "description": "",
            "screens": { "default": id(&scheme.edit), "create": id(&scheme.create), "edit": id(&scheme.edit), "view": id(&scheme.edit) } })
    });
    Ok(Answer::ok(call.page("screenscheme", 25, &all.collect::<Vec<_>>())))
}

/// `GET issuetypescreenscheme`.
pub(super) fn issue_type_screen_schemes(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = jira.configuration.issue_type_screen_schemes.iter();
    let all = all.map(|scheme| json!({ "id": scheme.id.to_string(), "name": scheme.name, "description": "" }));
    Ok(Answer::ok(call.page("issuetypescreenscheme", 50, &all.collect::<Vec<_>>())))
}

/// `GET issuetypescreenscheme/mapping`.
pub(super) fn issue_type_screen_mappings(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let scheme_id = |name: &str| {
        configuration.screen_schemes.iter().find(|scheme| scheme.name == name).map(|one| one.id.to_string())
    };
    let pairs = configuration.issue_type_screen_schemes.iter().flat_map(|scheme| {
        let pair = move |issue_type: String, screen_scheme: Option<String>| {
            json!({ "issueTypeScreenSchemeId": scheme.id.to_string(), "issueTypeId": issue_type, "screenSchemeId": screen_scheme })
        };
        let of_types = scheme.types.iter().filter_map(move |(name, screens)| {
            configuration.issue_type_named(name).map(|one| pair(one.id.to_string(), scheme_id(screens)))
        });
        of_types.chain([pair("default".into(), scheme_id(&scheme.default))])
    });
    Ok(Answer::ok(call.page("issuetypescreenscheme/mapping", 50, &pairs.collect::<Vec<_>>())))
}

/// `GET fieldconfiguration`.
pub(super) fn field_configurations(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = (0..)
        .zip(&jira.configuration.field_configurations)
        .map(|(place, one)| json!({ "id": one.id, "name": one.name, "description": "", "isDefault": place == 0 }));
    Ok(Answer::ok(call.page("fieldconfiguration", 50, &all.collect::<Vec<_>>())))
}

/// `GET fieldconfiguration/{id}/fields`: which are required and which are hidden.
pub(super) fn configured_fields(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = &jira.configuration.field_configurations;
    let found = all.iter().find(|one| one.id.to_string() == call.captured("id"));
    let found = found.ok_or_else(|| Answer::refusal(404, "The field configuration was not found."))?;
    let fields = jira.configuration.fields.iter().map(|field| {
        json!({ "id": field.id, "isHidden": found.hidden.contains(&field.id), "isRequired": found.required.contains(&field.id) })
    });
    Ok(Answer::ok(call.page(&format!("fieldconfiguration/{}/fields", found.id), 50, &fields.collect::<Vec<_>>())))
}

/// `GET permissionscheme`.
pub(super) fn permission_schemes(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let all = jira.configuration.permission_schemes.iter().map(|scheme| permission_scheme_of(call, jira, scheme));
    Answer::ok(json!({ "permissionSchemes": all.collect::<Vec<_>>() }))
}

/// `GET permissionscheme/{schemeId}`.
pub(super) fn permission_scheme(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("schemeId");
    let scheme = jira.configuration.permission_schemes.iter().find(|scheme| scheme.id.to_string() == wanted);
    let scheme = scheme.ok_or_else(|| Answer::refusal(404, "The permission scheme was not found."))?;
    Ok(Answer::ok(permission_scheme_of(call, jira, scheme)))
}

/// `GET project/{projectKeyOrId}/permissionscheme`.
pub(super) fn permission_scheme_of_project(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = projects::visible(call, jira)?;
    if !jira.permits(call.person, project, "ADMINISTER_PROJECTS", None) {
        return Err(Answer::refusal(403, "You do not have the permission to see this."));
    }
    let scheme = jira.configuration.permission_scheme_of(&project.template);
    Ok(Answer::ok(permission_scheme_of(call, jira, scheme)))
}

fn permission_scheme_of(call: &Call<'_>, jira: &JiraSite, scheme: &PermissionScheme) -> Value {
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

/// `GET project/{projectId}/hierarchy`: the levels of its types.
pub(super) fn hierarchy(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let wanted = call.captured("projectId");
    let project = jira.projects_of(call.person).find(|project| project.id.to_string() == wanted);
    let project = project.ok_or_else(|| Answer::refusal(404, "No project could be found with that id."))?;
    let types = jira.configuration.types_of(&project.template);
    let levels = [(1, "Epic"), (0, "Base"), (-1, "Subtask")].into_iter().map(|(level, name)| {
        let of_level = types.iter().filter(|one| one.level == level).map(|one| references::issue_type(call, one));
        let of_level = of_level
            .map(|one| json!({ "id": one["id"].as_str().and_then(|id| id.parse::<u64>().ok()), "name": one["name"] }));
        json!({ "level": level, "name": name, "issueTypes": of_level.collect::<Vec<_>>() })
    });
    Ok(Answer::ok(json!({ "projectId": project.id, "hierarchy": levels.collect::<Vec<_>>() })))
}
