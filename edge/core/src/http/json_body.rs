//! The JSON body of a request, as real tools send it (RFC 8259).
//!
//! It is UTF-8 (RFC 8259, section 8.1). A byte order mark before it is ignored, because tools on Windows write one. The
//! parameter `charset` means nothing for JSON (RFC 8259, section 11), but a client that names another encoding uses
//! another encoding, so it is refused in words. Of the media types `application/json` alone is taken: a type that ends
//! in `+json` promises other rules, such as those of a merge patch (RFC 7396), in which `null` removes a field.

use std::fmt;

use api::ProblemCode;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use crate::http::failure::RequestFailure;

/// Reads a body as the contract's type; an absent body is an empty object (400, 415).
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, RequestFailure> {
    let text = text(headers, body)?;
    // serde also reads a struct from an array, field by field in the order of their declaration.
    if text.trim_start().starts_with('[') {
        return Err(invalid(&"it is an array, and an object is expected"));
    }
    serde_json::from_str(text).map_err(|error| invalid(&error))
}

fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<&'a str, RequestFailure> {
    if body.is_empty() {
        return Ok("{}");
    }
    check_media_type(headers)?;
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if is_utf16_or_32(body) {
        return Err(invalid(&"it is UTF-16 or UTF-32, and JSON is sent as UTF-8"));
    }
    str::from_utf8(body).map_err(|_| invalid(&"it is not UTF-8"))
}

/// Every JSON text begins with an ASCII character, so a zero or a byte order mark among its first two bytes shows the
/// encoding (RFC 4627, section 3).
fn is_utf16_or_32(body: &[u8]) -> bool {
    matches!(body, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, ..] | [_, 0, ..])
}

fn check_media_type(headers: &HeaderMap) -> Result<(), RequestFailure> {
    let refused = |why: String| Err(RequestFailure::new(ProblemCode::UnsupportedMediaType, why));
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    if essence.is_empty() {
        return refused("The body has no Content-Type. Send it as application/json.".to_owned());
    }
    if !essence.eq_ignore_ascii_case("application/json") {
        return refused(format!("The body is {essence}, not application/json."));
    }
    match parts.find_map(charset) {
        Some(charset) if !["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known)) => {
            refused(format!("The body is in the charset {charset}. Send JSON as UTF-8."))
        }
        _ => Ok(()),
    }
}

/// The value of the parameter `charset`, which may stand in quotes (RFC 9110, section 5.6.6).
fn charset(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"'))
}

fn invalid(why: &dyn fmt::Display) -> RequestFailure {
    RequestFailure::new(ProblemCode::InvalidRequest, format!("The body does not match the API: {why}."))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::{Value, json};

    use super::*;

    fn read_as(content_type: &'static str, body: &[u8]) -> Result<Value, (ProblemCode, String)> {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        read(&headers, body).map_err(|failure| (failure.code, failure.detail))
    }

    fn utf16(text: &str, write: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(write).collect()
    }

    #[test]
    fn json_is_read_with_a_byte_order_mark_and_under_every_spelling_of_utf_8() {
        for content_type in [
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json; charset=UTF-8",
            "application/json; Charset=\"Utf-8\"",
            "application/json ; charset=utf8",
            "application/json; charset=us-ascii",
            "application/json; version=1",
        ] {
            for body in [
                &b"{\"name\":\"\xC3\xA9\"}"[..],
                b"\xEF\xBB\xBF{\"name\":\"\xC3\xA9\"}",
                b"\r\n {\"name\":\"\xC3\xA9\"} ",
            ] {
                assert_eq!(read_as(content_type, body), Ok(json!({"name": "é"})), "{content_type}");
            }
        }
        assert_eq!(read_as("", b""), Ok(json!({})), "no body needs no type");
    }

    #[test]
    fn what_is_no_json_in_utf_8_is_refused_with_what_came() {
        let unsupported = ProblemCode::UnsupportedMediaType;
        for (content_type, word) in [
            ("", "no Content-Type"),
            ("text/plain", "text/plain"),
            ("application/problem+json", "application/problem+json"),
            ("application/merge-patch+json", "application/merge-patch+json"),
            ("application/json; charset=utf-16", "utf-16"),
            ("application/json; charset=\"ISO-8859-1\"", "ISO-8859-1"),
            ("application/json; charset=", "charset"),
        ] {
            let (code, detail) = read_as(content_type, b"{}").expect_err(content_type);
            assert!(code == unsupported && detail.contains(word), "{content_type}: {detail}");
        }
    }

    #[test]
    fn an_array_is_not_read_as_an_object_whose_fields_it_lists() {
        #[derive(Debug, serde::Deserialize)]
        struct Named {
            #[expect(dead_code, reason = "only whether it is read counts")]
            name: Option<String>,
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for body in ["[\"A\"]", " [null]", "\u{feff}[null]"] {
            let failure = read::<Named>(&headers, body.as_bytes()).expect_err(body);
            assert!(failure.detail.contains("an object is expected"), "{}", failure.detail);
        }
    }

    #[test]
    fn another_encoding_is_named_even_if_nobody_said_so() {
        let text = r#"{"name":"é"}"#;
        for body in [
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
            [vec![0xFF, 0xFE], utf16(text, u16::to_le_bytes)].concat(),
            [vec![0xFE, 0xFF], utf16(text, u16::to_be_bytes)].concat(),
        ] {
            let (code, detail) = read_as("application/json", &body).expect_err("not UTF-8");
            assert!(code == ProblemCode::InvalidRequest && detail.contains("UTF-16"), "{detail}");
        }
        let (code, detail) = read_as("application/json", b"{\"name\":\"\xE9\"}").expect_err("Latin-1");
        assert!(code == ProblemCode::InvalidRequest && detail.contains("not UTF-8"), "{detail}");
    }
}
