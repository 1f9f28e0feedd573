//! Authorizing over a link of Data Center: where the browser goes, and what it brings back.

use api::{AuthorizationId, Failure, FailureCode, ProblemCode, WriteOnly};
use url::Url;

use crate::{
    atlassian::CALLBACK_PATH,
    authorization::{AuthConfig, AuthMethod, PendingRequestToken},
    grant::{Credential, NEVER, NewGrant, Provider, Renewal, SignedWith, Token},
    http::{Edge, Platform, failure::Failed},
    instance::{IncomingLink, code_of_error, jira_failure, oauth1_failure},
    oauth1::{self, ApplicationLink, Callback, Consumer, RequestToken, Verifier},
    organization::{CredentialAuthorization, StoreRequestToken},
    sealing::{self, Sealed, SealingContext},
    secrets::Secret,
};

/// Which secret of an attempt it is, beside [`AuthMethod::CLIENT_SECRET`].
const REQUEST_TOKEN: &str = "request_token";

impl<P: Platform> Edge<P> {
    /// Where the browser goes, with a state and, over an incoming link, an S256 challenge.
    pub(super) async fn leave_for_link(
        &self,
        brought: &CredentialAuthorization,
        state: &Secret,
        verifier: &Secret,
    ) -> Result<String, Failure> {
        match &brought.auth.method {
            AuthMethod::IncomingLink { client_id, scopes, .. } => {
                let address = self.admit(&brought.auth.address)?;
                let public_url = self.configuration.public_url().map_err(|why| self.lost(&why))?;
                let link = IncomingLink { address: &address, public_url, client_id, scopes };
                link.authorize_url(state.expose(), verifier.expose())
            }
            _ => self.ask_request_token(brought, Some(state)).await,
        }
    }

    /// The first step of OAuth 1.0a. Without a state the person will paste a code. Answers where they approve.
    pub(super) async fn ask_request_token(
        &self,
        brought: &CredentialAuthorization,
        state: Option<&Secret>,
    ) -> Result<String, Failure> {
        let (base, consumer) = self.application_link(&brought.auth).await?;
        let callback = match state {
            Some(state) => Callback::Address(self.way_back_to(state)?),
            None => Callback::VerificationCode,
        };
        let link = ApplicationLink { base: &base, consumer: &consumer };
        let token = link.request_token(&*self.platform, &callback).await.map_err(|why| oauth1_failure(&why))?;
        let approve_url = link.authorize_url(&token).to_string();
        let sealed = self.seal_for(&brought.id, REQUEST_TOKEN, token.expose().as_bytes()).await;
        let shown = state.is_none().then(|| approve_url.clone());
        let request_token = PendingRequestToken { token: sealed.map_err(|why| self.lost(&why))?, approve_url: shown };
        let kept = self.send(&StoreRequestToken { id: brought.id.clone(), request_token }).await;
        kept.map_err(|why| self.lost(&why))?;
        Ok(approve_url)
    }

    fn way_back_to(&self, state: &Secret) -> Result<Url, Failure> {
        let public_url = self.configuration.public_url().map_err(|why| self.lost(&why))?;
        let mut url = Url::parse(&public_url.at(CALLBACK_PATH)).map_err(|why| self.lost(&why))?;
        url.query_pairs_mut().append_pair("state", state.expose());
        Ok(url)
    }

    /// What a browser brought back from a link: `query` is all of it.
    pub(super) async fn come_back_from_link(
        &self,
        brought: &CredentialAuthorization,
        query: &str,
        pkce: &Secret,
    ) -> Result<(), Failure> {
        if let AuthMethod::IncomingLink { .. } = brought.auth.method {
            return self.exchange_code(brought, granted(query)?, pkce).await;
        }
        let request_token = self.request_token(brought).await?;
        let verifier = oauth1::verifier_in_callback(&request_token, query).map_err(|why| oauth1_failure(&why));
        self.collect_access_token(brought, verifier).await
    }

    /// The code, which may live for ten seconds, comes first; then who it is, and what runs there.
    async fn exchange_code(
        &self,
        brought: &CredentialAuthorization,
        code: String,
        pkce: &Secret,
    ) -> Result<(), Failure> {
        let AuthMethod::IncomingLink { client_id, client_secret, sealed_for, scopes } = &brought.auth.method else {
            return Err(jira_failure(FailureCode::ProviderError, None));
        };
        let public_url = self.configuration.public_url().map_err(|why| self.lost(&why))?;
        let address = self.admit(&brought.auth.address)?;
        let secret = self.open_for(sealed_for, AuthMethod::CLIENT_SECRET, client_secret).await?;
        let link = IncomingLink { address: &address, public_url, client_id, scopes };
        let tokens = link.exchange(&*self.platform, &secret, &code, pkce.expose()).await?;
        let provider = Provider {
            address: brought.auth.address.clone(),
            client_id: client_id.clone(),
            client_secret: Token::parse(secret).ok_or_else(|| jira_failure(FailureCode::LinkUnknown, None))?,
            redirect_uri: public_url.at(CALLBACK_PATH),
        };
        let grant = NewGrant {
            credential: Credential::Bearer(tokens.access_token),
            renewal: tokens.refresh_token.map(|refresh_token| Renewal { refresh_token, provider: Some(provider) }),
            expires_at: tokens.access_expires_at,
            scopes: tokens.scopes,
            pending_until: brought.pending_until,
        };
        let site = self.find(address.clone()).await?;
        // What is refreshed does not end with its access token.
        self.keep_brought(brought, site, grant, None).await
    }

