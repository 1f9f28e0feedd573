//! The examples of charts.

use serde_json::{Value, json};

use super::{AT, LATER, account, site};

/// The key of [`site`].
const SITE: &str = "11223344-a1b2-3b33-c444-def123456789";

const EMBED_KEY: &str = "cwe_0123456789012345678901234567890123456789012";

const MEANING: &str = "2830af2a032f2a9f430eb49a4ec0802c11c4e386273582588da9ff877c160e21";

/// The example of a schema. `None`: it stands in no request and no answer by itself.
pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "ListChartsQuery" => json!({"q": "open", "deleted": false}),
        "ChartSummary" => json!({
            "id": "cht_3q2-7wAb", "title": "Open issues", "mark": "bar", "site": site(), "saved_at": AT,
            "saved_by": "Ada", "deleted": null, "may_edit": true,
        }),
        "NewChart" => json!({"site": SITE, "spec": spec()}),
        "ChartEdit" => json!({"spec": spec()}),
        "Chart" => json!({
            "id": "cht_3q2-7wAb", "site": site(), "spec": spec(),
            "meaning": MEANING, "created_at": AT,
            "created_by": "Ada", "saved_at": AT, "saved_by": "Ada", "deleted": null, "may_edit": true, "version": 3,
        }),
        "ChartVersion" => json!({
            "version": 3, "spec": spec(), "saved_at": AT, "saved_by": "Ada",
            "meaning": MEANING,
        }),
        "ChartSite" => json!({
            "key": SITE, "site": site(), "connections": [{"id": "con_staging", "name": "Staging"}],
            "is_authorized": true,
        }),
        "ChartSourceQuery" => json!({"site": SITE, "connection_id": "con_staging", "q": "stat"}),
        "ChartField" => json!({"id": "status", "name": "Status", "kind": "single"}),
        "ChartFilter" => json!({"id": "10001", "name": "Open issues", "jql": "resolution is EMPTY"}),
        "QueryToCheck" => json!({"site": SITE, "connection_id": "con_staging", "jql": "project = ABC"}),
        "CheckedQuery" => json!({"errors": [], "personal": null}),
        "NewPreview" => json!({
            "site": SITE, "spec": spec(), "connection_id": "con_staging", "params": {"team": "web"}, "refresh": false,
        }),
        "NewRender" => json!({
            "delegation_id": "dlg_3q2-7wAb", "params": {"team": "web"}, "refresh": false, "as": "svg",
            "look": {"theme": "dark", "width": 640},
        }),
        "NewDelegation" => json!({
            "ask": "becky@example.com", "audience": "members",
            "placements": [{"kind": "page", "id": "11223344-a1b2-3b33-c444-def123456789/98311", "title": "Home"}],
            "shows": {"names": false, "keys": false, "drill_down": false}, "expires_at": LATER,
        }),
        "GrantedDelegation" => json!({"meaning": MEANING, "expires_at": LATER}),
        "ListDelegationsQuery" => json!({"mine": true}),
        "Delegation" => delegation(),
        "ListEmbedsQuery" => json!({"chart_id": "cht_3q2-7wAb"}),
        "NewEmbed" => json!({
            "chart_id": "cht_3q2-7wAb", "kind": "signed", "origins": ["https://intranet.example.com"],
            "locked_params": ["team"],
            "access": {
                "ask": "becky@example.com", "shows": {"names": false, "keys": false, "drill_down": false},
                "expires_at": LATER,
            },
        }),
        "EmbedEdit" => json!({
            "origins": ["https://intranet.example.com"], "locked_params": ["team"], "state": "paused",
        }),
        "Embed" => embed(),
        "CreatedEmbed" => json!({"embed": embed(), "key": EMBED_KEY}),
        "EmbedKeyRotation" => json!({"overlap_seconds": 3600}),
        "RotatedEmbedKey" => json!({"key": EMBED_KEY}),
        "Settings" | "SettingsEdit" => json!({"anonymous_charts": true}),
        "Render" => json!({
            "state": "drawn", "sentence": "Here is the chart.", "cause": null, "action": "none",
            "access": {"kind": "connection", "account": "Ada", "connection": "Staging", "until": null}, "data": data(),
            "picture": null, "spec": null,
        }),
        "Viewer" => json!({
            "id": "vwr_3q2-7wAb", "member": {"id": "mem_ada", "email": "ada@example.com", "name": "Ada"}, "grants": [grant()],
        }),
        "MyAccess" => json!({"viewer": "vwr_3q2-7wAb", "grants": [grant()]}),
        "NewViewerAuthorization" => json!({"site": SITE}),
        _ => return None,
    })
}

