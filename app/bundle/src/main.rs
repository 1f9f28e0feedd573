//! What Trunk builds: the app, started, with the place where it is cut.
//!
//! What only [`later`] reaches is no part of the first load: `wasm-split-cli` moves it into a module of its own, and
//! whoever calls it loads that first. `app/bundle/wasm-bindgen` makes the cut, `app/bundle/finish.mjs` names the parts.

#![expect(clippy::unnecessary_wraps, reason = "a cut that can fail to load answers a Result, whatever is behind it")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use app::later::{Ask, Later, NotLoaded};
use leptos::{
    prelude::AnyView,
    wasm_split::{SplitLoaderError, wasm_split},
};

/// What the first screen does without.
#[wasm_split(later, wasm_split_path = ::leptos::wasm_split, preload(load_later), fallible)]
fn later(ask: Ask) -> Result<AnyView, SplitLoaderError> {
    Ok(app::later::build(ask))
}

/// What is loaded is there at the first look.
fn built(ask: Ask) -> Option<AnyView> {
    match pin!(later(ask)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(view) => view.ok(),
        Poll::Pending => None,
    }
}

fn main() {
    app::start(Later { load: || Box::pin(async { load_later().await.map_err(|_| NotLoaded) }), build: built });
}
