//! RSA by the `rsa` crate.

use std::cell::Cell;

use rsa::{
    Pkcs1v15Sign, RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _},
    rand_core::{CryptoRng, Error, RngCore, impls},
};
use sha1::{Digest as _, Sha1};

use super::SeededRandom;
use crate::{
    oauth1::{KeyPair, PrivateKey, PublicKey, Rsa, RsaFailure},
    ports::Random as _,
};

/// The native implementation of [`Rsa`]: every key is a new one, and every run makes the same. The Worker's is
/// `WebCrypto`; `oauth1::vectors` holds either to one published signature.
#[derive(Debug, Default)]
pub struct NativeRsa {
    keys_made: Cell<u64>,
}

impl Rsa for NativeRsa {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        self.keys_made.set(self.keys_made.get() + 1);
        let mut random = Seeded(SeededRandom::new(self.keys_made.get()));
        let key = RsaPrivateKey::new(&mut random, 2048).map_err(|_| RsaFailure)?;
        let public = key.to_public_key().to_public_key_der().map_err(|_| RsaFailure)?;
        let private = key.to_pkcs8_der().map_err(|_| RsaFailure)?;
        Ok(KeyPair {
            private_key: PrivateKey::from_pkcs8(private.as_bytes().to_vec()),
            public_key: PublicKey::from_spki(public.into_vec()),
        })
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        let key = RsaPrivateKey::from_pkcs8_der(private_key.expose()).map_err(|_| RsaFailure)?;
        key.sign(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(message)).map_err(|_| RsaFailure)
    }
}

/// A test's randomness where the crate asks for some fit for keys. These keys protect nothing.
struct Seeded(SeededRandom);

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Seeded {}
