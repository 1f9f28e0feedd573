//! Issue type screen schemes, for reading.

use serde_json::json;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::site::JiraSite;
use super::users::only_administrators;

/// `GET issuetypescreenscheme`.
pub(super) fn list(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    only_administrators(call)?;
    let all = jira.configuration.issue_type_screen_schemes.iter();
    let all = all.map(|scheme| json!({ "id": scheme.id.to_string(), "name": scheme.name, "description": "" }));
    Ok(Answer::ok(call.page("issuetypescreenscheme", 50, &all.collect::<Vec<_>>())))
}

/// `GET issuetypescreenscheme/mapping`.
pub(super) fn mappings(call: &Call<'_>, jira: &JiraSite) -> Outcome {
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
