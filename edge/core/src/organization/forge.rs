//! Charts on pages of Confluence and Jira, which the operator's Forge app shows.
//!
//! An installation of the app belongs to this organization, and makes none of its own: the operator registers the app, so
//! its charts are those that the members make here, and the administrators see and remove what its readers let Causeway
//! read. It belongs here only if this organization has a connection to its site, or the operator names the site; and all
//! that is known of a request is what the platform vouches for.

mod charts;
mod consent;
mod delegated;
mod installations;
mod readers;

pub use charts::*;
pub use consent::*;
pub use delegated::PageAccess;
pub use installations::*;
pub use readers::*;

use serde::{Deserialize, Serialize};

use crate::{
    authorization::Reader,
    forge::{Invocation, View},
    organization::Refusal,
};

/// An invocation of the app, as the edge verified it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeCall {
    /// What the platform vouches for.
    pub invocation: Invocation,
    /// Whether the operator names one of its sites in `FORGE_SITES`.
    pub is_named: bool,
}

impl ForgeCall {
    /// Who looks, and where.
    fn view(&self) -> Result<&View, Refusal> {
        self.invocation.view.as_ref().ok_or(Refusal::Forbidden)
    }

    /// Who looks, if it is not an anonymous reader.
    fn reader(&self) -> Result<Reader, Refusal> {
        let account = self.view()?.account.clone().ok_or(Refusal::Forbidden)?;
        Ok(Reader { installation: self.invocation.installation.id.clone(), account })
    }
}
