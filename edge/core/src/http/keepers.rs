//! What the keepers of grants are told after the organization has decided.
//!
//! The organization's decision stands before a keeper is told, and outlives a keeper that cannot be told: one that is not
//! told of *Save* asks the organization before it destroys a pending grant, and one that is not told to destroy its grant
//! is told again by the organization's housekeeping until it confirms.

use api::GrantId;

use crate::{
    grant::KeeperCommand,
    http::{Edge, Platform},
    organization::{ConfirmRetired, Saved, destroy},
    ports::Level,
};

/// How many keepers are told before the answer. Each costs two hops, and a Worker's request has a limit of them.
const AT_ONCE: usize = 20;

impl<P: Platform> Edge<P> {
    /// Tells who holds a grant from now on, and who does not any more.
    pub(super) async fn tell_keepers(&self, saved: &Saved) {
        if let Some(held) = &saved.held {
            let told = self.platform.ask(&self.organization, held, KeeperCommand::Activate).await;
            if let Err(failure) = told {
                let details = [("grant", held.as_str()), ("cause", failure.0.as_str())];
                self.platform.log(Level::Warning, "keeper_not_told", &details);
            }
        }
        self.retire(saved.dropped.clone()).await;
    }

    /// Destroys grants that nobody holds: the first few now, the rest is left to the organization's housekeeping.
    pub(super) async fn retire(&self, grants: impl IntoIterator<Item = GrantId>) {
        for grant in grants.into_iter().take(AT_ONCE) {
            if destroy(&*self.platform, &self.organization, &grant).await {
                let confirmed = self.ask(&ConfirmRetired { grant: grant.clone() }).await;
                if let Err(refusal) = confirmed {
                    let details = [("grant", grant.as_str()), ("cause", &format!("{refusal:?}"))];
                    self.platform.log(Level::Info, "retirement_not_confirmed", &details);
                }
            }
        }
    }
}
