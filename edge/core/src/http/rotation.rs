//! Another key for a connection over an application link: made here, entered in Jira by a person, and taken once Jira
//! takes it.

use api::{AdoptKey, Connection, ConnectionId, DropNextKey, Failure, FailureCode, ProblemCode, RotateKey};
use axum::Router;

use crate::{
    authorization::AuthMethod,
    grant::{AccessToken, Credential, KeeperAnswer, KeeperCommand, NewGrant, SignedWith},
    http::{
        Edge, Platform,
        connections::tagged,
        failure::Failed,
        mount::{Asking, Reply, mount, relay_tagged},
    },
    oauth1::Consumer,
    organization::{AdoptNextKey, Caller, FindRotation, GiveUpNextKey, KeepNextKey, Refusal, Rotation, ask},
    ports::PortFailure,
};

/// How long a grant with the new key waits to be taken, in seconds. It is taken in the same request.
const PENDING: i64 = 600;

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, RotateKey, _>(routes, edge, rotate);
    let routes = mount::<P, AdoptKey, _>(routes, edge, adopt);
    relay_tagged::<P, DropNextKey, _>(routes, edge, |id, _| GiveUpNextKey { id })
}

async fn rotate<P: Platform>(asking: Asking<P, RotateKey>) -> Result<Reply<Connection>, Failed> {
    let key = asking.edge.make_key_pair().await?;
    Ok(tagged(asking.ask(&KeepNextKey { id: asking.params.clone(), key }).await?))
}

async fn adopt<P: Platform>(asking: Asking<P, AdoptKey>) -> Result<Reply<Connection>, Failed> {
    let connection = asking.edge.adopt(&asking.caller, asking.params.clone()).await?;
    Ok(tagged(connection))
}

/// Switches a connection to its next key if Jira takes that one already: Jira knows one key of an application link at a
/// time, and from the moment that a person enters the new one it refuses what the old one signs.
///
/// An error says why it stays as it is: there is no next key, or Jira does not take it yet, or another call was quicker.
pub async fn switch_key<P: Platform>(edge: &Edge<P>, connection: &ConnectionId) -> Result<(), PortFailure> {
    let adopted = edge.adopt(&Caller::Edge, connection.clone()).await;
    adopted.map(drop).map_err(|failed| PortFailure(format!("{failed:?}")))
}

impl<P: Platform> Edge<P> {
    /// 1. There is a next key, and a credential (409). 2. Jira takes a call that is signed with it, as the same account
    ///    (409). 3. The grant with it takes the place of the one before (412 if that changed meanwhile).
    async fn adopt(&self, caller: &Caller, id: ConnectionId) -> Result<Connection, Failed> {
        let (platform, organization) = (&*self.platform, &self.organization);
        let rotation = ask(platform, organization, caller.clone(), &FindRotation { id: id.clone() }).await?;
        let grant = self.with_next_key(&rotation).await?;
        self.try_next_key(&rotation, &grant).await.map_err(not_installed)?;
        let install = KeeperCommand::Install { grant: Box::new(grant) };
        match platform.command(organization, &rotation.grant, install).await {
            Ok(KeeperAnswer::Done) => {}
            other => return Err(Failed::keeper_silent(&other)),
        }
        let adopt = AdoptNextKey { id, from: rotation.held, to: rotation.grant.clone(), key: rotation.next };
        match ask(platform, organization, caller.clone(), &adopt).await {
            Ok(saved) => {
                self.tell_keepers(&saved).await?;
                Ok(saved.connection)
            }
            Err(refusal) => {
                self.retire(Some(rotation.grant)).await;
                Err(refusal.into())
            }
        }
    }

    /// What a keeper has, as it stands.
    pub(super) async fn credential_of(&self, grant: &api::GrantId) -> Result<AccessToken, Failed> {
        let command = KeeperCommand::Token { seen: None, refused: false };
        match self.platform.command(&self.organization, grant, command).await {
            Ok(KeeperAnswer::Token { token }) => Ok(token),
            Ok(KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone) => Err(Refusal::ConnectionUnauthorized.into()),
            Ok(KeeperAnswer::Unavailable { cause, retry_after }) => Err(Failed::unavailable(cause, retry_after)),
            other => Err(Failed::keeper_silent(&other)),
        }
    }

    /// The same access token, signed for with the next key.
    async fn with_next_key(&self, rotation: &Rotation) -> Result<NewGrant, Failed> {
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

    async fn try_next_key(&self, rotation: &Rotation, grant: &NewGrant) -> Result<(), Failure> {
        let account = self.ask_who(&rotation.auth, &rotation.site, &grant.credential).await?;
        match &rotation.account {
            Some(before) if before.account_id != account.account_id => {
                Err(crate::instance::jira_failure(FailureCode::TokenRefused, Some("another account answered")))
            }
            _ => Ok(()),
        }
    }
}

/// Jira's reason, in words; whether it is about the key, or Jira cannot be asked now.
fn not_installed(failure: Failure) -> Failed {
    let code = match failure.code {
        FailureCode::InstanceUnreachable => ProblemCode::UpstreamUnreachable,
        FailureCode::AddressRefused => ProblemCode::AddressRefused,
        _ => ProblemCode::KeyNotInstalled,
    };
    let detail = format!("{} The old key stays in use.", failure.message);
    Failed { cause: failure.details, ..Failed::new(code, detail) }
}
