//! The token that an event of Jira carries: a JWT (RFC 7519), signed with the app's client secret (HS256), which lives for
//! about a quarter of an hour. Source: Atlassian, *Webhooks*: OAuth 2.0 apps.
//!
//! It says that Jira sent something, and not what: it does not cover the body.

#[cfg(test)]
mod fuzzed;

use api::Timestamp;
use serde::Deserialize;

use crate::{
    configuration::Atlassian,
    hs256::{NotReadable, SignedToken},
    ports::Mac,
};

/// The longest token that is looked at.
const CHARACTERS: usize = 4_096;
/// How far clocks may differ, in seconds.
const SKEW: i64 = 60;

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    aud: Option<Audience>,
}

/// One audience, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn is_ours(&self, ours: &[&str]) -> bool {
        match self {
            Self::One(one) => ours.contains(&one.as_str()),
            Self::Several(several) => several.iter().any(|one| ours.contains(&one.as_str())),
        }
    }
}

/// Verifies a token, and answers when it expires. `address` is where events are sent. A refusal says what is wrong, for the
/// log.
///
/// Atlassian documents no audience, so none is asked for: what binds a token to this app is the key, which is the app's own
/// secret. One that is there all the same must be this app or this address (RFC 7519, 4.1.3).
pub(crate) async fn verify(
    mac: &impl Mac,
    atlassian: &Atlassian<'_>,
    address: &str,
    token: &str,
    now: Timestamp,
) -> Result<Timestamp, &'static str> {
    let malformed = "it is no JWT";
    let read = SignedToken::read(token, CHARACTERS).map_err(|why| match why {
        NotReadable::Algorithm => "it is signed with another algorithm",
        NotReadable::Malformed | NotReadable::TooLong | NotReadable::Kind => malformed,
    })?;
    let is_signed = read.is_signed_with(mac, atlassian.client_secret.as_bytes()).await;
    if !is_signed.map_err(|_| "the signature could not be computed")? {
        return Err("its signature is wrong");
    }
    let claims: Claims = read.claims().ok_or(malformed)?;
    let second = now.as_millis() / 1_000;
    if claims.exp.saturating_add(SKEW) <= second {
        return Err("it has expired");
    }
    if claims.nbf.into_iter().chain(claims.iat).any(|from| from.saturating_sub(SKEW) > second) {
        return Err("it is not valid yet");
    }
    if claims.aud.is_some_and(|audience| !audience.is_ours(&[atlassian.client_id, address])) {
        return Err("it is for somebody else");
    }
    Ok(Timestamp::from_millis(claims.exp.saturating_add(SKEW).saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{fuzzed::*, *};

    #[test]
    fn an_audience_is_not_asked_for_and_one_that_is_there_is_ours() {
        let with = |audience: Value| {
            let mut claims = json!({"iss": "client", "iat": SECOND, "exp": SECOND + 900});
            claims["aud"] = audience;
            judged(r#"{"alg":"HS256","typ":"JWT"}"#, &claims.to_string())
        };
        let until = Ok(Timestamp::from_millis((SECOND + 900 + SKEW) * 1_000));
        for ours in [
            Value::Null,
            json!(CLIENT),
            json!([CLIENT]),
            json!(["another-app", CLIENT]),
            json!(ADDRESS),
            json!([ADDRESS, "https://api.atlassian.com"]),
        ] {
            assert_eq!(with(ours.clone()), until, "{ours}");
        }
        let bare = format!(r#"{{"exp":{}}}"#, SECOND + 900);
        assert_eq!(judged(r#"{"alg":"HS256"}"#, &bare), until, "there is none");
        for foreign in [json!(""), json!("another-app"), json!([]), json!(["another-app"]), json!("CLIENT")] {
            assert_eq!(with(foreign.clone()), Err("it is for somebody else"), "{foreign}");
        }
        for other in [json!(5), json!(true), json!({"client": CLIENT}), json!([CLIENT, 5]), json!([null])] {
            assert_eq!(with(other.clone()), Err("it is no JWT"), "{other}");
        }
    }

    #[test]
    fn a_token_is_read_up_to_its_length_and_no_further() {
        for long in ["a.b.".to_owned() + &"c".repeat(CHARACTERS), ".".repeat(CHARACTERS + 1)] {
            assert_eq!(judge(&long), Err("it is no JWT"));
        }
    }
}
