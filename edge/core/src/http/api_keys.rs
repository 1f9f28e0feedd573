//! API keys over HTTP. The key itself is made here, shown once, and only its digest goes on.

use api::{ApiKey, CreateApiKey, CreatedApiKey, List, ListApiKeys, Nothing, RevokeApiKey};
use axum::Router;

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, NOTHING, Reply, mount},
    },
    organization::{DropApiKey, FindApiKeys, MakeApiKey},
    secrets::{API_KEY_PREFIX, Digest, Secret},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, ListApiKeys, _>(routes, edge, list);
    let routes = mount::<P, CreateApiKey, _>(routes, edge, create);
    mount::<P, RevokeApiKey, _>(routes, edge, revoke)
}

async fn list<P: Platform>(asking: Asking<P, ListApiKeys>) -> Result<Reply<List<ApiKey>>, Failed> {
    Ok(asking.ask(&FindApiKeys {}).await?.into())
}

async fn create<P: Platform>(asking: Asking<P, CreateApiKey>) -> Result<Reply<CreatedApiKey>, Failed> {
    let key = format!("{API_KEY_PREFIX}{}", Secret::generate(&*asking.edge.platform).expose());
    let make = MakeApiKey { new: asking.request.clone(), digest: Digest::of(&key) };
    let id = asking.ask(&make).await?;
    Ok(CreatedApiKey { id, key }.into())
}

async fn revoke<P: Platform>(asking: Asking<P, RevokeApiKey>) -> Result<Reply<Nothing>, Failed> {
    asking.ask(&DropApiKey { id: asking.params.clone() }).await?;
    Ok(NOTHING.into())
}
