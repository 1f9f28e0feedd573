//! OAuth 1.0a as somebody else understands it: Python's `oauthlib` computes the same base strings, and as the server accepts
//! our steps and calls, but nothing that was changed on the way and nothing that comes twice.
//!
//! `make native-tests` installs it and runs this. By hand:
//! `CAUSEWAY_OAUTHLIB="$(make -s oauthlib)" cargo test -p edge-core --features fakes --test oauthlib`

mod jira;
mod requests;
mod tampering;

use edge_core::{
    oauth1::{
        AccessGrant, ApplicationLink, Callback, Consumer, ConsumerKey, Oauth1Refusal, RequestToSign, RequestToken,
        Rsa as _, SigningCredentials, Verifier, base_string, sign, verifier_in_callback,
    },
    ports::Clock as _,
};
use futures::executor::block_on;
use url::Url;

use crate::{
    jira::{Jira, SignedCall, Verdict},
    requests::RandomRequests,
};

const BASE: &str = "https://jira.example.com/jira";
const CALLBACK: &str = "https://causeway.example.com/oauth/callback?attempt=aut_1&from=a%20b";

/// A Jira with an application link for a new key of ours.
fn linked() -> (Jira, Consumer) {
    let jira = Jira::start();
    let keys = block_on(jira.rsa.generate()).expect("a key pair");
    let key = ConsumerKey::parse("Causeway_prod-2").expect("a consumer key");
    jira.link(&key, &keys.public_key);
    (jira, Consumer { key, private_key: keys.private_key })
}

fn address(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

fn callback() -> Callback {
    Callback::Address(address(CALLBACK))
}

fn request_token(jira: &Jira, consumer: &Consumer, callback: &Callback) -> Result<RequestToken, Oauth1Refusal> {
    block_on(ApplicationLink { base: &address(BASE), consumer }.request_token(jira, callback))
}

fn access_token(
    jira: &Jira,
    consumer: &Consumer,
    token: RequestToken,
    verifier: Verifier,
) -> Result<AccessGrant, Oauth1Refusal> {
    block_on(ApplicationLink { base: &address(BASE), consumer }.access_token(jira, token, verifier))
}

fn authorized() -> (Jira, SigningCredentials) {
    let (jira, consumer) = linked();
    let token = request_token(&jira, &consumer, &callback()).expect("a request token");
    let verifier = verifier_in_callback(&token, &jira.approve(&token).query).expect("an approval");
    let grant = access_token(&jira, &consumer, token, verifier).expect("an access token");
    (jira, SigningCredentials { consumer, token: grant.token })
}

fn signed(jira: &Jira, method: &str, url: &Url, credential: &SigningCredentials) -> SignedCall {
    let call = RequestToSign { method, url, content_type: Some("application/json") };
    let authorization = block_on(sign(jira, call, credential)).expect("a signature");
    SignedCall { method: method.to_owned(), url: url.to_string(), authorization }
}

/// Everything changed is refused, then the call itself is accepted, and then it is refused because it came before.
fn is_accepted_once_and_only_as_it_is(jira: &Jira, call: &SignedCall) {
    for (what, changed) in tampering::on_the_way(call) {
        let verdict = jira.judge(&changed);
        assert_eq!(verdict.faults, ["signature"], "{what}: {changed:?} instead of {call:?}");
        assert_eq!(verdict.status, 401, "{what}");
    }
    for (what, changed) in tampering::in_the_header(call) {
        assert_ne!(jira.judge(&changed).status, 200, "{what}: {changed:?}");
    }
    assert_eq!(jira.judge(call), Verdict { status: 200, faults: Vec::new() }, "{call:?}");
    assert_eq!(jira.judge(call), Verdict { status: 401, faults: vec!["nonce".to_owned()] }, "again: {call:?}");
}

#[test]
fn base_strings_equal_those_of_oauthlib_over_thousands_of_random_requests() {
    let jira = Jira::start();
    let requests = RandomRequests::new(5849);
    for _ in 0..5_000 {
        let (method, url) = (requests.method(), requests.url());
        let (form, protocol) = (requests.form(), requests.protocol());
        let pairs: Vec<_> = protocol.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ours = base_string(&method, &address(&url), form.as_deref(), &pairs);
        let theirs = jira.base_string(&method, &url, form.as_deref(), &pairs);
        assert_eq!(ours.as_deref(), Ok(theirs.as_str()), "{method} {url} {form:?} {protocol:?}");
    }
}

#[test]
fn the_three_steps_lead_to_calls_that_are_accepted() {
    let (jira, consumer) = linked();
    let token = request_token(&jira, &consumer, &callback()).expect("a request token");
    let approval = jira.approve(&token);
    assert_eq!(approval.callback, CALLBACK);
    let verifier = verifier_in_callback(&token, &approval.query).expect("an approval");
    let grant = access_token(&jira, &consumer, token, verifier).expect("an access token");
    assert_eq!(grant.expires_at, Some(jira.now().plus_seconds(157_680_000)));
    assert_eq!(grant.session.expect("a session").expose(), "session-1");

    let credential = SigningCredentials { consumer, token: grant.token };
    let url =
        address("https://jira.example.com/jira/rest/api/2/search?jql=project%20%3D%20%22A%20%26%20B%22&fields=*all");
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
        assert_eq!(jira.judge(&signed(&jira, method, &url, &credential)).status, 200, "{method}");
    }
}

