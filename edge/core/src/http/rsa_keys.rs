//! *Generate new key*: the key pair is made here, and its private half goes on sealed.

use api::{Endpoint, GenerateRsaKey, ProblemCode, RsaKey, RsaKeyId};

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
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

async fn generate<P: Platform>(request: EndpointRequest<P, GenerateRsaKey>) -> Result<Reply<RsaKey>, Failed> {
    let connection = request.call.request.connection_id.clone();
    let key = request.edge.make_key_pair().await?;
    Ok(request.relay(&StoreRsaKey { connection, ..key }).await?)
}

/// The one place of a key pair's private half.
fn place<'a, P>(edge: &'a Edge<P>, id: &'a RsaKeyId) -> SealingContext<'a> {
    SealingContext { organization: &edge.organization, owner: id.as_str(), generation: 0, field: StoredRsaKey::FIELD }
}

impl<P: Platform> Edge<P> {
    /// Makes a key pair and seals its private half at once.
    pub(super) async fn make_key_pair(&self) -> Result<StoreRsaKey, Failed> {
        let (world, ring) = (&*self.platform, self.configuration.key_ring()?);
        let id: RsaKeyId = self.new_id();
        let pair = world.generate().await;
        let pair = pair.map_err(|why| Failed { cause: Some(why.to_string()), ..not_made() })?;
        let sealed = sealing::seal(world, world, ring, &place(self, &id), pair.private_key.expose()).await;
        let public_key = pair.public_key.to_pem();
        Ok(StoreRsaKey { connection: None, id, public_key, private_key: sealed.map_err(|_| not_made())? })
    }

    /// Opens the private half of a key pair, to sign with.
    pub(super) async fn private_key(&self, id: &RsaKeyId) -> Result<PrivateKey, Failed> {
        let sealed = self.send(&GetRsaKey { id: id.clone() }).await?.private_key;
        let ring = self.configuration.key_ring()?;
        let opened = sealing::open(&*self.platform, ring, &place(self, id), &sealed).await;
        opened.map(PrivateKey::from_pkcs8).map_err(|why| {
            let failed = Failed::new(ProblemCode::KeyNotUsable, "The private key cannot be opened any more.");
            Failed { cause: Some(why.to_string()), ..failed }
        })
    }
}

fn not_made() -> Failed {
    Failed::new(ProblemCode::Internal, "The key pair could not be made.")
}
