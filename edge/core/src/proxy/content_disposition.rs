//! `Content-Disposition` (RFC 6266) with a file name in any script.
//!
//! Jira sends such names as they are, in UTF-8 or Latin-1, which no HTTP header may carry on. They come down encoded as
//! RFC 8187 says, with an ASCII name beside it for clients that do not read that.

use std::fmt::Write as _;

/// The value in ASCII; `None` if it is not of the form. An ASCII value stays as it is.
pub(super) fn ascii(value: &str) -> Option<String> {
    if value.is_ascii() {
        return Some(value.to_owned());
    }
    let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
    let kind = kind.trim();
    let is_token = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let name = repaired(&file_name(parameters)?);
    is_token.then(|| format!("{kind}; filename=\"{}\"; filename*=UTF-8''{}", plain(&name), encoded(&name)))
}

/// The value of the parameter `filename`, quoted or not.
fn file_name(parameters: &str) -> Option<String> {
    let lower = parameters.to_ascii_lowercase();
    let at = lower.find("filename=")?.checked_add("filename=".len())?;
    let value = parameters.get(at..)?.trim_start();
    let Some(quoted) = value.strip_prefix('"') else {
        return Some(value.split(';').next()?.trim().to_owned());
    };
    let mut name = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => name.extend(characters.next()),
            other => name.push(other),
        }
    }
    Some(name)
}

/// The text that was meant. If its bytes were read as Latin-1, and they are UTF-8, they are read again.
fn repaired(name: &str) -> String {
    let bytes: Option<Vec<u8>> = name.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| name.to_owned())
}

fn plain(name: &str) -> String {
    let is_plain = |character: char| matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%');
    name.chars().map(|character| if is_plain(character) { character } else { '_' }).collect()
}

/// RFC 8187, section 3.2.1: UTF-8, percent-encoded but for `attr-char`.
fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _written = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_in_any_script_comes_down() {
        let umlaut = "attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf";
        let latin_1 = |text: &str| text.bytes().map(char::from).collect::<String>();
        for (sent, expected) in [
            ("attachment; filename=\"a b.pdf\"", "attachment; filename=\"a b.pdf\""),
            ("attachment; filename*=UTF-8''%C3%9C.pdf", "attachment; filename*=UTF-8''%C3%9C.pdf"),
            ("attachment; filename=\"Übersicht.pdf\"", umlaut),
            (&latin_1("attachment; filename=\"Übersicht.pdf\""), umlaut),
            ("attachment;filename=Übersicht.pdf; size=1", umlaut),
            (
                "inline; FileName=\"報告 \\\"1\\\".txt\"",
                "inline; filename=\"__ _1_.txt\"; filename*=UTF-8''%E5%A0%B1%E5%91%8A%20%221%22.txt",
            ),
        ] {
            assert_eq!(ascii(sent).as_deref(), Some(expected), "{sent}");
        }
    }

    #[test]
    fn what_has_not_the_form_does_not_come_down() {
        for sent in ["ätt; filename=\"ä\"", "attachment; ä", "; filename=ä", "ä"] {
            assert_eq!(ascii(sent), None, "{sent}");
        }
    }
}
