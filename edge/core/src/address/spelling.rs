//! Spellings that are refused before parsing: URL parsers read them in different ways, or silently repair them.

use super::AddressRefused;

/// The longest address, in bytes. A host has at most 253 (RFC 1035), a context path a few dozen.
const LONGEST: usize = api::ADDRESS_BYTES;

/// Checks the text, without surrounding spaces, before it is parsed.
pub(super) fn admit(text: &str) -> Result<(), AddressRefused> {
    if text.is_empty() {
        return Err(AddressRefused::Empty);
    }
    if text.len() > LONGEST {
        return Err(AddressRefused::TooLong);
    }
    // WHATWG removes tabs and line breaks anywhere, and reads a backslash as a slash; RFC 3986 does neither.
    if text.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace()) {
        return Err(AddressRefused::Disguised);
    }
    // WHATWG accepts any number of slashes after the colon. Which scheme a host may have is checked after parsing.
    let (scheme, rest) = text.split_once("://").ok_or(AddressRefused::NotHttps)?;
    if !["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(AddressRefused::NotHttps);
    }
    admit_authority(rest.split(['/', '?', '#']).next().unwrap_or_default())?;
    if rest.contains(['?', '#']) { Err(AddressRefused::QueryOrFragment) } else { Ok(()) }
}

fn admit_authority(authority: &str) -> Result<(), AddressRefused> {
    if authority.is_empty() {
        Err(AddressRefused::Malformed)
    } else if authority.contains('@') {
        Err(AddressRefused::Credentials)
    } else if authority.contains('%') {
        // WHATWG decodes it; RFC 6874 uses it for the zone of an IPv6 address, which is never public.
        Err(AddressRefused::Disguised)
    } else {
        Ok(())
    }
}