fn grant() -> Value {
    json!({
        "id": "grt_3q2-7wAb", "site": site(), "account": account(),
        "scopes": ["read:jira-work", "read:jira-user", "read:me", "offline_access"], "authorized_at": AT,
        "last_used_at": AT, "ended_at": null, "consent_url": "https://id.atlassian.com/manage-profile/apps",
    })
}

fn embed() -> Value {
    json!({
        "id": "emb_3q2-7wAb", "chart_id": "cht_3q2-7wAb", "chart_title": "Open issues", "kind": "signed",
        "origins": ["https://intranet.example.com"], "locked_params": ["team"], "state": "active", "is_withheld": false,
        "created_at": AT, "created_by": "Ada", "last_used_at": AT,
        "key": {"created_at": AT, "previous_until": null}, "delegation": delegation(), "may_edit": true,
    })
}

fn delegation() -> Value {
    json!({
        "id": "dlg_3q2-7wAb", "chart_id": "cht_3q2-7wAb", "chart_title": "Open issues", "site": site(),
        "access": {"kind": "delegation", "account": "Becky Stone", "connection": null, "until": LATER},
        "connection_id": null,
        "delegator": {"id": "mem_becky", "email": "becky@example.com", "name": "Becky Stone"}, "asked_by": "Ada",
        "asked_at": AT, "state": "active", "cause": null, "since": AT, "meaning": MEANING, "is_current": true, "filter_changed": false,
        "audience": "members", "placements": [{"kind": "organization"}],
        "shows": {"names": false, "keys": false, "drill_down": false}, "expires_at": LATER,
        "uses": [{"placement": {"kind": "organization"}, "count": 12, "readers": 3, "last_used_at": AT}],
        "may_grant": true, "may_end": true,
    })
}

fn spec() -> Value {
    json!({
        "source": {"jql": "project = ABC"}, "mark": "bar", "measure": {"compute": "count"},
        "group": {
            "field": {"id": "status", "name": "Status"}, "limit": 10, "order": "largest", "other": true, "none": true,
            "segments": [{"key": "value:10001", "label": "Waiting", "color": "blue", "hidden": false}],
        },
        "goal": {"value": 10.0, "label": "Limit"},
        "params": [{"name": "team", "field": {"id": "labels"}, "values": ["web", "app"]}],
        "look": {"palette": "categorical", "labels": true, "percent": false, "legend": true},
        "says": {"title": "Open issues", "subtitle": "Of the shop"},
    })
}

fn data() -> Value {
    let amount = |issues: u64, jql: &str| {
        json!({
            "issues": issues, "value": 120.0, "jql": jql,
            "url": "https://example.atlassian.net/issues/?jql=project%20%3D%20ABC",
        })
    };
    json!({
        "total": amount(120, "project = ABC"),
        "segments": [{
            "key": "value:10001", "label": "Waiting", "color": "blue", "category": "new",
            "amount": amount(120, "(project = ABC) AND status = \"10001\""), "cells": [],
        }],
        "columns": [], "adds_up": true, "counted": {"at": AT, "by": "jira", "zone": "Europe/Berlin"},
        "notes": ["approximate"],
    })
}
