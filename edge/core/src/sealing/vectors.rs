//! Published test vectors of AES-256-GCM, public data, and a check that holds an implementation to them.
//!
//! Source: David `McGrew` and John Viega, *The Galois/Counter Mode of Operation (GCM)*, appendix B, test cases 13 to 16 (those
//! with a 256-bit key and a 96-bit nonce). The native implementation is held to them by a test, the Worker's by
//! `/healthz`, so that the two cannot differ.

use std::fmt;

use crate::ports::Aead;

/// One published case. All texts are hexadecimal.
#[derive(Clone, Copy, Debug)]
struct Vector {
    case: u8,
    key: &'static str,
    nonce: &'static str,
    additional: &'static str,
    plain: &'static str,
    /// The ciphertext with the tag at its end.
    sealed: &'static str,
}

const ZERO_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const ZERO_NONCE: &str = "000000000000000000000000";
const KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const NONCE: &str = "cafebabefacedbaddecaf888";

const VECTORS: [Vector; 4] = [
    Vector {
        case: 13,
        key: ZERO_KEY,
        nonce: ZERO_NONCE,
        additional: "",
        plain: "",
        sealed: "530f8afbc74536b9a963b4f1c4cb738b",
    },
    Vector {
        case: 14,
        key: ZERO_KEY,
        nonce: ZERO_NONCE,
        additional: "",
        plain: "00000000000000000000000000000000",
        sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    },
    Vector {
        case: 15,
        key: KEY,
        nonce: NONCE,
        additional: "",
        plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                 8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad\
                 b094dac5d93471bdec1a502270e3cc6c",
    },
    Vector {
        case: 16,
        key: KEY,
        nonce: NONCE,
        additional: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                 8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
                 76fc6ece0f4e1768cddf8853bb2d551b",
    },
];

/// An implementation of AES-256-GCM that is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAesGcm {
    /// The number of the first published case that it fails.
    pub case: u8,
}

impl fmt::Display for NotAesGcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AES-256-GCM fails the published test case {}", self.case)
    }
}

impl std::error::Error for NotAesGcm {}

/// Holds `aead` to the published vectors: it must seal to those bytes, open them, and refuse them once changed.
pub async fn self_check(aead: &impl Aead) -> Result<(), NotAesGcm> {
    for vector in VECTORS {
        if !holds(aead, &vector).await {
            return Err(NotAesGcm { case: vector.case });
        }
    }
    Ok(())
}

async fn holds(aead: &impl Aead, vector: &Vector) -> bool {
    let (Ok(key), Ok(nonce)) = (unhex(vector.key).try_into(), unhex(vector.nonce).try_into()) else { return false };
    let (additional, plain, sealed) = (unhex(vector.additional), unhex(vector.plain), unhex(vector.sealed));
    let mut changed = sealed.clone();
    if let Some(last) = changed.last_mut() {
        *last ^= 1;
    }
    aead.seal(&key, &nonce, &additional, &plain).await.as_deref() == Ok(&sealed)
        && aead.open(&key, &nonce, &additional, &sealed).await.as_deref() == Ok(&plain)
        && aead.open(&key, &nonce, &additional, &changed).await.is_err()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
    text.as_bytes().chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, half| byte << 4 | digit(*half))).collect()
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::{fakes::NativeAead, ports::AeadFailure};

    #[test]
    fn the_native_implementation_holds_to_the_published_vectors() {
        assert_eq!(block_on(self_check(&NativeAead)), Ok(()));
    }

    struct Backwards;

    impl Aead for Backwards {
        async fn seal(&self, _: &[u8; 32], _: &[u8; 12], _: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
            Ok(plain.iter().rev().copied().collect())
        }

        async fn open(&self, _: &[u8; 32], _: &[u8; 12], _: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
            Ok(sealed.iter().rev().copied().collect())
        }
    }

    #[test]
    fn something_else_is_noticed() {
        assert_eq!(block_on(self_check(&Backwards)), Err(NotAesGcm { case: 13 }));
    }
}
