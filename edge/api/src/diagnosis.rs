//! Why a connection does not work, in words for the people who read it, and what is known beyond the cause.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, words::words};

words! {
    /// Who can end what keeps a connection from working.
    open Responsible {
        /// What people call them: after "Who:".
        title: &'static str = "Somebody whom this version does not know",
    }
    /// It ends by itself.
    Nobody = "nobody", "No one: it recovers by itself";
    /// Whoever may reauthorize the connection.
    Reauthorizer = "reauthorizer", "You, or anyone who may reauthorize this connection";
    /// An administrator of the Atlassian organization.
    AtlassianAdministrator = "atlassian_administrator", "An Atlassian administrator of your organization";
    /// An administrator of the Jira site.
    JiraAdministrator = "jira_administrator", "A Jira administrator";
    /// The person whose account it is.
    AccountOwner = "account_owner", "The owner of the account";
    /// The operator of this Causeway.
    Operator = "operator", "The operator of Causeway";
}

/// Why a connection does not work. It is written for this connection: its kind, its site, its credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnosis {
    /// What happened, in a few words without a full stop: for a row of the list.
    pub headline: String,
    /// What happened and why, in a sentence or two.
    pub why: String,
    /// What to do about it, in a sentence or two.
    pub remedy: String,
    /// Who does it.
    pub who: Responsible,
    /// The status that Jira, or Atlassian's sign-in service, answered, if it is known.
    #[serde(default)]
    pub http_status: Option<u16>,
    /// Until when a rate limit lasts, if it is known.
    #[serde(default)]
    pub limited_until: Option<Timestamp>,
    /// The addresses that an IP allowlist must admit, where one refuses Causeway and the operator has configured them.
    #[serde(default)]
    pub egress_addresses: Vec<String>,
    /// Where the operator of Causeway can be reached, where the operator is needed: an `https` or `mailto` address.
    #[serde(default)]
    pub support_url: Option<String>,
}
