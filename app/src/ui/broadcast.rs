//! Short messages between the pages of our origin, on a `BroadcastChannel`: other tabs, pop-ups, and frames. They say that the
//! edge should be asked, and never carry what it answers.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::ui::note;

/// Tells every other page that listens to `channel`. If that fails, `missed` says in the console what follows from it.
pub(crate) fn send(channel: &str, text: &str, missed: &'static str) {
    let sent = BroadcastChannel::new(channel).and_then(|channel| {
        channel.post_message(&JsValue::from_str(text))?;
        channel.close();
        Ok(())
    });
    note(sent, missed);
}

/// Calls `act` with what another page says on `channel`, until the owner is disposed of.
pub(crate) fn listen(channel: &str, act: impl Fn(&str) + 'static) {
    let Ok(channel) = BroadcastChannel::new(channel) else { return };
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            act(&text);
        }
    });
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    let listening = StoredValue::new_local((channel, heard));
    on_cleanup(move || {
        listening.with_value(|(channel, _)| {
            channel.set_onmessage(None);
            channel.close();
        });
    });
}