    /// The third step of OAuth 1.0a.
    pub(super) async fn collect_access_token(
        &self,
        brought: &CredentialAuthorization,
        verifier: Result<Verifier, Failure>,
    ) -> Result<(), Failure> {
        let (verifier, request_token) = (verifier?, self.request_token(brought).await?);
        let (base, consumer) = self.application_link(&brought.auth).await?;
        let link = ApplicationLink { base: &base, consumer: &consumer };
        let access =
            link.access_token(&*self.platform, request_token, verifier).await.map_err(|why| oauth1_failure(&why))?;
        let signed = SignedWith::new(&consumer, &access.token).ok_or_else(|| self.lost(&"an unusable key"))?;
        let grant = NewGrant {
            credential: Credential::Oauth1(signed),
            renewal: None,
            expires_at: access.expires_at.unwrap_or(NEVER),
            scopes: Vec::new(),
            pending_until: brought.pending_until,
        };
        let site = self.find(self.admit(&brought.auth.address)?).await?;
        // The approval may end before the token does. That neither is prolonged: Jira documents no way to do so.
        let ends_at = [access.expires_at, access.session_ends_at].into_iter().flatten().min();
        self.keep_brought(brought, site, grant, ends_at).await
    }

    async fn application_link(&self, auth: &AuthConfig) -> Result<(Url, Consumer), Failure> {
        let AuthMethod::ApplicationLink { consumer_key, key, .. } = &auth.method else {
            return Err(jira_failure(FailureCode::ProviderError, None));
        };
        let address = self.admit(&auth.address)?;
        let base = Url::parse(address.as_str()).map_err(|why| self.lost(&why))?;
        let private_key = self.private_key(&key.id).await.map_err(|why| self.lost(&why))?;
        Ok((base, Consumer { key: consumer_key.clone(), private_key }))
    }

    async fn request_token(&self, brought: &CredentialAuthorization) -> Result<RequestToken, Failure> {
        let refused = || jira_failure(FailureCode::TokenRefused, None);
        let request_token = brought.request_token.as_ref().ok_or_else(refused)?;
        let token = self.open_for(&brought.id, REQUEST_TOKEN, &request_token.token).await?;
        RequestToken::new(&token).ok_or_else(refused)
    }

    /// Seals the secret of an incoming link, which is never shown again.
    pub(super) async fn seal_client_secret(&self, id: &AuthorizationId, secret: &WriteOnly) -> Result<Sealed, Failed> {
        let secret = secret.0.trim();
        if Token::parse(secret).is_none() {
            return Err(Failed::new(ProblemCode::InvalidRequest, "client_secret is missing or malformed."));
        }
        self.seal_for(id, AuthMethod::CLIENT_SECRET, secret.as_bytes()).await
    }

    async fn seal_for(&self, id: &AuthorizationId, field: &'static str, plain: &[u8]) -> Result<Sealed, Failed> {
        let (world, ring) = (&*self.platform, self.configuration.key_ring()?);
        let place = SealingContext { organization: &self.organization, owner: id.as_str(), generation: 0, field };
        let sealed = sealing::seal(world, world, ring, &place, plain).await;
        sealed.map_err(|_| Failed::new(ProblemCode::Internal, "The secret could not be sealed."))
    }

    async fn open_for(&self, id: &AuthorizationId, field: &'static str, sealed: &Sealed) -> Result<String, Failure> {
        let ring = self.configuration.key_ring().map_err(|why| self.lost(&why))?;
        let place = SealingContext { organization: &self.organization, owner: id.as_str(), generation: 0, field };
        let opened = sealing::open(&*self.platform, ring, &place, sealed).await.map_err(|why| self.lost(&why))?;
        String::from_utf8(opened).map_err(|_| self.lost(&"not text"))
    }
}

/// The code, or why there is none. A parameter that is there twice counts as an error.
fn granted(query: &str) -> Result<String, Failure> {
    let all = |name: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        pairs.map(|(_, value)| value.into_owned()).collect::<Vec<_>>()
    };
    match (all("code").as_slice(), all("error").as_slice()) {
        ([code], []) if (1..=4096).contains(&code.len()) => Ok(code.clone()),
        ([], [error]) => {
            let words = all("error_description");
            Err(jira_failure(code_of_error(error), words.first().or(Some(error)).map(String::as_str)))
        }
        _ => Err(jira_failure(FailureCode::ProviderError, None)),
    }
}
