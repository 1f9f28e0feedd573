//! Failures for a person whom Jira, not Atlassian, refused.

use api::{Failure, FailureCode};

use crate::{atlassian::failure, oauth1::Oauth1Refusal};

/// A failure of an authorization at a Jira instance. `details` are Jira's own words.
pub fn jira_failure(code: FailureCode, details: Option<&str>) -> Failure {
    let mut failed = failure(code, details);
    let (message, remedy) = match code {
        FailureCode::Denied => ("Access was not granted: it was denied in Jira.", "Authorize again and choose Allow."),
        FailureCode::OtherBrowser => (
            "The answer from Jira came back in another browser.",
            "Authorize again, and finish in the window that opens.",
        ),
        FailureCode::ProviderError => (
            "Jira reported an error instead of granting access.",
            "Authorize again. If it persists, give the details to the operator of Causeway.",
        ),
        FailureCode::CodeRefused => ("Jira refused the authorization code.", "Authorize again."),
        FailureCode::ProviderUnavailable => {
            ("Jira did not answer as expected.", "Wait a moment, then authorize again.")
        }
        FailureCode::NoRefreshToken => (
            "Jira gave access for a short time only, without a way to renew it.",
            "A Jira administrator must check the incoming link. Then authorize again.",
        ),
        FailureCode::IpAllowList => (
            "The site's IP allowlist refuses calls from Causeway.",
            "An administrator must add Causeway's addresses to the site's IP allowlist. Then authorize again.",
        ),
        _ => return failed,
    };
    message.clone_into(&mut failed.message);
    remedy.clone_into(&mut failed.remedy);
    failed
}

/// A failure over an application link, with the cause and the remedy of the refusal. The cause contains both clocks if
/// they differ; the details contain Jira's term.
pub fn oauth1_failure(refusal: &Oauth1Refusal) -> Failure {
    let mut failed = failure(code_of(refusal), Some(refusal.help()));
    failed.message = refusal.cause();
    refusal.remedy().clone_into(&mut failed.remedy);
    if let Oauth1Refusal::TimestampRefused(Some(_)) = refusal {
        failed.details = Some(format!("{}: {}", refusal.help(), refusal.cause()));
    }
    failed
}

const fn code_of(refusal: &Oauth1Refusal) -> FailureCode {
    match refusal {
        Oauth1Refusal::ConsumerKeyUnknown | Oauth1Refusal::ConsumerKeyRefused => FailureCode::LinkUnknown,
        Oauth1Refusal::SignatureInvalid(_) | Oauth1Refusal::SignatureMethodRejected | Oauth1Refusal::NotSigned(_) => {
            FailureCode::SignatureInvalid
        }
        Oauth1Refusal::TimestampRefused(_) => FailureCode::ClockSkew,
        Oauth1Refusal::TokenRejected
        | Oauth1Refusal::TokenUsed
        | Oauth1Refusal::TokenExpired
        | Oauth1Refusal::TokenRevoked
        | Oauth1Refusal::AnotherRequestToken
        | Oauth1Refusal::PermissionUnknown
        | Oauth1Refusal::AdditionalAuthorizationRequired => FailureCode::TokenRefused,
        Oauth1Refusal::PermissionDenied => FailureCode::Denied,
        Oauth1Refusal::VerifierInvalid => FailureCode::CodeWrong,
        Oauth1Refusal::UserRefused => FailureCode::SiteRefused,
        Oauth1Refusal::LinkMissing
        | Oauth1Refusal::Redirected { .. }
        | Oauth1Refusal::Unavailable { .. }
        | Oauth1Refusal::Unreachable(_)
        | Oauth1Refusal::AnswerNotUnderstood { .. }
        | Oauth1Refusal::AddressUnusable => FailureCode::InstanceUnreachable,
        Oauth1Refusal::VersionRejected
        | Oauth1Refusal::NonceUsed
        | Oauth1Refusal::ParameterAbsent { .. }
        | Oauth1Refusal::ParameterRejected
        | Oauth1Refusal::OtherProblem { .. }
        | Oauth1Refusal::Unexplained { .. } => FailureCode::ProviderError,
    }
}
