//! People as Jira writes them: `myself`, assignees, authors, and what they may do.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::edition::Edition;
use crate::people::{Person, Profile};

/// The permissions everybody who reaches a site has.
pub(super) const OF_EVERYBODY: [&str; 8] = [
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "ASSIGN_ISSUES",
    "USER_PICKER",
    "CREATE_ATTACHMENTS",
];

/// A person in brief. In Cloud with e-mail only where their privacy settings let an app see it: everybody but Max.
pub(super) fn user(call: &Call<'_>, person: Person) -> Value {
    let profile = call.profile(person);
    let avatar = format!("{}/avatars/people/{}", call.pictures, person.slug());
    let mut user = call.edition.identity(person, &call.api);
    user["displayName"] = json!(profile.map_or(person.name(), Profile::name));
    user["active"] = json!(profile.is_some_and(|profile| profile.active));
    user["timeZone"] = json!("Europe/Berlin");
    user["avatarUrls"] = json!({ "16x16": avatar, "24x24": avatar, "32x32": avatar, "48x48": avatar });
    if person != Person::Max || call.edition == Edition::DataCenter {
        user["emailAddress"] = json!(profile.map(|profile| &profile.email));
    }
    user
}

/// The answer of `user/search`: active people whose name, user name or e-mail contains what is asked for, or the one
/// with that account id.
pub(super) fn search(call: &Call<'_>) -> Value {
    let asked = if call.edition == Edition::DataCenter { "username" } else { "query" };
    let text = call.parameter(asked).unwrap_or_default().to_lowercase();
    let id = call.parameter("accountId").filter(|_| call.edition != Edition::DataCenter);
    let matches = |profile: &&Profile| {
        let person = profile.person;
        let texts = [profile.name().to_lowercase(), profile.email.to_lowercase(), person.slug().to_owned()];
        let by_text = !text.is_empty() && (text == "." || texts.iter().any(|own| own.contains(&text)));
        let by_id = |id| person.account_id() == id;
        profile.active && (by_text || id.map_or_else(|| by_id(&text), by_id))
    };
    call.people.iter().filter(matches).map(|profile| user(call, profile.person)).collect()
}

/// The answer of `myself`.
pub(super) fn myself(call: &Call<'_>) -> Value {
    let mut user = user(call, call.person);
    user["locale"] = json!("en_GB");
    user["groups"] = json!({ "size": 1, "items": [] });
    user["applicationRoles"] = json!({ "size": 1, "items": [] });
    user
}

/// The answer of `mypermissions`; `asked` is the comma-separated list of the query, which v3 demands.
pub(super) fn permissions(person: Person, asked: Option<&str>) -> Result<Value, Vec<String>> {
    let asked = asked.filter(|asked| !asked.is_empty());
    let asked = asked.ok_or_else(|| vec!["The 'permissions' query parameter is required.".to_owned()])?;
    let mut permissions = Map::new();
    for key in asked.split(',') {
        let administers = person.administers_sites() && key.starts_with("ADMINISTER");
        let have = OF_EVERYBODY.contains(&key) || administers;
        if !have && !key.starts_with("ADMINISTER") {
            return Err(vec![format!("Unrecognized permission: {key}")]);
        }
        permissions.insert(
            key.to_owned(),
            json!({ "id": "10", "key": key, "name": key, "type": "PROJECT", "description": "", "havePermission": have }),
        );
    }
    Ok(json!({ "permissions": permissions }))
}
