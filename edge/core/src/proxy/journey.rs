//! A call's way up to Jira and back: sent once, or again where that cannot do harm.
//!
//! Again, at most twice and within ten seconds: what changes nothing (`GET`, `HEAD`, `OPTIONS`), after 429, 502, 503, 504
//! or a broken connection. Again, once each, because Jira did not carry the call out, so this is no second time: any call
//! that it answered with 401, with a newer token; any whose signature it refused, if it has the next key of the application
//! link already. Everything else is sent once; if its answer is lost, that is said.

use std::time::Duration;

use api::Cause;

use crate::{
    grant::AccessToken,
    jira::{self, Denial, JiraTarget, Seen, TargetRefused},
    ports::{Level, PortFailure},
    proxy::{
        Granted, ProxyCaches, ProxyPorts, UpstreamAnswer, UpstreamFailure, UpstreamRequest,
        access::access,
        admission::{Call, Caller},
        concurrency::Place,
        headers,
        luggage::Luggage,
        rate_limits::{Endpoint, MayTryAgain},
        refusal::Refusal,
        retry::jitter,
        retry_after,
        tokens::{self, Holder, NoToken},
        verdict::{self, Verdict},
        waiting::within,
    },
};

/// How long Jira may take until the first byte of its answer.
const FIRST_BYTE: Duration = Duration::from_mins(1);
/// How long switching to the next key may take: a call to Jira and a few to the organization and keepers.
const SWITCH: Duration = Duration::from_secs(15);
/// How long reading the words of a refusal may take.
const PEEK: Duration = Duration::from_secs(2);
/// How much of a refusal is read.
const PEEK_BYTES: usize = 4096;
/// How long a call waits altogether for an endpoint to recover from a burst.
const HOLD_UP: Duration = Duration::from_secs(10);

/// A call on its way.
pub(super) struct Journey<'a, P: ProxyPorts> {
    ports: &'a P,
    caches: &'a ProxyCaches,
    call: Call,
    body: Luggage<P::Body>,
    place: Place,
    held_up: Duration,
    token_replaced: bool,
    key_sought: bool,
    grant_sought_again: bool,
}

/// A call as it was sent.
struct Sent {
    url: String,
    target: JiraTarget,
    holder: Holder,
    token: AccessToken,
}

impl Sent {
    /// Whether a redirect leads to another host than the one that was called: the site moved. Inside the site it leads to
    /// its log-in page.
    fn leads_elsewhere(&self, answered: &[(String, String)]) -> bool {
        let called = url::Url::parse(&self.url).ok();
        let to = called.as_ref().zip(headers::value(answered, "location")).and_then(|(url, to)| url.join(to).ok());
        let host = |url: &url::Url| url.host_str().map(str::to_owned);
        matches!(self.target, JiraTarget::Direct { .. })
            && to.is_some_and(|to| host(&to) != called.as_ref().and_then(host))
    }
}

/// How far a call has come.
pub(super) enum Step<A> {
    /// Jira's answer is to be passed down.
    Arrived(UpstreamAnswer<A>),
    /// To be sent (again) after a pause.
    Again(Duration),
}

type Stepped<P> = Result<Step<<P as crate::proxy::Upstream>::AnswerBody>, Refusal>;
type Answer<P> = UpstreamAnswer<<P as crate::proxy::Upstream>::AnswerBody>;

impl<'a, P: ProxyPorts> Journey<'a, P> {
    pub(super) fn begin(
        ports: &'a P,
        caches: &'a ProxyCaches,
        call: Call,
        body: Option<P::Body>,
        place: Place,
    ) -> Self {
        let body = Luggage::pack(body, call.keeps_body);
        let held_up = Duration::ZERO;
        let (token_replaced, key_sought, grant_sought_again) = (false, false, false);
        Self { ports, caches, call, body, place, held_up, token_replaced, key_sought, grant_sought_again }
    }

    /// Whose call it is.
    pub(super) const fn caller(&self) -> &Caller {
        &self.call.caller
    }

    /// One try. What the key may do is looked up for each, and again if the token was waited for: a revocation also holds
    /// for calls that wait.
    pub(super) async fn step(&mut self) -> Stepped<P> {
        let looked_up_at = self.ports.now();
        self.place.hold(looked_up_at);
        let granted = access(self.ports, self.caches, &self.call.caller).await?;
        self.caches.rate_limits.admit(granted.target.key(), self.ports.now())?;
        let endpoint = self.endpoint(&granted);
        if let Some(pause) = self.caches.rate_limits.hold_up(&endpoint, self.ports.now()) {
            return self.wait_for_endpoint(pause);
        }
        let holder = (self.call.caller.organization.clone(), granted.grant.clone());
        let token = match tokens::current(self.ports, self.caches, &holder).await {
            Ok(token) => token,
            Err(no_token) => return self.without_token(&no_token),
        };
        if self.ports.now() > looked_up_at && access(self.ports, self.caches, &self.call.caller).await? != granted {
            return Ok(Step::Again(Duration::ZERO));
        }
        if tokens::rests(self.ports, self.caches, &holder, &token) {
            return Err(Refusal::CredentialRefused);
        }
        let request = self.request(&granted, &token).await?;
        let sent = Sent { url: request.url.clone(), target: granted.target, holder, token };
        self.place.hold(self.ports.now());
        match within(self.ports, FIRST_BYTE, self.ports.send(request)).await {
            Some(Ok(answer)) => self.judge(answer, &endpoint, &sent).await,
            Some(Err(failure)) => self.failed(failure),
            None if self.call.is_safe() => Err(Refusal::Timeout),
            None => Err(Refusal::OutcomeUnknown),
        }
    }

