//! One call from admission to answer.

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

/// Serves one call, whatever it is.
///
/// 1. The call alone is judged: sizes (431, 413), key (401), method (405), path (400), query (400, 431).
/// 2. The organization, or what it said at most ten seconds ago, says whether the key may (401, 403, 404, 409, 503).
/// 3. A place among the connection's calls is waited for (429 after 30 s).
/// 4. The call goes up, as `upstream_call.rs` tells, until there is an answer to pass down or a problem to tell.
///
/// Every answer carries `x-request-id` and headers that keep a browser from running what Jira's users wrote.
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
    access(ports, caches, &call.caller).await?;
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
