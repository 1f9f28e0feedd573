//! A call to Jira: sent once, or again where that is harmless.
//!
//! Safe calls (`GET`, `HEAD`, `OPTIONS`) are retried at most twice and within ten seconds, after 429, 502, 503, 504 or
//! a broken connection. Any call is repeated once, because Jira did not carry it out: after a 401, with a newer token;
//! and after a refused signature, if Jira has the next key of the application link already. Everything else is sent
//! once; if its response is lost, the caller is told so.

mod diverted;
mod ended;
mod refused;

use std::time::Duration;

use api::{ConnectionId, CredentialKind, Timestamp};
use futures::channel::oneshot;

use crate::{
    grant::AccessToken,
    jira::{self, JiraTarget, TargetRefused},
    organization::ObservedRateLimit,
    ports::{Clock as _, Level, Log as _},
    proxy::{
        GrantedAccess, ProxyCaches, ProxyPorts, UploadEnd, UpstreamAnswer, UpstreamBody, UpstreamFailure,
        UpstreamRequest,
        access::access,
        admission::{AdmittedCall, BODY_BYTES},
        concurrency::ConcurrencyPermit,
        headers,
        rate_limits::{MayTryAgain, RateLimited, RateLimitedEndpoint, observe},
        refusal::CallRefusal,
        replayable_body::ReplayableBody,
        response_class::{self, ResponseClass},
        retry::jitter,
        retry_after,
        timeout::with_timeout,
        tokens::{self, GrantKey},
        upload::{FIRST_BYTE, SendOutcome, send_within},
    },
};

/// The time limit for reading the body of a refusal.
const PEEK: Duration = Duration::from_secs(2);
/// How much of a refusal is read, in bytes.
const PEEK_BYTES: usize = 4096;
/// The largest body of declared length whose sending is not watched: it is sent in a moment.
const UNWATCHED_BYTES: u64 = 64 * 1024;
/// The longest total wait of a call for an endpoint to recover from a burst.
const HOLD_UP: Duration = Duration::from_secs(10);

/// A call in progress.
pub(super) struct UpstreamCall<'a, P: ProxyPorts> {
    ports: &'a P,
    caches: &'a ProxyCaches,
    call: AdmittedCall,
    body: ReplayableBody<P::Body>,
    connection: ConnectionId,
    /// What the caller may do, and when that was found; used up by the first attempt.
    found: Option<(GrantedAccess, Timestamp)>,
    permit: ConcurrencyPermit,
    /// The path of our own that the response's `Location` leads to.
    location: Option<String>,
    /// The status of the last answer, if there was one.
    http_status: Option<u16>,
    /// What the last answer said about a rate limit.
    rate_limit: Option<ObservedRateLimit>,
    delayed: Duration,
    token_replaced: bool,
    next_key_tried: bool,
    grant_looked_up_again: bool,
}

/// A call as it was sent.
struct SentCall {
    url: String,
    target: JiraTarget,
    kind: CredentialKind,
    grant_key: GrantKey,
    token: AccessToken,
}

/// The state of a call.
pub(super) enum CallStep<A> {
    /// Jira's response is to be passed on.
    Done(UpstreamAnswer<A>),
    /// The call is to be sent (again) after a pause.
    Retry(Duration),
}

type CallStepResult<P> = Result<CallStep<<P as crate::proxy::Upstream>::AnswerBody>, CallRefusal>;
type JiraAnswer<P> = UpstreamAnswer<<P as crate::proxy::Upstream>::AnswerBody>;

impl<'a, P: ProxyPorts> UpstreamCall<'a, P> {
    pub(super) fn begin(
        ports: &'a P,
        caches: &'a ProxyCaches,
        call: AdmittedCall,
        body: Option<P::Body>,
        found: (GrantedAccess, Timestamp),
        permit: ConcurrencyPermit,
    ) -> Self {
        let body = ReplayableBody::new(body, call.keeps_body());
        Self {
            ports,
            caches,
            call,
            body,
            connection: found.0.connection.clone(),
            found: Some(found),
            permit,
            location: None,
            http_status: None,
            rate_limit: None,
            delayed: Duration::ZERO,
            token_replaced: false,
            next_key_tried: false,
            grant_looked_up_again: false,
        }
    }

    /// The path of our own for the response's `Location`.
    pub(super) fn take_location(&mut self) -> Option<String> {
        self.location.take()
    }

