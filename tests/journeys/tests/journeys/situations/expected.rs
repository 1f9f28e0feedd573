//! The words that a person reads, in one place.

/// What is read of one connection, on the list and on its Overview.
pub(super) struct Expected {
    /// The word in its lozenge.
    pub(super) state: &'static str,
    /// What its row says beside it: what happened.
    pub(super) headline: &'static [&'static str],
    /// What its Overview says: why, and what to do.
    pub(super) explanation: &'static [&'static str],
    /// Who does it, as its Overview says.
    pub(super) who: &'static str,
    /// Whether both say since when.
    pub(super) dated: bool,
    /// What neither may say, because it is not so.
    pub(super) never: &'static [&'static str],
}

impl Expected {
    /// All that the row says.
    pub(super) fn row(&self) -> Vec<&'static str> {
        [self.state].into_iter().chain(self.headline.iter().copied()).collect()
    }

    /// All that the Overview says.
    pub(super) fn overview(&self) -> Vec<&'static str> {
        [self.state, self.who].into_iter().chain(self.explanation.iter().copied()).collect()
    }
}

/// Words that are true of Jira Cloud only.
const CLOUD_ONLY: &[&str] = &["Atlassian", "consent", "90 days"];
/// Words that are true of trouble only.
const TROUBLE: &[&str] = &["Interrupted", "Unauthorized", "Failing"];
/// What nobody may read of Jira's limit.
const OUR_OWN_LIMIT: &[&str] = &["through this connection just now", "Make fewer calls"];

const NOBODY: &str = "Who: No one: it recovers by itself";
const REAUTHORIZER: &str = "Who: You, or anyone who may reauthorize this connection";
const ATLASSIAN_ADMINISTRATOR: &str = "Who: An Atlassian administrator of your organization";
const JIRA_ADMINISTRATOR: &str = "Who: A Jira administrator";
const ACCOUNT_OWNER: &str = "Who: The owner of the account, Ada Admin";
const OPERATOR: &str = "Who: The operator of Causeway";

/// Nothing is wrong.
const FINE: Expected =
    Expected { state: "Authorized", headline: &[], explanation: &[], who: "", dated: false, never: TROUBLE };
/// Calls fail, and the credential is kept.
const INTERRUPTED: Expected =
    Expected { state: "Interrupted", headline: &[], explanation: &[], who: "", dated: true, never: &[] };
/// There is no credential that works.
const UNAUTHORIZED: Expected = Expected { state: "Unauthorized", ..INTERRUPTED };

pub(super) const WORKS: Expected =
    Expected { headline: &["harbour.atlassian.net"], explanation: &["Ada Admin"], dated: true, ..FINE };
pub(super) const WORKS_AGAIN: Expected = Expected { headline: &["harbour.atlassian.net"], ..FINE };
pub(super) const RENAMED: Expected = Expected {
    headline: &["harbour-freight.atlassian.net"],
    explanation: &["Harbour Freight", "harbour-freight.atlassian.net"],
    ..FINE
};
pub(super) const ENDS_IN_NINETEEN_DAYS: Expected = Expected {
    state: "Ends within 30 days",
    headline: &["Authorization ends in 19 days"],
    explanation: &["in 19 days"],
    never: TROUBLE,
    ..FINE
};
pub(super) const DEACTIVATED: Expected = Expected {
    state: "Deactivated",
    headline: &["By Ada Admin"],
    explanation: &["Deactivated by Ada Admin"],
    dated: true,
    never: &["Failing"],
    ..FINE
};
pub(super) const UNAUTHORIZED_ON_PURPOSE: Expected = Expected {
    headline: &["By Ada Admin"],
    explanation: &["Unauthorized by Ada Admin", "Was authorized as"],
    never: &["Failing"],
    ..UNAUTHORIZED
};
pub(super) const RESTORED: Expected =
    Expected { explanation: &["Unauthorized by Ada Admin"], never: &["purged"], ..UNAUTHORIZED_ON_PURPOSE };
pub(super) const NEVER_AUTHORIZED: Expected = Expected {
    state: "Not authorized yet",
    explanation: &["It has not been authorized."],
    never: &["Interrupted", "revoked", "Was authorized"],
    ..FINE
};

