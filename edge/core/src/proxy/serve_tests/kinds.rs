//! Calls that go straight to an instance, with whatever authenticates them.

use api::{Cause, CredentialKind, Facts, Problem, explain};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rsa::{Pkcs1v15Sign, RsaPublicKey, pkcs8::DecodePublicKey as _};
use sha1::{Digest as _, Sha1};
use url::Url;

use super::super::{
    Access, GrantedAccess, ProxyBody,
    fakes::{Isolate, Reply, call, granted, granted_to, outcome},
};
use crate::{
    fakes::NativeRsa,
    grant::{AccessToken, Credential, Generation, KeeperAnswer, Login, NEVER, SignedWith, Token},
    jira::JiraTarget,
    oauth1::{KeyPair, Rsa as _, base_string},
};

const ADDRESS: &str = "https://jira.example.com/jira";

fn at(address: &str, credential: &Credential) -> Isolate {
    let isolate = Isolate::new();
    let target = JiraTarget::Direct { address: address.to_owned().into() };
    isolate.organization_answers(Ok(granted(1, target)));
    let token = AccessToken {
        credential: credential.clone(),
        generation: Generation(1),
        expires_at: NEVER,
        refresh_after: NEVER,
    };
    isolate.world.copy.replace(Some(token.clone()));
    isolate.keeper_answers(Ok(KeeperAnswer::Token { token }));
    isolate
}

fn password() -> Credential {
    Credential::Basic(Login::parse("ada", "secret").expect("a login"))
}

fn key_pair() -> KeyPair {
    futures::executor::block_on(NativeRsa::default().generate()).expect("a key")
}

fn signed(keys: &KeyPair) -> Credential {
    Credential::Oauth1(SignedWith {
        consumer_key: api::ConsumerKey::parse("causeway").expect("a key"),
        token: Token::parse("abc").expect("a token"),
        private_key: Token::parse(STANDARD.encode(keys.private_key.expose())).expect("a key"),
    })
}

