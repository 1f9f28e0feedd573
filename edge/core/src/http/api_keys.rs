//! API keys over HTTP. The key is generated here and shown once; the organization stores only its digest.

use api::{CreateApiKey, CreatedApiKey, NewApiKey};

use crate::{
    http::{
        Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked, relayed},
    },
    organization::{Guarded, Needs, StoreApiKey},
    secrets::{API_KEY_PREFIX, Digest, SecretUse},
};

relayed! { ListApiKeys RevokeApiKey }
checked! { CreateApiKey => create; }

impl Guarded for CreateApiKey {
    fn needs((): &(), _: &NewApiKey) -> Needs {
        Needs::Administrator
    }
}

async fn create<P: Platform>(
    request: EndpointRequest<P, CreateApiKey>,
) -> Result<Reply<CreatedApiKey>, RequestFailure> {
    let key = format!("{API_KEY_PREFIX}{}", request.edge.issue(SecretUse::Credential).await?.expose());
    let store = StoreApiKey { new: request.call.request.clone(), digest: Digest::of(&key) };
    let id = request.send(&store).await?;
    Ok(CreatedApiKey { id, key }.into())
}
