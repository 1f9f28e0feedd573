//! A button that copies, in every browser: with the clipboard API, or by selecting where that is missing or refused.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement, Node};

use super::{button::Button, icon::Icon};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Yes,
    Refused,
}

/// Copies `text`, and reports success, or that the browser does not allow it.
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// Its words: *Copy key*.
    what: &'static str,
    /// More words for its accessible name, if it only says *Copy*.
    #[prop(optional)]
    named: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(Copied::NotYet);
    let place = NodeRef::<html::Span>::new();
    let copy = move |()| {
        let text = text.clone();
        spawn_local(async move {
            let beside = place.try_get_untracked().flatten();
            let done = copy(&text, beside.as_deref().map(AsRef::as_ref)).await;
            copied.try_set(if done { Copied::Yes } else { Copied::Refused });
            set_timeout(
                move || {
                    copied.try_set(Copied::NotYet);
                },
                Duration::from_secs(4),
            );
        });
    };
    let said = move || match copied.get() {
        Copied::NotYet => "",
        Copied::Yes => "Copied",
        Copied::Refused => "The browser did not allow it: select the text and copy it",
    };
    view! {
        <span class="copy" node_ref=place>
            <Button on_press=copy>{Icon::Copy.view()} {what} <span class="assistive">{named}</span></Button>
            <span class="subtle" role="status">{said}</span>
        </span>
    }
}

/// Copies `text`, and returns whether the browser allowed it. Selecting needs an element `beside` which it may do so.
pub(crate) async fn copy(text: &str, beside: Option<&Node>) -> bool {
    by_clipboard(text).await || beside.is_some_and(|beside| by_selecting(text, beside))
}

/// Browsers offer no clipboard API on insecure pages, and refuse it in some frames.
async fn by_clipboard(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Copies by selecting a text field. It is inserted beside the button, because nothing outside an open dialog can be
/// selected.
fn by_selecting(text: &str, beside: &Node) -> bool {
    let Ok(sheet) = document().create_element("textarea").map(JsCast::unchecked_into::<HtmlTextAreaElement>) else {
        return false;
    };
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    sheet.set_value(text);
    sheet.set_class_name("assistive");
    if beside.append_child(&sheet).is_err() {
        return false;
    }
    sheet.select();
    let copied = document().unchecked_into::<HtmlDocument>().exec_command("copy").unwrap_or(false);
    sheet.remove();
    if let Some(focused) = focused {
        super::note(focused.focus(), "the focus did not come back");
    }
    copied
}
