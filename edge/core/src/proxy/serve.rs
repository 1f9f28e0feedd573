//! One call from admission to answer.

use crate::{
    ports::Level,
    proxy::{
        ProxyAnswer, ProxyCaches, ProxyPorts, ProxyRequest, UpstreamAnswer,
        access::access,
        admission::Call,
        answer,
        journey::{Journey, Step},
        refusal::Refusal,
        trouble,
    },
};

/// Serves one call, whatever it is.
///
/// 1. The call alone is judged: sizes (431, 413), key (401), method (405), path (400), query (400, 431).
/// 2. The organization, or what it said at most ten seconds ago, says whether the key may (401, 403, 404, 409, 503).
/// 3. A place among the connection's calls is waited for (429 after 30 s).
/// 4. The call goes up, as `journey.rs` tells, until there is an answer to pass down or a problem to tell.
///
/// Every answer carries `x-request-id` and headers that keep a browser from running what Jira's users wrote.
pub async fn serve<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    request: ProxyRequest<P::Body>,
) -> ProxyAnswer<P::AnswerBody> {
    let request_id = request.request_id.clone();
    match carry(ports, caches, request).await {
        Ok(answer) => answer::passed_down(answer, &request_id, ports.now()),
        Err(refusal) => {
            let code = refusal.problem(&request_id).code;
            ports.log(Level::Info, "proxy.refused", &[("request_id", &request_id), ("code", code.as_str())]);
            answer::refused(&refusal, &request_id)
        }
    }
}

async fn carry<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    request: ProxyRequest<P::Body>,
) -> Result<UpstreamAnswer<P::AnswerBody>, Refusal> {
    let (call, body) = Call::admit(request)?;
    access(ports, caches, &call.caller).await?;
    let place = caches.places.enter(ports, &call.caller.organization, &call.caller.connection).await?;
    let mut journey = Journey::begin(ports, caches, call, body, place);
    loop {
        match journey.step().await {
            Ok(Step::Arrived(answer)) => return Ok(answer),
            Ok(Step::Again(pause)) => ports.sleep(pause).await,
            Err(refusal) => {
                trouble::heed(ports, caches, journey.caller(), &refusal);
                return Err(refusal);
            }
        }
    }
}
