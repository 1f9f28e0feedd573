//! API keys over HTTP. The key is generated here and shown once; the organization stores only its digest.

use api::{ApiKeyId, ApiKeyRotation, CreateApiKey, CreatedApiKey, NewApiKey, RotateApiKey};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked, relayed},
    },
    organization::{Guarded, Needs, NewSecret, ReplaceSecret, StoreApiKey},
    secrets::{API_KEY_PREFIX, Digest, SecretUse, key_prefix},
};

relayed! { ListApiKeys RevokeApiKey }
checked! {
    CreateApiKey => create;
    RotateApiKey => rotate;
}

impl Guarded for CreateApiKey {
    fn needs((): &(), _: &NewApiKey) -> Needs {
        Needs::Administrator
    }
}

impl Guarded for RotateApiKey {
    fn needs(_: &ApiKeyId, _: &ApiKeyRotation) -> Needs {
        Needs::Administrator
    }
}

/// A new key, and what is stored of it.
async fn generate<P: Platform>(edge: &Edge<P>) -> Result<(String, NewSecret), RequestFailure> {
    let key = format!("{API_KEY_PREFIX}{}", edge.issue(SecretUse::Credential).await?.expose());
    let secret = NewSecret { digest: Digest::of(&key), prefix: key_prefix(&key) };
    Ok((key, secret))
}

async fn create<P: Platform>(
    request: EndpointRequest<P, CreateApiKey>,
) -> Result<Reply<CreatedApiKey>, RequestFailure> {
    let (key, secret) = generate(&request.edge).await?;
    let id = request.send(&StoreApiKey { new: request.call.request.clone(), secret }).await?;
    Ok(CreatedApiKey { id, key }.into())
}

async fn rotate<P: Platform>(
    request: EndpointRequest<P, RotateApiKey>,
) -> Result<Reply<CreatedApiKey>, RequestFailure> {
    let (key, secret) = generate(&request.edge).await?;
    let id = request.call.params.clone();
    let rotation = request.call.request.clone();
    request.send(&ReplaceSecret { id: id.clone(), rotation, secret }).await?;
    Ok(CreatedApiKey { id, key }.into())
}
