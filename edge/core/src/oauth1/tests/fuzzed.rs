//! Answers of OAuth 1.0a that nobody thought of.

use url::Url;

use super::{Oauth1Answer, RequestToken};
use crate::oauth1::verifier_in_callback;

#[test]
fn whatever_jira_answers_is_understood_or_explained() {
    let called = Url::parse("https://jira.example.com/plugins/servlet/oauth/request-token").expect("an address");
    let now = api::Timestamp::from_millis(1_795_323_600_000);
    crate::fuzz::fuzz(include_str!("../../../corpus/oauth1-answers.txt"), |text| {
        for (status, challenges, body) in
            [(200, vec![], text), (401, vec![text], ""), (401, vec![], text), (503, vec![text], text)]
        {
            let answer = Oauth1Answer {
                status,
                challenges,
                content_type: Some(text),
                date: Some(text),
                location: Some(text),
                body: body.as_bytes(),
            };
            if let Err(refusal) = answer.form(&called, now) {
                let told = format!("{} {}", refusal.cause(), refusal.help());
                assert!(told.len() < 8_000 && !told.contains(char::is_control), "{told:?}");
            }
        }
    });
}

#[test]
fn a_verifier_belongs_to_the_token_that_was_asked_for() {
    let asked = RequestToken::new("req-1").expect("a token");
    crate::fuzz::fuzz(include_str!("../../../corpus/callbacks.txt"), |query| {
        if verifier_in_callback(&asked, query).is_ok() {
            let told = url::form_urlencoded::parse(query.as_bytes());
            let tokens: Vec<_> =
                told.filter(|(name, _)| name == "oauth_token").map(|(_, value)| value.into_owned()).collect();
            assert_eq!(tokens, ["req-1"]);
        }
    });
}
