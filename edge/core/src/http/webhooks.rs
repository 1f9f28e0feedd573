//! Webhooks over HTTP. The signing secret is generated here and shown once; the organization stores it sealed.

use api::{CreateWebhook, CreatedWebhook, EditWebhook, NewWebhook, ProblemCode, Webhook, WebhookId};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked, relayed},
    },
    organization::{Guarded, Needs, Refusal, StoreWebhook},
    webhooks::{SigningSecret, check_address},
};

relayed! { ListWebhooks DeleteWebhook TestWebhook ListDeliveries GetDelivery ResendDelivery }
checked! {
    CreateWebhook => create;
    EditWebhook => edit;
}

impl Guarded for CreateWebhook {
    fn needs((): &(), _: &NewWebhook) -> Needs {
        Needs::Administrator
    }
}

async fn create<P: Platform>(
    request: EndpointRequest<P, CreateWebhook>,
) -> Result<Reply<CreatedWebhook>, RequestFailure> {
    let (edge, mut new) = (&request.edge, request.call.request.clone());
    new.url = address(edge, &new.url)?;
    let id: WebhookId = edge.new_id();
    let secret = SigningSecret::generate(&*edge.platform);
    let ring = edge.configuration.key_ring()?;
    let sealed = secret.seal(&*edge.platform, ring, &edge.organization, &id).await;
    let sealed = sealed.map_err(|_| RequestFailure::new(ProblemCode::Internal, "The secret could not be sealed."))?;
    request.send(&StoreWebhook { id: id.clone(), new, secret: sealed }).await?;
    Ok(CreatedWebhook { id, secret: secret.expose() }.into())
}

/// The normalized address, if a webhook may be sent there (400).
fn address<P>(edge: &Edge<P>, text: &str) -> Result<String, RequestFailure> {
    let checked = check_address(text, edge.configuration.address_policy());
    checked.map(String::from).map_err(|why| Refusal::Invalid(why).into())
}

async fn edit<P: Platform>(mut request: EndpointRequest<P, EditWebhook>) -> Result<Reply<Webhook>, RequestFailure> {
    let url = request.call.request.url.take();
    request.call.request.url = url.map(|url| address(&request.edge, &url)).transpose()?;
    Ok(request.relay(&request.call).await?)
}