    fn endpoint(&self, granted: &Granted) -> Endpoint {
        let site = granted.target.key().to_owned();
        Endpoint { site, method: self.call.method, pattern: self.call.pattern.clone() }
    }

    fn wait_for_endpoint(&mut self, pause: Duration) -> Stepped<P> {
        self.held_up = self.held_up.saturating_add(pause);
        if self.held_up > HOLD_UP {
            return Err(Refusal::TooManyCalls { retry_after: retry_after::tell(pause.as_secs() + 1) });
        }
        Ok(Step::Again(pause.saturating_add(jitter(self.ports, 500))))
    }

    /// A connection may have got another grant since the organization was asked: then it is asked once more.
    fn without_token(&mut self, no_token: &NoToken) -> Stepped<P> {
        if matches!(no_token, NoToken::Gone | NoToken::Unauthorized(_)) {
            self.caches.access.forget(&self.call.caller);
        }
        match *no_token {
            NoToken::Gone if !self.grant_sought_again => {
                self.grant_sought_again = true;
                Ok(Step::Again(Duration::ZERO))
            }
            NoToken::Gone => Err(Refusal::Unauthorized { cause: None }),
            NoToken::Unauthorized(cause) => Err(Refusal::Unauthorized { cause: Some(cause) }),
            NoToken::Unavailable { cause, retry_after } => Err(Refusal::CredentialUnavailable { cause, retry_after }),
            NoToken::Refused => Err(Refusal::CredentialRefused),
        }
    }

    async fn request(&mut self, granted: &Granted, token: &AccessToken) -> Result<UpstreamRequest<P::Body>, Refusal> {
        let (ports, method) = (self.ports, self.call.method);
        let path = format!("/{}", self.call.path_and_query);
        let url =
            granted.target.url(ports.api_url(), ports.address_policy(), &path).map_err(|closed| match closed {
                TargetRefused::Misconfigured => Refusal::Misconfigured,
                TargetRefused::Nowhere => Refusal::BadSite,
                TargetRefused::Refused(_) => Refusal::AddressRefused,
            })?;
        let mut headers = self.call.headers.clone();
        let content_type = headers.iter().find(|(name, _)| *name == "content-type").map(|(_, value)| value.as_str());
        let credential = &token.credential;
        let authorization = jira::authorization(ports, method, &url, content_type, credential).await;
        headers.push(("authorization", authorization.map_err(Refusal::NotSigned)?));
        Ok(UpstreamRequest { method, url, headers, body: self.body.take(ports)? })
    }

    async fn judge(&mut self, answer: Answer<P>, endpoint: &Endpoint, sent: &Sent) -> Stepped<P> {
        // A wrong password may be answered with 200, as to nobody: that is no answer to this call.
        if let Some(denial) = self.denial(&answer, sent, &[]) {
            return self.denied(answer, sent, &denial).await;
        }
        match verdict::read(answer.status) {
            Verdict::Answer => Ok(Step::Arrived(answer)),
            Verdict::Credential => self.credential_refused(answer, sent).await,
            Verdict::Forbidden => self.forbidden(answer, sent).await,
            Verdict::RateLimited => match self.caches.rate_limits.heed(endpoint, &answer.headers, self.ports.now()) {
                Ok(MayTryAgain::Yes) => Ok(self.again_or_arrived(answer)),
                Ok(MayTryAgain::No) => Ok(Step::Arrived(answer)),
                Err(refusal) => self.drop_answer(answer, refusal),
            },
            Verdict::Passing => Ok(self.again_or_arrived(answer)),
            Verdict::Redirect if sent.leads_elsewhere(&answer.headers) => self.drop_answer(answer, Refusal::SiteMoved),
            Verdict::Redirect => self.drop_answer(answer, Refusal::Redirected),
            Verdict::Nonsense => self.drop_answer(answer, self.lost()),
        }
    }

    async fn beginning(&self, answer: &Answer<P>) -> Vec<u8> {
        within(self.ports, PEEK, self.ports.peek(&answer.body, PEEK_BYTES)).await.unwrap_or_default()
    }