    /// One attempt. Access is checked for each, and again after waiting for a permit or a token, so that a revocation also
    /// applies to waiting calls.
    pub(super) async fn step(&mut self) -> CallStepResult<P> {
        let looked_up_at = self.ports.platform().now();
        self.permit.touch(looked_up_at);
        let granted = match self.found.take() {
            // Nothing was waited for since: the clock stands still.
            Some((granted, at)) if at == looked_up_at => granted,
            _ => access(self.ports, self.caches, &self.call.caller).await?,
        };
        self.call.check_for(&granted)?;
        self.connection.clone_from(&granted.connection);
        let endpoint = self.endpoint(&granted);
        self.caches.rate_limits.admit(&endpoint.owner, self.ports.platform().now())?;
        if let Some(pause) = self.caches.rate_limits.delay(&endpoint, self.ports.platform().now()) {
            return self.wait_for_endpoint(pause);
        }
        let grant_key = (self.call.caller.organization.clone(), granted.grant.clone());
        let token = match tokens::current(self.ports, self.caches, &grant_key).await {
            Ok(token) => token,
            Err(unavailable) => return self.token_unavailable(&unavailable, granted.kind),
        };
        if self.ports.platform().now() > looked_up_at
            && access(self.ports, self.caches, &self.call.caller).await? != granted
        {
            return Ok(CallStep::Retry(Duration::ZERO));
        }
        if self.caches.refused_calls.rests(&grant_key, &token, &endpoint, self.ports.platform().now()) {
            return Err(CallRefusal::CredentialRefused);
        }
        let (request, uploaded) = self.request(&granted, &token).await?;
        self.http_status = None;
        let GrantedAccess { target, kind, .. } = granted;
        let sent = SentCall { url: request.url.clone(), target, kind, grant_key, token };
        let alive = || self.permit.touch(self.ports.platform().now());
        let sending = self.ports.send(request);
        let outcome = match uploaded {
            Some(uploaded) => send_within(self.ports.platform(), sending, uploaded, alive).await,
            None => SendOutcome::Ended(sending.await),
        };
        match outcome {
            SendOutcome::Ended(Ok(answer)) => self.classify(answer, &endpoint, &sent).await,
            SendOutcome::Ended(Err(failure)) => self.failed(failure),
            SendOutcome::Unanswered => Err(self.timeout()),
            SendOutcome::TooSlow => Err(CallRefusal::UploadTooSlow),
            SendOutcome::TooLarge => Err(CallRefusal::BodyTooLarge),
        }
    }

    fn timeout(&self) -> CallRefusal {
        if self.call.is_safe() { CallRefusal::Timeout } else { CallRefusal::OutcomeUnknown }
    }

    fn endpoint(&self, granted: &GrantedAccess) -> RateLimitedEndpoint {
        let owner = RateLimited::of(granted, &self.call.caller);
        RateLimitedEndpoint { owner, method: self.call.method, pattern: self.call.pattern.clone() }
    }

    fn wait_for_endpoint(&mut self, pause: Duration) -> CallStepResult<P> {
        self.delayed = self.delayed.saturating_add(pause);
        if self.delayed > HOLD_UP {
            return Err(CallRefusal::Burst { retry_after: retry_after::clamped(pause.as_secs() + 1) });
        }
        Ok(CallStep::Retry(pause.saturating_add(jitter(self.ports.platform(), 500))))
    }

    async fn request(
        &mut self,
        granted: &GrantedAccess,
        token: &AccessToken,
    ) -> Result<(UpstreamRequest<P::Body>, Option<oneshot::Receiver<UploadEnd>>), CallRefusal> {
        let (ports, method) = (self.ports, self.call.method);
        let path = format!("/{}", self.call.path_and_query);
        let url =
            granted.target.url(ports.api_url(), ports.address_policy(), &path).map_err(|closed| match closed {
                TargetRefused::Misconfigured => CallRefusal::Misconfigured,
                TargetRefused::Nowhere => CallRefusal::BadSite,
                TargetRefused::Refused(_) => CallRefusal::AddressRefused,
            })?;
        let mut headers = self.call.headers.clone();
        let content_type = headers.iter().find(|(name, _)| *name == "content-type").map(|(_, value)| value.as_str());
        // An empty form has no field to sign (RFC 5849, section 3.4.1.3.1).
        let content_type = content_type.filter(|_| !self.body.is_none());
        let credential = &token.credential;
        let authorization = jira::authorization(ports.platform(), method, &url, content_type, credential).await;
        headers.push(("authorization", authorization.map_err(CallRefusal::NotSigned)?));
        let (length, limit) = (self.call.length, BODY_BYTES);
        let stream = self.body.take(ports)?;
        let is_watched = stream.is_some() && length.is_none_or(|length| length > UNWATCHED_BYTES);
        let (ended, uploaded) = is_watched.then(oneshot::channel).unzip();
        let body = stream.map(|stream| UpstreamBody { stream, length, limit, ended });
        let within = (!is_watched).then_some(FIRST_BYTE);
        Ok((UpstreamRequest { method, url, headers, body, within }, uploaded))
    }

