//! The limits of values that are plain texts and numbers in Rust. Each constant feeds both the check of a request and the
//! schema in the document, so that the two cannot differ.

/// The most bytes of a request's body, where nothing else is said: 64 KiB.
pub const BODY_BYTES: usize = 64 * 1024;
/// The most items of a page of any list.
pub const PAGE_ITEMS: u16 = 200;
/// The most digits of the cursor of a list of timeline entries or deliveries.
pub const ENTRY_CURSOR_DIGITS: usize = 18;
/// The most characters of the cursor of the list of connections: base64url of the name, twice as long at most in lower
/// case and as JSON, of another text that the list is sorted by, and of an id.
pub const CONNECTION_CURSOR_CHARACTERS: usize = 8192;
/// The most characters of an e-mail address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const EMAIL_CHARACTERS: usize = 254;
/// The most bytes of the base URL of a Jira instance, as entered. A host has at most 253 (RFC 1035), a context path a few
/// dozen.
pub const ADDRESS_BYTES: usize = 1024;
/// The most bytes of a receiver's answer that are kept with a delivery.
pub const ANSWER_BYTES: usize = 1024;
/// The most bytes of a webhook's URL.
pub const WEBHOOK_URL_BYTES: usize = 2048;
/// The most characters of the key of a Jira project.
pub const PROJECT_KEY_CHARACTERS: usize = 255;
/// The most characters of a client id, client secret or personal access token.
pub const TOKEN_CHARACTERS: usize = 8192;
/// The most characters of a user name, and of a password or API token.
pub const LOGIN_CHARACTERS: usize = 1024;
/// The most characters of a token or verification code of OAuth 1.0a.
pub const OAUTH1_TOKEN_CHARACTERS: usize = 512;
/// The most characters of a cloudId.
pub const CLOUD_ID_CHARACTERS: usize = 64;
/// The most connections that an API key is limited to.
pub const KEY_CONNECTIONS: usize = 100;
/// The most seconds that an API key keeps working after it was rotated: a day.
pub const KEY_OVERLAP_SECONDS: u32 = 86_400;
/// What every API key begins with; a secret follows.
pub const API_KEY_PREFIX: &str = "cw_";
/// The fewest characters of a secret that Causeway issues: 32 random bytes as base64url.
pub const SECRET_SHORTEST: usize = 43;
/// The most characters of such a secret: before it an organization's id and `_`, behind it a check.
pub const SECRET_LONGEST: usize = 120;

/// Reads the cursor of a list of timeline entries or deliveries: the number of the last item of the page before.
pub fn entry_cursor(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=ENTRY_CURSOR_DIGITS).contains(&text.len());
    if digits && fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_entries_is_digits_and_nothing_else() {
        assert_eq!(entry_cursor("42"), Some(42));
        assert_eq!(entry_cursor(&"9".repeat(ENTRY_CURSOR_DIGITS)), Some(999_999_999_999_999_999));
        for bad in ["", "-1", "+1", " 1", "1e3", "٣", &"9".repeat(ENTRY_CURSOR_DIGITS + 1)] {
            assert_eq!(entry_cursor(bad), None, "{bad:?}");
        }
    }
}
