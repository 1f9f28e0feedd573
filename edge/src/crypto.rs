//! WebCrypto: AES-256-GCM, HMAC-SHA-256 and randomness, in native code and constant time.

pub(crate) mod rsa;

use edge_core::ports::{AeadFailure, MacFailure};
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, Crypto, CryptoKey, HmacImportParams, SubtleCrypto, WorkerGlobalScope};

fn crypto() -> Result<Crypto, JsValue> {
    js_sys::global().unchecked_into::<WorkerGlobalScope>().crypto()
}

/// Fills `bytes` with randomness. If the platform has none, the instance ends, because its keys could be guessed.
pub(crate) fn fill(bytes: &mut [u8]) {
    if crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(bytes)).is_err() {
        std::process::abort();
    }
}

/// AES-256-GCM encryption; the tag follows the ciphertext.
pub(crate) async fn seal(
    key: &[u8; 32],
    nonce: &[u8; 12],
    additional: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, AeadFailure> {
    let (subtle, key) = import(key, "encrypt").await?;
    let plain = Uint8Array::from(plain);
    let promise = subtle.encrypt_with_object_and_js_u8_array(&parameters(nonce, additional), &key, &plain);
    finish(promise).await
}

/// AES-256-GCM decryption; fails if the ciphertext does not authenticate.
pub(crate) async fn open(
    key: &[u8; 32],
    nonce: &[u8; 12],
    additional: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, AeadFailure> {
    let (subtle, key) = import(key, "decrypt").await?;
    let sealed = Uint8Array::from(sealed);
    let promise = subtle.decrypt_with_object_and_js_u8_array(&parameters(nonce, additional), &key, &sealed);
    finish(promise).await
}

async fn import(key: &[u8; 32], usage: &str) -> Result<(SubtleCrypto, CryptoKey), AeadFailure> {
    let subtle = crypto().map_err(|_| AeadFailure)?.subtle();
    let key = Uint8Array::from(key.as_slice());
    let usages = Array::of1(&JsValue::from_str(usage));
    let promise = subtle.import_key_with_str("raw", &key, "AES-GCM", false, &usages).map_err(|_| AeadFailure)?;
    let key = JsFuture::from(promise).await.map_err(|_| AeadFailure)?;
    Ok((subtle, key.unchecked_into()))
}

fn parameters(nonce: &[u8; 12], additional: &[u8]) -> Object {
    let parameters = AesGcmParams::new("AES-GCM", &Uint8Array::from(nonce.as_slice()));
    parameters.set_additional_data_u8_array(&Uint8Array::from(additional));
    parameters.set_tag_length(128);
    parameters.unchecked_into()
}

async fn finish(promise: Result<js_sys::Promise, JsValue>) -> Result<Vec<u8>, AeadFailure> {
    let buffer = JsFuture::from(promise.map_err(|_| AeadFailure)?).await.map_err(|_| AeadFailure)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// HMAC with SHA-256.
pub(crate) async fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure> {
    mac(key, message).await.map_err(|_| MacFailure)
}

async fn mac(key: &[u8], message: &[u8]) -> Result<Vec<u8>, JsValue> {
    let (subtle, usages) = (crypto()?.subtle(), Array::of1(&JsValue::from_str("sign")));
    let algorithm = HmacImportParams::new_with_str("HMAC", "SHA-256");
    let key = subtle.import_key_with_object("raw", &Uint8Array::from(key), &algorithm, false, &usages)?;
    let key: CryptoKey = JsFuture::from(key).await?.unchecked_into();
    let signed =
        JsFuture::from(subtle.sign_with_str_and_js_u8_array("HMAC", &key, &Uint8Array::from(message))?).await?;
    Ok(Uint8Array::new(&signed).to_vec())
}
