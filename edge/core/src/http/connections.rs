//! Connections over HTTP: listing, showing, creating and editing them.

use api::{Connection, ConnectionDraft, CreateConnection, EditConnection};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        instances::read_address,
        routing::{
            AuthenticatedRequest, EndpointRequest, HandlerFuture, Reply, Serve, finish_prepared, relayed, tagged,
            tagged_reply,
        },
    },
    organization::{Call, Saved},
};

relayed! { ListConnections GetAttention }
tagged! { GetConnection }

impl<P: Platform> Serve<P> for CreateConnection {
    fn serve(request: AuthenticatedRequest<P>) -> HandlerFuture {
        Box::pin(finish_prepared(request, |edge, new| check_address(edge, new.draft.as_mut()), create))
    }
}

impl<P: Platform> Serve<P> for EditConnection {
    fn serve(request: AuthenticatedRequest<P>) -> HandlerFuture {
        Box::pin(finish_prepared(request, |edge, change| check_address(edge, change.draft.as_mut()), edit))
    }
}

/// Checks the address of a draft (422), and puts the base address of that Jira in its place. The organization cannot:
/// which addresses may be called is the deployment's configuration.
fn check_address<P: Platform>(edge: &Edge<P>, draft: Option<&mut ConnectionDraft>) -> Result<(), RequestFailure> {
    if let Some(address) = draft.and_then(ConnectionDraft::address_mut) {
        let checked = read_address(address, edge.configuration.address_policy())?;
        checked.as_str().clone_into(address);
    }
    Ok(())
}

/// Creates a connection.
///
/// 1. The organization has stored it. 2. The keepers are notified. 3. If its grant died while it waited for *Save*, the
///    connection is unauthorized by now, so it is read again for the response.
async fn create<P: Platform>(
    request: EndpointRequest<P, CreateConnection>,
    saved: Saved,
) -> Result<Reply<Connection>, RequestFailure> {
    let died = request.edge.notify_keepers(&saved).await?;
    if !died {
        return Ok(tagged_reply(saved.connection));
    }
    let get = Call::<api::GetConnection>::new(saved.connection.id, api::Nothing {});
    Ok(tagged_reply(request.send(&get).await?))
}

async fn edit<P: Platform>(
    request: EndpointRequest<P, EditConnection>,
    saved: Saved,
) -> Result<Reply<Connection>, RequestFailure> {
    request.edge.notify_keepers(&saved).await?;
    Ok(tagged_reply(saved.connection))
}
