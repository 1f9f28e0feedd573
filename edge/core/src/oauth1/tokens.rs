//! What Jira hands out on the way to an access token. All of it is printed as `…`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest text of Jira's that is believed, in bytes. Jira's own have 32 or fewer.
const LONGEST: usize = 512;

/// 1 to 512 visible ASCII characters that nobody prints.
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

/// An access token. It opens nothing without the private key, and is stored sealed all the same.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenKey(OpaqueText);

impl TokenKey {
    /// Takes a token of Jira's; `None` unless it is 1 to 512 visible ASCII characters.
    pub fn new(text: &str) -> Option<Self> {
        OpaqueText::new(text).map(Self)
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0.0
    }
}

/// A request token, from the first step to the third: spent once, so not `Clone`. Stored sealed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestToken(TokenKey);

impl RequestToken {
    /// Takes a request token of Jira's.
    pub fn new(text: &str) -> Option<Self> {
        TokenKey::new(text).map(Self)
    }

    /// The token as it is signed with.
    pub(super) const fn key(&self) -> &TokenKey {
        &self.0
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Names the session in which an access token could be renewed. Stored sealed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionHandle(OpaqueText);

impl SessionHandle {
    /// Takes a handle of Jira's.
    pub fn new(text: &str) -> Option<Self> {
        OpaqueText::new(text).map(Self)
    }

    /// The handle itself.
    pub fn expose(&self) -> &str {
        &self.0.0
    }
}

/// What Jira gives for an approval, in the callback or as a verification code to paste. Spent once, so not `Clone`.
#[derive(Debug, PartialEq, Eq)]
pub struct Verifier(OpaqueText);

/// Why a pasted text is not a verification code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifierRefused {
    /// Nothing, or only blanks.
    Empty,
    /// Too long, with blanks inside, or with characters that no code has.
    NotACode,
}

impl Verifier {
    /// Takes what a person pasted, without the blanks around it.
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
