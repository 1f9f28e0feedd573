//! A consent to look at charts.

use api::{MemberId, Site};
use serde::{Deserialize, Serialize};

use crate::grant::CloudClient;

/// That a member lets Causeway read a site as them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerConsent {
    /// The member, whose session began the authorization.
    pub member: MemberId,
    /// The site that the consent must cover.
    pub site: Site,
    /// Which of Causeway's clients at Atlassian is consented to.
    #[serde(default, skip_serializing_if = "CloudClient::is_first")]
    pub client: CloudClient,
}
