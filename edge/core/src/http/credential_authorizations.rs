//! Starts authorizations whose request has a credential: over an incoming link, an application link, or with Basic
//! authentication or a personal access token.
//!
//! Client secrets are sealed before anything else is done with them. Only the keeper of its grant seals a password.

use api::{
    Authorization, AuthorizationId, BasicForm, ConsumerKey, CreateAuthorization, Failure, FailureCode,
    GetAuthorization, NewCredential, ProblemCode, StartedAuthorization, VerifyAuthorization, WriteOnly,
};

use crate::{
    address::StoredAddress,
    authorization::{AuthConfig, AuthMethod, CallbackPath},
    grant::{Credential, Login, NEVER, NewGrant, Token},
    http::{
        Edge, Platform,
        failure::RequestFailure,
        instances::read_address,
        routing::{EndpointRequest, NOTHING, Reply},
    },
    instance::jira_failure,
    oauth1::Verifier,
    organization::{BeginAuthorization, Call, CredentialAuthorization, GetRsaKey, Refusal, RefuseVerificationCode},
    secrets::SecretUse,
};

/// 1. The credential is well-formed (400), its address may be called (422), and its client secret is sealed (503).
/// 2. The organization creates the authorization (404, 409, 429).
/// 3. An authorization that needs no browser is carried out at once; if it fails, it shows why.
pub(super) async fn create<P: Platform>(
    request: EndpointRequest<P, CreateAuthorization>,
) -> Result<Reply<StartedAuthorization>, RequestFailure> {
    let (edge, new) = (&request.edge, &request.call.request);
    edge.configuration.key_ring()?;
    let id = edge.new_id();
    let auth = match &new.credential {
        Some(credential) => Some(edge.auth_config(&id, credential).await?),
        None => None,
    };
    if auth.as_ref().is_some_and(|auth| auth.kind() != new.kind) {
        return Err(RequestFailure::new(
            ProblemCode::InvalidRequest,
            "kind and the kind of credential are not the same.",
        ));
    }
    let ticket = edge.issue(SecretUse::Ticket).await?;
    let connection = new.connection_id.clone();
    let begin = BeginAuthorization {
        id,
        ticket: ticket.digest(),
        connection,
        kind: new.kind,
        auth,
        cloud_callback: CallbackPath::default(),
    };
    let started = request.send(&begin).await?;
    let needs_browser = match &started.credential {
        Some(authorization) => !edge.authorize_without_browser(authorization, new.credential.as_ref()).await?,
        None => true,
    };
    let start_url = needs_browser.then(|| format!("/oauth/start/{}", ticket.expose()));
    Ok(StartedAuthorization { id: begin.id, start_url, expires_at: started.expires_at }.into())
}

/// Exchanges a verification code of OAuth 1.0a, which the organization has accepted once.
///
/// 1. The code is well-formed (400).
/// 2. The request token is exchanged for an access token. If Jira refuses the code, another one can be submitted; every
///    other failure ends the authorization.
/// 3. The response is the authorization.
pub(super) async fn verify<P: Platform>(
    request: EndpointRequest<P, VerifyAuthorization>,
    authorization: CredentialAuthorization,
) -> Result<Reply<Authorization>, RequestFailure> {
    let verifier = Verifier::parse(&request.call.request.code);
    let verifier = verifier.map_err(|why| RequestFailure::new(ProblemCode::InvalidRequest, why.to_string()))?;
    let outcome = request.edge.collect_access_token(&authorization, Ok(verifier)).await;
    match outcome {
        Err(failure) if failure.code == FailureCode::CodeWrong => {
            request.edge.send(&RefuseVerificationCode { id: authorization.id.clone(), failure }).await?;
        }
        outcome => request.edge.record_outcome(&authorization.id, outcome).await?,
    }
    Ok(request.relay(&Call::<GetAuthorization>::new(authorization.id, NOTHING)).await?)
}

impl<P: Platform> Edge<P> {
    /// Carries out an authorization that needs no browser, and records its outcome. `false` if it needs one.
    async fn authorize_without_browser(
        &self,
        authorization: &CredentialAuthorization,
        new: Option<&NewCredential>,
    ) -> Result<bool, Refusal> {
        let outcome = match &authorization.auth.method {
            AuthMethod::Basic { .. } => self.authorize_basic(authorization, new).await,
            AuthMethod::ApplicationLink { verification_code: true, .. } => {
                self.fetch_request_token(authorization, None).await.map(drop)
            }
            _ => return Ok(false),
        };
        self.record_outcome(&authorization.id, outcome).await.map(|()| true)
    }

