//! Readers of pages, who let Causeway read Jira as them. They need no membership, and have no session: who they are is what
//! the platform vouches for.

use api::{
    Account, CONSENT_URL, ForgeAccess, ForgeViewer, GrantId, RemoveForgeAccess, ViewerChange, ViewerGrant, ViewerId,
};
use serde::{Deserialize, Serialize};

use super::ForgeCall;
use crate::{
    authorization::Reader,
    forge::SETTINGS_MODULES,
    organization::{Refusal, Step, Turn, record, records, to_record},
};

/// A reader as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredReader {
    pub(crate) v: u8,
    pub(crate) id: ViewerId,
    pub(crate) installation: String,
    pub(crate) account: Account,
}

impl StoredReader {
    /// What people call the reader.
    pub(crate) fn name(&self) -> String {
        let Account { account_id, name, .. } = &self.account;
        if name.is_empty() { account_id.clone() } else { name.clone() }
    }
}

impl Turn<'_> {
    /// A reader who has let Causeway read something.
    pub(super) fn reader(&self, reader: &Reader) -> Result<Option<StoredReader>, Refusal> {
        let by_account = "SELECT record FROM forge_viewers WHERE installation = ? AND account = ?";
        let values = vec![reader.installation.as_str().into(), reader.account.as_str().into()];
        Ok(record(self.sql, by_account, values)?)
    }

    /// A reader by the id that they have as a viewer.
    pub(in crate::organization) fn reader_with_id(&self, id: &ViewerId) -> Result<Option<StoredReader>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM forge_viewers WHERE id = ?", vec![id.as_str().into()])?)
    }

    /// The readers of an installation.
    pub(super) fn readers_of(&self, installation: &str) -> Result<Vec<StoredReader>, Refusal> {
        let theirs = "SELECT record FROM forge_viewers WHERE installation = ? ORDER BY account";
        Ok(records(self.sql, theirs, vec![installation.into()])?)
    }

    /// Every reader of every installation.
    pub(in crate::organization) fn readers(&self) -> Result<Vec<StoredReader>, Refusal> {
        Ok(records(self.sql, "SELECT record FROM forge_viewers ORDER BY id", vec![])?)
    }

    /// The reader whose consent came back, who is stored now. Another account than the reader's gets nothing stored.
    pub(in crate::organization) fn reader_that_consented(
        &self,
        reader: &Reader,
        account: Option<&Account>,
    ) -> Result<StoredReader, Refusal> {
        let account = account.filter(|account| account.account_id == reader.account);
        let account = account.ok_or(Refusal::AuthorizationNotReady)?.clone();
        let id = match self.reader(reader)? {
            Some(known) => known.id,
            None => self.new_id(),
        };
        let stored = StoredReader { v: 1, id, installation: reader.installation.clone(), account };
        let values = vec![
            stored.id.as_str().into(),
            stored.installation.as_str().into(),
            reader.account.as_str().into(),
            to_record(&stored)?,
        ];
        let upsert = "INSERT OR REPLACE INTO forge_viewers (id, installation, account, record) VALUES (?, ?, ?, ?)";
        self.sql.run(upsert, values)?;
        Ok(stored)
    }

    fn shown_grants(&self, reader: &StoredReader) -> Result<Vec<ViewerGrant>, Refusal> {
        Ok(self.grants_of_viewer(&reader.id)?.into_iter().map(super::super::viewers::StoredViewerGrant::view).collect())
    }
}

/// Lists what the reader lets Causeway read; for the administrators of the site, also who else does.
#[derive(Serialize, Deserialize)]
pub struct GetForgeAccess {
    /// The invocation.
    pub call: ForgeCall,
}

impl Step for GetForgeAccess {
    type Answer = ForgeAccess;

    fn run(self, turn: &Turn<'_>) -> Result<ForgeAccess, Refusal> {
        turn.admit_installation(&self.call)?;
        let grants = match turn.reader(&self.call.reader()?)? {
            Some(reader) => turn.shown_grants(&reader)?,
            None => Vec::new(),
        };
        let viewers = if SETTINGS_MODULES.contains(&self.call.view()?.place.module.as_str()) {
            let mut viewers = Vec::new();
            for reader in turn.readers_of(&self.call.invocation.installation.id)? {
                viewers.push(ForgeViewer { name: reader.name(), grants: turn.shown_grants(&reader)? });
            }
            Some(viewers)
        } else {
            None
        };
        Ok(ForgeAccess { grants, consent_url: CONSENT_URL.to_owned(), viewers })
    }
}

/// Removes what the reader lets Causeway read.
#[derive(Serialize, Deserialize)]
pub struct EndForgeAccess {
    /// The invocation.
    pub call: ForgeCall,
    /// What is removed.
    pub remove: RemoveForgeAccess,
}

impl Step for EndForgeAccess {
    /// The grants that must be destroyed now.
    type Answer = Vec<GrantId>;

    fn run(self, turn: &Turn<'_>) -> Result<Vec<GrantId>, Refusal> {
        turn.admit_installation(&self.call)?;
        let Some(reader) = turn.reader(&self.call.reader()?)? else { return Ok(Vec::new()) };
        let mut removed = Vec::new();
        for grant in turn.grants_of_viewer(&reader.id)? {
            if self.remove.grant.as_ref().is_none_or(|wanted| *wanted == grant.grant) {
                turn.delete_viewer_grant(&grant.grant)?;
                turn.record_viewer(reader.name(), grant.site.name, ViewerChange::Removed, api::Actor::Atlassian)?;
                removed.push(grant.grant);
            }
        }
        Ok(removed)
    }
}
