//! A consent to look at charts.

use api::{MemberId, Site};
use serde::{Deserialize, Serialize};

use crate::{grant::CloudClient, secrets::Digest};

/// Who lets Causeway read a site as them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ConsentOwner {
    /// A member, whose session began the authorization.
    Member(MemberId),
    /// A reader of a page with the Forge app, whose account must be the one that consents.
    Reader(Reader),
}

/// A reader of a page with the Forge app, as the platform vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// The installation of the app.
    pub installation: String,
    /// The account at Atlassian.
    pub account: String,
}

impl Reader {
    /// What stands for the session that a reader does not have. No session has this digest, because a session's secret
    /// has another form.
    pub fn session(&self) -> Digest {
        Digest::of(&format!("a reader of the Forge app\n{}\n{}", self.installation, self.account))
    }
}

/// That somebody lets Causeway read a site as them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerConsent {
    /// Who. (Before there were readers it was always a member.)
    #[serde(rename = "member")]
    pub owner: ConsentOwner,
    /// The site that the consent must cover.
    pub site: Site,
    /// Which of Causeway's clients at Atlassian is consented to.
    #[serde(default, skip_serializing_if = "CloudClient::is_first")]
    pub client: CloudClient,
}

impl ViewerConsent {
    /// The reader who must be the one that consents, if it is a reader's.
    pub const fn reader(&self) -> Option<&Reader> {
        match &self.owner {
            ConsentOwner::Reader(reader) => Some(reader),
            ConsentOwner::Member(_) => None,
        }
    }
}
