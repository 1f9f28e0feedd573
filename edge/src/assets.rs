//! Serves the app's files whose names carry a hash of their content. Browsers keep them for a year, so a name that is not
//! in this deployment must not be answered with the app's page, which the platform gives for every path without a file.

use edge_core::http::{HASHED_FILES, is_the_file};
use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Result};

use crate::crossing::Incoming;

/// The binding of the static files. See `wrangler.toml`.
const ASSETS: &str = "ASSETS";

#[wasm_bindgen]
extern "C" {
    /// The binding, which answers the platform's own response: its body stays a stream of the platform.
    type Assets;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Assets, request: &web_sys::Request) -> core::result::Result<Promise, JsValue>;
}

/// The file that the request is for; `None` if it is for something else, or if there is no such file.
pub(crate) async fn file(
    incoming: &Incoming,
    request: &web_sys::Request,
    env: &Env,
) -> Result<Option<web_sys::Response>> {
    let is_for_file = web_sys::Url::new(&incoming.url).is_ok_and(|url| url.pathname().starts_with(HASHED_FILES));
    if !is_for_file || !matches!(incoming.method.as_str(), "GET" | "HEAD") {
        return Ok(None);
    }
    let assets: Assets = Reflect::get(env, &JsValue::from_str(ASSETS))?.unchecked_into();
    let response: web_sys::Response = JsFuture::from(assets.fetch(request)?).await?.dyn_into()?;
    let content_type = response.headers().get("content-type")?;
    Ok(is_the_file(response.status(), content_type.as_deref()).then_some(response))
}
