//! `/oauth/callback/…`: the redirect URIs of authorizations with a browser (RFC 6749, section 4.1.2; RFC 5849, section
//! 2.2). Each authorization server has its own, so that the answer of another one is refused before its code is sent
//! anywhere (RFC 9700, section 4.4). Links and apps from before that share `/oauth/callback`.

mod authorization_response;
mod reader_result;

use api::{AuthorizationId, Failure, FailureCode, GrantId, ProblemCode, SHARED_CALLBACK_PATH, Site};
use axum::{Router, extract::Request, response::Response};
use futures::FutureExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header};
use send_wrapper::SendWrapper;
use url::Url;

use self::authorization_response::AuthorizationResponse;
use crate::{
    atlassian::{self, failure},
    authorization::Consent,
    grant::{Credential, KeeperAnswer, KeeperCommand, NewGrant, Renewal, TokenSet},
    http::{
        Edge, Platform, SharedEdge, cookies,
        failure::RequestFailure,
        middleware::Background,
        navigation::navigation,
        own_faults::misconfigured,
        page,
        request_id::RequestId,
        sign_in::{NO_COOKIE, redirect},
        start::verifier,
    },
    organization::{
        CallbackAccepted, CredentialAuthorization, FailAuthorization, OfferSites, RedeemState, Refusal,
        SettleAuthorization,
    },
    ports::Level,
    secrets::{Secret, SecretUse},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*shared).clone();
        SendWrapper::new(async move { serve(edge, &request).await })
    };
    let own = format!("{SHARED_CALLBACK_PATH}/{{*server}}");
    let routes = reader_result::routes(routes);
    routes.route(SHARED_CALLBACK_PATH, navigation(handle.clone())).route(&own, navigation(handle))
}

async fn serve<P: Platform>(edge: Edge<P>, request: &Request) -> Response {
    let id = RequestId::of(request);
    match finish_authorization(&edge, request).await {
        Ok(response) => response,
        Err(failure) if failure.code == ProblemCode::CallbackRefused => unauthorized_page(&failure.detail, &id),
        Err(failure) if failure.code == ProblemCode::CookieMissing => no_cookie_page(&id),
        Err(failure) => {
            let support = edge.configuration.operator().support_url.as_deref();
            failure.page_with(page::HOME, support, &id, &*edge.platform)
        }
    }
}

/// 1. The query has each parameter once, and a state of ours (400).
/// 2. The browser keeps cookies (400). The state is redeemed, whatever follows (400 if it is unknown, used, expired or
///    from another browser).
/// 3. The answer comes from the server that was asked (400 if its path or its `iss` is another server's).
/// 4. The credential is obtained, tried and stored. This goes on even if the window is closed meanwhile, because the
///    code can be used only once and the app waits for the outcome.
/// 5. The outcome, success or failure, is stored with the authorization (503 if it cannot be).
/// 6. The browser is redirected to a page of the app (303), so that neither code nor state stays in an address bar.
async fn finish_authorization<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, RequestFailure> {
    let refused = |why: &str| RequestFailure::new(ProblemCode::CallbackRefused, why);
    let parameters = AuthorizationResponse::read(request.uri().query().unwrap_or_default())
        .ok_or_else(|| refused("The address at which the browser came back was altered."))?;
    let Some(state) = &parameters.state else {
        parameters.log_without_state(&*edge.platform);
        return Err(refused(parameters.why_without_state()));
    };
    let not_ours = || refused("This answer was used already, is too old, or belongs to another browser.");
    let edge = &edge.for_claim(&state.claim(), SecretUse::AuthorizationState).await?.ok_or_else(not_ours)?;
    if !cookies::is_any_ours(request.headers()) {
        return Err(RequestFailure::new(ProblemCode::CookieMissing, NO_COOKIE));
    }
    let secrets = cookies::authorizations(request.headers());
    let redeem = RedeemState { state: state.digest(), cookies: secrets.iter().map(Secret::digest).collect() };
    let mut accepted = edge.send(&redeem).await?.ok_or_else(not_ours)?;
    let cookie = secrets.iter().find(|secret| secret.digest() == accepted.cookie);
    let cookie = cookie.ok_or_else(|| refused("This answer belongs to another browser."))?;
    if !edge.is_from_server_asked(&accepted, request.uri().path(), parameters.iss.as_deref()) {
        edge.platform.log(Level::Warning, "authorization.other_server", &[("authorization", accepted.id.as_str())]);
        edge.record_outcome(&accepted.id, Err(failure(FailureCode::OtherServer, None))).await?;
        return Err(refused("This answer came from another server than the one that was asked."));
    }
    let verifier = verifier(cookie, state);
    let clear: (HeaderName, HeaderValue) = (header::SET_COOKIE, cookies::clear(&cookies::authorization(accepted.slot)));
    let (result_page, is_readers) = (format!("/authorize/{}", accepted.id), accepted.account.is_some());
    let work = match accepted.credential.take() {
        Some(authorization) => {
            let query = request.uri().query().unwrap_or_default().to_owned();
            finish_with_instance(edge.clone(), authorization, query, verifier).boxed_local()
        }
        None => finish_with_atlassian(edge.clone(), accepted, parameters, verifier).boxed_local(),
    };
    let failed = match request.extensions().get::<Background>() {
        Some(background) => background.run_to_end(work).await,
        None => work.await,
    }?;
    if is_readers {
        return Ok(reader_result::redirect_to(failed, clear));
    }
    Ok(redirect(&result_page, &[clear]))
}

