//! Confidential texts, sealed: the bodies of tasks while they wait, and comments of Jira. Findings are sensitive, so nothing else
//! of them is stored.

use super::{ProjectObject, ProjectWorld, task::StoredTask};
use crate::{
    organization::Refusal,
    ports::Level,
    sealing::{self, Sealed, SealingContext},
};

/// The field in the sealing context of a body.
pub(super) const BODY: &str = "body";

impl<W: ProjectWorld> ProjectObject<W> {
    /// Seals a text. `of` is the product's id of its task, and what else tells it from others of that task.
    pub(super) async fn seal_text(&self, of: &str, field: &'static str, text: &str) -> Result<String, Refusal> {
        let identity = self.identity()?;
        let ring = self.configuration().key_ring().map_err(|finding| Refusal::Storage(finding.message.clone()))?;
        let owner = format!("{}/{of}", identity.project);
        let place = SealingContext { organization: &identity.organization, owner: &owner, generation: 0, field };
        let platform = self.world().platform();
        let sealed = sealing::seal(platform, platform, ring, &place, text.as_bytes()).await;
        let sealed = sealed.map_err(|_| Refusal::Internal("a text could not be sealed".to_owned()))?;
        Ok(serde_json::to_string(&sealed)?)
    }

    /// The body of a task that waits; `None` if it has none. One that does not open any more, because its key was removed, is
    /// none either, so that the task gets through without it.
    pub(super) async fn opened_body(&self, task: &StoredTask) -> Option<String> {
        let sealed = task.body.as_ref()?.sealed.as_deref()?;
        let opened = self.open_text(&task.external_id, BODY, sealed).await;
        if opened.is_none() {
            self.log(Level::Alert, "project.body_not_opened", task.id.as_str());
        }
        opened
    }

    /// A text that was sealed; `None` if it does not open.
    pub(super) async fn open_text(&self, of: &str, field: &'static str, sealed: &str) -> Option<String> {
        let identity = self.identity().ok()?;
        let ring = self.configuration().key_ring().ok()?;
        let owner = format!("{}/{of}", identity.project);
        let place = SealingContext { organization: &identity.organization, owner: &owner, generation: 0, field };
        let sealed: Sealed = serde_json::from_str(sealed).ok()?;
        let opened = sealing::open(self.world().platform(), ring, &place, &sealed).await.ok()?;
        String::from_utf8(opened).ok()
    }
}
