//! Jira's responses: a form on success, otherwise a reason, wherever Jira put it.

use api::Timestamp;
use chrono::DateTime;
use http::{Response, header};
use url::Url;

use super::{
    base_string::base_uri,
    challenge,
    form::{self, Pairs},
    percent::decode,
    refusal::{Clocks, Oauth1Refusal, SignatureMismatch},
};

/// The examined parts of a response. For a proxied call, fill in what is available and read its
/// [`problem`](Self::problem).
#[derive(Clone, Debug, Default)]
pub struct Oauth1Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Every `WWW-Authenticate`.
    pub challenges: Vec<&'a str>,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Date`: Jira's clock.
    pub date: Option<&'a str>,
    /// `Location`.
    pub location: Option<&'a str>,
    /// The body, or its beginning.
    pub body: &'a [u8],
}

impl<'a> Oauth1Answer<'a> {
    /// From a complete response.
    pub fn of(answer: &'a Response<Vec<u8>>) -> Self {
        let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let challenges = answer.headers().get_all(header::WWW_AUTHENTICATE);
        Self {
            status: answer.status().as_u16(),
            challenges: challenges.iter().filter_map(|value| value.to_str().ok()).collect(),
            content_type: text(header::CONTENT_TYPE),
            date: text(header::DATE),
            location: text(header::LOCATION),
            body: answer.body(),
        }
    }

    /// The `oauth_problem`, if the response has one. `called` is the signed URL, `now` our clock at the response.
    pub fn problem(&self, called: &Url, now: Timestamp) -> Option<Oauth1Refusal> {
        if self.status < 400 {
            return None;
        }
        let told = self.told();
        let named = said(&told, "oauth_problem")?;
        Some(match Oauth1Refusal::named(named) {
            Oauth1Refusal::SignatureInvalid(_) => Oauth1Refusal::SignatureInvalid(mismatch(&told, called)),
            Oauth1Refusal::TimestampRefused(_) => Oauth1Refusal::TimestampRefused(self.clocks(&told, now)),
            Oauth1Refusal::ParameterAbsent { .. } => Oauth1Refusal::ParameterAbsent { names: absent(&told) },
            other => other,
        })
    }

    /// The form of a successful response, or the reason why there is none.
    pub(super) fn form(&self, called: &Url, now: Timestamp) -> Result<Pairs, Oauth1Refusal> {
        if let Some(problem) = self.problem(called, now) {
            return Err(problem);
        }
        match self.status {
            200 if self.is_html() => Err(Oauth1Refusal::AnswerNotUnderstood { what: "it is a web page" }),
            200 => self.fields().ok_or(Oauth1Refusal::AnswerNotUnderstood { what: "it is not a form" }),
            300..=399 => Err(Oauth1Refusal::Redirected { to: self.location.and_then(|to| called.join(to).ok()) }),
            404 => Err(Oauth1Refusal::LinkMissing),
            status @ (429 | 500..) => Err(Oauth1Refusal::Unavailable { status }),
            status => Err(Oauth1Refusal::Unexplained { status }),
        }
    }

    /// The parameters of the challenges, then those of the body.
    fn told(&self) -> Pairs {
        let mut told: Pairs = self.challenges.iter().copied().flat_map(challenge::parameters).collect();
        if !self.is_html() {
            told.extend(self.fields().unwrap_or_default());
        }
        told
    }

    fn fields(&self) -> Option<Pairs> {
        form::read(std::str::from_utf8(self.body).ok()?.trim())
    }

    fn is_html(&self) -> bool {
        let said = self.content_type.and_then(|value| value.trim_start().get(..9));
        said.is_some_and(|start| start.eq_ignore_ascii_case("text/html"))
            || self.body.trim_ascii_start().starts_with(b"<")
    }

    fn clocks(&self, told: &[(String, String)], ours: Timestamp) -> Option<Clocks> {
        let theirs = said(told, "oauth_acceptable_timestamps").and_then(middle).or_else(|| {
            let date = DateTime::parse_from_rfc2822(self.date?).ok()?;
            Some(Timestamp::from_millis(date.timestamp_millis()))
        });
        theirs.map(|theirs| Clocks { ours, theirs })
    }
}

/// The first value; Jira repeats the challenge's parameters in the body.
fn said<'a>(told: &'a [(String, String)], name: &str) -> Option<&'a str> {
    told.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// `1795323300-1795323900`: Jira's clock is in the middle.
fn middle(range: &str) -> Option<Timestamp> {
    let (from, to) = range.split_once('-')?;
    let (from, to): (i64, i64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    Some(Timestamp::EPOCH.plus_seconds(from.checked_add(to)? / 2))
}

/// The names are joined by `&`, and each is percent-encoded once more.
fn absent(told: &[(String, String)]) -> Vec<String> {
    let names = said(told, "oauth_parameters_absent").unwrap_or_default();
    names
        .split('&')
        .filter_map(decode)
        .filter(|name| !name.is_empty())
        .map(|name| crate::excerpt::excerpt(&name, super::LONGEST_TEXT))
        .take(8)
        .collect()
}

/// Jira sends the base string that it computed. If it contains another address, something on the way changed the call,
/// or Jira has a wrong base URL. If the address is the same, the public key in Jira belongs to another key pair.
fn mismatch(told: &[(String, String)], called: &Url) -> SignatureMismatch {
    let base_string = said(told, "oauth_signature_base_string");
    let Some(address) = base_string.and_then(|base| base.split('&').nth(1)).and_then(decode) else {
        return SignatureMismatch::Unknown;
    };
    if address == base_uri(called) {
        return SignatureMismatch::Key;
    }
    Url::parse(&address).map_or(SignatureMismatch::Unknown, |seen| SignatureMismatch::Address { seen })
}
