//! The tokens of OAuth 1.0a. All of them print as `…`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest accepted token, in bytes. Jira's own have at most 32.
const LONGEST: usize = api::OAUTH1_TOKEN_CHARACTERS;

/// 1 to 512 visible ASCII characters that are never printed.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct OpaqueText(String);

impl OpaqueText {
    fn new(text: &str) -> Option<Self> {
        let sound = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(text.to_owned()))
    }
}

impl TryFrom<String> for OpaqueText {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("not a token")
    }
}

impl fmt::Debug for OpaqueText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// An access token. It is useless without the private key, and stored sealed all the same.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenKey(OpaqueText);

impl TokenKey {
    /// Parses a token: 1 to 512 visible ASCII characters; `None` otherwise.
    pub fn new(text: &str) -> Option<Self> {
        OpaqueText::new(text).map(Self)
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0.0
    }
}

/// A request token, from the first step to the third. Spent once, so not `Clone`; stored sealed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestToken(TokenKey);

impl RequestToken {
    /// Parses a request token.
    pub fn new(text: &str) -> Option<Self> {
        TokenKey::new(text).map(Self)
    }

    /// The token for signing.
    pub(super) const fn key(&self) -> &TokenKey {
        &self.0
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The session in which an access token can be renewed. Stored sealed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionHandle(OpaqueText);

impl SessionHandle {
    /// Parses a handle.
    pub fn new(text: &str) -> Option<Self> {
        OpaqueText::new(text).map(Self)
    }

    /// The handle itself.
    pub fn expose(&self) -> &str {
        &self.0.0
    }
}

/// The verifier of an approval, from the callback or pasted as a verification code. Spent once, so not `Clone`.
#[derive(Debug, PartialEq, Eq)]
pub struct Verifier(OpaqueText);

/// Why a pasted text is not a verification code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifierRefused {
    /// Empty, or only spaces.
    Empty,
    /// Too long, with spaces inside, or with characters that no code has.
    NotACode,
}

impl Verifier {
    /// Parses what a person pasted, without surrounding spaces.
    pub fn parse(text: &str) -> Result<Self, VerifierRefused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(VerifierRefused::Empty);
        }
        OpaqueText::new(text).map(Self).ok_or(VerifierRefused::NotACode)
    }

    pub(super) fn expose(&self) -> &str {
        &self.0.0
    }
}

impl fmt::Display for VerifierRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Paste the verification code that Jira shows.",
            Self::NotACode => "This is not a verification code. Copy the whole code from Jira, and nothing else.",
        })
    }
}

impl std::error::Error for VerifierRefused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_opens_jira_is_printed() {
        let token = TokenKey::new("s3cret").expect("a token");
        let request = RequestToken::new("s3cret").expect("a token");
        let handle = SessionHandle::new("s3cret").expect("a handle");
        let printed = format!("{token:?} {request:?} {handle:?} {:?}", Verifier::parse("s3cret"));
        assert!(!printed.contains("s3cret"), "{printed}");
    }

    #[test]
    fn a_stored_token_is_plain_text_and_checked_when_it_is_read() {
        let token: RequestToken = serde_json::from_str(r#""abc""#).expect("a token");
        assert_eq!(serde_json::to_string(&token).expect("text"), r#""abc""#);
        assert!(serde_json::from_str::<TokenKey>(r#""a b""#).is_err());
    }

    #[test]
    fn a_verification_code_is_taken_as_people_paste_it() {
        assert_eq!(Verifier::parse(" uWq3fK\n").expect("a code").expose(), "uWq3fK");
        assert_eq!(Verifier::parse("\t "), Err(VerifierRefused::Empty));
        assert_eq!(Verifier::parse("Your code is uWq3fK"), Err(VerifierRefused::NotACode));
        assert_eq!(Verifier::parse(&"x".repeat(513)), Err(VerifierRefused::NotACode));
    }
}
