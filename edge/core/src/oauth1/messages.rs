//! Cause and remedy of each refusal, for people.

use api::Timestamp;

use super::{
    LONGEST_TEXT,
    refusal::{Clocks, Oauth1Refusal, SignatureMismatch},
};
use crate::{excerpt::excerpt, origin_failure::OriginFailure};

const AUTHORIZE_AGAIN: &str = "Authorize again.";
const ASK_THE_OPERATOR: &str = "Authorize again. If it persists, give this text to the operator of Causeway.";
const CHECK_THE_BASE: &str = "Check Jira's address: it must be the base URL that Jira shows under Settings > System > General configuration, with its context path.";

impl Oauth1Refusal {
    /// A stable name, by which a help page is found; Jira's own term where there is one.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::ConsumerKeyUnknown => "consumer_key_unknown",
            Self::ConsumerKeyRefused => "consumer_key_refused",
            Self::SignatureInvalid(_) => "signature_invalid",
            Self::SignatureMethodRejected => "signature_method_rejected",
            Self::VersionRejected => "version_rejected",
            Self::TimestampRefused(_) => "timestamp_refused",
            Self::NonceUsed => "nonce_used",
            Self::ParameterAbsent { .. } => "parameter_absent",
            Self::ParameterRejected => "parameter_rejected",
            Self::TokenRejected => "token_rejected",
            Self::TokenUsed => "token_used",
            Self::TokenExpired => "token_expired",
            Self::TokenRevoked => "token_revoked",
            Self::PermissionDenied => "permission_denied",
            Self::PermissionUnknown => "permission_unknown",
            Self::VerifierInvalid => "verifier_invalid",
            Self::AdditionalAuthorizationRequired => "additional_authorization_required",
            Self::UserRefused => "user_refused",
            Self::OtherProblem { .. } => "other_oauth_problem",
            Self::AnotherRequestToken => "another_request_token",
            Self::LinkMissing => "link_missing",
            Self::Redirected { .. } => "redirected",
            Self::Unavailable { .. } => "jira_unavailable",
            Self::Unexplained { .. } => "refused_without_reason",
            Self::AnswerNotUnderstood { .. } => "answer_not_understood",
            Self::Unreachable(_) => "jira_unreachable",
            Self::AddressUnusable => "address_unusable",
            Self::NotSigned(_) => "not_signed",
        }
    }

    /// The cause, in a sentence or two.
    pub fn cause(&self) -> String {
        match self {
            Self::SignatureInvalid(SignatureMismatch::Address { seen }) => format!(
                "Jira refuses the signature because it sees itself called at {}, not at the address that Causeway calls.",
                excerpt(seen.as_str(), LONGEST_TEXT)
            ),
            Self::TimestampRefused(Some(clocks)) => clocks.compared(),
            Self::ParameterAbsent { names } if !names.is_empty() => {
                format!("Parts of Causeway's request did not reach Jira: {}.", names.join(", "))
            }
            Self::OtherProblem { named } => format!("Jira refused with a reason that Causeway does not know: {named}."),
            Self::Redirected { to: Some(to) } => {
                format!("Jira's address leads to another one: {}.", excerpt(to.as_str(), LONGEST_TEXT))
            }
            Self::Unavailable { status } => match OriginFailure::read(*status) {
                Some(failure) => failure.to_string(),
                None => format!("Jira does not work at the moment (status {status})."),
            },
            Self::Unexplained { status } => format!("Jira refused without saying why (status {status})."),
            Self::AnswerNotUnderstood { what } => format!("Jira's answer is not one of OAuth 1.0a: {what}."),
            Self::Unreachable(why) => format!("Jira did not answer: {why}."),
            Self::NotSigned(why) => why.to_string(),
            other => other.plain_cause().to_owned(),
        }
    }

    const fn plain_cause(&self) -> &'static str {
        match self {
            Self::ConsumerKeyUnknown => "No application link in Jira has this consumer key.",
            Self::ConsumerKeyRefused => "Jira knows this consumer key and does not accept it.",
            Self::SignatureInvalid(SignatureMismatch::Key) => {
                "Jira refuses the signature: the public key in Jira's application link is not the one of this connection."
            }
            Self::SignatureInvalid(_) => {
                "Jira refuses the signature. Either the public key in Jira's application link is not the one of this \
                 connection, or a reverse proxy in front of Jira changes the address, so that Jira's base URL differs."
            }
            Self::SignatureMethodRejected => "Jira does not accept signatures with RSA-SHA1.",
            Self::VersionRejected => "Jira does not accept OAuth 1.0a.",
            Self::TimestampRefused(_) => "The clocks of Causeway and Jira differ too much.",
            Self::NonceUsed => "The same request reached Jira twice.",
            Self::ParameterAbsent { .. } => "Parts of Causeway's request did not reach Jira.",
            Self::ParameterRejected => "Jira does not accept a part of Causeway's request.",
            Self::TokenRejected => "Jira does not know the token.",
            Self::TokenUsed => "This approval has been used already.",
            Self::TokenExpired => "The token has expired.",
            Self::TokenRevoked => "Access was taken back in Jira.",
            Self::PermissionDenied => "Access was denied in Jira.",
            Self::PermissionUnknown => "Access has been neither allowed nor denied in Jira yet.",
            Self::VerifierInvalid => "The verification code is not the one that Jira gave.",
            Self::AdditionalAuthorizationRequired => "Jira asks for a new approval.",
            Self::UserRefused => "Jira does not let this account in at the moment.",
            Self::AnotherRequestToken => "The approval that came back belongs to another attempt.",
            Self::LinkMissing => {
                "Jira has nothing at the address for OAuth: the application link is broken, OAuth is switched off, or this is not Jira's base URL."
            }
            Self::Redirected { .. } => "Jira's address leads elsewhere.",
            _ => "No request can be made of this address.",
        }
    }

    /// The remedy, and who must act.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::ConsumerKeyUnknown => {
                "A Jira administrator must compare the consumer key with the one under Application links > Incoming \
                 authentication. Then authorize again."
            }
            Self::ConsumerKeyRefused => {
                "A Jira administrator must check that incoming authentication of the application link is switched on. Then \
                 authorize again."
            }
            Self::SignatureInvalid(SignatureMismatch::Address { .. }) => {
                "A Jira administrator must set the proxy name, port and scheme of Jira's Tomcat connector to what people see \
                 in their browser, and Jira's base URL to the same. Then authorize again."
            }
            Self::SignatureInvalid(SignatureMismatch::Key) => {
                "A Jira administrator must paste the public key shown here into the application link. Then authorize again."
            }
            Self::SignatureInvalid(SignatureMismatch::Unknown) => {
                "A Jira administrator must paste the public key shown here into the application link. If it is the same \
                 already, compare Jira's base URL and the reverse proxy in front of it with the address of this connection."
            }
            Self::TimestampRefused(_) => "A Jira administrator must set the clock of Jira's server. Then try again.",
            Self::NonceUsed => "Try again. If it persists, something between Causeway and Jira repeats requests.",
            Self::ParameterAbsent { .. } | Self::ParameterRejected => {
                "Check whether a reverse proxy in front of Jira removes or changes the Authorization header."
            }
            Self::TokenRejected | Self::TokenUsed | Self::TokenExpired | Self::AdditionalAuthorizationRequired => {
                AUTHORIZE_AGAIN
            }
            Self::TokenRevoked => "Authorize again with the account that is to give access.",
            Self::PermissionDenied => "Authorize again and choose Allow, with an account that may use Jira.",
            Self::PermissionUnknown => "Open the approval page again, choose Allow, and come back.",
            Self::VerifierInvalid => "Copy the code from Jira again. If Jira has stopped showing it, authorize again.",
            Self::UserRefused => "Open Jira with this account and sign in once. Then authorize again.",
            Self::AnotherRequestToken => "Authorize again, and finish in the window that opens.",
            Self::LinkMissing => {
                "A Jira administrator must check the application link under Settings > Applications > Application links, and \
                 that the address of this connection is Jira's base URL with its context path."
            }
            Self::AddressUnusable => CHECK_THE_BASE,
            Self::Unavailable { status } => match OriginFailure::read(*status) {
                Some(failure) => failure.remedy(),
                None => "Wait a moment, then try again.",
            },
            Self::Unreachable(_) => "Check that Jira can be reached from the internet. Then try again.",
            Self::Redirected { .. } | Self::AnswerNotUnderstood { .. } => {
                "Check that the address is Jira's base URL and that no sign-in page stands in front of it."
            }
            Self::NotSigned(_) => "Correct this, then try again.",
            Self::SignatureMethodRejected
            | Self::VersionRejected
            | Self::OtherProblem { .. }
            | Self::Unexplained { .. } => ASK_THE_OPERATOR,
        }
    }
}

impl Clocks {
    fn compared(self) -> String {
        let apart = self.ours.since(self.theirs) / 1000;
        let (seconds, direction) = (apart.unsigned_abs(), if apart < 0 { "ahead" } else { "behind" });
        let (ours, theirs) = (to_the_second(self.ours), to_the_second(self.theirs));
        format!("Causeway's clock shows {ours} and Jira's shows {theirs}: Jira is {} {direction}.", span(seconds))
    }
}

fn to_the_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() / 1000 * 1000)
}

/// `42 seconds`, `12 minutes`, `3 hours`: rounded down.
fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
