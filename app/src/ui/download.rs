//! Files that the person saves.

use std::time::Duration;

use leptos::prelude::{document, set_timeout};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::note;

/// How long a download's content is kept after it was offered to the browser.
const KEPT: Duration = Duration::from_mins(10);

/// Offers a file to the browser, to be saved as `name`.
pub(crate) fn save(content: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(content)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // Some browsers read the content only when the person has said where to save it.
    set_timeout(move || note(Url::revoke_object_url(&address), "a download stays in memory"), KEPT);
    Ok(())
}
