//! Attempts with a credential that was brought, as they begin: over an incoming link, an application link, or with a
//! name and a secret.
//!
//! Secrets are sealed before anything else happens to them, and a password is sealed by the keeper of its grant alone.

use api::{
    Authorization, AuthorizationId, BasicForm, ConsumerKey, CreateAuthorization, Failure, FailureCode,
    GetAuthorization, NewCredential, ProblemCode, Site, StartedAuthorization, VerifyAuthorization, WriteOnly,
};

use crate::{
    address::{Address, StoredAddress},
    authorization::{AuthConfig, AuthMethod},
    grant::{Credential, Login, NEVER, NewGrant, Token},
    http::{
        Edge, Platform,
        failure::Failed,
        instances::address_refused,
        routing::{EndpointRequest, NOTHING, Reply},
    },
    instance::jira_failure,
    oauth1::Verifier,
    organization::{BeginAuthorization, Call, CredentialAuthorization, GetRsaKey, Refusal},
    secrets::Secret,
};

/// 1. The credential has its form, its address may be called, its secret is sealed. 2. The attempt begins. 3. What needs
///    no browser is done at once.
pub(super) async fn begin<P: Platform>(
    request: EndpointRequest<P, CreateAuthorization>,
) -> Result<Reply<StartedAuthorization>, Failed> {
    let (edge, new) = (&request.edge, &request.call.request);
    edge.configuration.key_ring()?;
    let id = edge.new_id();
    let auth = match &new.credential {
        Some(credential) => Some(edge.auth(&id, credential).await?),
        None => None,
    };
    if auth.as_ref().is_some_and(|auth| auth.kind() != new.kind) {
        return Err(Failed::new(ProblemCode::InvalidRequest, "kind and the kind of credential are not the same."));
    }
    let ticket = edge.issue().await?;
    let connection = new.connection_id.clone();
    let begin = BeginAuthorization { id, ticket: ticket.digest(), connection, kind: new.kind, auth };
    let begun = request.send(&begin).await?;
    let needs_browser = match &begun.brought {
        Some(brought) => edge.without_browser(brought, new.credential.as_ref()).await?,
        None => true,
    };
    let start_url = needs_browser.then(|| format!("/oauth/start/{}", ticket.expose()));
    Ok(StartedAuthorization { id: begin.id, start_url, expires_at: begun.expires_at }.into())
}

/// *Verify*: the code was taken in hand, once; now it is exchanged.
pub(super) async fn verify<P: Platform>(
    request: EndpointRequest<P, VerifyAuthorization>,
    brought: CredentialAuthorization,
) -> Result<Reply<Authorization>, Failed> {
    let verifier = Verifier::parse(&request.call.request.code);
    let verifier = verifier.map_err(|why| Failed::new(ProblemCode::InvalidRequest, why.to_string()))?;
    let tried = request.edge.collect_access_token(&brought, Ok(verifier)).await;
    request.edge.conclude_brought(&brought, tried).await?;
    Ok(request.relay(&Call::<GetAuthorization>::new(brought.id, NOTHING)).await?)
}

impl<P: Platform> Edge<P> {
    /// Does what needs no browser. Answers whether one has to go somewhere.
    async fn without_browser(
        &self,
        brought: &CredentialAuthorization,
        new: Option<&NewCredential>,
    ) -> Result<bool, Refusal> {
        let tried = match &brought.auth.method {
            AuthMethod::Basic { .. } => self.try_basic(brought, new).await,
            AuthMethod::ApplicationLink { verification_code: true, .. } => {
                self.ask_request_token(brought, None).await.map(drop)
            }
            _ => return Ok(true),
        };
        self.conclude_brought(brought, tried).await.map(|()| false)
    }

