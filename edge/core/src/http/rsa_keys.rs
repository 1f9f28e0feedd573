//! *Generate new key*: the key pair is generated here, and the organization stores its private key sealed.

use api::{Endpoint, GenerateRsaKey, ProblemCode, RsaKey, RsaKeyId};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked},
    },
    oauth1::PrivateKey,
    organization::{GetRsaKey, Guarded, Needs, StoreRsaKey, StoredRsaKey},
    sealing::{self, SealingContext},
};

checked! { GenerateRsaKey => generate; }

impl Guarded for GenerateRsaKey {
    fn needs((): &(), new: &<Self as Endpoint>::Request) -> Needs {
        Needs::Authorizing(new.connection_id.clone())
    }
}

async fn generate<P: Platform>(request: EndpointRequest<P, GenerateRsaKey>) -> Result<Reply<RsaKey>, RequestFailure> {
    let connection = request.call.request.connection_id.clone();
    let key = request.edge.generate_key_pair().await?;
    Ok(request.relay(&StoreRsaKey { connection, ..key }).await?)
}

/// The sealing context of a private key.
fn sealing_context<'a, P>(edge: &'a Edge<P>, id: &'a RsaKeyId) -> SealingContext<'a> {
    SealingContext { organization: &edge.organization, owner: id.as_str(), generation: 0, field: StoredRsaKey::FIELD }
}

impl<P: Platform> Edge<P> {
    /// Generates a key pair and seals its private key at once (500 if that fails, 503 without sealing keys).
    pub(super) async fn generate_key_pair(&self) -> Result<StoreRsaKey, RequestFailure> {
        let (world, ring) = (&*self.platform, self.configuration.key_ring()?);
        let id: RsaKeyId = self.new_id();
        let pair = world.generate().await;
        let pair = pair.map_err(|why| key_pair_failure().with_cause(why.to_string()))?;
        let sealed = sealing::seal(world, world, ring, &sealing_context(self, &id), pair.private_key.expose()).await;
        let public_key = pair.public_key.to_pem();
        Ok(StoreRsaKey { connection: None, id, public_key, private_key: sealed.map_err(|_| key_pair_failure())? })
    }

    /// Opens a private key, to sign with (409 if it is unknown or does not open).
    pub(super) async fn private_key(&self, id: &RsaKeyId) -> Result<PrivateKey, RequestFailure> {
        let sealed = self.send(&GetRsaKey { id: id.clone() }).await?.private_key;
        let ring = self.configuration.key_ring()?;
        let opened = sealing::open(&*self.platform, ring, &sealing_context(self, id), &sealed).await;
        opened.map(PrivateKey::from_pkcs8).map_err(|why| {
            let detail = "The private key cannot be opened any more.";
            RequestFailure::new(ProblemCode::KeyNotUsable, detail).with_cause(why.to_string())
        })
    }
}

fn key_pair_failure() -> RequestFailure {
    RequestFailure::new(ProblemCode::Internal, "The key pair could not be made.")
}
