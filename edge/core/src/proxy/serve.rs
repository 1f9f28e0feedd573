//! Serves one call.

use crate::{
    ports::{Clock as _, Level, Log as _, Timer as _},
    proxy::{
        ProxyAnswer, ProxyCaches, ProxyPorts, ProxyRequest, UpstreamAnswer,
        access::access,
        admission::AdmittedCall,
        answer, checkup_requests,
        refusal::CallRefusal,
        upstream_call::{CallStep, UpstreamCall},
    },
};

/// Serves a call.
///
/// 1. Checks the call itself: sizes (431, 413), key (401, 403, 400), method (405), path (400), query (400, 431).
/// 2. Checks the key's access, at the organization or from the cache (401, 403, 404, 409, 503), and what depends on the
///    connection: added API families (400), forms (415).
/// 3. Waits for one of the connection's concurrency permits (429 after 30 s).
/// 4. Sends the call, and retries it as described in `upstream_call.rs`, until there is a response or a problem.
///
/// Every response carries `x-request-id` and headers that keep a browser from executing content of Jira's users.
pub async fn serve<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    request: ProxyRequest<P::Body>,
) -> ProxyAnswer<P::AnswerBody> {
    let request_id = request.request_id.clone();
    match run(ports, caches, request).await {
        Ok((answer, location)) => {
            let answer = answer::passed_down(answer, location, &request_id, ports.platform().now());
            answer.without_forbidden_body(|body| ports.discard(body))
        }
        Err(refusal) => {
            let code = refusal.problem(&request_id).code;
            ports.platform().log(Level::Info, "proxy.refused", &[("request_id", &request_id), ("code", code.as_str())]);
            answer::refused(&refusal, &request_id)
        }
    }
}

/// Jira's response, and the `Location` for it.
type Answered<A> = (UpstreamAnswer<A>, Option<String>);

async fn run<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    request: ProxyRequest<P::Body>,
) -> Result<Answered<P::AnswerBody>, CallRefusal> {
    let (call, body) = AdmittedCall::admit(request)?;
    let granted = access(ports, caches, &call.caller).await?;
    call.check_for(&granted)?;
    let organization = call.caller.organization.clone();
    let permit = caches.concurrency.acquire(ports.platform(), &organization, &granted.connection).await?;
    let mut upstream_call = UpstreamCall::begin(ports, caches, call, body, granted.connection, permit);
    loop {
        match upstream_call.step().await {
            Ok(CallStep::Done(answer)) => return Ok((answer, upstream_call.into_location())),
            Ok(CallStep::Retry(pause)) => ports.platform().sleep(pause).await,
            Err(refusal) => {
                checkup_requests::send(ports, caches, (organization, upstream_call.into_connection()), &refusal);
                return Err(refusal);
            }
        }
    }
}
