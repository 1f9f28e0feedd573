//! Connections over HTTP: found, shown, saved.

use api::{Connection, CreateConnection, EditConnection, GetAttention, GetConnection, ListConnections, ProblemCode};
use axum::Router;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, Reply, mount, relay, relay_tagged},
    },
    organization::{FindAttention, FindConnections, SaveConnection, SaveNewConnection, ShowConnection},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = relay::<P, ListConnections, _>(routes, edge, |(), query| FindConnections { query });
    let routes = mount::<P, CreateConnection, _>(routes, edge, create);
    let routes = relay_tagged::<P, GetConnection, _>(routes, edge, |id, _| ShowConnection { id });
    let routes = relay::<P, GetAttention, _>(routes, edge, |(), _| FindAttention {});
    mount::<P, EditConnection, _>(routes, edge, edit)
}

async fn create<P: Platform>(asking: Asking<P, CreateConnection>) -> Result<Reply<Connection>, Failed> {
    let saved = asking.ask(&SaveNewConnection { new: asking.request.clone() }).await?;
    asking.edge.tell_keepers(&saved).await?;
    Ok(tagged(asking.ask(&ShowConnection { id: saved.connection.id }).await?))
}

async fn edit<P: Platform>(asking: Asking<P, EditConnection>) -> Result<Reply<Connection>, Failed> {
    let version = if_match(&asking.headers)?;
    let save = SaveConnection { id: asking.params.clone(), version, edit: asking.request.clone() };
    let saved = asking.ask(&save).await?;
    asking.edge.tell_keepers(&saved).await?;
    Ok(tagged(saved.connection))
}

/// A connection with its `ETag`.
pub(super) fn tagged(connection: Connection) -> Reply<Connection> {
    let headers = etag(connection.version);
    Reply { headers, ..Reply::from(connection) }
}

pub(super) fn etag(version: u64) -> Vec<(HeaderName, HeaderValue)> {
    let tag = HeaderValue::from_str(&format!("\"{version}\"")).ok();
    tag.into_iter().map(|tag| (header::ETAG, tag)).collect()
}

/// The version in `If-Match: "3"`. A weak or foreign tag matches no version.
pub(super) fn if_match(headers: &HeaderMap) -> Result<u64, Failed> {
    let required = || Failed::new(ProblemCode::IfMatchRequired, "An edit needs the ETag that was read as If-Match.");
    let text = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).ok_or_else(required)?;
    let version = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|n| n.parse().ok());
    let conflict = || Failed::new(ProblemCode::EditConflict, "If-Match is not the ETag of what is edited.");
    version.ok_or_else(conflict)
}
