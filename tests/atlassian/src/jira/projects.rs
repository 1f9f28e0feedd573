//! `project/search` and `project/{key}`.

use serde_json::{Value, json};

use super::call::Call;
use super::site::{JiraSite, Project};

/// A page of the projects: `startAt`, `maxResults` up to 50, and `query` over key and name.
pub(super) fn search(call: &Call<'_>, jira: &JiraSite) -> Value {
    let wanted = call.parameter("query").unwrap_or_default().to_lowercase();
    let start = call.number("startAt").unwrap_or(0);
    let size = call.number("maxResults").unwrap_or(50).clamp(1, 50);
    let matches = |project: &&Project| format!("{} {}", project.key, project.name).to_lowercase().contains(&wanted);
    let found: Vec<&Project> = jira.projects.iter().filter(matches).collect();
    let values: Vec<Value> = found.iter().skip(start).take(size).map(|project| describe(call, project)).collect();
    json!({
        "self": format!("{}/project/search?startAt={start}&maxResults={size}", call.api),
        "maxResults": size,
        "startAt": start,
        "total": found.len(),
        "isLast": start + values.len() >= found.len(),
        "values": values,
    })
}

pub(super) fn describe(call: &Call<'_>, project: &Project) -> Value {
    let avatar = format!("{}/avatars/projects/{}", call.pictures, project.key);
    json!({
        "self": format!("{}/project/{}", call.api, project.id),
        "id": project.id.to_string(),
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.type_key,
        "simplified": false,
        "style": "classic",
        "isPrivate": false,
        "properties": {},
        "avatarUrls": { "16x16": avatar, "24x24": avatar, "32x32": avatar, "48x48": avatar },
    })
}
