//! API keys over HTTP. The key itself is made here, shown once, and only its digest goes on.

use api::{CreateApiKey, CreatedApiKey, ListApiKeys, RevokeApiKey};
use axum::Router;

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, Reply, mount, relay},
    },
    organization::{DropApiKey, FindApiKeys, MakeApiKey},
    secrets::{API_KEY_PREFIX, Digest, Secret},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = relay::<P, ListApiKeys, _>(routes, edge, |(), _| FindApiKeys {});
    let routes = mount::<P, CreateApiKey, _>(routes, edge, create);
    relay::<P, RevokeApiKey, _>(routes, edge, |id, _| DropApiKey { id })
}

async fn create<P: Platform>(asking: Asking<P, CreateApiKey>) -> Result<Reply<CreatedApiKey>, Failed> {
    let key = format!("{API_KEY_PREFIX}{}", Secret::generate(&*asking.edge.platform).expose());
    let make = MakeApiKey { new: asking.request.clone(), digest: Digest::of(&key) };
    let id = asking.ask(&make).await?;
    Ok(CreatedApiKey { id, key }.into())
}
