//! Who may call which endpoint.

/// The kinds of callers, in the order of the table's columns.
pub(super) const CALLERS: [&str; 8] = [
    "nobody",
    "stranger",         // a session that does not exist
    "member",           // sees the connection through a workspace
    "issue tracking",   // has that role in the workspace
    "connection admin", // manages the connection, belongs to another workspace
    "administrator",
    "key without the scope",
    "key limited elsewhere", // has every scope, for another connection
];

/// The column of an administrator.
pub(in crate::http::tests) const ADMINISTRATOR_COLUMN: usize = 5;

/// `.` lets in, `1` answers 401, `3` answers 403, `4` answers 404.
pub(super) const ANYBODY: &str = "........";
const ANY_SESSION: &str = "11....33";
const LISTS: &str = "11....3.";
const ADMINISTRATOR: &str = "11333.33";
const SEES: &str = "11....34";
const REAUTHORIZES: &str = "113...33";
const CHECKS: &str = "113...34";
const MANAGES: &str = "1133..33";
const EDITS: &str = "1133..34";
const IN_WORKSPACE: &str = "11..4.33";
const TRACKS_ISSUES: &str = "113.4.33";
const READS_TASKS: &str = "11..4.34";
const WRITES_TASKS: &str = "113.4.34";
/// The administrator's own session began it, or it is the administrator's.
const OWN_AUTHORIZATION: &str = "11444.33";

