//! *Generate new key*: the key pair is made here, and its private half goes on sealed.

use api::{GenerateRsaKey, ProblemCode, RsaKey, RsaKeyId};
use axum::Router;

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, Reply, mount},
    },
    oauth1::PrivateKey,
    organization::{AdmitSigning, FindRsaKey, KeepRsaKey, Refusal, RsaKeyRecord},
    sealing::{self, SealingContext},
    secrets::random_id,
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    mount::<P, GenerateRsaKey, _>(routes, edge, generate)
}

async fn generate<P: Platform>(asking: Asking<P, GenerateRsaKey>) -> Result<Reply<RsaKey>, Failed> {
    // Before the key is made, which takes a while.
    let connection = asking.request.connection_id.clone();
    asking.ask(&AdmitSigning { connection: connection.clone() }).await?;
    let key = asking.edge.make_key_pair().await?;
    Ok(asking.pass_on(&KeepRsaKey { connection, ..key }).await?)
}

/// The one place of a key pair's private half.
fn place<'a, P>(edge: &'a Edge<P>, id: &'a RsaKeyId) -> SealingContext<'a> {
    SealingContext { organization: &edge.organization, owner: id.as_str(), generation: 0, field: RsaKeyRecord::FIELD }
}

impl<P: Platform> Edge<P> {
    /// Makes a key pair and seals its private half at once.
    pub(super) async fn make_key_pair(&self) -> Result<KeepRsaKey, Failed> {
        let (world, ring) = (&*self.platform, self.configuration.key_ring()?);
        let id = RsaKeyId::parse(format!("{}{}", RsaKeyId::PREFIX, random_id(world)));
        let id = id.map_err(|error| Refusal::Storage(error.to_string()))?;
        let pair = world.generate().await;
        let pair = pair.map_err(|why| Failed { cause: Some(why.to_string()), ..not_made() })?;
        let sealed = sealing::seal(world, world, ring, &place(self, &id), pair.private_key.expose()).await;
        let public_key = pair.public_key.to_pem();
        Ok(KeepRsaKey { connection: None, id, public_key, private_key: sealed.map_err(|_| not_made())? })
    }

    /// Opens the private half of a key pair, to sign with.
    pub(super) async fn private_key(&self, id: &RsaKeyId) -> Result<PrivateKey, Failed> {
        let sealed = self.ask(&FindRsaKey { id: id.clone() }).await?.private_key;
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