    /// The part of a credential that is stored with the connection. It contains no password and no token.
    async fn auth_config(&self, id: &AuthorizationId, new: &NewCredential) -> Result<AuthConfig, RequestFailure> {
        let (NewCredential::DataCenterOauth2 { address, .. }
        | NewCredential::Oauth1 { address, .. }
        | NewCredential::Basic { address, .. }) = new;
        let address = read_address(address, self.configuration.address_policy())?;
        let address = StoredAddress::from(address);
        let method = match new {
            NewCredential::DataCenterOauth2 { client_id, client_secret, scopes, .. } => {
                if scopes.is_empty() || Token::parse(client_id.as_str()).is_none() {
                    return Err(RequestFailure::new(
                        ProblemCode::InvalidRequest,
                        "client_id and at least one of scopes are needed.",
                    ));
                }
                AuthMethod::IncomingLink {
                    client_id: client_id.clone(),
                    client_secret: self.seal_client_secret(id, client_secret).await?,
                    sealed_for: id.clone(),
                    scopes: scopes.clone(),
                    callback_path: CallbackPath::data_center(&address),
                }
            }
            NewCredential::Oauth1 { consumer_key, key_id, verification_code, .. } => {
                let refused =
                    |why: api::ConsumerKeyRefused| RequestFailure::new(ProblemCode::InvalidRequest, why.to_string());
                let consumer_key = ConsumerKey::parse(consumer_key).map_err(refused)?;
                let key = self.send(&GetRsaKey { id: key_id.clone() }).await?.view();
                AuthMethod::ApplicationLink { consumer_key, key, next_key: None, verification_code: *verification_code }
            }
            NewCredential::Basic { form, username, secret, expires_at, .. } => {
                parse_credential(*form, username.as_deref(), secret).ok_or_else(|| {
                    RequestFailure::new(ProblemCode::InvalidRequest, "The name or the secret is missing or malformed.")
                })?;
                AuthMethod::Basic { form: *form, username: username.clone(), expires_at: *expires_at }
            }
        };
        Ok(AuthConfig { address, method })
    }

    /// 1. The token has not expired. 2. The site accepts this form of secret. 3. The secret identifies an account, and is
    ///    stored as a pending grant.
    async fn authorize_basic(
        &self,
        authorization: &CredentialAuthorization,
        new: Option<&NewCredential>,
    ) -> Result<(), Failure> {
        let AuthMethod::Basic { form, username, expires_at } = &authorization.auth.method else { return Ok(()) };
        if expires_at.is_some_and(|end| end <= self.platform.now()) {
            return Err(jira_failure(FailureCode::TokenExpired, None));
        }
        let site = self.site_to_authorize(authorization).await?;
        let credential = match new {
            Some(NewCredential::Basic { secret, .. }) => parse_credential(*form, username.as_deref(), secret),
            _ => self.current_credential(authorization).await,
        };
        let credential = credential.ok_or_else(secret_missing)?;
        let (end, pending_until) = (expires_at.unwrap_or(NEVER), authorization.pending_until);
        let grant = NewGrant { credential, renewal: None, expires_at: end, scopes: Vec::new(), pending_until };
        self.settle_credential(authorization, site, grant, *expires_at).await
    }

    /// The connection's current credential, if its keeper gives it.
    async fn current_credential(&self, authorization: &CredentialAuthorization) -> Option<Credential> {
        self.credential_of(authorization.held.as_ref()?).await.ok().map(|token| token.credential)
    }
}

fn parse_credential(form: BasicForm, username: Option<&str>, secret: &WriteOnly) -> Option<Credential> {
    match (form, username) {
        (BasicForm::PersonalAccessToken, None) => Token::parse(secret.0.trim()).map(Credential::Bearer),
        (BasicForm::Password, Some(name)) => Login::parse(name.trim(), secret.0.as_str()).map(Credential::Basic),
        (BasicForm::ApiToken | BasicForm::ScopedApiToken, Some(name)) => {
            Login::parse(name.trim(), secret.0.trim()).map(Credential::Basic)
        }
        _ => None,
    }
}

fn secret_missing() -> Failure {
    let mut failure = jira_failure(FailureCode::PasswordRefused, None);
    "There is no working password or token to try.".clone_into(&mut failure.message);
    "Enter the password or token again.".clone_into(&mut failure.remedy);
    failure
}
