//! Viewers over HTTP: beginning a consent, listing and removing what people consented to. The pop-up takes the same path
//! as that of a connection: [`start`](super::start), [`callback`](super::callback).

use api::{AuthorizeViewer, GrantId, NewViewerAuthorization, Nothing, RemoveViewerGrant, StartedAuthorization};

use crate::{
    http::{
        Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, NOTHING, Reply, checked, finished, relayed},
    },
    organization::{BeginViewerAuthorization, Guarded, Needs},
    secrets::SecretUse,
};

relayed! { ListViewers GetMyAccess }
checked! { AuthorizeViewer => authorize; }
finished! { RemoveViewerGrant => remove; }

impl Guarded for AuthorizeViewer {
    fn needs((): &(), _: &NewViewerAuthorization) -> Needs {
        Needs::AnySession
    }
}

/// 1. Atlassian and sealing are configured (503). 2. The organization creates the authorization (404, 429). 3. The response
///    has the address at which the pop-up starts.
async fn authorize<P: Platform>(
    request: EndpointRequest<P, AuthorizeViewer>,
) -> Result<Reply<StartedAuthorization>, RequestFailure> {
    let edge = &request.edge;
    let client = edge.configuration.viewers_use();
    edge.configuration.atlassian_of(client)?;
    edge.configuration.key_ring()?;
    let (id, ticket) = (edge.new_id(), edge.issue(SecretUse::Ticket).await?);
    let cloud_callback = edge.configuration.atlassian_callback()?.clone();
    let site = request.call.request.site.clone();
    let begin = BeginViewerAuthorization { id, ticket: ticket.digest(), site, client, cloud_callback };
    let started = request.send(&begin).await?;
    let start_url = Some(format!("/oauth/start/{}", ticket.expose()));
    Ok(StartedAuthorization { id: begin.id, start_url, expires_at: started.expires_at }.into())
}

/// The grant is forgotten already; its keeper is told to destroy the tokens.
async fn remove<P: Platform>(
    request: EndpointRequest<P, RemoveViewerGrant>,
    grant: GrantId,
) -> Result<Reply<Nothing>, RequestFailure> {
    request.edge.retire([grant]).await;
    Ok(NOTHING.into())
}
