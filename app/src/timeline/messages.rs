//! The words for timeline entries.

use api::{Cause, DelegationPause, Reach, Timestamp};

use super::flat_entry::{FlatActor, FlatEntry};
use crate::ui::{isolated, moment::absolute};

/// The events to filter by: their names in the contract, and their words.
pub(super) const EVENTS: [(&str, &str); 44] = [
    ("created", "Created"),
    ("reauthorized", "Reauthorized"),
    ("reverted", "Returned to the previous authorization"),
    ("renamed", "Renamed"),
    ("refreshed", "Refreshed"),
    ("tested", "Tested"),
    ("interrupted", "Interrupted"),
    ("recovered", "Recovered"),
    ("unauthorized", "Unauthorized"),
    ("deleted", "Deleted"),
    ("restored", "Restored"),
    ("purged", "Purged"),
    ("site_renamed", "Site renamed"),
    ("key_first_used", "API key used for the first time"),
    ("key_created", "API key created"),
    ("key_revoked", "API key revoked"),
    ("webhook_created", "Webhook created"),
    ("webhook_changed", "Webhook changed"),
    ("webhook_removed", "Webhook deleted"),
    ("signed_in", "Signed in"),
    ("exported", "Audit log exported"),
    ("activated", "Activated"),
    ("deactivated", "Deactivated"),
    ("key_rotated", "RSA key rotated"),
    ("access_changed", "Access changed"),
    ("admins_changed", "Connection admins changed"),
    ("api_families_changed", "API families changed"),
    ("charts_allowed", "Access for charts changed"),
    ("address_changed", "Address changed"),
    ("owner_at_risk", "Owner at risk"),
    ("workspace_changed", "Workspace changed"),
    ("membership_changed", "Workspace members changed"),
    ("account_released", "Account released"),
    ("connections_exported", "List of connections exported"),
    ("api_key_rotated", "API key rotated"),
    ("project_changed", "Project changed"),
    ("chart_changed", "Chart changed"),
    ("viewer_changed", "Access for looking at charts changed"),
    ("delegation_changed", "Access to a chart changed"),
    ("embed_changed", "Embed of a chart changed"),
    ("anonymous_charts_allowed", "Charts without signing in allowed or not"),
    ("signed_out", "Signed out by an administrator"),
    ("guide_created", "Guide shared"),
    ("project_disconnected", "Project disconnected"),
];

/// Events that never concern a single connection.
const OF_THE_ORGANIZATION: [&str; 19] = [
    "key_created",
    "key_revoked",
    "webhook_created",
    "webhook_changed",
    "webhook_removed",
    "signed_in",
    "exported",
    "connections_exported",
    "workspace_changed",
    "membership_changed",
    "account_released",
    "api_key_rotated",
    "project_changed",
    "chart_changed",
    "viewer_changed",
    "delegation_changed",
    "embed_changed",
    "anonymous_charts_allowed",
    "signed_out",
];

/// Whether an event concerns a connection.
pub(super) fn is_of_connections(event: &str) -> bool {
    !OF_THE_ORGANIZATION.contains(&event)
}

fn account(name: Option<&String>) -> String {
    name.map_or_else(|| "an account without a name".to_owned(), |name| isolated(name))
}

/// *Access changed: granted to A, B; removed from C*.
fn listed(title: &str, gains: (&str, &[String]), losses: (&str, &[String])) -> String {
    let part = |(word, names): (&str, &[String])| {
        let names = names.iter().map(|name| isolated(name)).collect::<Vec<_>>().join(", ");
        (!names.is_empty()).then(|| format!("{word} {names}"))
    };
    let parts: Vec<String> = [gains, losses].into_iter().filter_map(part).collect();
    if parts.is_empty() { title.to_owned() } else { format!("{title}: {}", parts.join("; ")) }
}

/// The word for a change of a workspace.
fn change(entry: &FlatEntry) -> &str {
    match entry.change.as_str() {
        "restored" => "restored from the archive",
        other => other,
    }
}

/// What a webhook is called: its name, and where it delivers to.
fn webhook(entry: &FlatEntry) -> String {
    match &entry.name {
        Some(name) => format!("Webhook {} to {}", isolated(name), isolated(&entry.host)),
        None => format!("Webhook to {}", isolated(&entry.host)),
    }
}

/// The sentence for an entry. An event that only a newer edge knows is shown by its name.
pub(super) fn sentence(entry: &FlatEntry) -> String {
    described(entry, absolute)
}

