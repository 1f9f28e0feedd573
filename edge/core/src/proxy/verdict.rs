//! What Jira's answer means for the call.

use crate::proxy::refusal::Refusal;

/// What must be done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is Jira's answer; it goes down as it is.
    Answer,
    /// 401: the credential, or its scopes.
    Credential,
    /// 403: Jira's own, or the site's IP allow-list.
    Forbidden,
    /// 429.
    RateLimited,
    /// 502, 503, 504: a gateway's, which may pass.
    Passing,
    /// 3xx, which is not followed. (304 is an answer.)
    Redirect,
    /// No status that an answer to a call can have.
    Nonsense,
}

/// Reads a status.
pub(super) const fn read(status: u16) -> Verdict {
    match status {
        401 => Verdict::Credential,
        403 => Verdict::Forbidden,
        429 => Verdict::RateLimited,
        502..=504 => Verdict::Passing,
        304 | 200..300 | 400..600 => Verdict::Answer,
        300..400 => Verdict::Redirect,
        _ => Verdict::Nonsense,
    }
}

/// What the words of a 401 or 403 say that its status does not. They are Atlassian's, in English, in JSON or not.
pub(super) fn words(body: &[u8]) -> Option<Refusal> {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    if text.contains("scope does not match") {
        Some(Refusal::ScopeMissing)
    } else if text.contains("ip address has been rejected") {
        Some(Refusal::IpAllowList)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_meaning() {
        for (statuses, verdict) in [
            (vec![200, 201, 204, 205, 207, 226, 304, 400, 404, 409, 410, 412, 500, 501, 505, 599], Verdict::Answer),
            (vec![300, 301, 302, 303, 305, 307, 308, 399], Verdict::Redirect),
            (vec![0, 100, 101, 103, 199, 600, 999], Verdict::Nonsense),
            (vec![502, 503, 504], Verdict::Passing),
        ] {
            for status in statuses {
                assert_eq!(read(status), verdict, "{status}");
            }
        }
    }

    #[test]
    fn atlassians_words_are_understood() {
        let scope = br#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
        assert_eq!(words(scope), Some(Refusal::ScopeMissing));
        let allow_list = b"The IP address has been rejected because it is not on the allowedlist. See your admin for more information.";
        assert_eq!(words(allow_list), Some(Refusal::IpAllowList));
        assert_eq!(words(b"{\"errorMessages\":[\"You do not have permission\"]}"), None);
        assert_eq!(words(b"\xff\xfe"), None);
    }
}