pub(super) const CONSENT_REMOVED: Expected = Expected {
    headline: &["Atlassian ended the authorization"],
    explanation: &["the consent was removed", "Reauthorize the connection."],
    who: REAUTHORIZER,
    ..UNAUTHORIZED
};
pub(super) const ALLOWLIST_WITH_ADDRESSES: Expected = Expected {
    headline: &["The site's IP allowlist refuses Causeway", " failed)"],
    explanation: &["An Atlassian administrator must add these addresses", "203.0.113.7", "198.51.100.0/28", "Copy"],
    who: ATLASSIAN_ADMINISTRATOR,
    ..INTERRUPTED
};
pub(super) const ALLOWLIST_WITHOUT_ADDRESSES: Expected = Expected {
    headline: &["The site's IP allowlist refuses Causeway"],
    explanation: &["Ask the operator of Causeway for the addresses.", "Learn more"],
    who: ATLASSIAN_ADMINISTRATOR,
    ..INTERRUPTED
};
pub(super) const JIRA_OUTAGE: Expected = Expected {
    headline: &["Jira answers 503"],
    explanation: &["it has a fault, is overloaded, or is down for maintenance", "recovers by itself"],
    who: NOBODY,
    never: &["Reauthorize the connection"],
    ..INTERRUPTED
};
pub(super) const JIRA_OUTAGE_SEEN_BY_CALLS: Expected =
    Expected { headline: &["Jira answers 503", " failed)"], ..JIRA_OUTAGE };
pub(super) const OUTAGE_OF_SEVERAL_SITES: &[&str] =
    &["3 connections recover by themselves", "3 sites", "Jira answers 503", "Interrupted 3"];
pub(super) const SIGN_IN_SERVICE_OUTAGE: Expected = Expected {
    headline: &["Atlassian's sign-in service answers 503"],
    explanation: &["Causeway needs a new token, and Atlassian's sign-in service answers 503.", "recovers by itself"],
    who: NOBODY,
    never: &["refuses this account", "is blocked", "lost its access"],
    ..INTERRUPTED
};
pub(super) const SCOPE_MISSING: Expected = Expected {
    state: "Scopes missing",
    headline: &["Cannot change issues"],
    explanation: &["Issues cannot be created or changed; reading works.", "Reauthorize the connection"],
    who: REAUTHORIZER,
    dated: true,
    never: &["Interrupted"],
};
pub(super) const CLIENT_REFUSED: Expected = Expected {
    headline: &["Causeway's client ID or secret is refused"],
    explanation: &["Nobody needs to reauthorize.", "help@example.com"],
    who: OPERATOR,
    ..INTERRUPTED
};

pub(super) const BURST_LIMIT: Expected = Expected {
    headline: &["Atlassian's rate limit is reached"],
    explanation: &[
        "Atlassian limits how many calls a site answers",
        "Limited until:",
        "calls work again when the limit is over",
    ],
    who: NOBODY,
    never: OUR_OWN_LIMIT,
    ..INTERRUPTED
};
pub(super) const HOURLY_QUOTA: Expected = BURST_LIMIT;

pub(super) const PERSONAL_ACCESS_TOKEN_REVOKED: Expected = Expected {
    headline: &["Jira refuses the personal access token"],
    explanation: &["it was revoked", "must create a new personal access token"],
    who: ACCOUNT_OWNER,
    never: &["Atlassian", "consent", "90 days", "password", "this name", "user name"],
    ..UNAUTHORIZED
};
pub(super) const PASSWORD_CHANGED: Expected = Expected {
    headline: &["Jira refuses the user name or password"],
    explanation: &["the password was changed", "Reauthorize the connection"],
    who: ACCOUNT_OWNER,
    never: CLOUD_ONLY,
    ..UNAUTHORIZED
};
pub(super) const ACCOUNT_DEACTIVATED_WITH_PASSWORD: Expected =
    Expected { explanation: &["the account was deactivated"], ..PASSWORD_CHANGED };
