//! Why a step or a call over an application link failed, one variant for each remedy.

use std::fmt;

use api::Timestamp;
use url::Url;

use super::{LONGEST_TEXT, signing::NotSigned};
use crate::{excerpt::excerpt, ports::HttpFailure};

/// Why a step or a call failed. Terms set as code are values of Jira's `oauth_problem`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oauth1Refusal {
    /// `consumer_key_unknown`: no application link has our consumer key.
    ConsumerKeyUnknown,
    /// `consumer_key_refused` or `consumer_key_rejected`: the link exists and refuses us.
    ConsumerKeyRefused,
    /// `signature_invalid`.
    SignatureInvalid(SignatureMismatch),
    /// `signature_method_rejected`.
    SignatureMethodRejected,
    /// `version_rejected`.
    VersionRejected,
    /// `timestamp_refused`, with both clocks if Jira reported its own.
    TimestampRefused(Option<Clocks>),
    /// `nonce_used`: this call arrived twice.
    NonceUsed,
    /// `parameter_absent`: an intermediary removed parameters.
    ParameterAbsent {
        /// Their names, as far as Jira reports them.
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
    /// `permission_denied`: the person refused, or the account has no permission.
    PermissionDenied,
    /// `permission_unknown`: the person has not decided yet.
    PermissionUnknown,
    /// `verifier_invalid`: the verification code is not Jira's.
    VerifierInvalid,
    /// `additional_authorization_required`: the approval does not cover this call.
    AdditionalAuthorizationRequired,
    /// `user_refused`: Jira does not admit this account at the moment.
    UserRefused,
    /// Another `oauth_problem`.
    OtherProblem {
        /// Jira's term, shortened.
        named: String,
    },
    /// The callback belongs to another request token.
    AnotherRequestToken,
    /// The endpoint of the protocol does not exist (404).
    LinkMissing,
    /// Jira redirects; a signature must not follow.
    Redirected {
        /// Where to, if it is an address.
        to: Option<Url>,
    },
    /// Jira is temporarily unavailable (429, 5xx).
    Unavailable {
        /// The status.
        status: u16,
    },
    /// A refusal without a reason.
    Unexplained {
        /// The status.
        status: u16,
    },
    /// A response that is not OAuth 1.0a.
    AnswerNotUnderstood {
        /// What is wrong with it, as the end of a sentence.
        what: &'static str,
    },
    /// No response.
    Unreachable(HttpFailure),
    /// The address gives no valid request.
    AddressUnusable,
    /// The request could not be signed.
    NotSigned(NotSigned),
}

/// Why the signatures differ, as far as Jira's base string shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureMismatch {
    /// Jira did not send its base string.
    Unknown,
    /// Both sides signed the same address: the keys do not belong together.
    Key,
    /// Jira was called at another address, from its point of view.
    Address {
        /// That address.
        seen: Url,
    },
}

/// The clocks of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Ours, at the response.
    pub ours: Timestamp,
    /// Jira's.
    pub theirs: Timestamp,
}

impl Oauth1Refusal {
    /// The meaning of an `oauth_problem` by itself.
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

/// The cause, then the remedy.
impl fmt::Display for Oauth1Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.cause(), self.remedy())
    }
}

impl std::error::Error for Oauth1Refusal {}
