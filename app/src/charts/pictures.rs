//! What a person takes away from a chart: the table in the clipboard, and files.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlDetailsElement, HtmlDocument,
    HtmlImageElement, Url,
};

use crate::ui::{download, note};

/// How many pixels of a PNG there are for each CSS pixel.
const SHARPNESS: f64 = 2.0;

/// A file in memory.
pub(super) fn file(content: &str, kind: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&JsValue::from_str(content)), &options)
}

/// Saves a text as a file.
pub(super) fn save(content: &str, kind: &str, name: &str) -> Result<(), JsValue> {
    download::save(&file(content, kind)?, name)
}

/// Draws an SVG as a PNG, and saves it. The picture itself has no script and asks for nothing.
pub(super) async fn save_png(svg: String, name: String) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(&file(&svg, "image/svg+xml")?)?;
    let drawn = drawn(&address).await;
    Url::revoke_object_url(&address)?;
    let canvas = drawn?;
    let made = js_sys::Promise::new(&mut |resolve, reject| {
        let take = Closure::once_into_js(move |blob: JsValue| resolve.call1(&JsValue::UNDEFINED, &blob));
        if let Err(refused) = canvas.to_blob(take.unchecked_ref()) {
            // Nobody else waits for this promise, so a refusal of the refusal changes nothing.
            note(reject.call1(&JsValue::UNDEFINED, &refused), "the picture was not made");
        }
    });
    let blob: Blob = JsFuture::from(made).await?.dyn_into()?;
    download::save(&blob, &name)
}

async fn drawn(address: &str) -> Result<HtmlCanvasElement, JsValue> {
    let image = HtmlImageElement::new()?;
    image.set_src(address);
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    let (width, height) = (f64::from(image.natural_width()), f64::from(image.natural_height()));
    canvas.set_width(pixels(width));
    canvas.set_height(pixels(height));
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or_else(|| JsValue::from_str("no canvas"))?.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        0.0,
        0.0,
        width * SHARPNESS,
        height * SHARPNESS,
    )?;
    Ok(canvas)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a picture is a few thousand pixels wide")]
fn pixels(length: f64) -> u32 {
    (length * SHARPNESS).round() as u32
}

/// Copies the table of a figure as people copy one by hand, so that it stays a table where it is pasted. Returns whether
/// the browser allowed it.
pub(super) fn copy_table(figure: &Element) -> bool {
    let details = figure.query_selector(".chart-numbers").ok().flatten();
    if let Some(details) = details.and_then(|details| details.dyn_into::<HtmlDetailsElement>().ok()) {
        // What is not shown cannot be selected.
        details.set_open(true);
    }
    let table = figure.query_selector(".chart-table").ok().flatten();
    let selection = window().get_selection().ok().flatten();
    let (Some(table), Some(selection)) = (table, selection) else { return false };
    let copied = selection
        .remove_all_ranges()
        .and_then(|()| selection.select_all_children(&table))
        .and_then(|()| document().unchecked_into::<HtmlDocument>().exec_command("copy"))
        .unwrap_or(false);
    note(selection.remove_all_ranges(), "the table stays selected");
    copied
}

/// The name of a file for a chart: its title without what file systems refuse.
pub(super) fn file_name(title: &str, end: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_') { letter } else { ' ' };
    let words: String = title.chars().map(plain).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().take(80).collect();
    format!("{}.{end}", if words.is_empty() { "chart" } else { words.trim_end() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_makes_a_name_that_every_file_system_takes() {
        assert_eq!(file_name("Issues by status", "svg"), "Issues by status.svg");
        assert_eq!(file_name("../a\\b: \"c\"?", "csv"), "a b c.csv");
        assert_eq!(file_name("///", "png"), "chart.png");
        assert!(file_name(&"x".repeat(300), "png").len() <= 84);
    }
}