/// Finishes an authorization at a Jira instance. It gets the whole query, because everything but `state` is Jira's.
async fn finish_with_instance<P: Platform>(
    edge: Edge<P>,
    authorization: CredentialAuthorization,
    query: String,
    verifier: Secret,
) -> Result<Option<FailureCode>, Refusal> {
    let outcome = edge.redeem_link_callback(&authorization, &query, &verifier).await;
    let failed = outcome.as_ref().err().map(|failure| failure.code);
    edge.record_outcome(&authorization.id, outcome).await.map(|()| failed)
}

/// Finishes an authorization at Atlassian.
async fn finish_with_atlassian<P: Platform>(
    edge: Edge<P>,
    accepted: CallbackAccepted,
    parameters: AuthorizationResponse,
    verifier: Secret,
) -> Result<Option<FailureCode>, Refusal> {
    let outcome = edge.redeem_atlassian_callback(&accepted, &parameters, &verifier).await;
    let failed = outcome.as_ref().err().map(|failure| failure.code);
    edge.record_outcome(&accepted.id, outcome).await.map(|()| failed)
}

impl<P: Platform> Edge<P> {
    /// Whether the browser came back at the path of the server that it was sent to, and that server says nothing else of
    /// itself. Issuers are compared by their origins, because neither Atlassian nor Jira documents its identifier.
    fn is_from_server_asked(&self, accepted: &CallbackAccepted, path: &str, iss: Option<&str>) -> bool {
        let server = match &accepted.credential {
            Some(authorization) => Some(authorization.auth.address.as_str()),
            None => self.configuration.atlassian().ok().map(|atlassian| atlassian.auth_url.as_str()),
        };
        path == accepted.callback_path.as_str()
            && iss.zip(server).is_none_or(|(iss, server)| has_same_origin(iss, server))
    }

    /// 1. The code is exchanged for tokens. 2. The consent's sites are listed, and the account is read. 3. If one site is
    ///    settled, it accepts a call with the token. 4. The tokens are stored as a pending grant. 5. The authorization is
    ///    `authorized`, or offers the sites to choose from.
    async fn redeem_atlassian_callback(
        &self,
        accepted: &CallbackAccepted,
        parameters: &AuthorizationResponse,
        verifier: &Secret,
    ) -> Result<(), Failure> {
        let code = parameters.code()?;
        let atlassian = self.configuration.atlassian_of(accepted.client).map_err(misconfigured)?;
        let redirect_uri = self.redirect_uri(&accepted.callback_path)?;
        let world = &*self.platform;
        let tokens = atlassian::exchange(world, &atlassian, &redirect_uri, code, verifier.expose()).await?;
        let sites = atlassian::sites(world, &atlassian, &tokens.access_token).await?;
        let account = atlassian::me(world, &atlassian, &tokens.access_token).await;
        let token = tokens.access_token.clone();
        let consent = Consent { grant: accepted.grant.clone(), account, scopes: tokens.scopes.clone() };
        match pick(sites, accepted.pinned.as_ref())? {
            Picked::One(site) => {
                let probed = atlassian::probe(world, &atlassian, site.key(), &token).await?;
                let consent = Consent { account: consent.account.or(Some(probed)), ..consent };
                is_account_of(&consent, accepted.account.as_deref())?;
                self.install(accepted, tokens).await?;
                let settle = SettleAuthorization { id: accepted.id.clone(), consent, site, ends_at: None };
                self.retire_if_refused(&accepted.grant, self.send(&settle).await.map(drop)).await?;
                if accepted.is_viewers {
                    // The viewer holds it by now. If the keeper is not told, or says that it is dead, a render finds out.
                    self.activate(&accepted.grant).await;
                }
                Ok(())
            }
            Picked::Several(sites) => {
                is_account_of(&consent, accepted.account.as_deref())?;
                self.install(accepted, tokens).await?;
                let offer = OfferSites { id: accepted.id.clone(), consent, sites };
                self.retire_if_refused(&accepted.grant, self.send(&offer).await).await
            }
        }
    }

