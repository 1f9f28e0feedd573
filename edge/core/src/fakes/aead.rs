//! AES-256-GCM by the `aes-gcm` crate.

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead as _, KeyInit, Payload},
};

use crate::ports::{Aead, AeadFailure};

/// The native implementation of [`Aead`]. The Worker's is `WebCrypto`; both are held to `sealing::vectors`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeAead;

impl Aead for NativeAead {
    async fn seal(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        let payload = Payload { msg: plain, aad: additional };
        Aes256Gcm::new(key.into()).encrypt(&Nonce::from(*nonce), payload).map_err(|_| AeadFailure)
    }

    async fn open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        let payload = Payload { msg: sealed, aad: additional };
        Aes256Gcm::new(key.into()).decrypt(&Nonce::from(*nonce), payload).map_err(|_| AeadFailure)
    }
}
