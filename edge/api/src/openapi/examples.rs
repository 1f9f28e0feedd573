//! An example for every request and answer, by the name of its schema. A test holds each to its type.

mod charts;

use serde_json::{Value, json};

use crate::{Problem, ProblemCode};

const AT: &str = "2026-11-22T05:00:00Z";
/// Of a list by last activity, newest first, after `con_staging`.
const CURSOR: &str = "eyJzb3J0IjoiLWxhc3RfYWN0aXZpdHkiLCJrZXlzIjpbMTc5NTMyMzYwMDAwMCwiY29uX3N0YWdpbmciXX0";
const LATER: &str = "2027-11-22T05:00:00Z";
const REQUEST: &str = "req_3q2-7wAbCdEfGhIjKlMnOp";
const PEM: &str =
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA…\n-----END PUBLIC KEY-----\n";

/// A problem as it is answered.
pub(super) fn problem(code: ProblemCode) -> Option<Value> {
    serde_json::to_value(Problem::new(code, code.title(), REQUEST)).ok()
}

/// The example of a schema. `None`: it stands in no request and no answer by itself.
#[expect(clippy::too_many_lines, reason = "a table: one row for each schema")]
pub(super) fn of(schema: &str) -> Option<Value> {
    if let Some(item) = schema.strip_prefix("ListOf") {
        return of(item).map(|item| json!({"items": [item], "next_cursor": null}));
    }
    Some(match schema {
        "Health" => json!({
            "status": "degraded", "version": "0.1.0",
            "findings": [{"name": "SEALING_KEYS", "message": "The first key must have 32 bytes, in base64."}],
            "advice": [{"name": "ATLASSIAN_CALLBACK_PATH", "message": "Set this to /oauth/callback/cloud."}],
            "sealing": {"key": "2026", "finished_at": AT, "unopened": 0},
            "support_url": "https://help.example.com/causeway",
        }),
        "Session" => json!({"member": member(), "organization": "default", "expires_at": AT}),
        "StartAuthorization" => json!({
            "kind": "basic", "connection_id": "con_staging",
            "credential": {
                "kind": "basic", "address": "https://jira.example.com/jira", "form": "personal_access_token",
                "username": null, "secret": "NDc3…", "expires_at": LATER,
            },
        }),
        "StartedAuthorization" => json!({
            "id": "aut_3q2-7wAb", "start_url": "/oauth/start/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789a", "expires_at": AT,
        }),
        "Authorization" => json!({
            "id": "aut_3q2-7wAb", "connection_id": "con_staging", "status": "authorized", "expires_at": AT, "sites": [],
            "site": site(), "account": account(), "scopes": ["read:jira-work", "offline_access"],
            "changes": {
                "account_before": account(), "account_after": account(), "scopes_gained": ["write:jira-work"],
                "scopes_lost": [], "address_before": null,
            },
            "missing_scopes": [], "failure": null, "oauth1": null,
        }),
        "AddressConfirmation" => json!({"address": "https://jira-new.example.com/jira"}),
        "ChooseSite" => json!({"cloud_id": "11223344-a1b2-3b33-c444-def123456789"}),
        "VerificationCode" => json!({"code": "qTrZ5b"}),
        "ListConnectionsQuery" => json!({
            "q": "staging", "status": "interrupted", "kind": "cloud_oauth2", "ends_soon": false, "deleted": false,
            "sort": "-last_activity", "cursor": CURSOR, "skip": 0, "limit": 50,
        }),
        "ConnectionExportQuery" => json!({
            "format": "csv", "q": "staging", "status": "interrupted", "kind": "cloud_oauth2", "ends_soon": false,
            "deleted": false, "sort": "attention",
        }),
        "ConnectionPage" => json!({
            "items": [connection()], "next_cursor": null,
            "counts": {"authorized": 12, "interrupted": 1, "unauthorized": 2, "deactivated": 0, "deleted": 3, "ends_soon": 1},
            "has_workspaces": true,
        }),
        "Connection" => connection(),
        "NewConnection" => json!({
            "name": "Staging", "workspaces": ["wsp_web"], "draft": {
                "kind": "oauth1", "address": "https://jira.example.com/jira", "consumer_key": "causeway",
                "key_id": "rsa_2026", "verification_code": false,
            },
        }),
        "ConnectionEdit" => json!({
            "name": "Production", "authorization_id": "aut_3q2-7wAb", "admins": ["mem_ada"],
            "api_families": ["rest/raven/2.0"], "charts": true,
        }),
        "Attention" => json!({
            "stories": [{
                "cause": "grant_refused", "about": {"account": account()}, "since": AT,
                "headline": "Atlassian ended the authorization",
                "why": "Atlassian refuses to renew the access: the consent was removed.",
                "remedy": "Reauthorize the connection.", "who": "reauthorizer", "support_url": null,
                "connections": [affected()], "total": 4,
            }],
            "needs": [{
                "connection": affected(), "why": "The API token has reached its last day.",
                "remedy": "The owner of the account must create a new API token.", "who": "account_owner",
                "action": "reauthorize",
            }],
            "total": 5, "waiting": 0, "more": 0,
        }),
        "ImpactQuery" => json!({"action": "unauthorize"}),
        "Impact" => json!({
            "account": account(), "connections": [affected()], "projects": [{"name": "Shop", "workspace": "Web"}],
            "delegations": [{
                "id": "dlg_3q2-7wAb", "chart_id": "cht_3q2-7wAb", "chart_title": "Open issues", "access": "Becky Stone",
            }],
            "viewers": [{"member": "becky@example.com", "site": "Example"}],
            "consent_url": "https://id.atlassian.com/manage-profile/apps",
        }),
        "Unauthorize" => json!({"reach": "connection"}),
        "Unauthorized" => json!({"connections": [connection()]}),
        "ConnectionAccess" => json!({
            "workspaces": [{"workspace": workspace_name(), "granted": true, "projects": ["Shop"]}],
        }),
        "NewAccess" => json!({"workspaces": ["wsp_web"], "confirmed": true}),
        "Workspace" => json!({
            "id": "wsp_web", "name": "Web", "created_at": AT, "archived_at": null,
            "members": [{"member": member(), "issue_tracking": true}], "connections": [affected()], "projects": 1,
            "may_track_issues": true,
        }),
        "NewWorkspace" => json!({"name": "Web", "connections": ["con_staging"]}),
        "WorkspaceEdit" => json!({"name": "Web shop", "archived": false}),
        "WorkspaceMembership" => json!({"email": "ada@example.com", "issue_tracking": true}),
        "Project" => json!({
            "id": "prj_shop", "name": "Shop", "workspace": workspace_name(), "jira_project": "ABC",
            "jira_check": {"state": "found", "name": "Web shop", "why": null, "at": AT},
            "connection": {
                "id": "con_staging", "name": "Staging", "state": "interrupted", "cause": "rate_limited",
                "may_reauthorize": true, "hears_until": AT,
            },
            "disconnected": null,
        }),
        "NewProject" => json!({"name": "Shop", "connection_id": "con_staging", "jira_project": "ABC"}),
        "ListTasksQuery" => json!({
            "state": "blocked", "cause": "field_required", "updated_after": AT, "q": "contrast", "cursor": "42", "limit": 50,
        }),
        "TaskPage" => json!({
            "items": [task()], "next_cursor": null,
            "counts": {
                "waiting": 3, "outcome_unknown": 0, "in_sync": 214, "syncing": 1, "retrying": 0, "blocked": 1,
                "conflict": 0, "missing": 0, "moved": 0, "unlinked": 2, "total": 221,
            },
            "stories": [{
                "blocked": {
                    "cause": "way_wants_fields", "who": "issue_tracking",
                    "sentence": "The transition wants fields that the mapping has no values for. The field is Resolution.",
                    "remedy": "Give the fields a value in the mapping, or move the issue in Jira.", "field": "resolution",
                    "permission": null, "offered": [], "jira_said": null,
                },
                "tasks": 37,
            }],
            "paused": {"sentence": "Jira limits calls for a moment. Everything is kept and goes on by itself.", "until": AT},
        }),
        "TaskBatch" => json!({"tasks": [{"external_id": "F-1", "task": new_task()}]}),
        "TaskBatchAnswer" => json!({"results": [{"external_id": "F-1", "task": task(), "refused": null}]}),
        "Task" => task(),
        "NewTask" => new_task(),
        "TaskEntry" => json!({
            "number": 42, "at": AT, "event": "linked", "sentence": "Causeway created ABC-12 for the task.",
        }),
        "LinkTaskRequest" => json!({"issue": "ABC-12"}),
        "ResolveTaskRequest" => json!({"keep": "product"}),
        "ListChangesQuery" => json!({"after": "42", "limit": 50}),
        "TaskChanges" => json!({
            "items": [{
                "number": 43, "at": AT, "event": "status_changed", "external_id": "F-1", "status": "fixed",
                "issue_key": "ABC-12", "cause": null, "resync": null, "comment": null,
            }, {
                "number": 44, "at": AT, "event": "commented", "external_id": "F-1", "status": "fixed",
                "issue_key": "ABC-12", "cause": null, "resync": null,
                "comment": {"id": "10300", "author": "Mia", "is_edit": false, "text": "It is darker now."},
            }],
            "next_after": "44", "more": false,
        }),
        "NewTrial" => json!({"mapping": mapping(), "issue_type": "10001"}),
        "TrialEnd" => json!({"close": true}),
        "Trial" => json!({
            "state": "waiting", "issue_type": "10001",
            "issue": {"key": "ABC-13", "url": "https://acme.atlassian.net/browse/ABC-13"},
            "steps": [
                {"title": "Create an issue of the type Bug", "state": "done", "sentence": "Jira created ABC-13.", "blocked": null},
                {"title": "Move it to Done", "state": "done", "sentence": "The issue is in Done. For the product that is fixed.",
                    "blocked": null},
            ],
            "started_at": AT, "started_by": "Ada", "paused": null,
        }),
        "NewResync" => json!({"scope": "chosen", "direction": "compare", "external_ids": ["F-1"]}),
        "Resync" => json!({
            "id": "rsy_3q2-7wAb-3q2-7wAbCdEfGhIjKlMnOp", "project": "prj_3q2-7wAb", "scope": "all", "direction": "compare",
            "state": "ready", "total": 2140, "looked_at": 2140,
            "planned": {"create": 3, "move": 12, "tell": 0, "settle": 4, "nothing": 2104, "left": 17},
            "moves": [{"to": "Done", "count": 9}, {"to": "In Progress", "count": 3}],
            "results": {"done": 0, "skipped": 0, "failed": 0}, "points": 104, "seconds": 12, "created_at": AT,
            "created_by": "Ada", "finished_at": null, "paused": null,
        }),
        "NewConnectionResync" => json!({"scope": "all", "direction": "compare", "start": true}),
        "ConnectionResync" => json!({
            "connection": "con_3q2-7wAb", "scope": "all", "direction": "compare", "state": "running", "total": 2140,
            "looked_at": 2140, "planned": {"create": 3, "move": 12, "tell": 0, "settle": 4, "nothing": 2104, "left": 17},
            "moves": [{"to": "Done", "count": 9}], "results": {"done": 5, "skipped": 1, "failed": 0}, "points": 104,
            "seconds": 12, "created_at": AT, "created_by": "Ada",
            "projects": [{"id": "prj_3q2-7wAb", "name": "Web shop", "workspace": "wsp_web", "resync": null}],
        }),
        "ListResyncItemsQuery" => json!({"action": "move", "outcome": "skipped", "cursor": "42", "limit": 50}),
        "ResyncItem" => json!({
            "external_id": "F-1", "title": "Contrast of the buttons is too low", "issue_key": "ABC-12", "action": "move",
            "task_status": "fixed", "issue_status": "To Do", "to": "Done", "why": null, "outcome": null,
        }),
        "JiraMetadata" => json!({
            "issue_types": [{
                "id": "10001", "name": "Bug", "is_subtask": false,
                "statuses": [{"id": "10003", "name": "Done", "category": "done"}],
                "fields": [{
                    "id": "customfield_10010", "name": "Severity", "is_required": true, "has_default": false,
                    "form": "option", "options": [{"id": "10020", "name": "High"}],
                }],
            }],
            "transition_fields": [{
                "id": "resolution", "name": "Resolution", "is_required": false, "has_default": false, "form": "option",
                "options": [{"id": "10000", "name": "Done"}],
            }],
            "permissions": [{"key": "CREATE_ISSUES", "is_granted": true}], "read_at": AT,
        }),
        "ProjectMapping" => json!({"mapping": mapping(), "revision": 3, "saved_at": AT, "saved_by": "Ada"}),
        "MappingEdit" => json!({"mapping": mapping(), "revision": 2}),
        "TaskMapping" => mapping(),
        "MappingSuggestions" => json!({
            "items": [{"direction": "out", "issue_type": "10001", "status": "fixed", "to": "10003", "reason": "category"}],
            "categories": [{"status": "fixed", "category": "done"}],
        }),
        "MappingCheck" => json!({
            "findings": [{
                "fault": "jira_status_uncovered", "sentence": "The status Rejected of Bug leads nowhere.",
                "place": {"part": "in", "issue_type": "10001", "item": "10004"}, "prevents_saving": true,
            }],
            "can_be_saved": false,
        }),
        "JiraProjectsQuery" => json!({"q": "shop"}),
        "JiraProjects" => json!({"items": [{"key": "ABC", "name": "Web shop"}], "more": false}),
        "MemberDetails" => json!({
            "id": "mem_max", "email": "max@example.com", "name": "Max", "role": "member",
            "workspaces": [{"workspace": workspace_name(), "issue_tracking": true}], "last_signed_in_at": AT,
        }),
        "NewMember" => json!({"email": "max@example.com", "workspace": "wsp_web", "issue_tracking": false}),
        "CallsQuery" => json!({"period": "day"}),
        "Calls" => json!({
            "from": AT, "until": AT, "step_seconds": 3600,
            "steps": [{
                "at": AT, "counts": [{"outcome": "succeeded", "count": 120}, {"outcome": "jira_fault", "count": 3}],
                "slowest_millis": 2300,
            }],
            "failed": [{
                "at": AT, "method": "GET", "path": "/rest/api/3/issue/ABC-1", "status": 503, "outcome": "jira_fault",
                "request_id": REQUEST,
            }],
            "rate_limit": {
                "at": AT, "limit": 65000, "remaining": 64000, "resets_at": AT, "limited_until": null,
                "spenders": [{"name": "CI", "connection": "con_staging", "calls": 120}],
            },
        }),
        "TimelineQuery" => json!({
            "event": "renamed", "q": "staging", "actor": "ada@example.com", "from": AT, "until": LATER, "cursor": "42",
            "limit": 50,
        }),
        "ExportQuery" => json!({
            "format": "csv", "event": "renamed", "q": "staging", "actor": "ada@example.com", "from": AT, "until": LATER,
        }),
        "TimelineEntry" => json!({
            "id": 42, "at": AT, "count": 1, "connection_id": "con_staging", "connection_name": "Staging",
            "actor": {"kind": "member", "name": "Ada", "email": "ada@example.com"},
            "event": "renamed", "from": "Test", "to": "Staging",
        }),
        "CheckupLine" => json!({
            "line": "step", "name": "identity", "outcome": "passed", "millis": 120, "detail": "Jira knows Ada.",
            "remedy": null, "cause": null,
        }),
        "ApiKey" => json!({
            "id": "key_ci", "name": "CI", "prefix": "cw_default_3q2-", "scopes": ["connections:read", "proxy"],
            "connections": ["con_staging"], "connection_names": ["Staging"], "workspace": workspace_name(),
            "created_at": AT, "created_by": "Ada", "expires_at": LATER, "last_used_at": null, "rotated_at": AT,
            "previous": {"prefix": "cw_default_Xb9k", "until": AT, "last_used_at": null},
        }),
        "ApiKeyRotation" => json!({"overlap_seconds": 3600, "expires_at": LATER}),
        "NewApiKey" => json!({
            "name": "CI", "scopes": ["connections:read", "proxy"], "connections": ["con_staging"],
            "workspace": "wsp_web", "expires_at": LATER,
        }),
        "CreatedApiKey" => json!({"id": "key_ci", "key": "cw_3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789a"}),
        "Webhook" => json!({
            "id": "whk_ops", "name": "Operations", "url": "https://hooks.example.com/causeway", "events": ["interrupted", "recovered"],
            "created_at": AT, "created_by": "Ada", "failing_since": null, "last_delivered_at": AT, "stopped_at": null,
            "version": 3,
        }),
        "NewWebhook" => json!({
            "name": "Operations", "url": "https://hooks.example.com/causeway", "events": ["interrupted", "recovered"],
        }),
        "CreatedWebhook" => json!({
            "id": "whk_ops", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
        }),
        "WebhookEdit" => json!({
            "name": "Operations", "url": "https://hooks.example.com/new", "events": ["interrupted"],
        }),
        "DeliveriesQuery" | "TaskTimelineQuery" => json!({"cursor": "42", "limit": 50}),
        "Delivery" => delivery(),
        "DeliveryContent" => json!({
            "delivery": delivery(), "url": "https://hooks.example.com/causeway",
            "headers": [{"name": "webhook-id", "value": "dlv_3q2-7wAb"}],
            "body": "{\"type\":\"connection.interrupted\",\"timestamp\":\"2026-11-22T05:00:00Z\",\"data\":{}}",
            "sent_at": AT, "answer": {"at": AT, "status": 500, "body": "Internal error"},
        }),
        "LookAt" => json!({"address": "https://jira.example.com/jira"}),
        "Instance" => json!({
            "address": "https://jira.example.com/jira", "deployment": "data_center", "title": "Example Jira",
            "version": "10.3.0", "cloud_id": null, "other_base_url": null,
            "methods": [{"kind": "data_center_oauth2", "form": null, "unavailable": null, "note": null}],
        }),
        "NewRsaKey" => json!({"connection_id": "con_staging"}),
        "RsaKey" => json!({"id": "rsa_2026", "public_key": PEM, "created_at": AT}),
        "NewGuide" => json!({
            "kind": "oauth1", "address": "https://jira.example.com/jira", "consumer_key": "causeway",
            "key_id": "rsa_2026", "connection_id": "con_staging",
        }),
        "GuideLink" => json!({
            "url": "https://causeway.example.com/guide/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789a", "expires_at": AT,
        }),
        "Guide" => json!({
            "kind": "oauth1", "address": "https://jira.example.com/jira",
            "causeway_url": "https://causeway.example.com", "callback_url": "https://causeway.example.com/oauth/callback/data-center/jira.example.com",
            "consumer_key": "causeway", "public_key": PEM, "expires_at": AT,
        }),
        _ => return charts::of(schema),
    })
}