/// The sentence, with moments as `written`.
fn described(entry: &FlatEntry, written: impl Fn(Timestamp) -> String) -> String {
    let cause = || entry.cause.map_or("", Cause::sentence);
    let changed = || {
        let (from, to) = (entry.from.as_deref().unwrap_or_default(), entry.to.as_deref().unwrap_or_default());
        format!("from {} to {}", isolated(from), isolated(to))
    };
    let key = || format!("API key {}", isolated(&entry.key));
    match entry.event.as_str() {
        "created" if entry.account.is_none() => "Created".to_owned(),
        "created" => format!("Created, authorized as {}", account(entry.account.as_ref())),
        "reauthorized" if entry.from.is_none() => format!("Authorized as {}", account(entry.to.as_ref())),
        "reauthorized" if entry.from == entry.to => format!("Reauthorized as {}", account(entry.to.as_ref())),
        "reauthorized" => {
            let (from, to) = (account(entry.from.as_ref()), account(entry.to.as_ref()));
            format!("Reauthorized as {to}, before that as {from}")
        }
        "reverted" => "Returned to the previous authorization".to_owned(),
        "renamed" => format!("Renamed {}", changed()),
        "refreshed" if entry.count > 1 => format!("Refreshed {} times", entry.count),
        "tested" if entry.passed => "Tested: everything works".to_owned(),
        "tested" if entry.cause.is_none() => "Tested: not everything works".to_owned(),
        "tested" => format!("Tested: {}", cause()),
        "interrupted" => format!("Interrupted. {}", cause()),
        "recovered" => "Calls work again".to_owned(),
        "unauthorized" if entry.reach == Some(Reach::Consent) => {
            "Unauthorized, with everything of the same account".to_owned()
        }
        "unauthorized" if entry.cause.is_some() => format!("Unauthorized. {}", cause()),
        "purged" => "Purged for good".to_owned(),
        "site_renamed" => format!("Site renamed {}", changed()),
        "key_first_used" => format!("{} used for the first time", key()),
        "key_created" => format!("{} created", key()),
        "key_revoked" => format!("{} revoked", key()),
        "webhook_created" => format!("{} created", webhook(entry)),
        "webhook_changed" => format!("{} changed", webhook(entry)),
        "webhook_removed" => format!("{} deleted", webhook(entry)),
        "api_key_rotated" => match entry.until {
            Some(until) => format!("{} rotated; the old one works until {}", key(), written(until)),
            None => format!("{} rotated; the old one ended at once", key()),
        },
        "project_changed" => {
            format!("Project {} in {} {}", isolated(&entry.project), isolated(&entry.workspace), change(entry))
        }
        "chart_changed" => format!("Chart {} {}", isolated(&entry.chart), entry.change),
        "viewer_changed" => {
            format!("Access of {} to {} for charts {}", isolated(&entry.member), isolated(&entry.site), entry.change)
        }
        "delegation_changed" => {
            let (access, chart) = (isolated(&entry.access), isolated(&entry.chart));
            let why = entry.cause.map(|cause| format!(": {}", DelegationPause::read(cause.as_str()).sentence()));
            let what = match entry.change.as_str() {
                "asked" => "asked for",
                "granted" => "given",
                "outdated" => "stays with an earlier version",
                "filter_changed" => "stays with the query that was agreed to: the saved filter says something else now",
                other => other,
            };
            format!("Access of {access} to chart {chart} {what}{}", why.unwrap_or_default())
        }
        "embed_changed" => {
            let what = if entry.change == "key_rotated" { "got a new key" } else { entry.change.as_str() };
            format!("Embed of chart {} in {} {what}", isolated(&entry.chart), isolated(&entry.origins.join(", ")))
        }
        "anonymous_charts_allowed" if entry.allowed => "Charts may be shown without signing in from now on".to_owned(),
        "anonymous_charts_allowed" => "Charts may not be shown without signing in any more".to_owned(),
        "charts_allowed" if entry.allowed => "May be used for charts from now on".to_owned(),
        "charts_allowed" => "May not be used for charts any more".to_owned(),
        "signed_out" => format!("{} signed out everywhere", isolated(&entry.member)),
        "guide_created" => format!("Link to a guide for {} created", isolated(&entry.host)),
        "key_rotated" => "Signed with a new RSA key from now on".to_owned(),
        "access_changed" => listed("Access changed", ("granted to", &entry.granted), ("removed from", &entry.taken)),
        "admins_changed" => listed("Connection admins changed", ("added", &entry.added), ("removed", &entry.removed)),
        "api_families_changed" => listed("API families changed", ("added", &entry.added), ("removed", &entry.removed)),
        "address_changed" => format!("Address changed {}", changed()),
        "owner_at_risk" => format!("Owner at risk: {} is deactivated", account(entry.account.as_ref())),
        "workspace_changed" => format!("Workspace {} {}", isolated(&entry.workspace), change(entry)),
        "membership_changed" => {
            let (member, workspace) = (isolated(&entry.member), isolated(&entry.workspace));
            match entry.change.as_str() {
                "added" => format!("{member} added to workspace {workspace}"),
                "removed" => format!("{member} removed from workspace {workspace}"),
                _ => format!("{member} has another role in workspace {workspace}"),
            }
        }
        "account_released" => format!("{} may sign in with another account", isolated(&entry.member)),
        "project_disconnected" => {
            format!("Project {} in {} lost its connection", isolated(&entry.project), isolated(&entry.workspace))
        }
        other => EVENTS.iter().find(|(name, _)| *name == other).map_or(other, |(_, words)| words).to_owned(),
    }
}

