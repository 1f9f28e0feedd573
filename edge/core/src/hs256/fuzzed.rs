//! Tokens that strangers send.

use futures::executor::block_on;

use super::SignedToken;
use crate::{fakes::NativeMac, fuzz::fuzz};

/// The tokens of the corpus that this key signed.
const SIGNED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJlbWJlZCI6ImVtYl8xIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDAsInN1YiI6InItMSIsInBhcmFtcyI6eyJ0ZWFtIjoid2ViIn19.Pl2vIRPUYf0WClLYQMzN8_roQnogO1IzNe0cc1ixdAU";
const ALSO_SIGNED: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJlbWJlZCI6ImVtYl8xIiwiaWF0IjoxLCJleHAiOjJ9.uRmNQ-irpaSG3-CS46y14szAzS93YLZiR4pqeDGpBzs";
const LONGEST: usize = 4_096;

/// Whatever is sent, it is read or refused; what was not signed with a key is never taken for it; and what is read is what
/// came, to the last byte.
#[test]
fn nothing_that_is_sent_is_taken_for_a_token_that_was_signed() {
    fuzz(include_str!("../../corpus/hs256-tokens.txt"), |text| {
        let Ok(read) = SignedToken::read(text, LONGEST) else { return };
        assert!(text.len() <= LONGEST, "{text}");
        assert!(text.starts_with(read.message) && text.len() > read.message.len(), "{text}");
        let is_signed = block_on(read.is_signed_with(&NativeMac, b"the key")).expect("signed");
        assert_eq!(is_signed, text == SIGNED || text == ALSO_SIGNED, "{text}");
        let claims: Option<serde_json::Map<String, serde_json::Value>> = read.claims();
        assert!(claims.is_some() || !is_signed, "{text}");
    });
}
