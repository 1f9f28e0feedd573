//! What a frame of the app asks its remote: the platform adds the token, and passes the answer on.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::confluence::token_of_reader;
use super::{Viewing, remote, token_of_page};
use crate::people::Person;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/forge/invoke", post(invoke))
}

#[derive(Deserialize)]
struct Invoking {
    person: String,
    module: String,
    page: String,
    method: String,
    /// The path at the remote. It comes last in the query, so that it is read easily in what was recorded.
    path: String,
}

/// What the remote answered.
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) body: String,
}

async fn invoke(State(world): State<Shared>, Query(asked): Query<Invoking>, body: String) -> Response {
    let viewing = Viewing { person: Person::by_slug(&asked.person), module: &asked.module, page: &asked.page };
    let token = token_of_page(&world, &viewing);
    let reader = viewing.person.map(|person| token_of_reader(&world, person));
    let call = Call { method: &asked.method, path: &asked.path, token: &token, reader: reader.as_deref() };
    match send(&world, call, body.into()).await {
        Ok(Told { status, body }) => {
            let body: Value = serde_json::from_str(&body).unwrap_or_default();
            Json(json!({ "status": status, "headers": {}, "body": body })).into_response()
        }
        Err(why) => (StatusCode::BAD_GATEWAY, why).into_response(),
    }
}

/// A request to the remote.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The invocation token.
    pub(super) token: &'a str,
    /// The token that acts as the reader.
    pub(super) reader: Option<&'a str>,
}

/// Sends a request to the remote.
pub(super) async fn send(world: &World, call: Call<'_>, body: Bytes) -> Result<Told, String> {
    let Call { method, path, token, reader } = call;
    let url = url::Url::parse(&format!("{}{path}", remote(world))).map_err(|error| error.to_string())?;
    let authority = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let mut request = http::Request::builder()
        .method(method)
        .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header("host", &authority)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    if let Some(reader) = reader {
        request = request.header("x-forge-oauth-user", reader);
    }
    let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
    let stream = TcpStream::connect(&authority).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    connection.abort();
    Ok(Told { status, body: String::from_utf8_lossy(&body).into_owned() })
}