/// The words for an actor.
pub(super) fn actor(actor: &FlatActor) -> String {
    match actor.kind.as_str() {
        "member" => format!("{} ({})", isolated(&actor.name), isolated(&actor.email)),
        "api_key" => format!("API key {}", isolated(&actor.name)),
        "atlassian" => "Atlassian".to_owned(),
        _ => "Causeway".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use api::TimelineEvent;

    use super::*;

    fn entry(event: &str) -> FlatEntry {
        let json = format!(
            r#"{{"id":1,"at":"2026-01-01T00:00:00Z","count":41,"connection_id":null,"connection_name":null,
            "actor":{{"kind":"causeway"}},{event}}}"#
        );
        serde_json::from_str(&json).expect("an entry")
    }

    #[test]
    fn folded_refreshes_are_counted_in_one_line() {
        assert_eq!(sentence(&entry(r#""event":"refreshed""#)), "Refreshed 41 times");
        let once = FlatEntry { count: 1, ..entry(r#""event":"refreshed""#) };
        assert_eq!(sentence(&once), "Refreshed");
    }

    #[test]
    fn every_event_that_can_be_asked_for_has_words_and_no_other() {
        assert_eq!(EVENTS.map(|(name, _)| name), TimelineEvent::NAMES);
    }

    #[test]
    fn who_got_and_who_lost_access_is_named_and_nobody_else() {
        let both = sentence(&entry(r#""event":"access_changed","granted":["Web","Mobile"],"taken":["Old"]"#));
        let expected = "Access changed: granted to Web, Mobile; removed from Old";
        assert_eq!(both.replace(['\u{2068}', '\u{2069}'], ""), expected);
        let given = sentence(&entry(r#""event":"access_changed","granted":["Web"],"taken":[]"#));
        assert!(!given.contains("removed"));
    }

    #[test]
    fn what_happens_to_connections_can_be_asked_for_on_their_activity() {
        assert!(is_of_connections("access_changed") && is_of_connections("deactivated"));
        assert!(OF_THE_ORGANIZATION.iter().all(|name| EVENTS.iter().any(|(event, _)| event == name)));
    }

    #[test]
    fn a_webhook_is_named_and_so_is_when_an_old_key_ends() {
        let plain = |entry: &FlatEntry| described(entry, |at| at.to_string()).replace(['\u{2068}', '\u{2069}'], "");
        let named = entry(r#""event":"webhook_changed","host":"hooks.example","name":"Operations""#);
        assert_eq!(plain(&named), "Webhook Operations to hooks.example changed");
        let unnamed = entry(r#""event":"webhook_removed","host":"hooks.example","name":null"#);
        assert_eq!(plain(&unnamed), "Webhook to hooks.example deleted");
        let rotated = entry(r#""event":"api_key_rotated","key":"CI","until":"2026-01-02T00:00:00Z""#);
        assert_eq!(plain(&rotated), "API key CI rotated; the old one works until 2026-01-02T00:00:00Z");
        let project = entry(r#""event":"project_changed","project":"Shop","workspace":"Web","change":"created""#);
        assert_eq!(plain(&project), "Project Shop in Web created");
    }

    #[test]
    fn an_event_of_a_newer_version_does_not_break_the_list() {
        assert!(sentence(&entry(r#""event":"brand_new""#)).contains("brand_new"));
    }
}
