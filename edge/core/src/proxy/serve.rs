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
/// 1. Checks the call itself: sizes (431, 413), key (401), method (405), path (400), query (400, 431).
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
        Ok(answer) => answer::passed_down(answer, &request_id, ports.platform().now()),
        Err(refusal) => {
            let code = refusal.problem(&request_id).code;
            ports.platform().log(Level::Info, "proxy.refused", &[("request_id", &request_id), ("code", code.as_str())]);
            answer::refused(&refusal, &request_id)
        }
    }
}

async fn run<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    request: ProxyRequest<P::Body>,
) -> Result<UpstreamAnswer<P::AnswerBody>, CallRefusal> {
    let (call, body) = AdmittedCall::admit(request)?;
    call.check_for(&access(ports, caches, &call.caller).await?)?;
    let permit =
        caches.concurrency.acquire(ports.platform(), &call.caller.organization, &call.caller.connection).await?;
    let mut upstream_call = UpstreamCall::begin(ports, caches, call, body, permit);
    loop {
        match upstream_call.step().await {
            Ok(CallStep::Done(answer)) => return Ok(answer),
            Ok(CallStep::Retry(pause)) => ports.platform().sleep(pause).await,
            Err(refusal) => {
                checkup_requests::send(ports, caches, upstream_call.caller(), &refusal);
                return Err(refusal);
            }
        }
    }
}
