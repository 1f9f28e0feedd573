//! Notifies the keepers of grants after the organization has decided.
//!
//! The organization stores its decision before a keeper is notified, and the decision stands even if the keeper cannot be
//! reached. A keeper that missed *Save* queries the organization before it destroys a pending grant. The organization's
//! housekeeping repeats the command to destroy a grant until the keeper confirms it.

use api::{Cause, GrantId};

use crate::{
    grant::{GrantReport, KeeperAnswer, KeeperCommand},
    http::{Edge, Platform},
    organization::{ConfirmRetired, Refusal, ReportGrant, Saved, destroy},
    ports::Level,
};

/// The most keepers that are notified before the response. Each takes two subrequests, which the platform limits for each
/// request.
const MOST_KEEPERS: usize = 20;

impl<P: Platform> Edge<P> {
    /// Activates the grant that a connection now holds, and destroys the one that it does not hold any more. A grant that
    /// died while it waited for *Save* makes its connection unauthorized here, because no connection held it when the
    /// keeper reported it. `true` if that happened.
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

    /// Notifies a keeper that a connection holds its grant. Returns why the grant is dead, if it is.
    pub(super) async fn activate(&self, grant: &GrantId) -> Option<Cause> {
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

    /// Destroys grants that no connection holds: the first few now; housekeeping destroys the rest.
    pub(super) async fn retire(&self, grants: impl IntoIterator<Item = GrantId>) {
        for grant in grants.into_iter().take(MOST_KEEPERS) {
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