/// Every endpoint by name, and who may call it.
pub(super) const TABLE: &[(&str, &str)] = &[
    ("GetHealth", ANYBODY),
    ("GetSession", ANY_SESSION),
    ("SignOut", ANYBODY),
    ("CreateAuthorization", REAUTHORIZES),
    ("GetAuthorization", OWN_AUTHORIZATION),
    ("ChooseAuthorizationSite", OWN_AUTHORIZATION),
    ("CancelAuthorization", OWN_AUTHORIZATION),
    ("VerifyAuthorization", OWN_AUTHORIZATION),
    ("ListConnections", LISTS),
    ("CreateConnection", ADMINISTRATOR),
    ("GetConnection", SEES),
    ("EditConnection", EDITS),
    ("GetAttention", ADMINISTRATOR),
    ("GetImpact", MANAGES),
    ("UnauthorizeConnection", MANAGES),
    ("DeleteConnection", MANAGES),
    ("RestoreConnection", MANAGES),
    ("RevertConnection", MANAGES),
    ("RenewConnection", MANAGES),
    ("ActivateConnection", MANAGES),
    ("DeactivateConnection", MANAGES),
    ("GetAccess", MANAGES),
    ("EditAccess", ADMINISTRATOR),
    ("ListWorkspaces", ANY_SESSION),
    ("CreateWorkspace", ADMINISTRATOR),
    ("GetWorkspace", IN_WORKSPACE),
    ("EditWorkspace", ADMINISTRATOR),
    ("AddWorkspaceMember", ADMINISTRATOR),
    ("RemoveWorkspaceMember", ADMINISTRATOR),
    ("ListProjects", IN_WORKSPACE),
    ("CreateProject", TRACKS_ISSUES),
    ("EditProject", TRACKS_ISSUES),
    ("DeleteProject", TRACKS_ISSUES),
    ("CheckProjects", TRACKS_ISSUES),
    ("ListJiraProjects", REAUTHORIZES),
    ("ListTasks", READS_TASKS),
    ("PushTasks", WRITES_TASKS),
    ("GetTask", READS_TASKS),
    ("PutTask", WRITES_TASKS),
    ("DeleteTask", WRITES_TASKS),
    ("GetTaskTimeline", READS_TASKS),
    ("RetryTask", WRITES_TASKS),
    ("LinkTask", WRITES_TASKS),
    ("UnlinkTask", WRITES_TASKS),
    ("ResolveTask", WRITES_TASKS),
    ("ListTaskChanges", READS_TASKS),
    ("GetJiraMetadata", TRACKS_ISSUES),
    ("GetMapping", READS_TASKS),
    ("PutMapping", TRACKS_ISSUES),
    ("SuggestMapping", TRACKS_ISSUES),
    ("CheckMapping", TRACKS_ISSUES),
    ("StartTrial", TRACKS_ISSUES),
    ("ListTrials", TRACKS_ISSUES),
    ("EndTrial", TRACKS_ISSUES),
    ("CreateConnectionResync", EDITS),
    ("ListConnectionResyncs", EDITS),
    ("CreateResync", WRITES_TASKS),
    ("ListResyncs", READS_TASKS),
    ("GetResync", READS_TASKS),
    ("ListResyncItems", READS_TASKS),
    ("StartResync", WRITES_TASKS),
    ("CancelResync", WRITES_TASKS),
    ("ListMembers", ADMINISTRATOR),
    ("AddMember", ADMINISTRATOR),
    ("RemoveMember", ADMINISTRATOR),
    ("SignOutMember", ADMINISTRATOR),
    ("ReleaseAccount", ADMINISTRATOR),
    ("GetTimeline", MANAGES),
    ("GetCalls", CHECKS),
    ("GetAuditLog", ADMINISTRATOR),
    ("ListApiKeys", ADMINISTRATOR),
    ("CreateApiKey", ADMINISTRATOR),
    ("RotateApiKey", ADMINISTRATOR),
    ("RevokeApiKey", ADMINISTRATOR),
    ("ListWebhooks", ADMINISTRATOR),
    ("CreateWebhook", ADMINISTRATOR),
    ("EditWebhook", ADMINISTRATOR),
    ("DeleteWebhook", ADMINISTRATOR),
    ("TestWebhook", ADMINISTRATOR),
    ("ListDeliveries", ADMINISTRATOR),
    ("GetDelivery", ADMINISTRATOR),
    ("ResendDelivery", ADMINISTRATOR),
    ("LookAtInstance", ADMINISTRATOR),
    ("GenerateRsaKey", REAUTHORIZES),
    ("CreateGuide", REAUTHORIZES),
    ("RotateKey", MANAGES),
    ("AdoptKey", MANAGES),
    ("DropNextKey", MANAGES),
    ("ConfirmAddress", ADMINISTRATOR),
    ("DismissAddress", ADMINISTRATOR),
    ("GetGuide", ANYBODY),
    ("ListCharts", LISTS),
    ("CreateChart", ANY_SESSION),
    ("ListChartSites", ANY_SESSION),
    ("ListChartFields", ANY_SESSION),
    ("ListChartFilters", ANY_SESSION),
    ("CheckChartQuery", ANY_SESSION),
    ("PreviewChart", ANY_SESSION),
    ("GetChart", LISTS),
    ("EditChart", ADMINISTRATOR),
    ("DeleteChart", ADMINISTRATOR),
    ("RestoreChart", ADMINISTRATOR),
    ("ListChartVersions", ANY_SESSION),
    ("RenderChart", ANY_SESSION),
    ("ListChartDelegations", ANY_SESSION),
    ("CreateDelegation", ANY_SESSION),
    ("ListDelegations", ANY_SESSION),
    ("GetDelegation", ANY_SESSION),
    ("GrantDelegation", ADMINISTRATOR),
    ("PauseDelegation", ADMINISTRATOR),
    ("EndDelegation", ADMINISTRATOR),
    ("ListEmbeds", ANY_SESSION),
    ("CreateEmbed", ADMINISTRATOR),
    ("GetEmbed", ANY_SESSION),
    ("EditEmbed", ADMINISTRATOR),
    ("RotateEmbedKey", ADMINISTRATOR),
    ("DeleteEmbed", ADMINISTRATOR),
    ("GetSettings", ANY_SESSION),
    ("EditSettings", ADMINISTRATOR),
    ("ListViewers", ADMINISTRATOR),
    ("GetMyAccess", ANY_SESSION),
    ("AuthorizeViewer", ANY_SESSION),
    ("RemoveViewerGrant", OWN_AUTHORIZATION),
    // The streams, which are no endpoints.
    ("CheckConnection", CHECKS),
    ("ExportAuditLog", ADMINISTRATOR),
    ("ExportConnections", ANY_SESSION),
];