    /// What Jira itself says against the credential.
    fn denial(&self, answer: &Answer<P>, sent: &Sent, body: &[u8]) -> Option<Denial> {
        // What is refreshed may only have come to its end: its refresh tells.
        if answer.status >= 400 && !sent.token.is_static() {
            return None;
        }
        let seen = Seen { status: answer.status, headers: &answer.headers, body };
        Denial::read(&seen, &sent.token.credential, &sent.url, self.ports.now())
    }

    /// A credential that nothing refreshes is not sent again once Jira has spoken; one that is refreshed may only have
    /// come to its end.
    async fn denied(&mut self, answer: Answer<P>, sent: &Sent, denial: &Denial) -> Stepped<P> {
        if denial.cause == Cause::SignatureInvalid && self.has_another_key_than(sent).await {
            self.ports.discard(answer.body);
            return if self.body.can_go() { Ok(Step::Again(Duration::ZERO)) } else { Err(Refusal::NotReplayable) };
        }
        if !sent.token.is_static() {
            return self.drop_answer(answer, Refusal::CredentialRefused);
        }
        if denial.is_definitive {
            let refused = (sent.token.generation, denial.cause);
            tokens::tell_refused(self.ports, self.caches, &sent.holder, refused);
        }
        self.drop_answer(answer, Refusal::Denied { cause: denial.cause })
    }

    async fn forbidden(&mut self, answer: Answer<P>, sent: &Sent) -> Stepped<P> {
        let body = self.beginning(&answer).await;
        match (verdict::words(&body), self.denial(&answer, sent, &body)) {
            (Some(refusal), _) => self.drop_answer(answer, refusal),
            (None, Some(denial)) => self.denied(answer, sent, &denial).await,
            (None, None) => Ok(Step::Arrived(answer)),
        }
    }

    async fn credential_refused(&mut self, answer: Answer<P>, sent: &Sent) -> Stepped<P> {
        let body = self.beginning(&answer).await;
        if let Some(refusal) = verdict::words(&body) {
            return self.drop_answer(answer, refusal);
        }
        if let Some(denial) = self.denial(&answer, sent, &body) {
            return self.denied(answer, sent, &denial).await;
        }
        self.ports.discard(answer.body);
        let (holder, generation) = (&sent.holder, sent.token.generation);
        if self.token_replaced || sent.token.is_static() {
            tokens::refuse(self.ports, self.caches, holder, generation);
            return Err(Refusal::CredentialRefused);
        }
        match tokens::replace(self.ports, self.caches, holder, generation).await {
            Ok(()) if !self.body.can_go() => Err(Refusal::NotReplayable),
            Ok(()) => {
                self.token_replaced = true;
                Ok(Step::Again(Duration::ZERO))
            }
            Err(no_token) => self.without_token(&no_token),
        }
    }

    /// Jira may have the next key of the application link already. Looks once a call; whoever was quicker, the connection
    /// has another grant then.
    async fn has_another_key_than(&mut self, sent: &Sent) -> bool {
        if std::mem::replace(&mut self.key_sought, true) {
            return false;
        }
        let Caller { organization, connection, .. } = &self.call.caller;
        let switched = within(self.ports, SWITCH, self.ports.switch_key(organization, connection)).await;
        if let Some(Err(PortFailure(why))) = switched {
            let details = [("connection", connection.as_str()), ("why", &why)];
            self.ports.log(Level::Info, "proxy.key_not_switched", &details);
        }
        self.caches.access.forget(&self.call.caller);
        let now = access(self.ports, self.caches, &self.call.caller).await;
        now.is_ok_and(|granted| granted.grant != sent.holder.1)
    }

    fn again_or_arrived(&mut self, answer: Answer<P>) -> Step<P::AnswerBody> {
        let asked = headers::value(&answer.headers, "retry-after");
        let asked = asked.and_then(|value| retry_after::read(value, self.ports.now()));
        match self.next_pause(asked) {
            Some(pause) => {
                self.ports.discard(answer.body);
                Step::Again(pause)
            }
            None => Step::Arrived(answer),
        }
    }

    fn failed(&mut self, failure: UpstreamFailure) -> Stepped<P> {
        let (refusal, why) = match failure {
            UpstreamFailure::NotSent(why) => (Refusal::Unreachable, why),
            UpstreamFailure::Broken(why) => (self.lost(), why),
        };
        let details = [("request_id", self.call.request_id.as_str()), ("why", why.as_str())];
        self.ports.log(Level::Warning, "proxy.upstream_failed", &details);
        self.next_pause(None).map(Step::Again).ok_or(refusal)
    }

    /// The pause before another try, if this call may have one.
    fn next_pause(&mut self, retry_after: Option<u64>) -> Option<Duration> {
        let may = self.call.is_safe() && self.body.can_go();
        may.then(|| self.call.budget.next_pause(retry_after, self.ports)).flatten()
    }

    fn lost(&self) -> Refusal {
        if self.call.is_safe() { Refusal::Unreachable } else { Refusal::OutcomeUnknown }
    }

    fn drop_answer(&self, answer: Answer<P>, refusal: Refusal) -> Stepped<P> {
        self.ports.discard(answer.body);
        Err(refusal)
    }
}
