//! What is counted of a call.

use api::Timestamp;

use super::{JiraAnswer, UpstreamCall};
use crate::{
    ports::Clock as _,
    proxy::{
        ProxyPorts,
        outcome::{EndedCall, Ending},
        rate_limits::observe,
        response_class::ResponseClass,
    },
};

impl<P: ProxyPorts> UpstreamCall<'_, P> {
    /// Remembers what is counted of an answer. The platform's own statuses are no answers.
    pub(super) fn observe(&mut self, answer: &JiraAnswer<P>, response_class: ResponseClass) {
        self.http_status = (!matches!(response_class, ResponseClass::Origin(_))).then_some(answer.status);
        self.rate_limit = observe(&answer.headers, None, self.ports.platform().now()).or(self.rate_limit);
    }

    /// The call, now that it has ended. `status` is that of the response.
    pub(in crate::proxy) fn into_ended(self, ending: Ending, status: u16, begun_at: Timestamp) -> EndedCall {
        let at = self.ports.platform().now();
        let ended = EndedCall::of(self.call, self.connection, ending, status, (begun_at, at));
        EndedCall { http_status: self.http_status, rate_limit: self.rate_limit, ..ended }
    }
}
