//! Workflow schemes, for reading.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Configuration, WorkflowScheme};
use super::projects::wanted_by;
use super::site::JiraSite;
use super::users::only_administrators;

/// `GET workflowscheme`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all =
        jira.configuration.workflow_schemes.iter().map(|scheme| workflow_scheme_of(call, &jira.configuration, scheme));
    Ok(Answer::ok(call.page("workflowscheme", 50, &all.collect::<Vec<_>>())))
}

/// `GET workflowscheme/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let scheme = jira.configuration.workflow_schemes.iter().find(|scheme| scheme.id.to_string() == call.captured("id"));
    let scheme = scheme.ok_or_else(|| Answer::refusal(404, "No workflow scheme could be found with that id."))?;
    Ok(Answer::ok(workflow_scheme_of(call, &jira.configuration, scheme)))
}

/// `GET workflowscheme/project`: which projects have which.
pub(super) fn of_projects(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let values = configuration.workflow_schemes.iter().filter_map(|scheme| {
        let projects =
            wanted_by(call, jira, |project| configuration.template(&project.template).workflow_scheme == scheme.name);
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