fn delivery() -> Value {
    json!({
        "id": "dlv_3q2-7wAb", "event": "interrupted", "connection_id": "con_staging", "connection_name": "Staging",
        "at": AT, "attempts": 1, "outcome": {"outcome": "waiting", "next_at": AT}, "last_status": 500,
        "last_failure": "The receiver answered 500.",
    })
}

fn member() -> Value {
    json!({"id": "mem_ada", "email": "ada@example.com", "name": "Ada", "role": "administrator"})
}

fn account() -> Value {
    json!({"account_id": "5b10ac8d82e05b22cc7d4ef5", "name": "Ada", "email": "ada@example.com"})
}

fn site() -> Value {
    json!({
        "cloud_id": "11223344-a1b2-3b33-c444-def123456789", "name": "Example", "url": "https://example.atlassian.net",
        "avatar_url": null, "version": null,
    })
}

fn workspace_name() -> Value {
    json!({"id": "wsp_web", "name": "Web"})
}

fn affected() -> Value {
    json!({"id": "con_staging", "name": "Staging", "site": site()})
}

fn diagnosis() -> Value {
    json!({
        "headline": "Atlassian's rate limit is reached",
        "why": "Atlassian limits how many calls a site answers, and this site's limit is reached.",
        "remedy": "No action needed: calls work again when the limit is over.", "who": "nobody", "http_status": 429,
        "limited_until": LATER, "egress_addresses": [], "support_url": null,
    })
}

