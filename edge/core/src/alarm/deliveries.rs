//! Sends the webhook deliveries that are due, a few per alarm, concurrently.

use api::Timestamp;
use futures::future::join_all;
use http::{Request, Response, StatusCode, header};

use crate::{
    checkup::Context,
    organization::{Attempted, DueDelivery, Turn},
    ports::{Aead, Clock, Http, HttpFailure, HttpLimits, Level, Log, Mac, PortFailure},
    proxy::retry_after,
    webhooks::{SigningSecret, check_address, headers},
};

/// The most deliveries per alarm, each to a different webhook. A Worker has six outgoing connections, which checkups
/// share.
pub const AT_ONCE: usize = 3;

/// Sends the deliveries that are due, at most [`AT_ONCE`]; the next alarm sends the rest. `turn` begins a turn at the
/// time of the call, because time passes between calls.
pub async fn send_due_deliveries<'a, W>(cx: &Context<'_, W>, turn: impl Fn() -> Turn<'a>) -> Result<(), PortFailure>
where
    W: Http + Clock + Aead + Mac + Log,
{
    let now = turn();
    let due = now.transaction(|| now.take_due_deliveries(AT_ONCE))?;
    let sent = due.into_iter().map(async |due| {
        let result = deliver(cx, &due).await;
        if let Attempted::Failed { why, .. } = &result {
            // The address is not logged: its path may be a secret.
            let details = [("webhook", due.webhook.as_str()), ("delivery", due.id.as_str()), ("cause", why.as_str())];
            cx.world.log(Level::Info, "webhook.not_delivered", &details);
        }
        let now = turn();
        now.transaction(|| now.record_delivery_attempt(&due.id, result))
    });
    join_all(sent).await.into_iter().collect()
}

async fn deliver<W: Http + Clock + Aead + Mac>(cx: &Context<'_, W>, due: &DueDelivery) -> Attempted {
    let request = match signed(cx, due).await {
        Ok(request) => request,
        Err(why) => return Attempted::Failed { answer: None, why, retry_after: None },
    };
    match cx.world.send(request, HttpLimits::EXCERPT).await {
        Ok(answer) if answer.status().is_success() => {
            Attempted::Taken { status: answer.status().as_u16(), body: text(answer.body()) }
        }
        Ok(answer) => Attempted::Failed {
            answer: Some((answer.status().as_u16(), text(answer.body()))),
            why: describe_status(answer.status()),
            retry_after: retry_after_seconds(&answer, cx.world.now()),
        },
        Err(failure) => {
            Attempted::Failed { answer: None, why: describe_failure(&failure).to_owned(), retry_after: None }
        }
    }
}

/// The signed request. The address is checked again for each delivery, because the address policy may have changed.
async fn signed<W: Aead + Mac>(cx: &Context<'_, W>, due: &DueDelivery) -> Result<Request<Vec<u8>>, String> {
    let url = check_address(&due.url, cx.configuration.address_policy())?;
    let ring = cx.configuration.key_ring().map_err(|finding| finding.message.clone())?;
    let secret = SigningSecret::open(cx.world, ring, cx.organization, &due.webhook, &due.secret).await;
    let secret = secret.map_err(|why| format!("The webhook's secret cannot be opened: {why}."))?;
    let signature = secret.sign(cx.world, &due.id, due.at, &due.body).await;
    let signature = signature.map_err(|_| "The delivery could not be signed.".to_owned())?;
    let request = headers(&due.id, due.at)
        .into_iter()
        .fold(Request::post(url.as_str()), |request, (name, value)| request.header(name, value));
    request
        .header("webhook-signature", signature)
        .body(due.body.clone().into_bytes())
        .map_err(|_| "The address cannot be called.".to_owned())
}

/// The beginning of a body as text. It is the receiver's, so control characters but line breaks and tabs are blanks.
fn text(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let harmless = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().map(|c| if harmless(c) { c } else { ' ' }).collect()
}

/// The seconds of `Retry-After`, at most an hour. Only 429 and 503 give a meaning to that header.
fn retry_after_seconds(answer: &Response<Vec<u8>>, now: Timestamp) -> Option<u32> {
    let is_busy = matches!(answer.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let value = answer.headers().get(header::RETRY_AFTER).filter(|_| is_busy)?.to_str().ok()?;
    retry_after::read(value, now).map(retry_after::clamped)
}

fn describe_status(status: StatusCode) -> String {
    let code = status.as_u16();
    if status.is_redirection() {
        format!("The receiver answered with a redirect ({code}), which is not followed.")
    } else if status == StatusCode::GONE {
        "The receiver answered 410: it wants no more deliveries.".to_owned()
    } else {
        format!("The receiver answered {code}.")
    }
}

const fn describe_failure(failure: &HttpFailure) -> &'static str {
    match failure {
        HttpFailure::Timeout => "The receiver did not answer within 10 seconds.",
        HttpFailure::TooLarge | HttpFailure::Broken(_) => "The receiver could not be reached.",
    }
}
