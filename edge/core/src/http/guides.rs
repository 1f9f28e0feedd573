//! Guides over HTTP. The token is made here, shown once, and only its digest goes on.

use api::{CreateGuide, GetGuide, Guide, GuideLink, ProblemCode};
use axum::Router;

use crate::{
    address::Address,
    atlassian::CALLBACK_PATH,
    http::{
        Edge, Platform,
        failure::Failed,
        instances::address_refused,
        mount::{Asking, Reply, mount},
    },
    organization::{FindGuide, MakeGuide},
    secrets::Secret,
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, CreateGuide, _>(routes, edge, create);
    mount::<P, GetGuide, _>(routes, edge, show)
}

async fn create<P: Platform>(asking: Asking<P, CreateGuide>) -> Result<Reply<GuideLink>, Failed> {
    let edge = &asking.edge;
    let public_url = edge.configuration.public_url()?;
    let mut new = asking.request.clone();
    let address = Address::check(&new.address, edge.configuration.address_policy()).map_err(address_refused)?;
    address.as_str().clone_into(&mut new.address);
    let token = Secret::generate(&*edge.platform);
    let expires_at = asking.ask(&MakeGuide { new, digest: token.digest() }).await?;
    Ok(GuideLink { url: public_url.at(&format!("/guide/{}", token.expose())), expires_at }.into())
}

/// For anybody who has the link: what follows from the token, and nothing else.
async fn show<P: Platform>(asking: Asking<P, GetGuide>) -> Result<Reply<Guide>, Failed> {
    let expired = || Failed::new(ProblemCode::GuideExpired, "This link is unknown, or it has expired.");
    let public_url = asking.edge.configuration.public_url()?;
    let digest = Secret::parse(&asking.params.0).ok_or_else(expired)?.digest();
    let guide = asking.ask_as_edge(&FindGuide { digest }).await?.ok_or_else(expired)?;
    Ok(Guide {
        kind: guide.kind,
        address: guide.address.as_str().to_owned(),
        causeway_url: public_url.as_str().to_owned(),
        callback_url: public_url.at(CALLBACK_PATH),
        consumer_key: guide.consumer_key,
        public_key: guide.public_key,
        expires_at: guide.expires_at,
    }
    .into())
}
