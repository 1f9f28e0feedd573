//! Guides over HTTP. The token is generated here and shown once; the organization stores only its digest.

use api::{CreateGuide, GetGuide, Guide, GuideLink, NewGuide, ProblemCode, data_center_callback_path};

use crate::{
    http::{
        Platform,
        failure::RequestFailure,
        instances::read_address,
        routing::{EndpointRequest, Reply, checked, public},
    },
    organization::{GetStoredGuide, Guarded, Needs, StoreGuide},
    secrets::{Secret, SecretUse},
};

checked! { CreateGuide => create; }
public! { GetGuide => show; }

impl Guarded for CreateGuide {
    fn needs((): &(), new: &NewGuide) -> Needs {
        Needs::Authorizing(new.connection_id.clone())
    }
}

async fn create<P: Platform>(request: EndpointRequest<P, CreateGuide>) -> Result<Reply<GuideLink>, RequestFailure> {
    let edge = &request.edge;
    let public_url = edge.configuration.public_url()?;
    let mut new = request.call.request.clone();
    let address = read_address(&new.address, edge.configuration.address_policy())?;
    address.as_str().clone_into(&mut new.address);
    let token = edge.issue(SecretUse::Guide).await?;
    let expires_at = request.send(&StoreGuide { new, digest: token.digest() }).await?;
    Ok(GuideLink { url: public_url.at(&format!("/guide/{}", token.expose())), expires_at }.into())
}

/// Shows a guide to anybody who has its link. The response contains only what the token's guide was created with, and
/// the addresses of this deployment (404 if the token is unknown or expired, 503 without a `PUBLIC_URL`).
async fn show<P: Platform>(request: EndpointRequest<P, GetGuide>) -> Result<Reply<Guide>, RequestFailure> {
    let expired = || RequestFailure::new(ProblemCode::GuideExpired, "This link is unknown, or it has expired.");
    let public_url = request.edge.configuration.public_url()?;
    let token = Secret::parse(&request.call.params.0).ok_or_else(expired)?;
    let edge = request.edge.for_claim(&token.claim(), SecretUse::Guide).await?.ok_or_else(expired)?;
    let guide = edge.send(&GetStoredGuide { digest: token.digest() }).await?.ok_or_else(expired)?;
    Ok(Guide {
        kind: guide.kind,
        address: guide.address.as_str().to_owned(),
        causeway_url: public_url.as_str().to_owned(),
        callback_url: public_url.at(&data_center_callback_path(guide.address.as_str())),
        consumer_key: guide.consumer_key,
        public_key: guide.public_key,
        expires_at: guide.expires_at,
    }
    .into())
}
