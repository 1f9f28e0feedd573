//! The third step: the access token and its lifetime.

use api::Timestamp;

use super::{
    form,
    link::ApplicationLink,
    refusal::Oauth1Refusal,
    rsa::Rsa,
    tokens::{RequestToken, SessionHandle, TokenKey, Verifier},
};
use crate::ports::{Clock, Http, Random};

/// The result of an approval. Jira's access tokens live five years unless an administrator revokes them.
#[derive(Debug, PartialEq, Eq)]
pub struct AccessGrant {
    /// The access token, which signs calls together with the private key.
    pub token: TokenKey,
    /// When the token ends (`oauth_expires_in`), if Jira said.
    pub expires_at: Option<Timestamp>,
    /// The session, if Jira keeps one (`oauth_session_handle`).
    pub session: Option<SessionHandle>,
    /// When the session ends (`oauth_authorization_expires_in`), if Jira said.
    pub session_ends_at: Option<Timestamp>,
}

impl ApplicationLink<'_> {
    /// Step 3 (RFC 5849, section 2.3): exchanges an approved request token, once. If Jira does not respond, the
    /// exchange is not retried: the token may be spent.
    pub async fn access_token(
        &self,
        world: &(impl Http + Rsa + Random + Clock),
        token: RequestToken,
        verifier: Verifier,
    ) -> Result<AccessGrant, Oauth1Refusal> {
        let step = ("oauth_verifier", verifier.expose());
        let told = self.ask(world, "access-token", Some(token.key()), step).await?;
        read(&told, world.now())
    }
}

fn read(told: &[(String, String)], now: Timestamp) -> Result<AccessGrant, Oauth1Refusal> {
    let not_understood = |what| Oauth1Refusal::AnswerNotUnderstood { what };
    let token = form::only(told, "oauth_token").and_then(TokenKey::new);
    let session = form::only(told, "oauth_session_handle").filter(|handle| !handle.is_empty());
    Ok(AccessGrant {
        token: token.ok_or_else(|| not_understood("there is no access token in it"))?,
        expires_at: ends(told, "oauth_expires_in", now)?,
        session: match session.map(SessionHandle::new) {
            Some(None) => return Err(not_understood("the session handle is not one")),
            Some(handle) => handle,
            None => None,
        },
        session_ends_at: ends(told, "oauth_authorization_expires_in", now)?,
    })
}

fn ends(told: &[(String, String)], name: &str, now: Timestamp) -> Result<Option<Timestamp>, Oauth1Refusal> {
    let Some(seconds) = form::only(told, name) else { return Ok(None) };
    let seconds: u64 = seconds
        .parse()
        .map_err(|_| Oauth1Refusal::AnswerNotUnderstood { what: "a lifetime is not a number of seconds" })?;
    Ok(Some(now.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))))
}
