//! Why something did not work over an application link, one variant for each thing to do about it.

use std::fmt;

use api::Timestamp;
use url::Url;

use super::{LONGEST_TEXT, signing::NotSigned};
use crate::{excerpt::excerpt, ports::HttpFailure};

/// What kept a step or a call from working. What is set as code is Jira's `oauth_problem`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oauth1Refusal {
    /// `consumer_key_unknown`: no application link has our consumer key.
    ConsumerKeyUnknown,
    /// `consumer_key_refused` or `consumer_key_rejected`: the link is there and does not let us in.
    ConsumerKeyRefused,
    /// `signature_invalid`.
    SignatureInvalid(SignatureMismatch),
    /// `signature_method_rejected`.
    SignatureMethodRejected,
    /// `version_rejected`.
    VersionRejected,
    /// `timestamp_refused`, with both clocks if Jira told what its own shows.
    TimestampRefused(Option<Clocks>),
    /// `nonce_used`: this call came twice.
    NonceUsed,
    /// `parameter_absent`: something on the way took parameters away.
    ParameterAbsent {
        /// Their names, as far as Jira tells.
        names: Vec<String>,
    },
    /// `parameter_rejected`.
    ParameterRejected,
    /// `token_rejected`: Jira does not know the token.
    TokenRejected,
    /// `token_used`: the request token is spent.
    TokenUsed,
    /// `token_expired`.
    TokenExpired,
    /// `token_revoked`.
    TokenRevoked,
    /// `permission_denied`: the person said no; or the account may not.
    PermissionDenied,
    /// `permission_unknown`: the person has not said anything yet.
    PermissionUnknown,
    /// `verifier_invalid`: the verification code is not the one that Jira gave.
    VerifierInvalid,
    /// `additional_authorization_required`: the approval does not cover this any more.
    AdditionalAuthorizationRequired,
    /// `user_refused`: Jira does not let this account in at the moment.
    UserRefused,
    /// Another `oauth_problem`.
    OtherProblem {
        /// Jira's word for it, shortened.
        named: String,
    },
    /// The approval that came back is not of the request token that was asked for.
    AnotherRequestToken,
    /// Nothing is at the protocol's address (404).
    LinkMissing,
    /// Jira sends us elsewhere, where no signature may follow.
    Redirected {
        /// Where to, if it is an address.
        to: Option<Url>,
    },
    /// Jira does not work at the moment (429, 5xx).
    Unavailable {
        /// What it answered.
        status: u16,
    },
    /// A refusal without a reason.
    Unexplained {
        /// What it answered.
        status: u16,
    },
    /// An answer that is none of OAuth 1.0a.
    AnswerNotUnderstood {
        /// What is wrong with it, as the end of a sentence.
        what: &'static str,
    },
    /// No answer.
    Unreachable(HttpFailure),
    /// No request can be made of the address.
    AddressUnusable,
    /// The request could not be signed.
    NotSigned(NotSigned),
}

/// Why the signatures differ, as far as Jira's base string tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureMismatch {
    /// Jira did not tell its base string.
    Unknown,
    /// Both ends mean the same address: the keys do not belong together.
    Key,
    /// Jira sees itself called at another address.
    Address {
        /// What it sees.
        seen: Url,
    },
}

/// The time at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Ours, at the answer.
    pub ours: Timestamp,
    /// Jira's.
    pub theirs: Timestamp,
}

impl Oauth1Refusal {
    /// What an `oauth_problem` means by itself.
    pub(super) fn named(problem: &str) -> Self {
        match problem {
            "consumer_key_unknown" => Self::ConsumerKeyUnknown,
            "consumer_key_refused" | "consumer_key_rejected" => Self::ConsumerKeyRefused,
            "signature_invalid" => Self::SignatureInvalid(SignatureMismatch::Unknown),
            "signature_method_rejected" => Self::SignatureMethodRejected,
            "version_rejected" => Self::VersionRejected,
            "timestamp_refused" => Self::TimestampRefused(None),
            "nonce_used" => Self::NonceUsed,
            "parameter_absent" => Self::ParameterAbsent { names: Vec::new() },
            "parameter_rejected" => Self::ParameterRejected,
            "token_rejected" => Self::TokenRejected,
            "token_used" => Self::TokenUsed,
            "token_expired" => Self::TokenExpired,
            "token_revoked" => Self::TokenRevoked,
            "permission_denied" => Self::PermissionDenied,
            "permission_unknown" => Self::PermissionUnknown,
            "verifier_invalid" => Self::VerifierInvalid,
            "additional_authorization_required" => Self::AdditionalAuthorizationRequired,
            "user_refused" => Self::UserRefused,
            other => Self::OtherProblem { named: excerpt(other, LONGEST_TEXT) },
        }
    }
}

impl From<NotSigned> for Oauth1Refusal {
    fn from(why: NotSigned) -> Self {
        Self::NotSigned(why)
    }
}

/// The cause and the remedy, one after the other.
impl fmt::Display for Oauth1Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.cause(), self.remedy())
    }
}

impl std::error::Error for Oauth1Refusal {}
