//! Numbers of charts for five minutes, sealed, where every isolate finds them: what was counted with somebody's own access
//! is not counted again a minute later because another isolate answers.
//!
//! A copy is kept under a name that tells nothing: an HMAC of the grant, the chart and how it was narrowed. It opens only for
//! that grant, so that nobody gets what another account may see, whatever name is asked for. A copy that is missing, too old
//! or does not open is none, and no failure of KV fails a chart.

use api::{GrantId, Timestamp};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chart::Data;
use serde::{Deserialize, Serialize};

use crate::{
    http::{Edge, Platform},
    ports::{Level, PortFailure},
    sealing::{Sealed, SealingContext, open, seal},
};

/// How long a copy may be given, in milliseconds: five minutes.
const FRESH: i64 = 300_000;
/// What the key of the names is derived for.
const PURPOSE: &[u8] = b"causeway: names of copies of renders, version 1";
/// The name of the secret that is sealed.
const FIELD: &str = "render";

/// Copies of renders. Each has a name that tells nothing.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait RenderCopies {
    /// The copy of this name, if there is one.
    async fn read_render(&self, name: &str) -> Result<Option<String>, PortFailure>;
    /// Keeps a copy for five minutes, in place of one before.
    async fn write_render(&self, name: &str, copy: &str) -> Result<(), PortFailure>;
}

#[derive(Serialize, Deserialize)]
struct Copy {
    at: Timestamp,
    data: Data,
}

impl<P: Platform> Edge<P> {
    /// The name of a copy; `None` if it cannot be made, and then nothing is kept.
    async fn name_of_copy(&self, key: &str) -> Option<String> {
        let ring = self.configuration.key_ring().ok()?;
        let derived = self.platform.hmac_sha256(ring.first().1, PURPOSE).await.ok()?;
        let name = self.platform.hmac_sha256(&derived, key.as_bytes()).await.ok()?;
        Some(URL_SAFE_NO_PAD.encode(name))
    }

    fn context<'a>(&'a self, grant: &'a GrantId) -> SealingContext<'a> {
        SealingContext { organization: &self.organization, owner: grant.as_str(), generation: 0, field: FIELD }
    }

    /// The numbers of the last five minutes that were counted with a grant.
    pub(super) async fn copied_render(&self, grant: &GrantId, key: &str) -> Option<(Timestamp, Data)> {
        let name = self.name_of_copy(key).await?;
        let copy = match self.platform.read_render(&name).await {
            Ok(copy) => copy?,
            Err(failure) => {
                self.platform.log(Level::Info, "render.copy_not_read", &[("cause", &failure.0)]);
                return None;
            }
        };
        let sealed = Sealed::from_json(copy.as_bytes()).ok()?;
        let ring = self.configuration.key_ring().ok()?;
        let plain = open(&*self.platform, ring, &self.context(grant), &sealed).await.ok()?;
        let Copy { at, data } = serde_json::from_slice(&plain).ok()?;
        let is_fresh = (0..FRESH).contains(&self.platform.now().since(at));
        is_fresh.then_some((at, data))
    }

    /// Keeps numbers that were counted with a grant.
    pub(super) async fn copy_render(&self, grant: &GrantId, key: &str, data: &Data, at: Timestamp) {
        let Some(name) = self.name_of_copy(key).await else { return };
        let Ok(ring) = self.configuration.key_ring() else { return };
        let Ok(plain) = serde_json::to_vec(&Copy { at, data: data.clone() }) else { return };
        let sealed = seal(&*self.platform, &*self.platform, ring, &self.context(grant), &plain).await;
        let Ok(sealed) = sealed else { return };
        if let Err(failure) = self.platform.write_render(&name, &sealed.to_json()).await {
            self.platform.log(Level::Info, "render.copy_not_written", &[("cause", &failure.0)]);
        }
    }
}
