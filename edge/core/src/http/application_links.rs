//! Authorizing over a link of Jira Data Center: an incoming link (OAuth 2.0) or an application link (OAuth 1.0a).

use api::{AuthorizationId, Failure, FailureCode, ProblemCode, WriteOnly};
use url::Url;

use crate::{
    authorization::{AuthConfig, AuthMethod, CallbackPath, PendingRequestToken},
    grant::{CloudClient, Credential, NEVER, NewGrant, Provider, Renewal, SignedWith, Token},
    http::{Edge, Platform, failure::RequestFailure, own_faults::misconfigured},
    instance::{IncomingLink, code_of_error, jira_failure, oauth1_failure},
    oauth1::{self, ApplicationLink, Callback, Consumer, RequestToken, Verifier},
    organization::{CredentialAuthorization, StoreRequestToken},
    sealing::{self, Sealed, SealingContext},
    secrets::Secret,
};

/// The sealing field of a request token, beside [`AuthMethod::CLIENT_SECRET`].
const REQUEST_TOKEN: &str = "request_token";

impl<P: Platform> Edge<P> {
    /// The URL that the browser is redirected to: with a state and, over an incoming link, an S256 challenge.
    pub(super) async fn link_authorize_url(
        &self,
        authorization: &CredentialAuthorization,
        state: &Secret,
        verifier: &Secret,
    ) -> Result<String, Failure> {
        match &authorization.auth.method {
            AuthMethod::IncomingLink { client_id, scopes, .. } => {
                let address = self.recheck_address(&authorization.auth.address)?;
                let redirect_uri = self.redirect_uri(&authorization.callback_path)?;
                let link = IncomingLink { address: &address, redirect_uri: &redirect_uri, client_id, scopes };
                link.authorize_url(state.expose(), verifier.expose())
            }
            _ => self.fetch_request_token(authorization, Some(state)).await,
        }
    }

    /// The first step of OAuth 1.0a: obtains a request token and returns the URL where the person approves it. Without a
    /// `state` there is no callback, and the person pastes a verification code (RFC 5849, section 2.1: `oob`).
    pub(super) async fn fetch_request_token(
        &self,
        authorization: &CredentialAuthorization,
        state: Option<&Secret>,
    ) -> Result<String, Failure> {
        let (base, consumer) = self.application_link(&authorization.auth).await?;
        let callback = match state {
            Some(state) => Callback::Address(self.callback_url(&authorization.callback_path, state)?),
            None => Callback::VerificationCode,
        };
        let link = ApplicationLink { base: &base, consumer: &consumer };
        let token = link.request_token(&*self.platform, &callback).await.map_err(|why| oauth1_failure(&why))?;
        let approve_url = link.authorize_url(&token).to_string();
        let sealed = self.seal_secret(&authorization.id, REQUEST_TOKEN, token.expose().as_bytes()).await;
        let shown = state.is_none().then(|| approve_url.clone());
        let request_token =
            PendingRequestToken { token: sealed.map_err(|why| self.step_failure(why))?, approve_url: shown };
        let stored = self.send(&StoreRequestToken { id: authorization.id.clone(), request_token }).await;
        stored.map_err(|why| self.internal_failure(&why))?;
        Ok(approve_url)
    }

    /// The redirect URI with this path.
    pub(super) fn redirect_uri(&self, path: &CallbackPath) -> Result<String, Failure> {
        Ok(self.configuration.public_url().map_err(misconfigured)?.at(path.as_str()))
    }

    fn callback_url(&self, path: &CallbackPath, state: &Secret) -> Result<Url, Failure> {
        let mut url = Url::parse(&self.redirect_uri(path)?).map_err(|why| self.internal_failure(&why))?;
        url.query_pairs_mut().append_pair("state", state.expose());
        Ok(url)
    }

    /// Redeems the callback of a link. `query` is the whole query of its URL.
    pub(super) async fn redeem_link_callback(
        &self,
        authorization: &CredentialAuthorization,
        query: &str,
        pkce: &Secret,
    ) -> Result<(), Failure> {
        if let AuthMethod::IncomingLink { .. } = authorization.auth.method {
            return self.exchange_code(authorization, code_in(query)?, pkce).await;
        }
        let request_token = self.request_token(authorization).await?;
        let verifier = oauth1::verifier_in_callback(&request_token, query).map_err(|why| oauth1_failure(&why));
        self.collect_access_token(authorization, verifier).await
    }

    /// Exchanges the code first, because it may expire after ten seconds; then fetches the site and the account.
    async fn exchange_code(
        &self,
        authorization: &CredentialAuthorization,
        code: String,
        pkce: &Secret,
    ) -> Result<(), Failure> {
        let AuthMethod::IncomingLink { client_id, client_secret, sealed_for, scopes, .. } = &authorization.auth.method
        else {
            return Err(self.internal_failure(&"an incoming link is stored with another kind of credential"));
        };
        let redirect_uri = self.redirect_uri(&authorization.callback_path)?;
        let address = self.recheck_address(&authorization.auth.address)?;
        let secret = self.open_secret(sealed_for, AuthMethod::CLIENT_SECRET, client_secret).await?;
        let link = IncomingLink { address: &address, redirect_uri: &redirect_uri, client_id, scopes };
        let tokens = link.exchange(&*self.platform, &secret, &code, pkce.expose()).await?;
        let provider = Provider {
            address: authorization.auth.address.clone(),
            client_id: client_id.clone(),
            client_secret: Token::parse(secret).ok_or_else(|| jira_failure(FailureCode::LinkUnknown, None))?,
            redirect_uri,
        };
        let grant = NewGrant {
            credential: Credential::Bearer(tokens.access_token),
            renewal: tokens.refresh_token.map(|refresh_token| Renewal {
                refresh_token,
                provider: Some(provider),
                client: CloudClient::default(),
            }),
            expires_at: tokens.access_expires_at,
            scopes: tokens.scopes,
            pending_until: authorization.pending_until,
        };
        let site = self.site_to_authorize(authorization).await?;
        // A grant with a refresh token outlives its access token.
        self.settle_credential(authorization, site, grant, None).await
    }

