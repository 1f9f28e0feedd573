//! What the keepers of grants are told after the organization has decided.
//!
//! The organization's decision stands before a keeper is told, and outlives a keeper that cannot be told: one that is not
//! told of *Save* asks the organization before it destroys a pending grant, and one that is not told to destroy its grant
//! is told again by the organization's housekeeping until it confirms.

use api::{Cause, GrantId};

use crate::{
    grant::{GrantReport, KeeperAnswer, KeeperCommand},
    http::{Edge, Platform},
    organization::{ConfirmRetired, Refusal, ReportGrant, Saved, destroy},
    ports::Level,
};

/// How many keepers are told before the answer. Each costs two hops, and a Worker's request has a limit of them.
const AT_ONCE: usize = 20;

impl<P: Platform> Edge<P> {
    /// Tells the keepers who holds a grant from now on, and who does not any more. A grant that died while it waited for
    /// *Save* makes its connection unauthorized: its report came when no connection held it. Answers whether it did.
    pub(super) async fn notify_keepers(&self, saved: &Saved) -> Result<bool, Refusal> {
        let died = match &saved.held {
            Some(held) => self.activate(held).await.map(|cause| (held.clone(), cause)),
            None => None,
        };
        self.retire(saved.dropped.clone()).await;
        let Some((grant, cause)) = died else { return Ok(false) };
        let report = GrantReport::Unauthorized { since: self.platform.now(), cause };
        self.send(&ReportGrant { grant, report }).await.map(|()| true)
    }

    /// Tells a keeper that a connection holds its grant. Answers why the grant is dead, if it is.
    async fn activate(&self, grant: &GrantId) -> Option<Cause> {
        match self.platform.command(&self.organization, grant, KeeperCommand::Activate).await {
            Ok(KeeperAnswer::Unauthorized { cause }) => Some(cause),
            Ok(KeeperAnswer::Gone) => Some(Cause::GrantRefused),
            Ok(_) => None,
            Err(failure) => {
                let details = [("grant", grant.as_str()), ("cause", failure.0.as_str())];
                self.platform.log(Level::Warning, "keeper.not_notified", &details);
                None
            }
        }
    }

    /// Destroys grants that nobody holds: the first few now, the rest is left to the organization's housekeeping.
    pub(super) async fn retire(&self, grants: impl IntoIterator<Item = GrantId>) {
        for grant in grants.into_iter().take(AT_ONCE) {
            if destroy(&*self.platform, &self.organization, &grant).await {
                let confirmed = self.send(&ConfirmRetired { grant: grant.clone() }).await;
                if let Err(refusal) = confirmed {
                    let details = [("grant", grant.as_str()), ("cause", &format!("{refusal:?}"))];
                    self.platform.log(Level::Info, "grant.retirement_not_confirmed", &details);
                }
            }
        }
    }
}
