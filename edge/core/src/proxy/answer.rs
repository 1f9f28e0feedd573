//! The response for the caller: Jira's, or a problem.

use api::{PROBLEM_MEDIA_TYPE, Timestamp};

use crate::proxy::{ProxyAnswer, ProxyBody, UpstreamAnswer, headers, refusal::CallRefusal, retry_after};

/// Jira's response, with the headers that are passed on and ours. `location` is a path of our own.
pub(super) fn passed_down<A>(
    answer: UpstreamAnswer<A>,
    location: Option<String>,
    request_id: &str,
    now: Timestamp,
) -> ProxyAnswer<A> {
    let mut down = headers::down(&answer.headers);
    let wait = headers::value(&answer.headers, "retry-after").and_then(|value| retry_after::read(value, now));
    down.extend(wait.map(|seconds| ("retry-after", retry_after::clamped(seconds).to_string())));
    down.extend(location.map(|path| ("location", path)));
    down.extend(headers::ours(request_id));
    ProxyAnswer { status: answer.status, headers: down, body: ProxyBody::Jira(answer.body) }
}

impl<A> ProxyAnswer<A> {
    /// The answer without the body that its status does not allow. A platform refuses to build such a response.
    pub(super) fn without_forbidden_body(mut self, discard: impl FnOnce(A)) -> Self {
        if matches!(self.status, 204 | 205 | 304)
            && let ProxyBody::Jira(body) = std::mem::replace(&mut self.body, ProxyBody::Empty)
        {
            discard(body);
        }
        self
    }
}

/// The problem for a refusal.
pub(super) fn refused<A>(refusal: &CallRefusal, request_id: &str) -> ProxyAnswer<A> {
    let problem = refusal.problem(request_id);
    let mut headers = vec![("content-type", PROBLEM_MEDIA_TYPE.to_owned())];
    headers.extend(refusal.retry_after().map(|seconds| ("retry-after", seconds.to_string())));
    if *refusal == CallRefusal::Method {
        headers.push(("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS".to_owned()));
    }
    if problem.status == 401 {
        headers.push(("www-authenticate", "Bearer realm=\"causeway\"".to_owned()));
    }
    headers.extend(headers::ours(request_id));
    let body = serde_json::to_string(&problem).unwrap_or_default();
    ProxyAnswer { status: problem.status, headers, body: ProxyBody::Problem(body) }
}
