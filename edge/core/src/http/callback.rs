//! `/oauth/callback`: the browser is back from Atlassian.

use api::{Failure, FailureCode, GrantId, ProblemCode, Site};
use axum::{Router, extract::Request, response::Response};
use futures::FutureExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header};
use send_wrapper::SendWrapper;

use crate::{
    atlassian::{self, failure},
    authorization::Consent,
    grant::{Credential, KeeperCommand, NewGrant, Renewal, TokenSet},
    http::{
        Edge, Held, Platform, cookies, failure::Failed, middleware::Background, navigation::navigation, page,
        request_id::RequestId, sign_in::redirect, start::verifier,
    },
    organization::{
        CallbackAccepted, CredentialAuthorization, FailAuthorization, OfferSites, RedeemState, Refusal,
        SettleAuthorization,
    },
    ports::Level,
    secrets::Secret,
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let held: Held<P> = SendWrapper::new(edge.clone());
    let handle = move |request: Request| {
        let edge: Edge<P> = (*held).clone();
        SendWrapper::new(async move { come_back(edge, &request).await })
    };
    routes.route(atlassian::CALLBACK_PATH, navigation(handle))
}

/// What Atlassian put into the address.
struct Answer {
    state: Option<Secret>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn come_back<P: Platform>(edge: Edge<P>, request: &Request) -> Response {
    let id = RequestId::of(&request);
    match answer_to(&edge, request).await {
        Ok(answer) => answer,
        Err(failed) if failed.code == ProblemCode::CallbackRefused => unauthorized(&failed.detail, &id),
        Err(failed) => failed.page(&id, &*edge.platform),
    }
}

/// 1. The state is spent, whatever follows (refused: unknown, spent, too old, another browser).
/// 2. The exchange, the sites, the account, the probe; carried out to the end even if the window is closed meanwhile,
///    for the code is spent and the opener waits.
/// 3. The outcome is kept with the attempt.
/// 4. The browser goes on to a page of the app, so that neither code nor state stays in an address bar.
async fn answer_to<P: Platform>(edge: &Edge<P>, request: &Request) -> Result<Response, Failed> {
    let refused = |why: &str| Failed::new(ProblemCode::CallbackRefused, why);
    let answer = read(request.uri().query().unwrap_or_default())
        .ok_or_else(|| refused("The address at which the browser came back was altered."))?;
    let Some(state) = &answer.state else { return Err(without_state(&answer)) };
    let foreign = || refused("This answer was used already, is too old, or belongs to another browser.");
    let edge = &edge.for_claim(&state.claim()).await?.ok_or_else(foreign)?;
    let secrets = cookies::attempts(request.headers());
    let spend = RedeemState { state: state.digest(), cookies: secrets.iter().map(Secret::digest).collect() };
    let returned = edge.send(&spend).await?;
    let mut returned = returned.ok_or_else(foreign)?;
    let cookie = secrets.iter().find(|secret| secret.digest() == returned.cookie);
    let cookie = cookie.ok_or_else(|| refused("This answer belongs to another browser."))?;
    let verifier = verifier(cookie, state);
    let clear: (HeaderName, HeaderValue) = (header::SET_COOKIE, cookies::clear(&cookies::attempt(returned.slot)));
    let onward = format!("/authorize/{}", returned.id);
    let work = match returned.brought.take() {
        Some(brought) => {
            let query = request.uri().query().unwrap_or_default().to_owned();
            conclude_brought(edge.clone(), brought, query, verifier).boxed_local()
        }
        None => conclude(edge.clone(), returned, answer, verifier).boxed_local(),
    };
    match request.extensions().get::<Background>() {
        Some(background) => background.finish(work).await,
        None => work.await,
    }?;
    Ok(redirect(&onward, &[clear]))
}

/// What was brought is brought on by itself; the rest of the address is Jira's.
async fn conclude_brought<P: Platform>(
    edge: Edge<P>,
    brought: CredentialAuthorization,
    query: String,
    verifier: Secret,
) -> Result<(), Refusal> {
    let tried = edge.come_back_from_link(&brought, &query, &verifier).await;
    edge.conclude_brought(&brought, tried).await
}

async fn conclude<P: Platform>(
    edge: Edge<P>,
    returned: CallbackAccepted,
    answer: Answer,
    verifier: Secret,
) -> Result<(), Refusal> {
    match edge.finish(&returned, &answer, &verifier).await {
        Ok(()) => Ok(()),
        Err(failure) => edge.fail(&returned, failure).await,
    }
}

/// Reads the query. `None` if a parameter is there twice, or the state is not one of ours: then nothing of it counts.
fn read(query: &str) -> Option<Answer> {
    let mut answer = Answer { state: None, code: None, error: None, error_description: None };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let place = match name.as_ref() {
            "state" => {
                let state = Secret::parse(&value)?;
                if answer.state.replace(state).is_some() {
                    return None;
                }
                continue;
            }
            "code" => &mut answer.code,
            "error" => &mut answer.error,
            "error_description" => &mut answer.error_description,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    Some(answer)
}

fn without_state(answer: &Answer) -> Failed {
    let words = answer.error_description.as_deref().or(answer.error.as_deref());
    let shown = words.map(|words| failure(FailureCode::ProviderError, Some(words)).details.unwrap_or_default());
    let why = match shown {
        Some(words) => format!("Atlassian granted nothing. It said: {words}"),
        None => "The browser came back without the state that it left with.".to_owned(),
    };
    Failed::new(ProblemCode::CallbackRefused, why)
}

impl<P: Platform> Edge<P> {
    async fn finish(&self, returned: &CallbackAccepted, answer: &Answer, verifier: &Secret) -> Result<(), Failure> {
        let code = granted(answer)?;
        let ours = |_| failure(FailureCode::ClientRefused, None);
        let atlassian = self.configuration.atlassian().map_err(ours)?;
        let public_url = self.configuration.public_url().map_err(ours)?;
        let world = &*self.platform;
        let tokens = atlassian::exchange(world, &atlassian, public_url, code, verifier.expose()).await?;
        let sites = atlassian::sites(world, &atlassian, &tokens.access_token).await?;
        let account = atlassian::me(world, &atlassian, &tokens.access_token).await;
        let token = tokens.access_token.clone();
        let consent = Consent { grant: returned.grant.clone(), account, scopes: tokens.scopes.clone() };
        match pick(sites, returned.pinned.as_ref())? {
            Picked::One(site) => {
                let probed = atlassian::probe(world, &atlassian, site.key(), &token).await?;
                let consent = Consent { account: consent.account.or(Some(probed)), ..consent };
                self.install(returned, tokens).await?;
                let settle = SettleAuthorization { id: returned.id.clone(), consent, site, ends_at: None };
                self.kept(&returned.grant, self.send(&settle).await.map(drop)).await
            }
            Picked::Several(sites) => {
                self.install(returned, tokens).await?;
                let offer = OfferSites { id: returned.id.clone(), consent, sites };
                self.kept(&returned.grant, self.send(&offer).await).await
            }
        }
    }

    /// Seals the tokens and keeps them as a pending grant.
    async fn install(&self, returned: &CallbackAccepted, tokens: TokenSet) -> Result<(), Failure> {
        let grant = NewGrant {
            credential: Credential::Bearer(tokens.access_token),
            renewal: tokens.refresh_token.map(|refresh_token| Renewal { refresh_token, provider: None }),
            expires_at: tokens.access_expires_at,
            scopes: tokens.scopes,
            pending_until: returned.pending_until,
        };
        let install = KeeperCommand::Install { grant: Box::new(grant) };
        let kept = self.platform.command(&self.organization, &returned.grant, install).await;
        match kept {
            Ok(crate::grant::KeeperAnswer::Done) => Ok(()),
            other => Err(self.lost(&other)),
        }
    }

    /// The attempt took the outcome, or the grant that was installed for it is destroyed.
    pub(super) async fn kept(&self, grant: &GrantId, taken: Result<(), Refusal>) -> Result<(), Failure> {
        let Err(refusal) = taken else { return Ok(()) };
        self.retire(Some(grant.clone())).await;
        match refusal {
            // It was cancelled, or ten minutes passed, while Atlassian was asked.
            Refusal::AuthorizationNotReady => Err(failure(FailureCode::Expired, None)),
            other => Err(self.lost(&other)),
        }
    }

    /// Nothing of Atlassian's failed, ours did: the tokens are not kept, and the person is asked to try again.
    pub(super) fn lost(&self, why: &impl std::fmt::Debug) -> Failure {
        self.platform.log(Level::Warning, "authorization.not_stored", &[("cause", &format!("{why:?}"))]);
        let mut failure = failure(FailureCode::ProviderUnavailable, None);
        "Causeway could not store the authorization.".clone_into(&mut failure.message);
        failure
    }

    async fn fail(&self, returned: &CallbackAccepted, failure: Failure) -> Result<(), Refusal> {
        let dropped = self.send(&FailAuthorization { id: returned.id.clone(), failure }).await?;
        self.retire(dropped).await;
        Ok(())
    }
}

fn granted(answer: &Answer) -> Result<&str, Failure> {
    let words = answer.error_description.as_deref().or(answer.error.as_deref());
    match (&answer.code, &answer.error) {
        (Some(code), None) if !code.is_empty() && code.len() <= 4096 => Ok(code),
        (None, Some(error)) if error == "access_denied" => Err(failure(FailureCode::Denied, words)),
        _ => Err(failure(FailureCode::ProviderError, words)),
    }
}

enum Picked {
    One(Site),
    Several(Vec<Site>),
}

/// Which site? The pinned one, if it is among them; the only one; or one that the person chooses.
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

/// The page that stays open and reads *Unauthorized*: there is no attempt that the app could show.
fn unauthorized(why: &str, id: &RequestId) -> Response {
    let page = page::Page {
        title: "Unauthorized",
        message: why,
        remedy: "Nothing was changed. Close this window and authorize again from the connection.",
        code: Some(ProblemCode::CallbackRefused),
        request: Some(&id.0),
        onward: None,
    };
    page::write(StatusCode::BAD_REQUEST, &page)
}
