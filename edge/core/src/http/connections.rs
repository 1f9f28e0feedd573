//! Connections over HTTP: listing, showing, creating and editing them.

use api::{Connection, CreateConnection, EditConnection};

use crate::{
    http::{
        Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, finished, relayed, tagged, tagged_reply},
    },
    organization::{Call, Saved},
};

relayed! { ListConnections GetAttention }
tagged! { GetConnection }
finished! {
    CreateConnection => create;
    EditConnection => edit;
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
