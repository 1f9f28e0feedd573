//! Refusals of the credential: no token is to be had, or Jira does not accept the one that was sent.

use std::time::Duration;

use api::{Cause, CredentialKind};

use super::{CallStep, CallStepResult, JiraAnswer, SentCall, UpstreamCall};
use crate::{
    jira::{Denial, ObservedResponse},
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{
        ProxyPorts,
        access::access,
        rate_limits::RateLimitedEndpoint,
        refusal::CallRefusal,
        response_class,
        timeout::with_timeout,
        tokens::{self, TokenUnavailable},
    },
};

/// The time limit for switching to the next key: a call to Jira and several to the organization and keepers.
const SWITCH: Duration = Duration::from_secs(15);
impl<P: ProxyPorts> UpstreamCall<'_, P> {
    /// The connection may have got another grant since access was checked: then it is checked once more.
    pub(super) fn token_unavailable(
        &mut self,
        unavailable: &TokenUnavailable,
        kind: CredentialKind,
    ) -> CallStepResult<P> {
        if matches!(unavailable, TokenUnavailable::Gone | TokenUnavailable::Unauthorized(_)) {
            self.caches.access.forget(&self.call.caller);
        }
        match *unavailable {
            TokenUnavailable::Gone if !self.grant_looked_up_again => {
                self.grant_looked_up_again = true;
                Ok(CallStep::Retry(Duration::ZERO))
            }
            TokenUnavailable::Gone => Err(CallRefusal::Unauthorized { cause: None, kind }),
            TokenUnavailable::Unauthorized(cause) => Err(CallRefusal::Unauthorized { cause: Some(cause), kind }),
            TokenUnavailable::Unavailable { cause, status: token_status, retry_after } => {
                Err(CallRefusal::CredentialUnavailable { cause, kind, token_status, retry_after })
            }
            TokenUnavailable::Refused => Err(CallRefusal::CredentialRefused),
        }
    }

    /// Jira's refusal of the credential, if it is one.
    pub(super) fn denial(&self, answer: &JiraAnswer<P>, sent: &SentCall, body: &[u8]) -> Option<Denial> {
        // A credential that can be refreshed may only have expired: its refresh decides.
        if answer.status >= 400 && !sent.token.is_static() {
            return None;
        }
        let seen = ObservedResponse { status: answer.status, headers: &answer.headers, body };
        Denial::read(&seen, &sent.token.credential, &sent.url, self.ports.platform().now())
    }

    /// What Jira says about one call stays with that call: it ends no credential, because something in front of Jira, or
    /// the call itself, may be the reason. The checkup that is requested asks Jira about the credential. Meanwhile the
    /// same endpoint is not called with a credential that cannot be refreshed; one that can be may only have expired.
    pub(super) async fn denied(
        &mut self,
        answer: JiraAnswer<P>,
        endpoint: &RateLimitedEndpoint,
        sent: &SentCall,
        denial: &Denial,
    ) -> CallStepResult<P> {
        if denial.cause == Cause::SignatureInvalid && self.switched_key(sent).await {
            self.ports.discard(answer.body);
            return if self.body.is_available() {
                Ok(CallStep::Retry(Duration::ZERO))
            } else {
                Err(CallRefusal::NotReplayable)
            };
        }
        if !sent.token.is_static() {
            return self.discard_and_refuse(answer, CallRefusal::CredentialRefused);
        }
        if denial.is_definitive {
            self.rest(endpoint, sent);
            return self.discard_and_refuse(answer, CallRefusal::CredentialRefused);
        }
        self.discard_and_refuse(answer, CallRefusal::Denied { cause: denial.cause, kind: sent.kind })
    }

    /// The endpoint is not called with this credential for a minute.
    fn rest(&self, endpoint: &RateLimitedEndpoint, sent: &SentCall) {
        let now = self.ports.platform().now();
        self.caches.refused_calls.record(&sent.grant_key, sent.token.generation, endpoint, now);
    }

    pub(super) async fn forbidden(
        &mut self,
        answer: JiraAnswer<P>,
        endpoint: &RateLimitedEndpoint,
        sent: &SentCall,
    ) -> CallStepResult<P> {
        let body = self.peek(&answer).await;
        match (response_class::refusal_in_body(&body, sent.kind), self.denial(&answer, sent, &body)) {
            (Some(refusal), _) => self.discard_and_refuse(answer, refusal),
            (None, Some(denial)) => self.denied(answer, endpoint, sent, &denial).await,
            (None, None) => Ok(CallStep::Done(answer)),
        }
    }

    pub(super) async fn credential_refused(
        &mut self,
        answer: JiraAnswer<P>,
        endpoint: &RateLimitedEndpoint,
        sent: &SentCall,
    ) -> CallStepResult<P> {
        let body = self.peek(&answer).await;
        if let Some(refusal) = response_class::refusal_in_body(&body, sent.kind) {
            return self.discard_and_refuse(answer, refusal);
        }
        if let Some(denial) = self.denial(&answer, sent, &body) {
            return self.denied(answer, endpoint, sent, &denial).await;
        }
        self.ports.discard(answer.body);
        let (grant_key, generation) = (&sent.grant_key, sent.token.generation);
        if sent.token.is_static() {
            self.rest(endpoint, sent);
            return Err(CallRefusal::CredentialRefused);
        }
        if self.token_replaced {
            tokens::refuse(self.ports, self.caches, grant_key, generation);
            return Err(CallRefusal::CredentialRefused);
        }
        match tokens::replace(self.ports, self.caches, grant_key, generation).await {
            Ok(()) if !self.body.is_available() => Err(CallRefusal::NotReplayable),
            Ok(()) => {
                self.token_replaced = true;
                Ok(CallStep::Retry(Duration::ZERO))
            }
            Err(unavailable) => self.token_unavailable(&unavailable, sent.kind),
        }
    }

    /// Tries the next key of the application link, once per call. If another call switched first, the connection has
    /// another grant by then.
    async fn switched_key(&mut self, sent: &SentCall) -> bool {
        if std::mem::replace(&mut self.next_key_tried, true) {
            return false;
        }
        let (organization, connection) = (&self.call.caller.organization, &self.connection);
        let switched =
            with_timeout(self.ports.platform(), SWITCH, self.ports.switch_key(organization, connection)).await;
        if let Some(Err(PortFailure(why))) = switched {
            let details = [("connection", connection.as_str()), ("why", &why)];
            self.ports.platform().log(Level::Info, "proxy.key_not_switched", &details);
        }
        self.caches.access.forget(&self.call.caller);
        let now = access(self.ports, self.caches, &self.call.caller).await;
        now.is_ok_and(|granted| granted.grant != sent.grant_key.1)
    }
}