fn connection() -> Value {
    json!({
        "id": "con_staging", "name": "Staging", "kind": "cloud_oauth2", "site": site(),
        "status": {"state": "interrupted", "cause": "rate_limited", "since": AT}, "account": account(),
        "scopes": ["read:jira-work", "offline_access"], "created_at": AT, "authorized_at": AT, "last_activity_at": AT,
        "reauthorize_before": LATER, "checked_at": AT, "missing_scopes": [], "deleted": null, "revert_until": null,
        "revert_to": null, "revert_to_address": null, "credential": null, "moved_to": null, "owner_at_risk": null,
        "calls": {
            "succeeded": vec![5; 24], "failed": vec![0; 24], "last_succeeded_at": AT,
            "failing": {"since": AT, "failed": 14, "of": 14, "outcome": "rate_limit", "http_status": 429},
        },
        "next_checkup_at": null, "diagnosis": diagnosis(), "draft": null, "api_families": ["rest/raven/2.0"], "charts": true, "admins": ["mem_ada"],
        "admin_names": ["Ada"], "workspaces": [workspace_name()], "projects": 1, "may_manage": true,
        "may_reauthorize": true, "version": 3,
    })
}

fn new_task() -> Value {
    json!({
        "title": "Contrast of the buttons is too low", "status": "open", "url": "https://product.example/findings/1",
        "body": "The contrast is **2.9**, and 4.5 is needed.", "kind": "finding", "priority": "serious",
        "labels": ["accessibility"], "properties": {"rule": "color-contrast"}, "changed_at": AT, "if_version": 0,
    })
}