pub(super) const ACCOUNT_DEACTIVATED_WITH_TOKEN: Expected =
    Expected { explanation: &["its account was deactivated"], ..PERSONAL_ACCESS_TOKEN_REVOKED };
pub(super) const CAPTCHA: Expected = Expected {
    headline: &["Jira asks for a CAPTCHA"],
    explanation: &["Sign in to Jira in a browser as this user, and solve the CAPTCHA."],
    who: ACCOUNT_OWNER,
    never: CLOUD_ONLY,
    ..INTERRUPTED
};
pub(super) const BASIC_SWITCHED_OFF: Expected = Expected {
    headline: &["Basic authentication is switched off"],
    explanation: &["A Jira administrator must switch on Basic authentication"],
    who: JIRA_ADMINISTRATOR,
    never: CLOUD_ONLY,
    ..INTERRUPTED
};
pub(super) const SITE_MOVED: Expected = Expected {
    headline: &["The site seems to have moved"],
    explanation: &["confirm it if it is right", "Confirm new address"],
    who: REAUTHORIZER,
    never: &["Atlassian", "consent", "90 days", "attachment"],
    ..INTERRUPTED
};
pub(super) const INCOMING_LINK_REMOVED: Expected = Expected {
    headline: &["Jira refuses the client ID or the client secret"],
    explanation: &["The incoming link in Jira was removed or changed", "must check that the incoming link exists"],
    who: JIRA_ADMINISTRATOR,
    never: CLOUD_ONLY,
    ..INTERRUPTED
};

pub(super) const APPLICATION_LINK_REMOVED: Expected = Expected {
    headline: &["Jira does not know the consumer key"],
    explanation: &["The application link in Jira was removed", "with the same consumer key and public key"],
    who: JIRA_ADMINISTRATOR,
    never: CLOUD_ONLY,
    ..INTERRUPTED
};
pub(super) const OAUTH1_TOKEN_GONE: Expected = Expected {
    headline: &["Jira ended the authorization"],
    explanation: &["it was revoked in Jira", "Reauthorize the connection."],
    who: REAUTHORIZER,
    never: CLOUD_ONLY,
    ..UNAUTHORIZED
};
pub(super) const CLOCK_AHEAD: Expected = Expected {
    headline: &["Jira's clock and Causeway's differ"],
    explanation: &["A Jira administrator must check the clock of the Jira server."],
    who: JIRA_ADMINISTRATOR,
    never: CLOUD_ONLY,
    ..INTERRUPTED
};

pub(super) const FAILED_REAUTHORIZATION: &[&str] = &[
    "Authorized",
    "Harbour Logistics",
    "Ada Admin",
    "The new authorization did not work",
    "The connection keeps working as Ada Admin.",
];
pub(super) const POP_UP_BLOCKED: &[&str] = &["Your browser did not open the new window.", "Continue at Atlassian"];
pub(super) const APP_NOT_SHARED: &[&str] = &["Still waiting", "not shared"];
pub(super) const ACCOUNT_WITHOUT_A_SITE: &[&str] = &["Still waiting", "no Jira site"];
pub(super) const CONSENT_CANCELLED: &[&str] = &["Unauthorized", "Authorize again"];
pub(super) const SIGN_IN_SERVICE_DOWN_WHILE_AUTHORIZING: &[&str] = &["Unauthorized", "Authorize again"];

pub(super) const SESSION_OVER: &[&str] = &["You were signed out", "Sign in"];
pub(super) const SIGNED_OUT: &[&str] = &["You are signed out", "Sign in"];
pub(super) const OFFLINE: &[&str] = &["cannot be reached", "Try again"];
pub(super) const ALL_IS_WELL: &str = "All parts of Causeway work";
pub(super) const UNVERIFIED: &[&str] = &["uma@example.com", "verif"];
pub(super) const STRANGER: &[&str] = &["You have no access yet", "ada@example.com"];
pub(super) const CONNECTION_NOT_FOUND: &[&str] = &["There is no such connection", "connections"];
pub(super) const PROJECT_UNKNOWN: &[&str] = &["Not found", "The Jira project NOPE does not exist"];
pub(super) const PROJECT_REFUSED: &str = "Choose a project from the list.";
