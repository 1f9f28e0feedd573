//! Why a signed request is refused, in the terms of the *OAuth problem reporting* extension, which Jira uses.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::form_urlencoded;

use super::super::At;
use super::message::escaped;

/// One refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    ConsumerKeyUnknown,
    SignatureInvalid { base_string: String, signature: String },
    SignatureMethodRejected,
    VersionRejected,
    TimestampRefused { from: u64, to: u64 },
    NonceUsed,
    TokenRejected,
    TokenExpired,
    TokenRevoked,
    PermissionDenied,
    PermissionUnknown,
    ParameterAbsent(Vec<&'static str>),
    ParameterRejected(&'static str),
    VerifierInvalid,
}

impl Problem {
    /// 401, the problem and what belongs to it in the body and in `WWW-Authenticate`.
    pub(in super::super) fn answer(&self, at: &At) -> Response {
        let parameters = self.parameters();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        let form = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded;charset=UTF-8")];
        let mut response = (StatusCode::UNAUTHORIZED, form, body).into_response();
        let pairs = parameters.iter().map(|(name, value)| format!(", {name}=\"{}\"", escaped(value)));
        let challenge = format!("OAuth realm=\"{}\"{}", escaped(&at.base_url()), pairs.collect::<String>());
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("oauth_problem", self.name().to_owned())];
        match self {
            Self::SignatureInvalid { base_string, signature } => parameters.extend([
                ("oauth_signature", signature.clone()),
                ("oauth_signature_base_string", base_string.clone()),
                ("oauth_signature_method", "RSA-SHA1".to_owned()),
            ]),
            Self::TimestampRefused { from, to } => {
                parameters.push(("oauth_acceptable_timestamps", format!("{from}-{to}")));
            }
            Self::ParameterAbsent(names) => parameters.push(("oauth_parameters_absent", names.join("&"))),
            Self::ParameterRejected(name) => parameters.push(("oauth_parameters_rejected", (*name).to_owned())),
            Self::VersionRejected => parameters.push(("oauth_acceptable_versions", "1.0-1.0".to_owned())),
            _ => {}
        }
        parameters
    }

    fn name(&self) -> &'static str {
        match self {
            Self::ConsumerKeyUnknown => "consumer_key_unknown",
            Self::SignatureInvalid { .. } => "signature_invalid",
            Self::SignatureMethodRejected => "signature_method_rejected",
            Self::VersionRejected => "version_rejected",
            Self::TimestampRefused { .. } => "timestamp_refused",
            Self::NonceUsed => "nonce_used",
            Self::TokenRejected => "token_rejected",
            Self::TokenExpired => "token_expired",
            Self::TokenRevoked => "token_revoked",
            Self::PermissionDenied => "permission_denied",
            Self::PermissionUnknown => "permission_unknown",
            Self::ParameterAbsent(_) => "parameter_absent",
            Self::ParameterRejected(_) => "parameter_rejected",
            Self::VerifierInvalid => "verifier_invalid",
        }
    }
}
