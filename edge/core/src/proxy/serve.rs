//! Serves one call.

use api::{ConnectionId, Timestamp};

use crate::{
    ports::{Clock as _, Level, Log as _, Timer as _},
    proxy::{
        ConnectionReference, ProxyAnswer, ProxyCaches, ProxyPorts, ProxyRequest, UpstreamAnswer,
        access::access,
        admission::AdmittedCall,
        answer, call_counts, checkup_requests,
        outcome::{EndedCall, Ending},
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
/// 5. Counts how it ended; that is recorded after the response.
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
    let begun_at = ports.platform().now();
    let (call, body) = AdmittedCall::admit(request)?;
    let granted = match access(ports, caches, &call.caller).await {
        Ok(granted) => granted,
        Err(refusal) => {
            if let ConnectionReference::Id(connection) = call.caller.connection.clone() {
                count_unsent(ports, caches, call, connection, &refusal, begun_at);
            }
            return Err(refusal);
        }
    };
    let found_at = ports.platform().now();
    call.check_for(&granted)?;
    let acquired = caches.concurrency.acquire(ports.platform(), &call.caller.organization, &granted.connection).await;
    let permit = match acquired {
        Ok(permit) => permit,
        Err(refusal) => {
            count_unsent(ports, caches, call, granted.connection, &refusal, begun_at);
            return Err(refusal);
        }
    };
    let mut upstream_call = UpstreamCall::begin(ports, caches, call, body, (granted, found_at), permit);
    let ended = loop {
        match upstream_call.step().await {
            Ok(CallStep::Done(answer)) => break Ok(answer),
            Ok(CallStep::Retry(pause)) => ports.platform().sleep(pause).await,
            Err(refusal) => break Err(refusal),
        }
    };
    let location = upstream_call.take_location();
    let (ending, status) = match &ended {
        Ok(answer) => (Some(Ending::of_answer(answer.status)), answer.status),
        Err(refusal) => (Ending::of_refusal(refusal), refusal.status()),
    };
    if let Some(ending) = ending {
        let ended = upstream_call.into_ended(ending, status, begun_at);
        checkup_requests::send(ports, caches, &ended);
        call_counts::record(ports, caches, ended);
    }
    ended.map(|answer| (answer, location))
}

/// Counts a call that was refused before anything was sent.
fn count_unsent<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    call: AdmittedCall,
    connection: ConnectionId,
    refusal: &CallRefusal,
    begun_at: Timestamp,
) {
    if let Some(ending) = Ending::of_refusal(refusal) {
        let times = (begun_at, ports.platform().now());
        call_counts::record(ports, caches, EndedCall::of(call, connection, ending, refusal.status(), times));
    }
}
