//! Rotation of the RSA key of a connection over an application link. The next key is generated here, a person enters it in
//! Jira, and the connection adopts it once Jira accepts it.

use api::{AdoptKey, Connection, ConnectionId, Failure, FailureCode, Nothing, ProblemCode, RotateKey};

use crate::{
    authorization::AuthMethod,
    grant::{AccessToken, Credential, KeeperAnswer, KeeperCommand, NewGrant, SignedWith},
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked, tagged, tagged_reply},
    },
    oauth1::Consumer,
    organization::{
        AccessLevel, AdoptNextKey, Caller, Guarded, Needs, PrepareKeyRotation, Refusal, Rotation, StoreNextKey,
    },
    ports::PortFailure,
};

/// The lifetime in seconds of the pending grant with the next key. It is adopted in the same request.
const PENDING: i64 = 600;

tagged! { DropNextKey }
checked! {
    RotateKey => rotate;
    AdoptKey => adopt;
}

impl Guarded for RotateKey {
    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }
}

impl Guarded for AdoptKey {
    fn needs(id: &ConnectionId, _: &Nothing) -> Needs {
        Needs::connection(id, AccessLevel::Manages, None)
    }
}

async fn rotate<P: Platform>(request: EndpointRequest<P, RotateKey>) -> Result<Reply<Connection>, RequestFailure> {
    let key = request.edge.generate_key_pair().await?;
    Ok(tagged_reply(request.send(&StoreNextKey { id: request.call.params.clone(), key }).await?))
}

async fn adopt<P: Platform>(request: EndpointRequest<P, AdoptKey>) -> Result<Reply<Connection>, RequestFailure> {
    let connection = request.edge.adopt(&request.caller, request.call.params.clone()).await?;
    Ok(tagged_reply(connection))
}

/// Switches a connection to its next key if Jira already accepts it. An application link has one public key at a time, so
/// Jira refuses signatures of the old key from the moment that a person enters the new one.
///
/// # Errors
/// There is no next key, Jira does not accept it yet, or another request has changed the connection. Nothing changes then.
pub async fn switch_key<P: Platform>(edge: &Edge<P>, connection: &ConnectionId) -> Result<(), PortFailure> {
    let adopted = edge.adopt(&Caller::Edge, connection.clone()).await;
    adopted.map(drop).map_err(|failure| PortFailure(format!("{failure:?}")))
}

impl<P: Platform> Edge<P> {
    /// 1. The connection has a next key and a working credential (409, or 503 if its keeper has none now).
    /// 2. Jira accepts a call signed with the next key, from the same account (409 if it refuses, 422 if its address may
    ///    not be called, 502 if it does not answer).
    /// 3. The keeper stores a grant with the next key (503 if it does not answer).
    /// 4. The organization replaces the grant (412 if it changed meanwhile); the new grant is destroyed if that is refused.
    async fn adopt(&self, caller: &Caller, id: ConnectionId) -> Result<Connection, RequestFailure> {
        let (platform, organization) = (&*self.platform, &self.organization);
        let rotation = self.send_as(caller, &PrepareKeyRotation { id: id.clone() }).await?;
        let grant = self.grant_with_next_key(&rotation).await?;
        self.verify_next_key(&rotation, &grant).await.map_err(next_key_failure)?;
        let install = KeeperCommand::Install { grant: Box::new(grant) };
        match platform.command(organization, &rotation.grant, install).await {
            Ok(KeeperAnswer::Done) => {}
            other => return Err(RequestFailure::keeper_unreachable(&other)),
        }
        let adopt = AdoptNextKey { id, from: rotation.held, to: rotation.grant.clone(), key: rotation.next };
        match self.send_as(caller, &adopt).await {
            Ok(saved) => {
                self.notify_keepers(&saved).await?;
                Ok(saved.connection)
            }
            Err(refusal) => {
                self.retire(Some(rotation.grant)).await;
                Err(refusal.into())
            }
        }
    }

    /// The credential of a grant (409 if the grant is dead, 503 if its keeper has none now).
    pub(super) async fn credential_of(&self, grant: &api::GrantId) -> Result<AccessToken, RequestFailure> {
        let command = KeeperCommand::Token { seen: None, refused: false };
        match self.platform.command(&self.organization, grant, command).await {
            Ok(KeeperAnswer::Token { token }) => Ok(token),
            Ok(KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone) => Err(Refusal::ConnectionUnauthorized.into()),
            Ok(KeeperAnswer::Unavailable { cause, retry_after, .. }) => {
                Err(RequestFailure::credential_unavailable(cause, retry_after))
            }
            other => Err(RequestFailure::keeper_unreachable(&other)),
        }
    }

    /// A grant with the same access token and the next key.
    async fn grant_with_next_key(&self, rotation: &Rotation) -> Result<NewGrant, RequestFailure> {
        let token = self.credential_of(&rotation.held).await?;
        let (Credential::Oauth1(signed), AuthMethod::ApplicationLink { consumer_key, .. }) =
            (&token.credential, &rotation.auth.method)
        else {
            return Err(Refusal::KeyNotUsable.into());
        };
        let private_key = self.private_key(&rotation.next).await?;
        let consumer = Consumer { key: consumer_key.clone(), private_key };
        let access = signed.to_sign().map(|signed| signed.token);
        let signed = access.and_then(|access| SignedWith::new(&consumer, &access)).ok_or(Refusal::KeyNotUsable)?;
        Ok(NewGrant {
            credential: Credential::Oauth1(signed),
            renewal: None,
            expires_at: token.expires_at,
            scopes: Vec::new(),
            pending_until: self.platform.now().plus_seconds(PENDING),
        })
    }

    async fn verify_next_key(&self, rotation: &Rotation, grant: &NewGrant) -> Result<(), Failure> {
        let account = self.identify(&rotation.auth, &rotation.site, &grant.credential).await?;
        match &rotation.account {
            Some(before) if account.is_none_or(|now| now.account_id != before.account_id) => {
                Err(crate::instance::jira_failure(FailureCode::TokenRefused, Some("another account answered")))
            }
            _ => Ok(()),
        }
    }
}

/// Jira's refusal of the next key (409), or the reason why Jira could not be called (422, 502).
fn next_key_failure(failure: Failure) -> RequestFailure {
    let code = match failure.code {
        FailureCode::InstanceUnreachable => ProblemCode::UpstreamUnreachable,
        FailureCode::AddressRefused => ProblemCode::AddressRefused,
        _ => ProblemCode::KeyNotInstalled,
    };
    let detail = format!("{} The old key stays in use.", failure.message);
    RequestFailure { cause: failure.details, ..RequestFailure::new(code, detail) }
}
