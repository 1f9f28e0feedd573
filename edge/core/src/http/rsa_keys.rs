//! *Generate new key*: the key pair is made here, and its private half goes on sealed.

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

/// The one place of a key pair's private half.
fn sealing_context<'a, P>(edge: &'a Edge<P>, id: &'a RsaKeyId) -> SealingContext<'a> {
    SealingContext { organization: &edge.organization, owner: id.as_str(), generation: 0, field: StoredRsaKey::FIELD }
}

impl<P: Platform> Edge<P> {
    /// Makes a key pair and seals its private half at once.
    pub(super) async fn generate_key_pair(&self) -> Result<StoreRsaKey, RequestFailure> {
        let (world, ring) = (&*self.platform, self.configuration.key_ring()?);
        let id: RsaKeyId = self.new_id();
        let pair = world.generate().await;
        let pair = pair.map_err(|why| RequestFailure { cause: Some(why.to_string()), ..key_pair_failure() })?;
        let sealed = sealing::seal(world, world, ring, &sealing_context(self, &id), pair.private_key.expose()).await;
        let public_key = pair.public_key.to_pem();
        Ok(StoreRsaKey { connection: None, id, public_key, private_key: sealed.map_err(|_| key_pair_failure())? })
    }

    /// Opens the private half of a key pair, to sign with.
    pub(super) async fn private_key(&self, id: &RsaKeyId) -> Result<PrivateKey, RequestFailure> {
        let sealed = self.send(&GetRsaKey { id: id.clone() }).await?.private_key;
        let ring = self.configuration.key_ring()?;
        let opened = sealing::open(&*self.platform, ring, &sealing_context(self, id), &sealed).await;
        opened.map(PrivateKey::from_pkcs8).map_err(|why| {
            let failed = RequestFailure::new(ProblemCode::KeyNotUsable, "The private key cannot be opened any more.");
            RequestFailure { cause: Some(why.to_string()), ..failed }
        })
    }
}

fn key_pair_failure() -> RequestFailure {
    RequestFailure::new(ProblemCode::Internal, "The key pair could not be made.")
}