    /// Stores the tokens, sealed, as a pending grant.
    async fn install(&self, accepted: &CallbackAccepted, tokens: TokenSet) -> Result<(), Failure> {
        let grant = NewGrant {
            credential: Credential::Bearer(tokens.access_token),
            renewal: tokens.refresh_token.map(|refresh_token| Renewal {
                refresh_token,
                provider: None,
                client: accepted.client,
            }),
            expires_at: tokens.access_expires_at,
            scopes: tokens.scopes,
            pending_until: accepted.pending_until,
        };
        let install = KeeperCommand::Install { grant: Box::new(grant) };
        match self.platform.command(&self.organization, &accepted.grant, install).await {
            Ok(KeeperAnswer::Done) => Ok(()),
            other => Err(self.internal_failure(&other)),
        }
    }

    /// Destroys the grant that was installed for an authorization, if the organization refused the `outcome`.
    pub(super) async fn retire_if_refused(&self, grant: &GrantId, outcome: Result<(), Refusal>) -> Result<(), Failure> {
        let Err(refusal) = outcome else { return Ok(()) };
        self.retire(Some(grant.clone())).await;
        match refusal {
            // The authorization was cancelled or expired while Atlassian was called.
            Refusal::AuthorizationNotReady => Err(failure(FailureCode::Expired, None)),
            other => Err(self.internal_failure(&other)),
        }
    }

    /// Ends the authorization if its `outcome` is a failure, and destroys its grant. A success was stored already.
    pub(super) async fn record_outcome(
        &self,
        id: &AuthorizationId,
        outcome: Result<(), Failure>,
    ) -> Result<(), Refusal> {
        let Err(failure) = outcome else { return Ok(()) };
        let unused = self.send(&FailAuthorization { id: id.clone(), failure }).await?;
        self.retire(unused).await;
        Ok(())
    }
}

/// Whether the account that consented is the one that must, if one must.
fn is_account_of(consent: &Consent, must: Option<&str>) -> Result<(), Failure> {
    let consented = consent.account.as_ref().map(|account| account.account_id.as_str());
    if must.is_none_or(|must| consented == Some(must)) { Ok(()) } else { Err(failure(FailureCode::OtherAccount, None)) }
}

fn has_same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin());
    origin(one).zip(origin(other)).is_some_and(|(one, other)| one == other)
}

enum Picked {
    One(Site),
    Several(Vec<Site>),
}

/// Picks the site: the pinned one if the consent covers it, else the only one. Of several, the person chooses.
fn pick(mut sites: Vec<Site>, pinned: Option<&Site>) -> Result<Picked, Failure> {
    let Some(pinned) = pinned else {
        return match (sites.pop(), sites.is_empty()) {
            (None, _) => Err(failure(FailureCode::NoSite, None)),
            (Some(only), true) => Ok(Picked::One(only)),
            (Some(last), false) => {
                sites.push(last);
                Ok(Picked::Several(sites))
            }
        };
    };
    let names: Vec<String> = sites.iter().map(|site| format!("{} ({})", site.name, site.url)).collect();
    if let Some(same) = sites.into_iter().find(|site| site.key() == pinned.key()) {
        return Ok(Picked::One(same));
    }
    let mut other = failure(if names.is_empty() { FailureCode::NoSite } else { FailureCode::OtherSite }, None);
    if !names.is_empty() {
        other.message = format!(
            "The consent covers {}, but this connection belongs to {} ({}).",
            names.join(", "),
            pinned.name,
            pinned.url
        );
    }
    Err(other)
}

/// The page for a callback that belongs to no authorization: the app has nothing to show, so the window stays open.
fn unauthorized_page(why: &str, id: &RequestId) -> Response {
    let page = page::Page {
        title: "Unauthorized",
        message: why,
        remedy: "Nothing was changed. Close this window and authorize again from the connection.",
        code: Some(ProblemCode::CallbackRefused),
        request: Some(&id.0),
        next: None,
        support: None,
        closes: false,
    };
    page::write(StatusCode::BAD_REQUEST, &page)
}

/// The page for a browser that keeps no cookies.
fn no_cookie_page(id: &RequestId) -> Response {
    let page = page::Page {
        title: "Unauthorized",
        message: NO_COOKIE,
        remedy: ProblemCode::CookieMissing.remedy(),
        code: Some(ProblemCode::CookieMissing),
        request: Some(&id.0),
        next: None,
        support: None,
        closes: false,
    };
    page::write(StatusCode::BAD_REQUEST, &page)
}
