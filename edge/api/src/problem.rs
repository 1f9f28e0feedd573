//! Failures on the wire: RFC 9457 problems.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// The media type of a problem.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A failure, as RFC 9457 writes it, with a stable `code` to match on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:causeway:problem:` and the code.
    #[serde(rename = "type")]
    pub type_uri: String,
    /// The meaning of the code in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a sentence for people.
    pub detail: String,
    /// The stable code: match on this.
    pub code: ProblemCode,
    /// What to do about it, and who must do it.
    pub remedy: String,
    /// Quote this when asking for help.
    pub request_id: String,
}

words! {
    /// The stable codes of problems. Each has one status, title and remedy.
    open ProblemCode {
        /// The HTTP status.
        status: u16 = 500,
        /// The meaning of the code in a few words.
        title: &'static str = "Unknown problem",
        /// What to do, and who, when nothing more is known.
        remedy: &'static str = "Try again.",
    }
    /// No session and no API key.
    NotSignedIn = "not_signed_in", 401, "Not signed in", "Sign in, or send an API key as Authorization: Bearer cw_….";
    /// The API key is unknown, expired or revoked.
    ApiKeyRefused = "api_key_refused", 401, "API key refused", "Ask an administrator for a new API key.";
    /// The session's member, or the key's scopes, do not allow this.
    Forbidden = "forbidden", 403, "Not allowed", "Ask an administrator of the organization.";
    /// A mutating request without the proof that it comes from the app.
    CrossSite = "cross_site", 403, "Cross-site request refused", "Send it from one of Causeway's own pages.";
    /// No such thing here, or not for you.
    NotFound = "not_found", 404, "Not found", "Check the address. It may have been removed.";
    /// The path knows other methods.
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed", "Use a method that the contract names: see /api/v1/openapi.json.";
    /// The request is not what the contract says.
    InvalidRequest = "invalid_request", 400, "Invalid request", "Correct the request: see /api/v1/openapi.json.";
    /// The body is larger than is read: 64 KiB, or 1 MiB where tasks are pushed.
    BodyTooLarge = "body_too_large", 413, "Body too large", "Send less.";
    /// The body did not arrive in time.
    RequestTimeout = "request_timeout", 408, "Body too slow", "Send the request again, without pauses.";
    /// More requests of this kind came from one client address than are served.
    TooManyRequests = "too_many_requests", 429, "Too many requests", "Wait for the time in Retry-After, then try again.";
    /// The request is one of Causeway's own calls.
    LoopDetected = "loop_detected", 508, "Loop detected", "Point the connection or webhook at the other system's own address, not at Causeway.";
    /// The headers or the query are larger than we read.
    HeadersTooLarge = "headers_too_large", 431, "Headers or query too large", "Send fewer or shorter headers and query parameters.";
    /// The body is not JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, "Not JSON", "Send the body as application/json.";
    /// Another connection has this name.
    NameTaken = "name_taken", 409, "Name taken", "Choose another name.";
    /// The attempt is not `authorized`, was saved already, or is for another connection.
    AuthorizationNotReady = "authorization_not_ready", 409, "Authorization not ready", "Authorize again, then save.";
    /// There is no reauthorization to take back, or ten minutes have passed.
    NothingToRevert = "nothing_to_revert", 409, "Nothing to take back", "Reauthorize with the account that you want.";
    /// The credential before the last reauthorization does not answer calls any more. Nothing was changed.
    WayBackClosed = "way_back_closed", 409, "The previous authorization does not work", "Keep the current authorization, or reauthorize with the account that you want.";
    /// The connection is deleted.
    ConnectionDeleted = "connection_deleted", 409, "Connection deleted", "Restore the connection first.";
    /// Too many attempts to authorize wait in this session.
    TooManyAuthorizations = "too_many_authorizations", 429, "Too many authorizations", "Finish or cancel a pending one, or try again in ten minutes.";
    /// There are as many as there may be.
    LimitReached = "limit_reached", 409, "Limit reached", "Remove what is no longer needed, or wait until it ends by itself.";
    /// Somebody else saved since this was read.
    EditConflict = "edit_conflict", 412, "Changed meanwhile", "Load it again, look at what changed, then save.";
    /// An edit without `If-Match`.
    IfMatchRequired = "if_match_required", 428, "If-Match required", "Read the connection and send its ETag as If-Match.";
    /// The deployment's configuration lacks something that this route needs.
    Misconfigured = "misconfigured", 503, "Causeway is not configured", "The operator of Causeway must correct the configuration: see /healthz.";
    /// A part of the edge did not answer.
    Unavailable = "unavailable", 503, "Temporarily unavailable", "Try again in a moment.";
    /// A fault of ours.
    Internal = "internal", 500, "Internal error", "Try again. If it persists, tell the operator the request id.";
    /// The sign-in did not work.
    SignInFailed = "sign_in_failed", 400, "Sign-in failed", "Sign in again.";
    /// The provider's answer is in order, but with this account nobody may sign in.
    AccountRefused = "account_refused", 403, "Account refused", "Sign in with another account, or tell the operator of Causeway what this page says.";
    /// The e-mail address belongs to a member who signed in with another account before.
    AccountChanged = "account_changed", 403, "Another account than before", "Sign in with the account that you used before, or ask an administrator to release it.";
    /// The browser came back without the cookie that it got when it left.
    CookieMissing = "cookie_missing", 400, "No cookie came back", "Allow cookies for this site; Safari keeps none of an http address: use https, Chrome or Firefox.";
    /// The sign-in worked, but this person is nobody here.
    NoAccess = "no_access", 403, "No access", "Ask an administrator to give you access.";
    /// The link that starts an authorization was used, is too old, or is from another browser.
    TicketRefused = "ticket_refused", 400, "Link cannot be used", "Start again from the connection.";
    /// The address at which Atlassian sent the browser back is spent, too old, altered or from another browser.
    CallbackRefused = "callback_refused", 400, "Authorization refused", "Start again from the connection.";

    /// The connection has no working credential.
    ConnectionUnauthorized = "connection_unauthorized", 409, "Connection not authorized", "An administrator must reauthorize the connection.";
    /// The connection is switched off.
    ConnectionDeactivated = "connection_deactivated", 409, "Connection deactivated", "An administrator must activate the connection.";
    /// The instance does not answer as Jira does.
    InstanceUnreachable = "instance_unreachable", 422, "No Jira found there", "Check the address, and that Jira can be reached from the internet.";
    /// The address may not be called.
    AddressRefused = "address_refused", 422, "Address refused", "Use the public https address of the Jira instance.";
    /// A guide's link is unknown or has expired.
    GuideExpired = "guide_expired", 404, "Guide not found", "Ask whoever sent the link for a new one.";
    /// Taking access away would disconnect projects, and this was not confirmed.
    ConfirmationRequired = "confirmation_required", 409, "Confirmation required", "Look at the projects that would be disconnected, then confirm.";
    /// The operator named this administrator, so nobody else can remove them.
    AdministratorConfigured = "administrator_configured", 409, "Named by the operator", "The operator of Causeway must remove the address from ADMINS.";
    /// A connection must be granted to at least one workspace, while there are any.
    WorkspaceRequired = "workspace_required", 422, "Workspace required", "Grant the connection to at least one workspace.";
    /// The RSA key is unknown, or in use already.
    KeyNotUsable = "key_not_usable", 409, "Key not usable", "Generate a new key.";
    /// The new key does not work at Jira yet.
    KeyNotInstalled = "key_not_installed", 409, "New key not accepted yet", "Put the new public key into Jira's application link, then try again.";
    /// The mapping has no such status.
    StatusUnknown = "status_unknown", 422, "Unknown status", "Push one of the statuses that the mapping has, or add this one to the mapping.";
    /// Too many tasks of the project wait for Jira.
    TooManyTasks = "too_many_tasks", 429, "Too many tasks wait", "Push again after the time in Retry-After.";
    /// The task is not in a state in which this can be done.
    TaskNotReady = "task_not_ready", 409, "Not possible in this state", "Load the task again and look at its state.";
    /// Jira shows no such issue to the account of the connection.
    IssueNotFound = "issue_not_found", 422, "No such issue", "Check the issue's key, and that the account of the connection may see it.";
    /// Another task is linked to the issue.
    IssueTaken = "issue_taken", 409, "Issue taken", "Unlink the other task first, or choose another issue.";
    /// The project has no connection or no Jira project.
    ProjectNotConnected = "project_not_connected", 409, "Project not connected", "Choose a connection and a Jira project for the project.";
    /// The resync is not in a state in which this can be done, or another one runs.
    ResyncNotPossible = "resync_not_possible", 409, "Not possible now", "Load the resync again and look at its state.";
    /// The mapping does not fit what Jira offers.
    MappingRefused = "mapping_refused", 422, "Mapping not saved", "Correct what the check of the mapping marks, then save again.";
    /// A body that takes part in the signature of OAuth 1.0a would have to be read.
    FormRefused = "form_refused", 415, "Form refused", "Send JSON, with Content-Type: application/json.";
    /// The credential stands, but a fresh token cannot be had now.
    CredentialUnavailable = "credential_unavailable", 503, "No fresh credential", "Try again after the time in Retry-After.";
    /// Jira refused a fresh credential.
    CredentialRefused = "credential_refused", 502, "Jira refused the credential", "Test the connection. The account may have lost its access to the site.";
    /// The credential lacks a scope that the call needs.
    ScopeMissing = "scope_missing", 403, "Scope missing", "Reauthorize the connection with the scope that this call needs, and check the path.";
    /// The path is not one that may be reached.
    PathRefused = "path_refused", 400, "Path refused", "Use a path that begins with /rest/ and has no dot segments, encoded slashes or backslashes.";
    /// The call names its site only, and the API key may use several connections to that site.
    ConnectionAmbiguous = "connection_ambiguous", 409, "Several connections", "Name one of them in the header X-Causeway-Connection, or use an API key that is limited to one.";
    /// An API key was sent over plain `http`.
    HttpsRequired = "https_required", 403, "HTTPS required", "Use https. The key has travelled unencrypted: revoke it, and make a new one.";
    /// The method may not be used.
    MethodRefused = "method_refused", 405, "Method refused", "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.";
    /// Too many calls through this connection at once.
    TooManyCalls = "too_many_calls", 429, "Too many calls at once", "Make fewer calls at a time.";
    /// A rate limit of Jira's or Atlassian's is used up: a quota, or the limit for bursts of calls to one endpoint.
    QuotaExhausted = "quota_exhausted", 429, "A rate limit of Jira is used up", "Wait until the time in Retry-After.";
    /// Jira could not be reached.
    UpstreamUnreachable = "upstream_unreachable", 502, "Jira cannot be reached", "Try again in a moment.";
    /// Jira took too long.
    UpstreamTimeout = "upstream_timeout", 504, "Jira took too long", "Try again, or ask for less.";
    /// Jira answered with a redirect, which is not followed.
    UpstreamRedirected = "upstream_redirected", 502, "Jira redirected the call", "Ask for the content itself: attachments take the query parameter redirect=false.";
    /// A sign-in page in front of Jira answered instead of Jira.
    UpstreamSignIn = "upstream_sign_in", 502, "A sign-in page is in front of Jira", "A Jira administrator must let Causeway's calls to /rest/ pass the sign-in page or proxy in front of Jira.";
    /// The answer to a mutating call was lost: it may or may not have been carried out.
    OutcomeUnknown = "outcome_unknown", 502, "Outcome unknown", "The call may have been carried out. Look before you send it again.";
    /// The chart is deleted.
    ChartDeleted = "chart_deleted", 409, "Chart deleted", "Restore the chart first.";
    /// The connection may not be used for charts.
    ChartsNotAllowed = "charts_not_allowed", 409, "Not allowed for charts", "Who manages the connection can allow it, among its settings.";
    /// Nobody's access to that Jira can be used.
    ConsentNeeded = "consent_needed", 409, "Access to Jira needed", "Let Causeway look at Jira as you, or choose a connection.";
    /// The delegation has ended.
    DelegationOver = "delegation_over", 409, "Delegation ended", "Ask for access once more.";
    /// The token of a signed embed is missing, or is not what its key signs.
    EmbedTokenRefused = "embed_token_refused", 401, "Embed token refused", "Load the page again. If it persists, whoever runs that page compares its tokens with /help/embeds/.";
    /// A form of answer that is not offered.
    FormatNotOffered = "format_not_offered", 501, "Format not offered", "Ask for JSON.";
    /// The token by which Atlassian says who looks at the Forge app is refused.
    InvocationRefused = "invocation_refused", 401, "Invocation token refused", "Load the page again. If it persists, the operator must check FORGE_APP_ID and FORGE_ENVIRONMENT.";
    /// The Forge app is installed on a site that does not belong to this organization.
    InstallationNotAllowed = "installation_not_allowed", 403, "Site not allowed", "An administrator of Causeway connects this site, or the operator adds it to FORGE_SITES.";
    /// The site's IP allowlist refuses Causeway.
    IpAllowList = "ip_allow_list", 403, "Refused by the site's IP allowlist", "An Atlassian administrator must add Causeway's addresses to the site's IP allowlist.";
}

impl Problem {
    /// A problem with its code's remedy.
    pub fn new(code: ProblemCode, detail: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self {
            type_uri: format!("urn:causeway:problem:{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            remedy: code.remedy().to_owned(),
            request_id: request_id.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_on_the_wire_is_what_clients_were_promised() {
        // A change here breaks every client that matches on `code` or shows `remedy`.
        let json = serde_json::to_value(Problem::new(ProblemCode::NotFound, "No connection.", "req_1"));
        let expected = serde_json::json!({
            "type": "urn:causeway:problem:not_found", "title": "Not found", "status": 404, "detail": "No connection.",
            "code": "not_found", "remedy": "Check the address. It may have been removed.", "request_id": "req_1",
        });
        assert_eq!(json.ok(), Some(expected));
    }

    #[test]
    fn codes_of_a_newer_version_are_read_as_unknown() {
        assert_eq!(serde_json::from_str::<ProblemCode>("\"brand_new\"").ok(), Some(ProblemCode::read("brand_new")));
    }

    #[test]
    fn every_code_is_written_as_it_is_matched() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).ok(), Some(code.as_str().into()));
            assert!((400..600).contains(&code.status()));
        }
    }
}
