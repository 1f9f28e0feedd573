//! Messages between the opener and its pop-up, on a `BroadcastChannel`. Only pages of our origin share it, and it works
//! even if a page has cut the link between the windows. `postMessage` is not listened to. A message never carries a
//! result: it says that the edge should be asked now, or tells a waiting page where to go.

use crate::ui::broadcast;

const CHANNEL: &str = "causeway-authorize";
const SETTLED: &str = "settled";

/// Tells openers that an authorization changed.
pub(crate) fn settled() {
    send(SETTLED);
}

/// Tells the waiting page with this nonce where to go.
pub(crate) fn go(nonce: &str, start_url: &str) {
    send(&format!("{nonce} {start_url}"));
}

/// Calls `act` whenever an authorization changed, until the owner is disposed of.
pub(crate) fn on_settled(act: impl Fn() + 'static) {
    listen(move |text| {
        if text == SETTLED {
            act();
        }
    });
}

/// Calls `act` with the address meant for the waiting page with this nonce, until the owner is disposed of.
pub(crate) fn on_go(nonce: String, act: impl Fn(&str) + 'static) {
    listen(move |text| {
        if let Some(start_url) = start_url_for(&nonce, text) {
            act(start_url);
        }
    });
}

/// The address in `text`, if it is meant for `nonce` and starts an authorization of ours.
fn start_url_for<'a>(nonce: &str, text: &'a str) -> Option<&'a str> {
    let (addressee, start_url) = text.split_once(' ')?;
    (!nonce.is_empty() && addressee == nonce && start_url.starts_with("/oauth/start/")).then_some(start_url)
}

fn send(text: &str) {
    broadcast::send(CHANNEL, text, "the opener was not told, it will poll");
}

fn listen(act: impl Fn(&str) + 'static) {
    broadcast::listen(CHANNEL, act);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_page_goes_only_where_its_own_opener_sends_it_and_only_to_us() {
        assert_eq!(start_url_for("n1", "n1 /oauth/start/t"), Some("/oauth/start/t"));
        for text in ["n2 /oauth/start/t", "n1 https://evil.example/", "n1 //evil", "n1 javascript:x", "n1", ""] {
            assert_eq!(start_url_for("n1", text), None, "{text:?}");
        }
        assert_eq!(start_url_for("", " /oauth/start/t"), None);
    }
}