fn task() -> Value {
    json!({
        "id": "tsk_3q2-7wAb", "external_id": "F-1", "title": "Contrast of the buttons is too low", "status": "open",
        "url": "https://product.example/findings/1", "kind": "finding", "priority": "serious",
        "labels": ["accessibility"], "properties": {"rule": "color-contrast"}, "state": "blocked", "since": AT,
        "blocked": {
            "cause": "no_way", "sentence": "No transition leads from the issue's status to the one that it should have.",
            "remedy": "Add a transition to the workflow.", "who": "project_administrator", "field": null,
            "permission": null, "offered": ["In Progress"], "jira_said": null,
        },
        "next_at": null,
        "issue": {
            "id": "10042", "key": "ABC-12", "url": "https://apex.atlassian.net/browse/ABC-12", "issue_type": "10001",
            "status": {"id": "10001", "name": "To Do"},
        },
        "base": {"task": "open", "issue": {"id": "10001", "name": "To Do"}, "at": AT},
        "version": 4, "changed_at": AT, "created_at": AT, "updated_at": AT,
    })
}

fn mapping() -> Value {
    let severity = json!({"field": "customfield_10010", "form": "option", "values": ["10020"]});
    let resolution = json!({"field": "resolution", "form": "option", "values": ["10000"]});
    json!({
        "statuses": [{"status": "open", "category": "to_do"}, {"status": "fixed", "category": "done"}],
        "issue_types": [{
            "issue_type": "10001",
            "out": [{"status": "open", "to": "10001"}, {"status": "fixed", "to": "10003"}],
            "in": [{"status": "10001", "to": "open"}, {"status": "10002", "to": null}, {"status": "10003", "to": "fixed"}],
            "fields": [severity], "transition_fields": [{"to": "10003", "value": resolution}],
            "pass_through": ["10002"], "on_conflict": "block", "on_reopen": "block",
        }],
        "kinds": [{"kind": "finding", "issue_type": "10001"}], "priorities": [{"priority": "serious", "to": "2"}],
        "labels": {"copied": true, "always": ["causeway"]}, "comments": "never",
        "comments_from_jira": false,
    })
}
