//! Somebody who speaks HTTP: what a browser would send, without a browser, and what an attacker would.

mod actions;
mod answer;
mod cookies;
mod task_actions;

use std::sync::{Mutex, PoisonError};

use api::{Endpoint, PROOF_HEADER, PROOF_VALUE};
use reqwest::{Client, Method, RequestBuilder, redirect::Policy};
use url::Url;

pub use actions::{Connected, jira_calls};
pub use answer::Answer;
use cookies::Cookies;

/// A client with cookies of its own. It follows no redirect unless asked to.
#[derive(Debug)]
pub struct Visitor {
    client: Client,
    public_url: Url,
    cookies: Mutex<Cookies>,
}

impl Visitor {
    /// Somebody without cookies, for the Causeway at `public_url`.
    ///
    /// # Panics
    /// If that is not an address.
    pub fn new(public_url: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client without TLS can be built");
        let public_url = Url::parse(public_url).expect("the public URL is an address");
        Self { client, public_url, cookies: Mutex::default() }
    }

    /// `address` within Causeway, if it is a path.
    fn whole(&self, address: &str) -> Url {
        self.public_url.join(address).expect("an address")
    }

    /// A request with this visitor's cookies, to be changed and then [sent](Self::sends).
    pub fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let url = self.whole(address);
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner).header(&url);
        let request = self.client.request(method, url);
        if cookies.is_empty() { request } else { request.header("cookie", cookies) }
    }

    /// Sends a request and keeps the cookies that come back.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn sends(&self, request: RequestBuilder) -> Answer {
        self.tries(request).await.expect("the server answers")
    }

    /// The same, for a server that may end meanwhile: then there is no answer.
    pub async fn tries(&self, request: RequestBuilder) -> Option<Answer> {
        let answer = Answer::of(request.send().await.ok()?).await;
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).keep(&answer);
        Some(answer)
    }

    /// Gets a page.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn gets(&self, address: &str) -> Answer {
        self.sends(self.request(Method::GET, address)).await
    }

    /// Calls a route of the contract as the app does, with the proof that the app sends.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn calls<E: Endpoint>(&self, params: &E::Params, request: &E::Request) -> Answer {
        self.sends(self.call::<E>(params, request)).await
    }

    /// The same, to be changed first.
    ///
    /// # Panics
    /// If the method is none.
    pub fn call<E: Endpoint>(&self, params: &E::Params, request: &E::Request) -> RequestBuilder {
        let method = Method::from_bytes(E::METHOD.as_str().as_bytes()).expect("the contract's methods are HTTP's");
        let builder = self.request(method, &E::path(params)).header(PROOF_HEADER, PROOF_VALUE);
        let builder = builder.header("origin", self.public_url.origin().ascii_serialization());
        match E::METHOD {
            api::Method::Get => builder.query(request),
            api::Method::Post | api::Method::Put | api::Method::Patch | api::Method::Delete => builder.json(request),
        }
    }

    /// The names of this visitor's cookies at Causeway.
    pub fn cookie_names(&self) -> Vec<String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).names(&self.public_url)
    }

    /// The `Cookie` header that this visitor sends to Causeway.
    pub fn cookie_header(&self) -> String {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).header(&self.public_url)
    }

    /// Takes over the cookies that another visitor has.
    pub fn takes_the_cookies_of(&self, other: &Self) {
        let theirs = other.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        *self.cookies.lock().unwrap_or_else(PoisonError::into_inner) = theirs;
    }
}