    async fn classify(
        &mut self,
        answer: JiraAnswer<P>,
        endpoint: &RateLimitedEndpoint,
        sent: &SentCall,
    ) -> CallStepResult<P> {
        let response_class = response_class::read(answer.status);
        self.observe(&answer, response_class);
        // Jira may treat a caller with a wrong password as anonymous and answer 200: that is no response to this call.
        if let Some(denial) = self.denial(&answer, sent, &[]) {
            return self.denied(answer, endpoint, sent, &denial).await;
        }
        self.location = self.own_location(&answer, sent);
        match response_class {
            ResponseClass::JiraAnswer if self.is_web_page(&answer, sent).await => {
                self.discard_and_refuse(answer, CallRefusal::SignInPage)
            }
            ResponseClass::JiraAnswer => Ok(CallStep::Done(answer)),
            ResponseClass::Credential => self.credential_refused(answer, endpoint, sent).await,
            ResponseClass::Forbidden => self.forbidden(answer, endpoint, sent).await,
            ResponseClass::RateLimited => {
                let now = self.ports.platform().now();
                let applied = self.caches.rate_limits.apply(endpoint, &answer.headers, now);
                self.rate_limit = observe(&answer.headers, self.caches.rate_limits.limited_until(endpoint, now), now);
                match applied {
                    Ok(MayTryAgain::Yes) => Ok(self.retry_or_finish(answer)),
                    Ok(MayTryAgain::No) => Ok(CallStep::Done(answer)),
                    Err(refusal) => self.discard_and_refuse(answer, refusal),
                }
            }
            ResponseClass::Passing => Ok(self.retry_or_finish(answer)),
            ResponseClass::Origin(failure) => self.not_reached(answer, failure),
            // Jira's way to say where the outcome of a long operation can be read.
            ResponseClass::Redirect if self.location.is_some() => Ok(CallStep::Done(answer)),
            ResponseClass::Redirect => {
                let refusal = sent.redirected(&answer.headers, answer.status);
                self.discard_and_refuse(answer, refusal)
            }
            ResponseClass::Nonsense => self.discard_and_refuse(answer, self.answer_lost()),
        }
    }

    async fn peek(&self, answer: &JiraAnswer<P>) -> Vec<u8> {
        with_timeout(self.ports.platform(), PEEK, self.ports.peek(&answer.body, PEEK_BYTES)).await.unwrap_or_default()
    }

    fn retry_or_finish(&mut self, answer: JiraAnswer<P>) -> CallStep<P::AnswerBody> {
        let asked = headers::value(&answer.headers, "retry-after");
        let asked = asked.and_then(|value| retry_after::read(value, self.ports.platform().now()));
        match self.next_pause(asked) {
            Some(pause) => {
                self.ports.discard(answer.body);
                CallStep::Retry(pause)
            }
            None => CallStep::Done(answer),
        }
    }

    fn failed(&mut self, failure: UpstreamFailure) -> CallStepResult<P> {
        let (refusal, why) = match failure {
            UpstreamFailure::NotSent(why) => (CallRefusal::Unreachable, why),
            UpstreamFailure::Broken(why) => (self.answer_lost(), why),
            UpstreamFailure::Late => return Err(self.timeout()),
        };
        let details = [("request_id", self.call.request_id.as_str()), ("why", why.as_str())];
        self.ports.platform().log(Level::Warning, "proxy.upstream_failed", &details);
        self.next_pause(None).map(CallStep::Retry).ok_or(refusal)
    }

    /// The pause before another attempt, if this call may have one.
    fn next_pause(&mut self, retry_after: Option<u64>) -> Option<Duration> {
        let may = self.call.is_safe() && self.body.is_available();
        may.then(|| self.call.budget.next_pause(retry_after, self.ports.platform())).flatten()
    }

    fn answer_lost(&self) -> CallRefusal {
        if self.call.is_safe() { CallRefusal::Unreachable } else { CallRefusal::OutcomeUnknown }
    }

    fn discard_and_refuse(&self, answer: JiraAnswer<P>, refusal: CallRefusal) -> CallStepResult<P> {
        self.ports.discard(answer.body);
        Err(refusal)
    }
}