#[test]
fn a_verification_code_is_as_good_as_a_callback_and_another_one_is_not() {
    let (jira, consumer) = linked();
    let ask = || request_token(&jira, &consumer, &Callback::VerificationCode).expect("a request token");
    let token = ask();
    let approval = jira.approve(&token);
    assert_eq!(approval.callback, "oob");
    let code = approval.query.rsplit('=').next().expect("a code").to_owned();
    access_token(&jira, &consumer, token, Verifier::parse(&format!(" {code}\n")).expect("a code")).expect("a token");

    let other = ask();
    jira.approve(&other);
    let refused = access_token(&jira, &consumer, other, Verifier::parse(&code).expect("a code"));
    assert_eq!(refused, Err(Oauth1Refusal::Unexplained { status: 401 }));
}

#[test]
fn each_step_is_accepted_once_and_only_as_it_is() {
    let (jira, consumer) = linked();
    let held = jira.hold(|| drop(request_token(&jira, &consumer, &callback())));
    is_accepted_once_and_only_as_it_is(&jira, &held);

    let token = request_token(&jira, &consumer, &callback()).expect("a request token");
    let verifier = verifier_in_callback(&token, &jira.approve(&token).query).expect("an approval");
    let held = jira.hold(|| drop(access_token(&jira, &consumer, token, verifier)));
    is_accepted_once_and_only_as_it_is(&jira, &held);
}

#[test]
fn each_random_call_is_accepted_once_and_only_as_it_is() {
    let (jira, credential) = authorized();
    let requests = RandomRequests::new(1);
    for _ in 0..60 {
        let url = requests.call();
        is_accepted_once_and_only_as_it_is(&jira, &signed(&jira, &requests.method(), &address(&url), &credential));
    }
}

#[test]
fn a_call_is_refused_when_the_clocks_differ_or_the_key_is_another() {
    let (jira, credential) = authorized();
    let url = address("https://jira.example.com/jira/rest/api/2/myself");
    jira.move_jiras_clock(301);
    assert_eq!(jira.judge(&signed(&jira, "GET", &url, &credential)).status, 401);
    jira.move_jiras_clock(299);
    assert_eq!(jira.judge(&signed(&jira, "GET", &url, &credential)).status, 200);

    let keys = block_on(jira.rsa.generate()).expect("a key pair");
    jira.link(&credential.consumer.key, &keys.public_key);
    assert_eq!(jira.judge(&signed(&jira, "GET", &url, &credential)).faults, ["signature"]);
}
