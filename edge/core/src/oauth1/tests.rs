//! The steps and their refusals, over a Jira that says what it was told to.

use api::Timestamp;
use futures::executor::block_on;
use http::{Request, Response};
use url::Url;

use super::{
    AccessGrant, ApplicationLink, Callback, Consumer, ConsumerKey, KeyPair, NotSigned, Oauth1Answer, Oauth1Refusal,
    PrivateKey, PublicKey, RequestToSign, RequestToken, Rsa, RsaFailure, SessionHandle, SignatureMismatch,
    SigningCredentials, TokenKey, Verifier, sign,
};
use crate::{
    fakes::{FakeClock, FakeResponse, ScriptedHttp, SeededRandom},
    ports::{Clock, Http, HttpFailure, HttpLimits, Random},
};

mod fuzzed;
mod refusals;
mod steps;

const BASE: &str = "https://jira.example.com/jira/";

/// A world in which Jira says what it was told to, and a signature is what was signed.
struct World {
    http: ScriptedHttp,
    clock: FakeClock,
    random: SeededRandom,
}

impl World {
    fn answering(reply: FakeResponse) -> Self {
        let world = Self { http: ScriptedHttp::default(), clock: FakeClock::default(), random: SeededRandom::new(1) };
        world.http.then(reply);
        world
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn request_token(&self, callback: &Callback) -> Result<RequestToken, Oauth1Refusal> {
        let (base, consumer) = (base(), consumer());
        block_on(ApplicationLink { base: &base, consumer: &consumer }.request_token(self, callback))
    }

    fn access_token(&self) -> Result<AccessGrant, Oauth1Refusal> {
        let (base, consumer) = (base(), consumer());
        let token = RequestToken::new("req-1").expect("a token");
        let verifier = Verifier::parse("uWq3fK").expect("a verifier");
        block_on(ApplicationLink { base: &base, consumer: &consumer }.access_token(self, token, verifier))
    }

    fn sign(&self, method: &str, url: &str, content_type: Option<&str>) -> Result<String, NotSigned> {
        let url = Url::parse(url).expect("an address");
        let token = TokenKey::new("acc-1").expect("a token");
        let credential = SigningCredentials { consumer: consumer(), token };
        block_on(sign(self, RequestToSign { method, url: &url, content_type }, &credential))
    }
}

impl Http for World {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        self.http.send(request, limits).await
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Rsa for World {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        Err(RsaFailure)
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        if private_key.expose() == b"key" { Ok(message.to_vec()) } else { Err(RsaFailure) }
    }
}

fn base() -> Url {
    Url::parse(BASE).expect("an address")
}

fn consumer() -> Consumer {
    let key = ConsumerKey::parse("causeway").expect("a consumer key");
    Consumer { key, private_key: PrivateKey::from_pkcs8(b"key".to_vec()) }
}

fn form(status: u16, body: &str) -> FakeResponse {
    FakeResponse::of(status, "application/x-www-form-urlencoded", body.as_bytes())
}
