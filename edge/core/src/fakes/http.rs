//! Outgoing HTTP that says what it was told to.

use std::{cell::RefCell, collections::VecDeque, future::pending};

use http::{Request, Response};

use crate::ports::{Excess, Http, HttpFailure, HttpLimits};

/// One answer of a remote party, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FakeResponse {
    /// An answer.
    Answer {
        /// Its status.
        status: u16,
        /// Its headers.
        headers: Vec<(&'static str, String)>,
        /// Its body.
        body: Vec<u8>,
    },
    /// The connection failed.
    Failure(HttpFailure),
    /// No answer, ever.
    Silence,
}

impl FakeResponse {
    /// A JSON answer.
    pub fn json(status: u16, body: &str) -> Self {
        Self::of(status, "application/json", body.as_bytes())
    }

    /// An HTML answer.
    pub fn html(status: u16, body: &str) -> Self {
        Self::of(status, "text/html; charset=utf-8", body.as_bytes())
    }

    /// An answer of some media type.
    pub fn of(status: u16, media_type: &str, body: &[u8]) -> Self {
        Self::Answer { status, headers: vec![("content-type", media_type.to_owned())], body: body.to_vec() }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }

    /// Gives the reply as the port does, within the limits.
    pub async fn give(self, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        let (status, headers, mut body) = match self {
            Self::Answer { status, headers, body } => (status, headers, body),
            Self::Failure(failure) => return Err(failure),
            Self::Silence => pending().await,
        };
        if body.len() > limits.body_bytes && limits.excess == Excess::Refused {
            return Err(HttpFailure::TooLarge);
        }
        body.truncate(limits.body_bytes);
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        Ok(response.body(body).expect("a valid answer"))
    }
}

/// Gives the scripted replies in order, each once, and keeps every request. Without a reply left the connection breaks.
#[derive(Debug, Default)]
pub struct ScriptedHttp {
    replies: RefCell<VecDeque<FakeResponse>>,
    requests: RefCell<Vec<Request<Vec<u8>>>>,
}

impl ScriptedHttp {
    /// Adds a reply to the end of the script.
    pub fn then(&self, reply: FakeResponse) -> &Self {
        self.replies.borrow_mut().push_back(reply);
        self
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request<Vec<u8>>> {
        self.requests.borrow().clone()
    }
}

impl Http for ScriptedHttp {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        self.requests.borrow_mut().push(request);
        let reply = self.replies.borrow_mut().pop_front();
        reply
            .unwrap_or_else(|| FakeResponse::Failure(HttpFailure::Broken("nothing was scripted".to_owned())))
            .give(limits)
            .await
    }
}
