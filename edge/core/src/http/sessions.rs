//! Who is signed in, and signing out.

use api::{GetSession, Nothing, Session, SignOut};
use axum::Router;
use http::header;

use crate::{
    http::{
        Edge, Platform, cookies,
        failure::Failed,
        mount::{Asking, NOTHING, Reply, mount},
    },
    organization::{Caller, CloseSession, ShowSession},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, GetSession, _>(routes, edge, show);
    mount::<P, SignOut, _>(routes, edge, sign_out)
}

async fn show<P: Platform>(asking: Asking<P, GetSession>) -> Result<Reply<Session>, Failed> {
    let organization = asking.edge.organization.to_string();
    Ok(asking.pass_on(&ShowSession { organization }).await?)
}

async fn sign_out<P: Platform>(asking: Asking<P, SignOut>) -> Result<Reply<Nothing>, Failed> {
    if let Caller::Session(session) = &asking.caller {
        asking.ask_as_edge(&CloseSession { session: session.clone() }).await?;
    }
    let mut reply = Reply::from(NOTHING);
    reply.headers.push((header::SET_COOKIE, cookies::clear(cookies::SESSION)));
    Ok(reply)
}
