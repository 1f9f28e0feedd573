//! Webhooks over HTTP. The secret is made here, shown once, and goes on sealed.

use api::{
    CreateWebhook, CreatedWebhook, DeleteWebhook, EditWebhook, ListDeliveries, ListWebhooks, ProblemCode,
    ResendDelivery, TestWebhook, Webhook, WebhookId,
};
use axum::Router;

use crate::{
    http::{
        Edge, Platform,
        connections::if_match,
        failure::Failed,
        mount::{Asking, Reply, mount, relay},
    },
    organization::{
        DropWebhook, FindDeliveries, FindWebhooks, MakeWebhook, Refusal, SaveWebhook, SendAgain, TryWebhook,
    },
    secrets::random_id,
    webhooks::{SigningSecret, check_address},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = relay::<P, ListWebhooks, _>(routes, edge, |(), _| FindWebhooks {});
    let routes = mount::<P, CreateWebhook, _>(routes, edge, create);
    let routes = mount::<P, EditWebhook, _>(routes, edge, edit);
    let routes = relay::<P, DeleteWebhook, _>(routes, edge, |id, _| DropWebhook { id });
    let routes = relay::<P, TestWebhook, _>(routes, edge, |id, _| TryWebhook { id });
    let routes = relay::<P, ListDeliveries, _>(routes, edge, |id, query| FindDeliveries { id, query });
    relay::<P, ResendDelivery, _>(routes, edge, |id, _| SendAgain { id })
}

async fn create<P: Platform>(asking: Asking<P, CreateWebhook>) -> Result<Reply<CreatedWebhook>, Failed> {
    let (edge, mut new) = (&asking.edge, asking.request.clone());
    new.url = address(edge, &new.url)?;
    let id = WebhookId::parse(format!("{}{}", WebhookId::PREFIX, random_id(&*edge.platform)));
    let id = id.map_err(|error| Refusal::Storage(error.to_string()))?;
    let secret = SigningSecret::generate(&*edge.platform);
    let ring = edge.configuration.key_ring()?;
    let sealed = secret.seal(&*edge.platform, ring, &edge.organization, &id).await;
    let sealed = sealed.map_err(|_| Failed::new(ProblemCode::Internal, "The secret could not be sealed."))?;
    asking.ask(&MakeWebhook { id: id.clone(), new, secret: sealed }).await?;
    Ok(CreatedWebhook { id, secret: secret.expose() }.into())
}

/// The address as a browser would write it, if a webhook may go there.
fn address<P>(edge: &Edge<P>, text: &str) -> Result<String, Failed> {
    let checked = check_address(text, edge.configuration.address_policy());
    checked.map(String::from).map_err(|why| Refusal::Invalid(why).into())
}

async fn edit<P: Platform>(asking: Asking<P, EditWebhook>) -> Result<Reply<Webhook>, Failed> {
    let version = if_match(&asking.headers)?;
    let mut edit = asking.request.clone();
    edit.url = edit.url.map(|url| address(&asking.edge, &url)).transpose()?;
    Ok(asking.pass_on(&SaveWebhook { id: asking.params.clone(), version, edit }).await?)
}
