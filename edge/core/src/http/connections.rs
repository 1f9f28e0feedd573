//! Connections over HTTP: found, shown, saved.

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

/// A grant that died while it waited for *Save* makes its connection unauthorized, and the answer says so.
async fn create<P: Platform>(
    request: EndpointRequest<P, CreateConnection>,
    saved: Saved,
) -> Result<Reply<Connection>, RequestFailure> {
    let died = request.edge.notify_keepers(&saved).await?;
    if !died {
        return Ok(tagged_reply(saved.connection));
    }
    let show = Call::<api::GetConnection>::new(saved.connection.id, api::Nothing {});
    Ok(tagged_reply(request.send(&show).await?))
}

async fn edit<P: Platform>(
    request: EndpointRequest<P, EditConnection>,
    saved: Saved,
) -> Result<Reply<Connection>, RequestFailure> {
    request.edge.notify_keepers(&saved).await?;
    Ok(tagged_reply(saved.connection))
}
