//! Who is signed in, and signing out.

use api::{Nothing, SignOut};
use http::header;

use crate::{
    http::{
        Platform, cookies,
        failure::RequestFailure,
        routing::{EndpointRequest, NOTHING, Reply, public, relayed},
    },
    organization::{Caller, CloseSession},
};

relayed! { GetSession }
public! { SignOut => sign_out; }

/// Whoever signs out is signed out, also where the session was over already.
async fn sign_out<P: Platform>(request: EndpointRequest<P, SignOut>) -> Result<Reply<Nothing>, RequestFailure> {
    if let Caller::Session(session) = &request.caller {
        request.edge.send(&CloseSession { session: session.clone() }).await?;
    }
    let mut reply = Reply::from(NOTHING);
    reply.headers.push((header::SET_COOKIE, cookies::clear(cookies::SESSION)));
    Ok(reply)
}
