//! WebCrypto: RSASSA-PKCS1-v1_5 with SHA-1, in native code and constant time.

use std::cell::RefCell;

use edge_core::oauth1::{KeyPair, PrivateKey, PublicKey, RsaFailure};
use js_sys::{Array, ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, CryptoKeyPair};

const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";
const MODULUS_BITS: u32 = 2048;
/// 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];
/// The most imported keys that are cached; importing takes about as long as signing.
const MOST_KEPT: usize = 64;

thread_local! {
    /// The imported keys of this isolate, by the digest of the private key. WebCrypto does not export them, and only a
    /// holder of the private key finds one.
    static IMPORTED: RefCell<Vec<([u8; 32], CryptoKey)>> = const { RefCell::new(Vec::new()) };
}

/// Generates a key pair. Only here can the private key be exported: it is sealed at once.
pub(crate) async fn generate() -> Result<KeyPair, RsaFailure> {
    let subtle = super::crypto().map_err(failed)?.subtle();
    let parameters = algorithm()?;
    set(&parameters, "modulusLength", &MODULUS_BITS.into())?;
    set(&parameters, "publicExponent", &Uint8Array::from(EXPONENT.as_slice()))?;
    let usages = ["sign", "verify"].map(JsValue::from_str).iter().collect::<Array>();
    let pair = settled(subtle.generate_key_with_object(&parameters, true, &usages)).await?;
    let pair: CryptoKeyPair = pair.unchecked_into();
    let private = bytes(subtle.export_key("pkcs8", &pair.get_private_key())).await?;
    let public = bytes(subtle.export_key("spki", &pair.get_public_key())).await?;
    Ok(KeyPair { private_key: PrivateKey::from_pkcs8(private), public_key: PublicKey::from_spki(public) })
}

/// Signs `message`.
pub(crate) async fn sign_sha1(private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
    let key = imported(private_key).await?;
    let message = Uint8Array::from(message);
    let subtle = super::crypto().map_err(failed)?.subtle();
    bytes(subtle.sign_with_str_and_js_u8_array(ALGORITHM, &key, &message)).await
}

async fn imported(private_key: &PrivateKey) -> Result<CryptoKey, RsaFailure> {
    let digest = private_key.digest();
    let kept = IMPORTED.with_borrow(|kept| kept.iter().find(|(of, _)| *of == digest).map(|(_, key)| key.clone()));
    if let Some(key) = kept {
        return Ok(key);
    }
    let key = import(private_key.expose()).await?;
    IMPORTED.with_borrow_mut(|kept| {
        if kept.len() >= MOST_KEPT {
            kept.remove(0);
        }
        kept.push((digest, key.clone()));
    });
    Ok(key)
}

async fn import(pkcs8: &[u8]) -> Result<CryptoKey, RsaFailure> {
    let subtle = super::crypto().map_err(failed)?.subtle();
    let usages = Array::of1(&JsValue::from_str("sign"));
    let pkcs8 = Uint8Array::from(pkcs8);
    let key = settled(subtle.import_key_with_object("pkcs8", &pkcs8, &algorithm()?, false, &usages)).await?;
    Ok(key.unchecked_into())
}

fn algorithm() -> Result<Object, RsaFailure> {
    let algorithm = Object::new();
    set(&algorithm, "name", &ALGORITHM.into())?;
    set(&algorithm, "hash", &"SHA-1".into())?;
    Ok(algorithm)
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), RsaFailure> {
    Reflect::set(object, &name.into(), value).map_err(failed)?;
    Ok(())
}

async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, RsaFailure> {
    JsFuture::from(promise.map_err(failed)?).await.map_err(failed)
}

async fn bytes(promise: Result<Promise, JsValue>) -> Result<Vec<u8>, RsaFailure> {
    let buffer: ArrayBuffer = settled(promise).await?.unchecked_into();
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// WebCrypto's errors name only the kind of failure.
fn failed(_: JsValue) -> RsaFailure {
    RsaFailure
}