    /// The third step of OAuth 1.0a: exchanges the approved request token for an access token.
    pub(super) async fn collect_access_token(
        &self,
        authorization: &CredentialAuthorization,
        verifier: Result<Verifier, Failure>,
    ) -> Result<(), Failure> {
        let (verifier, request_token) = (verifier?, self.request_token(authorization).await?);
        let (base, consumer) = self.application_link(&authorization.auth).await?;
        let link = ApplicationLink { base: &base, consumer: &consumer };
        let access =
            link.access_token(&*self.platform, request_token, verifier).await.map_err(|why| oauth1_failure(&why))?;
        let signed =
            SignedWith::new(&consumer, &access.token).ok_or_else(|| self.internal_failure(&"an unusable key"))?;
        let grant = NewGrant {
            credential: Credential::Oauth1(signed),
            renewal: None,
            expires_at: access.expires_at.unwrap_or(NEVER),
            scopes: Vec::new(),
            pending_until: authorization.pending_until,
        };
        let site = self.site_to_authorize(authorization).await?;
        // The approval may end before the token does. Neither can be extended: Jira documents no way.
        let ends_at = [access.expires_at, access.session_ends_at].into_iter().flatten().min();
        self.settle_credential(authorization, site, grant, ends_at).await
    }

    async fn application_link(&self, auth: &AuthConfig) -> Result<(Url, Consumer), Failure> {
        let AuthMethod::ApplicationLink { consumer_key, key, .. } = &auth.method else {
            return Err(self.internal_failure(&"an application link is stored with another kind of credential"));
        };
        let address = self.recheck_address(&auth.address)?;
        let base = Url::parse(address.as_str()).map_err(|why| self.internal_failure(&why))?;
        let private_key = self.private_key(&key.id).await.map_err(|why| self.step_failure(why))?;
        Ok((base, Consumer { key: consumer_key.clone(), private_key }))
    }

    async fn request_token(&self, authorization: &CredentialAuthorization) -> Result<RequestToken, Failure> {
        let refused = || jira_failure(FailureCode::TokenRefused, None);
        let request_token = authorization.request_token.as_ref().ok_or_else(refused)?;
        let token = self.open_secret(&authorization.id, REQUEST_TOKEN, &request_token.token).await?;
        RequestToken::new(&token).ok_or_else(|| self.internal_failure(&"the stored request token is malformed"))
    }

    /// Seals the client secret of an incoming link (400 if it is missing or malformed). It is never shown again.
    pub(super) async fn seal_client_secret(
        &self,
        id: &AuthorizationId,
        secret: &WriteOnly,
    ) -> Result<Sealed, RequestFailure> {
        let secret = secret.0.trim();
        if Token::parse(secret).is_none() {
            return Err(RequestFailure::new(ProblemCode::InvalidRequest, "The client secret is missing or malformed."));
        }
        self.seal_secret(id, AuthMethod::CLIENT_SECRET, secret.as_bytes()).await
    }

    async fn seal_secret(
        &self,
        id: &AuthorizationId,
        field: &'static str,
        secret: &[u8],
    ) -> Result<Sealed, RequestFailure> {
        let (world, ring) = (&*self.platform, self.configuration.key_ring()?);
        let context = SealingContext { organization: &self.organization, owner: id.as_str(), generation: 0, field };
        let sealed = sealing::seal(world, world, ring, &context, secret).await;
        sealed.map_err(|_| RequestFailure::new(ProblemCode::Internal, "The secret could not be sealed."))
    }

    async fn open_secret(&self, id: &AuthorizationId, field: &'static str, sealed: &Sealed) -> Result<String, Failure> {
        let ring = self.configuration.key_ring().map_err(misconfigured)?;
        let context = SealingContext { organization: &self.organization, owner: id.as_str(), generation: 0, field };
        let opened = sealing::open(&*self.platform, ring, &context, sealed).await;
        let opened = opened.map_err(|why| self.unsealing_failure(&why))?;
        String::from_utf8(opened).map_err(|_| self.internal_failure(&"not text"))
    }
}

/// The code, or why there is none. A repeated parameter counts as an error.
fn code_in(query: &str) -> Result<String, Failure> {
    let all = |name: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        pairs.map(|(_, value)| value.into_owned()).collect::<Vec<_>>()
    };
    match (all("code").as_slice(), all("error").as_slice()) {
        ([code], []) if (1..=4096).contains(&code.len()) => Ok(code.clone()),
        ([], [error]) => {
            let descriptions = all("error_description");
            Err(jira_failure(code_of_error(error), descriptions.first().or(Some(error)).map(String::as_str)))
        }
        _ => Err(jira_failure(FailureCode::ProviderError, None)),
    }
}
