//! Responses that lead elsewhere, or that something other than Jira gave: redirects, sign-in pages, the platform.

use super::{CallStep, CallStepResult, JiraAnswer, SentCall, UpstreamCall};
use crate::{
    jira::{self, JiraTarget, Redirect},
    origin_failure::OriginFailure,
    ports::{Level, Log as _},
    proxy::{ProxyPorts, headers, location, refusal::CallRefusal},
};

impl SentCall {
    /// The refusal for a redirect. Atlassian's gateway neither moves nor has a sign-in page.
    pub(super) fn redirected(&self, answered: &[(String, String)], status: u16) -> CallRefusal {
        let redirect = match (self.target.context_path(), headers::value(answered, "location")) {
            (Some(context_path), Some(location)) => Redirect::read(status, &self.url, context_path, location),
            _ => Redirect::Elsewhere,
        };
        match redirect {
            Redirect::Moved => CallRefusal::SiteMoved,
            Redirect::SignIn => CallRefusal::SignInPage,
            Redirect::Elsewhere => CallRefusal::Redirected,
        }
    }
}

impl<P: ProxyPorts> UpstreamCall<'_, P> {
    /// The path of our own for the `Location` of what was created, or of where an outcome can be read.
    pub(super) fn own_location(&self, answer: &JiraAnswer<P>, sent: &SentCall) -> Option<String> {
        let location =
            headers::value(&answer.headers, "location").filter(|_| matches!(answer.status, 201 | 202 | 303))?;
        location::ours(&sent.target, &sent.url, &self.call.base_path, location)
    }

    /// Whether a success is a web page, where Jira's REST interface answers with JSON. A page that somebody attached to
    /// an issue is not meant.
    pub(super) async fn is_web_page(&self, answer: &JiraAnswer<P>, sent: &SentCall) -> bool {
        let is_file = self.call.pattern.contains("/attachment");
        let may_be = matches!(sent.target, JiraTarget::Direct { .. }) && (200..300).contains(&answer.status);
        may_be && !is_file && headers::is_html(&answer.headers) && jira::is_web_page(&self.peek(answer).await)
    }

    /// The platform did not reach the server. A call that changes nothing is tried again, unless that cannot help.
    pub(super) fn not_reached(&mut self, answer: JiraAnswer<P>, failure: OriginFailure) -> CallStepResult<P> {
        let (again, refusal) = match failure {
            OriginFailure::Certificate => (None, CallRefusal::CertificateRefused),
            OriginFailure::Unreachable => (self.next_pause(None), CallRefusal::Unreachable),
            OriginFailure::Unanswered => (self.next_pause(None), self.answer_lost()),
        };
        let (request_id, status) = (self.call.request_id.as_str(), answer.status.to_string());
        let details = [("request_id", request_id), ("why", failure.sentence()), ("status", &status)];
        self.ports.platform().log(Level::Warning, "proxy.upstream_failed", &details);
        self.ports.discard(answer.body);
        again.map(CallStep::Retry).ok_or(refusal)
    }
}