    /// What is stored of a credential. Its password or token is not among it.
    async fn auth(&self, id: &AuthorizationId, new: &NewCredential) -> Result<AuthConfig, Failed> {
        let (NewCredential::DataCenterOauth2 { address, .. }
        | NewCredential::Oauth1 { address, .. }
        | NewCredential::Basic { address, .. }) = new;
        let address = Address::check(address, self.configuration.address_policy()).map_err(address_refused)?;
        let method = match new {
            NewCredential::DataCenterOauth2 { client_id, client_secret, scopes, .. } => {
                if scopes.is_empty() || Token::parse(client_id.as_str()).is_none() {
                    return Err(Failed::new(
                        ProblemCode::InvalidRequest,
                        "client_id and at least one of scopes are needed.",
                    ));
                }
                AuthMethod::IncomingLink {
                    client_id: client_id.clone(),
                    client_secret: self.seal_client_secret(id, client_secret).await?,
                    sealed_for: id.clone(),
                    scopes: scopes.clone(),
                }
            }
            NewCredential::Oauth1 { consumer_key, key_id, verification_code, .. } => {
                let refused = |why: api::ConsumerKeyRefused| Failed::new(ProblemCode::InvalidRequest, why.to_string());
                let consumer_key = ConsumerKey::parse(consumer_key).map_err(refused)?;
                let key = self.send(&GetRsaKey { id: key_id.clone() }).await?.view();
                AuthMethod::ApplicationLink { consumer_key, key, next_key: None, verification_code: *verification_code }
            }
            NewCredential::Basic { form, username, secret, expires_at, .. } => {
                credential(*form, username.as_deref(), secret).ok_or_else(|| {
                    Failed::new(ProblemCode::InvalidRequest, "The name or the secret is missing or malformed.")
                })?;
                AuthMethod::Basic { form: *form, username: username.clone(), expires_at: *expires_at }
            }
        };
        Ok(AuthConfig { address: StoredAddress::from(address), method })
    }

    /// 1. A token that is over is not tried. 2. What runs there takes such a secret. 3. The secret says who it is.
    async fn try_basic(&self, brought: &CredentialAuthorization, new: Option<&NewCredential>) -> Result<(), Failure> {
        let AuthMethod::Basic { form, username, expires_at } = &brought.auth.method else { return Ok(()) };
        if expires_at.is_some_and(|end| end <= self.platform.now()) {
            return Err(jira_failure(FailureCode::TokenExpired, None));
        }
        let site = self.find(self.admit(&brought.auth.address)?).await?;
        self.takes(&site, *form, brought.pinned.as_ref())?;
        let credential = match new {
            Some(NewCredential::Basic { secret, .. }) => credential(*form, username.as_deref(), secret),
            _ => self.held_credential(brought).await,
        };
        let credential = credential.ok_or_else(secret_needed)?;
        let (end, pending_until) = (expires_at.unwrap_or(NEVER), brought.pending_until);
        let grant = NewGrant { credential, renewal: None, expires_at: end, scopes: Vec::new(), pending_until };
        self.keep_brought(brought, site, grant, *expires_at).await
    }

    /// Whether a site takes such a secret, and is the one that the connection stays on.
    fn takes(&self, site: &Site, form: BasicForm, pinned: Option<&Site>) -> Result<(), Failure> {
        let for_cloud = matches!(form, BasicForm::ApiToken | BasicForm::ScopedApiToken);
        if site.cloud_id.is_some() && !self.configuration.allows_cloud_basic() {
            return Err(jira_failure(FailureCode::BasicNotAllowed, None));
        }
        if let Some(pinned) = pinned.filter(|pinned| pinned.key() != site.key()) {
            let mut other = jira_failure(FailureCode::OtherSite, None);
            other.message = format!("{} is another site than {} ({}).", site.url, pinned.name, pinned.url);
            "Use the address of this connection's site, or make a new connection.".clone_into(&mut other.remedy);
            return Err(other);
        }
        if for_cloud == site.cloud_id.is_some() {
            return Ok(());
        }
        let mut wrong = jira_failure(FailureCode::PasswordRefused, None);
        let (message, remedy) = if for_cloud {
            ("This is Jira Data Center, which has no API tokens.", "Use a personal access token, or a password.")
        } else {
            ("This is Jira Cloud, which takes no passwords and no personal access tokens.", "Use an API token.")
        };
        message.clone_into(&mut wrong.message);
        remedy.clone_into(&mut wrong.remedy);
        Err(wrong)
    }

    /// What the connection has now, if its keeper gives it.
    async fn held_credential(&self, brought: &CredentialAuthorization) -> Option<Credential> {
        self.credential_of(brought.held.as_ref()?).await.ok().map(|token| token.credential)
    }
}

fn credential(form: BasicForm, username: Option<&str>, secret: &WriteOnly) -> Option<Credential> {
    match (form, username) {
        (BasicForm::PersonalAccessToken, None) => Token::parse(secret.0.trim()).map(Credential::Bearer),
        (BasicForm::Password, Some(name)) => Login::parse(name.trim(), secret.0.as_str()).map(Credential::Basic),
        (BasicForm::ApiToken | BasicForm::ScopedApiToken, Some(name)) => {
            Login::parse(name.trim(), secret.0.trim()).map(Credential::Basic)
        }
        _ => None,
    }
}

fn secret_needed() -> Failure {
    let mut failure = jira_failure(FailureCode::PasswordRefused, None);
    "There is no working password or token to try.".clone_into(&mut failure.message);
    "Enter the password or token again.".clone_into(&mut failure.remedy);
    failure
}
