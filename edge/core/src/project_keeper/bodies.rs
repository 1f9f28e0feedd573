//! The bodies of tasks, sealed while they wait. Findings are sensitive, so nothing else of them is stored.

use super::{ProjectObject, ProjectWorld, task::StoredTask};
use crate::{
    organization::Refusal,
    ports::Level,
    sealing::{self, Sealed, SealingContext},
};

impl<W: ProjectWorld> ProjectObject<W> {
    /// Seals a body for the task with this id of the product's.
    pub(super) async fn seal_body(&self, external_id: &str, body: &str) -> Result<String, Refusal> {
        let identity = self.identity()?;
        let ring = self.configuration().key_ring().map_err(|finding| Refusal::Storage(finding.message.clone()))?;
        let owner = format!("{}/{external_id}", identity.project);
        let place =
            SealingContext { organization: &identity.organization, owner: &owner, generation: 0, field: "body" };
        let platform = self.world().platform();
        let sealed = sealing::seal(platform, platform, ring, &place, body.as_bytes()).await;
        let sealed = sealed.map_err(|_| Refusal::Internal("a body could not be sealed".to_owned()))?;
        Ok(serde_json::to_string(&sealed)?)
    }

    /// The body of a task that waits; `None` if it has none. One that does not open any more, because its key was removed, is
    /// none either, so that the task gets through without it.
    pub(super) async fn opened_body(&self, task: &StoredTask) -> Option<String> {
        let sealed = task.body.as_ref()?.sealed.as_deref()?;
        let opened = self.open_body(&task.external_id, sealed).await;
        if opened.is_none() {
            self.log(Level::Alert, "project.body_not_opened", task.id.as_str());
        }
        opened
    }

    async fn open_body(&self, external_id: &str, sealed: &str) -> Option<String> {
        let identity = self.identity().ok()?;
        let ring = self.configuration().key_ring().ok()?;
        let owner = format!("{}/{external_id}", identity.project);
        let place =
            SealingContext { organization: &identity.organization, owner: &owner, generation: 0, field: "body" };
        let sealed: Sealed = serde_json::from_str(sealed).ok()?;
        let opened = sealing::open(self.world().platform(), ring, &place, &sealed).await.ok()?;
        String::from_utf8(opened).ok()
    }
}
