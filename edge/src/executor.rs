//! Runs proxied calls.
//!
//! In the steady state a call waits once, for Jira's response. Every promise that Rust awaits, and every future that
//! becomes one, costs closures of JavaScript with finalizers and turns through the queue of microtasks. So a call is
//! polled here: JavaScript sends its request, and polls it again with the outcome. A call that waits for anything else
//! becomes a promise, and awaits promises.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::poll_fn,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use api::Timestamp;
use edge_core::proxy::UpstreamFailure;
use futures::{future::LocalBoxFuture, task::AtomicWaker};
use wasm_bindgen::{JsCast as _, JsError, JsValue, prelude::Closure};
use wasm_bindgen_futures::future_to_promise;
use web_sys::Response;

use crate::crossing::{self, Outgoing};

/// When a call that waits for its outcome is given up, in milliseconds. JavaScript gives each an outcome within the time
/// limit for the first byte, unless the client has gone: then nothing of the request runs any more.
const LAPSES: i64 = 100_000;
/// How many calls begin between two searches for those that lapsed.
const SEARCH_EVERY: u32 = 256;

/// What JavaScript makes of a call: a response or a promise of one.
pub(crate) type Served = Result<JsValue, JsValue>;
type Outcome = Result<Response, UpstreamFailure>;

thread_local! {
    static WAITING: RefCell<Waiting> = RefCell::default();
    static ENDED: Closure<dyn Fn(u32, JsValue) -> Served> = Closure::new(ended);
}

/// The calls that wait for the outcome of their request, by number.
#[derive(Default)]
struct Waiting {
    calls: HashMap<u32, Call>,
    last: u32,
}

impl Waiting {
    fn next(&mut self, now: Timestamp) -> u32 {
        self.last = self.last.wrapping_add(1);
        if self.last.is_multiple_of(SEARCH_EVERY) {
            self.calls.retain(|_, call| (0..LAPSES).contains(&now.since(call.sent_at)));
        }
        self.last
    }
}

struct Call {
    future: LocalBoxFuture<'static, Served>,
    exchange: Rc<Exchange>,
    sent_at: Timestamp,
    waker: Arc<LatestWaker>,
}

/// Wakes whoever polled last. A timer of the platform keeps the waker that it saw first.
#[derive(Default)]
struct LatestWaker(AtomicWaker);

impl Wake for LatestWaker {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

/// Between a call and what runs it.
#[derive(Default)]
pub(crate) struct Exchange(RefCell<Stage>);

#[derive(Default)]
enum Stage {
    /// The call is run here, and has nothing to send.
    #[default]
    Running,
    /// The request is to be sent, and answered within the time.
    Wanted(Outgoing, Duration),
    Sent,
    Ended(Outcome),
    /// The call is run as a promise.
    Left,
}

impl Exchange {
    /// Whether the call is run here, so that its request can be sent with [`Exchange::send`].
    pub(crate) fn is_open(&self) -> bool {
        matches!(*self.0.borrow(), Stage::Running)
    }

    /// Has a request sent.
    pub(crate) async fn send(&self, request: Outgoing, within: Duration) -> Outcome {
        self.0.replace(Stage::Wanted(request, within));
        poll_fn(|_| match self.0.replace(Stage::Running) {
            Stage::Ended(outcome) => Poll::Ready(outcome),
            stage => {
                self.0.replace(stage);
                Poll::Pending
            }
        })
        .await
    }

    fn wanted(&self) -> Option<(Outgoing, Duration)> {
        match self.0.replace(Stage::Sent) {
            Stage::Wanted(request, within) => Some((request, within)),
            _ => None,
        }
    }
}

/// Runs a call until it has a response, or waits. `now` is when it begins.
pub(crate) fn run(exchange: Rc<Exchange>, future: LocalBoxFuture<'static, Served>, now: Timestamp) -> Served {
    poll(Call { future, exchange, sent_at: now, waker: Arc::default() })
}

fn poll(mut call: Call) -> Served {
    let waker = Waker::from(Arc::clone(&call.waker));
    loop {
        if let Poll::Ready(served) = call.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return served;
        }
        let Some((request, within)) = call.exchange.wanted() else { return Ok(promise(call, waker)) };
        let number = WAITING.with_borrow_mut(|waiting| waiting.next(call.sent_at));
        match ENDED.with(|ended| request.forward(within, number, ended)) {
            Ok(response) => {
                WAITING.with_borrow_mut(|waiting| waiting.calls.insert(number, call));
                return Ok(response.into());
            }
            Err(error) => {
                let failure = UpstreamFailure::NotSent(crossing::message(&error));
                call.exchange.0.replace(Stage::Ended(Err(failure)));
            }
        }
    }
}

fn promise(call: Call, waker: Waker) -> JsValue {
    let Call { mut future, exchange, waker: latest, .. } = call;
    exchange.0.replace(Stage::Left);
    let polled = poll_fn(move |context| {
        latest.0.register(context.waker());
        future.as_mut().poll(&mut Context::from_waker(&waker))
    });
    future_to_promise(polled).into()
}

/// Goes on with a call whose request has an outcome: a response, an error, or nothing if there was no response in time.
fn ended(number: u32, outcome: JsValue) -> Served {
    let call = WAITING.with_borrow_mut(|waiting| waiting.calls.remove(&number));
    let call = call.ok_or_else(|| JsError::new("the call is not waited for any more"))?;
    let outcome = outcome.dyn_into::<Response>().map_err(|error| crossing::failure(&error));
    call.exchange.0.replace(Stage::Ended(outcome));
    poll(call)
}
