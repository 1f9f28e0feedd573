//! Classifies Jira's responses.

use api::CredentialKind;

use crate::{origin_failure::OriginFailure, proxy::refusal::CallRefusal};

/// How a response is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseClass {
    /// It is passed on unchanged.
    JiraAnswer,
    /// 401: the credential or its scopes are refused.
    Credential,
    /// 403: from Jira, or from the site's IP allow-list.
    Forbidden,
    /// 429.
    RateLimited,
    /// 502, 503, 504: from a gateway; may be temporary.
    Passing,
    /// 520 to 530: from the platform, which did not reach the server.
    Origin(OriginFailure),
    /// 3xx; redirects are not followed. (304 is passed on.)
    Redirect,
    /// Not a valid status for a response.
    Nonsense,
}

/// Classifies a status.
pub(super) const fn read(status: u16) -> ResponseClass {
    if let Some(failure) = OriginFailure::read(status) {
        return ResponseClass::Origin(failure);
    }
    match status {
        401 => ResponseClass::Credential,
        403 => ResponseClass::Forbidden,
        429 => ResponseClass::RateLimited,
        502..=504 => ResponseClass::Passing,
        304 | 200..300 | 400..600 => ResponseClass::JiraAnswer,
        300..400 => ResponseClass::Redirect,
        _ => ResponseClass::Nonsense,
    }
}

/// The refusal that the text of a 401 or 403 reveals and its status does not. The texts are Atlassian's, in English, as
/// JSON or not. `kind` is what the call authenticated with.
pub(super) fn refusal_in_body(body: &[u8], kind: CredentialKind) -> Option<CallRefusal> {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    if text.contains("scope does not match") {
        Some(CallRefusal::ScopeMissing { kind })
    } else if text.contains("ip address has been rejected") {
        Some(CallRefusal::IpAllowList { kind })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_meaning() {
        for (statuses, response_class) in [
            (
                vec![200, 201, 204, 205, 207, 226, 304, 400, 404, 409, 410, 412, 500, 501, 505, 599],
                ResponseClass::JiraAnswer,
            ),
            (vec![300, 301, 302, 303, 305, 307, 308, 399], ResponseClass::Redirect),
            (vec![0, 100, 101, 103, 199, 600, 999], ResponseClass::Nonsense),
            (vec![502, 503, 504], ResponseClass::Passing),
        ] {
            for status in statuses {
                assert_eq!(read(status), response_class, "{status}");
            }
        }
    }

    #[test]
    fn atlassians_words_are_understood() {
        let scope = br#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
        let kind = CredentialKind::ScopedApiToken;
        assert_eq!(refusal_in_body(scope, kind), Some(CallRefusal::ScopeMissing { kind }));
        let allow_list = b"The IP address has been rejected because it is not on the allowedlist. See your admin for more information.";
        assert_eq!(refusal_in_body(allow_list, kind), Some(CallRefusal::IpAllowList { kind }));
        assert_eq!(refusal_in_body(b"{\"errorMessages\":[\"You do not have permission\"]}", kind), None);
        assert_eq!(refusal_in_body(b"\xff\xfe", kind), None);
    }
}