fn refuses(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Reply {
    Reply::Answers { status, headers: headers.to_vec(), body }
}

const CAPTCHA: (&str, &str) =
    ("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/jira/login.jsp");
const FAILED: (&str, &str) = ("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");

#[test]
fn a_call_goes_to_the_instance_beneath_its_context_path_with_its_password() {
    let isolate = at(ADDRESS, &password());
    let mut asked = call("GET", "rest/api/2/search");
    asked.target.query = Some("jql=a%20b".to_owned());
    assert_eq!(outcome(&isolate.serve(asked)), "200");
    let sent = isolate.sent().remove(0);
    assert_eq!(sent.url, "https://jira.example.com/jira/rest/api/2/search?jql=a%20b");
    assert_eq!(sent.header("authorization"), Some("Basic YWRhOnNlY3JldA=="));
}

#[test]
fn an_address_that_may_not_be_called_any_more_is_not_called() {
    for address in ["https://10.0.0.1", "http://jira.example.com", "https://localhost", "https://169.254.169.254"] {
        let isolate = at(address, &password());
        assert_eq!(outcome(&isolate.get()), "address_refused", "{address}");
        assert!(isolate.sent().is_empty());
    }
}

#[test]
fn a_captcha_ends_no_password_and_that_endpoint_does_not_see_it_again() {
    for status in [401, 403] {
        let isolate = at(ADDRESS, &password());
        isolate.jira([refuses(status, &[CAPTCHA], "<html>")]);
        assert_eq!(outcome(&isolate.get()), "credential_refused");
        for _ in 0..5 {
            assert_eq!(outcome(&isolate.get()), "credential_refused");
        }
        assert_eq!(isolate.sent().len(), 1, "a refused password was sent again");
        assert!(isolate.world.refused.borrow().is_empty(), "a call is no question of ours");
        assert_eq!(isolate.world.checkups_wanted.borrow().len(), 1, "nobody looks why");
    }
}

#[test]
fn a_wrong_password_answered_as_to_nobody_is_no_answer() {
    let isolate = at(ADDRESS, &password());
    isolate.jira([refuses(200, &[FAILED], r#"{"issues":[]}"#)]);
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert!(isolate.world.refused.borrow().is_empty(), "a call is no question of ours");
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert_eq!((isolate.sent().len(), isolate.world.checkups_wanted.borrow().len()), (1, 1));
}

#[test]
fn a_plain_401_is_not_sent_again_and_says_nothing_definitive() {
    let isolate = at(ADDRESS, &password());
    isolate.jira([refuses(401, &[], "<html>Proxy</html>")]);
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert_eq!(isolate.sent().len(), 1);
    assert!(isolate.world.refused.borrow().is_empty());
    assert_eq!(isolate.world.checkups_wanted.borrow().len(), 1, "nobody looks why");
    isolate.pass(61_000);
    assert_eq!(outcome(&isolate.get()), "200");
}

#[test]
fn what_one_endpoint_refuses_stays_with_that_endpoint() {
    for refused in [refuses(401, &[], "<html>"), refuses(401, &[FAILED], "{}"), refuses(403, &[CAPTCHA], "")] {
        let isolate = at(ADDRESS, &password());
        isolate.jira([refused]);
        assert_eq!(outcome(&isolate.get()), "credential_refused");
        for _ in 0..5 {
            assert_eq!(outcome(&isolate.serve(call("GET", "rest/api/2/search"))), "200");
        }
        assert_eq!(outcome(&isolate.get()), "credential_refused", "that endpoint rests");
        assert_eq!(isolate.sent().len(), 6);
    }
}

#[test]
fn a_credential_that_the_checkup_found_refused_is_not_sent_at_all() {
    let isolate = at(ADDRESS, &password());
    isolate.organization_answers(Ok(Access::CredentialRefused {
        cause: Cause::CaptchaRequired,
        kind: api::CredentialKind::Password,
    }));
    for _ in 0..3 {
        assert_eq!(outcome(&isolate.get()), "credential_refused");
        isolate.pass(61_000);
    }
    assert!(isolate.sent().is_empty());
    assert!(isolate.world.checkups_wanted.borrow().is_empty(), "the checkups have their own times");
}

#[test]
fn an_ordinary_403_comes_down_and_basic_that_is_off_says_so() {
    let isolate = at(ADDRESS, &password());
    isolate.jira([refuses(403, &[], r#"{"errorMessages":["No"]}"#)]);
    assert_eq!(outcome(&isolate.get()), "403");
    isolate.jira([refuses(403, &[], r#"{"message":"Basic Authentication has been disabled on this instance."}"#)]);
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert!(isolate.world.refused.borrow().is_empty());
}

/// The parameters of `Authorization: OAuth …`, decoded.
fn parameters(header: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode(text);
    let pairs = header.strip_prefix("OAuth ").expect("a signed call").split(", ");
    pairs
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value.trim_matches('"'))))
        .collect()
}

fn percent_decode(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .expect("a value")
}

#[test]
fn every_try_over_an_application_link_is_signed_anew_and_the_public_key_verifies_it() {
    let keys = key_pair();
    let isolate = at(ADDRESS, &signed(&keys));
    isolate.jira([refuses(503, &[], "")]);
    let mut asked = call("GET", "rest/api/2/search");
    asked.target.query = Some("jql=project%20%3D%20A&maxResults=2".to_owned());
    assert_eq!(outcome(&isolate.serve(asked)), "200");
    let sent = isolate.sent();
    let public = RsaPublicKey::from_public_key_der(keys.public_key.as_spki()).expect("a key");
    let mut nonces = Vec::new();
    for sent in &sent {
        let told = parameters(sent.header("authorization").expect("a signature"));
        let (signature, protocol): (Vec<_>, Vec<_>) = told.iter().partition(|(name, _)| name == "oauth_signature");
        let protocol: Vec<(&str, &str)> =
            protocol.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let url = Url::parse(&sent.url).expect("an address");
        let base = base_string("GET", &url, None, &protocol).expect("a base string");
        let signature = STANDARD.decode(&signature[0].1).expect("base64");
        public.verify(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(base), &signature).expect("a signature that verifies");
        nonces.push(protocol.iter().find(|(name, _)| *name == "oauth_nonce").expect("a nonce").1.to_owned());
    }
    assert_eq!(sent.len(), 2);
    assert_ne!(nonces[0], nonces[1]);
}

#[test]
fn a_form_over_an_application_link_is_refused_before_it_leaves() {
    let isolate = at(ADDRESS, &signed(&key_pair()));
    let mut form = call("POST", "rest/api/2/issue");
    form.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    form.body = Some("a=b".to_owned());
    assert_eq!(outcome(&isolate.serve(form)), "form_refused");
    assert!(isolate.sent().is_empty());
}

#[test]
fn an_empty_body_is_signed_whatever_its_type() {
    for (length, body) in [(Some("0"), Some("")), (None, None)] {
        let isolate = at(ADDRESS, &signed(&key_pair()));
        let mut empty = call("POST", "rest/api/2/issue/A-1/watchers");
        empty.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        empty.headers.extend(length.map(|length| ("content-length".to_owned(), length.to_owned())));
        empty.body = body.map(str::to_owned);
        assert_eq!(outcome(&isolate.serve(empty)), "200");
        let sent = isolate.sent().remove(0);
        assert!(sent.header("authorization").is_some_and(|signed| signed.starts_with("OAuth ")) && sent.body.is_none());
    }
}

#[test]
fn an_oauth_problem_says_what_is_wrong_and_ends_no_token() {
    for problem in [
        "oauth_problem=timestamp_refused",
        "oauth_problem=signature_invalid",
        "oauth_problem=consumer_key_unknown",
        "oauth_problem=token_expired",
        "oauth_problem=token_revoked",
    ] {
        let isolate = at(ADDRESS, &signed(&key_pair()));
        isolate.jira([refuses(401, &[], problem)]);
        assert_eq!(outcome(&isolate.get()), "credential_refused", "{problem}");
        assert_eq!((isolate.world.refused.borrow().len(), isolate.sent().len()), (0, 1), "{problem}");
        assert_eq!(isolate.world.checkups_wanted.borrow().len(), 1, "{problem}");
    }
}

fn under_another_grant() -> Access {
    granted(2, JiraTarget::Direct { address: ADDRESS.to_owned().into() })
}

#[test]
fn a_call_whose_signature_is_refused_goes_again_with_the_next_key_if_jira_has_that_already() {
    let refused = || refuses(401, &[], "oauth_problem=signature_invalid");
    let in_a_header =
        refuses(401, &[("WWW-Authenticate", "OAuth realm=\"x\", oauth_problem=\"signature_invalid\"")], "");
    for said in [refused(), in_a_header] {
        let isolate = at(ADDRESS, &signed(&key_pair()));
        isolate.world.next_key.replace(Some(under_another_grant()));
        isolate.jira([said]);
        assert_eq!(outcome(&isolate.post(4)), "200");
        assert_eq!((isolate.sent().len(), isolate.world.keys_sought.get()), (2, 1));
        assert_eq!(isolate.sent()[1].body.as_deref(), Some("body"));
        assert!(isolate.world.checkups_wanted.borrow().is_empty(), "nothing is wrong any more");
    }

    let isolate = at(ADDRESS, &signed(&key_pair()));
    isolate.world.next_key.replace(Some(under_another_grant()));
    isolate.jira([refused(), refused()]);
    assert_eq!(outcome(&isolate.get()), "credential_refused");
    assert_eq!((isolate.sent().len(), isolate.world.keys_sought.get()), (2, 1), "it is looked for once a call");
}

#[test]
fn a_call_finds_the_key_that_another_call_switched_to() {
    let isolate = at(ADDRESS, &signed(&key_pair()));
    assert_eq!(outcome(&isolate.get()), "200");
    isolate.organization_answers(Ok(under_another_grant()));
    isolate.jira([refuses(401, &[], "oauth_problem=signature_invalid")]);
    assert_eq!(outcome(&isolate.get()), "200");
    assert_eq!(isolate.sent().len(), 3);
}

#[test]
fn a_site_that_moved_is_looked_at_and_a_log_in_page_is_no_move() {
    let isolate = at(ADDRESS, &password());
    isolate.jira([refuses(301, &[("Location", "https://new.example.com/jira/rest/api/3/myself")], "")]);
    let answer = isolate.get();
    assert_eq!(outcome(&answer), "upstream_redirected");
    let ProxyBody::Problem(told) = &answer.body else { panic!("nothing was to go up") };
    assert!(told.contains("confirmed it") && !told.contains("attachments"), "{told}");
    assert_eq!(isolate.world.checkups_wanted.borrow().len(), 1);
    for page in ["/jira/login.jsp", "https://sso.example.com/saml?to=/jira/rest/api/3/myself"] {
        isolate.jira([refuses(302, &[("Location", page)], "")]);
        assert_eq!(outcome(&isolate.get()), "upstream_sign_in", "{page}");
    }
    assert_eq!(isolate.sent().len(), 3, "a redirect was followed");
}

#[test]
fn a_token_that_is_not_to_be_had_is_told_for_what_the_connection_authenticates_with() {
    let told = |kind, keeper| -> Problem {
        let isolate = Isolate::new();
        let target = JiraTarget::Direct { address: ADDRESS.to_owned().into() };
        isolate.organization_answers(Ok(Access::Granted(GrantedAccess { kind, ..granted_to(1, target) })));
        isolate.world.copy.replace(None);
        isolate.keeper_answers(Ok(keeper));
        let ProxyBody::Problem(json) = isolate.get().body else { panic!("there is no token to call with") };
        serde_json::from_str(&json).expect("a problem")
    };
    for kind in CredentialKind::ALL {
        for cause in [Cause::GrantRefused, Cause::RotationLost, Cause::PasswordRefused, Cause::TokenExpired] {
            let said = explain(cause, kind, &Facts::default());
            let problem = told(kind, KeeperAnswer::Unauthorized { cause });
            assert_eq!((problem.detail, problem.remedy), (said.why, said.remedy), "{cause:?} {kind:?}");
        }
        for cause in [Cause::AtlassianUnreachable, Cause::SiteUnreachable, Cause::ClientRefused, Cause::Unsealable] {
            let facts = Facts { lacks_token: true, token_status: Some(503), ..Facts::default() };
            let said = explain(cause, kind, &facts);
            let problem = told(kind, KeeperAnswer::Unavailable { cause, retry_after: 9, status: Some(503) });
            assert_eq!((problem.detail, problem.remedy), (said.why, said.remedy), "{cause:?} {kind:?}");
        }
    }
}

#[test]
fn jiras_reason_for_refusing_a_credential_is_told_for_what_it_is() {
    let isolate = at(ADDRESS, &password());
    isolate.jira([refuses(403, &[], r#"{"message":"Basic Authentication has been disabled on this instance."}"#)]);
    let ProxyBody::Problem(json) = isolate.get().body else { panic!("it is refused") };
    let problem: Problem = serde_json::from_str(&json).expect("a problem");
    let said = explain(Cause::BasicDisabled, CredentialKind::Password, &Facts::default());
    assert_eq!((problem.detail, problem.remedy), (said.why, said.remedy));
}
