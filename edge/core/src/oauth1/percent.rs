//! Percent-encoding as in RFC 5849, section 3.6: stricter than in URLs and different from forms.

use std::fmt::Write as _;

/// Encodes everything but letters, digits, `-`, `.`, `_` and `~`, with upper-case hexadecimal digits.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Decodes; `None` if a `%` does not start an escape, or the result is not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { hexadecimal(bytes.next()?)? << 4 | hexadecimal(bytes.next()?)? } else { byte });
    }
    String::from_utf8(decoded).ok()
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unreserved_characters_stay() {
        assert_eq!(encode("AZaz09-._~"), "AZaz09-._~");
        assert_eq!(encode(" +%&=*!'()/ä☃"), "%20%2B%25%26%3D%2A%21%27%28%29%2F%C3%A4%E2%98%83");
    }

    #[test]
    fn what_was_encoded_comes_back_and_what_is_cut_or_no_utf_8_does_not() {
        let text = " +%&=*!'()/ä☃\0";
        assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        assert_eq!(decode("a%2fb+c").as_deref(), Some("a/b+c"));
        for odd in ["%", "%2", "%zz", "%+1", "%ff", "%C3"] {
            assert_eq!(decode(odd), None, "{odd}");
        }
    }
}
