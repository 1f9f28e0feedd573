//! Issue type schemes, for reading.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Configuration, IssueTypeScheme};
use super::projects::wanted_by;
use super::site::JiraSite;
use super::users::only_administrators;

/// `GET issuetypescheme`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all =
        jira.configuration.issue_type_schemes.iter().map(|scheme| issue_type_scheme_of(&jira.configuration, scheme));
    Ok(Answer::ok(call.page("issuetypescheme", 50, &all.collect::<Vec<_>>())))
}

/// `GET issuetypescheme/mapping`: which scheme has which types.
pub(super) fn mappings(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let pairs = configuration.issue_type_schemes.iter().flat_map(|scheme| {
        let types = scheme.types.iter().filter_map(move |name| configuration.issue_type_named(name));
        types.map(move |one| json!({ "issueTypeSchemeId": scheme.id.to_string(), "issueTypeId": one.id.to_string() }))
    });
    Ok(Answer::ok(call.page("issuetypescheme/mapping", 50, &pairs.collect::<Vec<_>>())))
}

/// `GET issuetypescheme/project`.
pub(super) fn of_projects(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let configuration = &jira.configuration;
    let values = configuration.issue_type_schemes.iter().filter_map(|scheme| {
        let projects =
            wanted_by(call, jira, |project| configuration.template(&project.template).issue_type_scheme == scheme.name);
        let described = issue_type_scheme_of(configuration, scheme);
        (!projects.is_empty()).then(|| json!({ "projectIds": projects, "issueTypeScheme": described }))
    });
    Ok(Answer::ok(call.page("issuetypescheme/project", 50, &values.collect::<Vec<_>>())))
}

fn issue_type_scheme_of(configuration: &Configuration, scheme: &IssueTypeScheme) -> Value {
    let first = scheme.types.first().and_then(|name| configuration.issue_type_named(name));
    json!({ "id": scheme.id.to_string(), "name": scheme.name, "description": "", "isDefault": false,
        "defaultIssueTypeId": first.map(|one| one.id.to_string()).unwrap_or_default() })
}
