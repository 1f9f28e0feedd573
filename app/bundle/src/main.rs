//! What Trunk builds: starts the app, and marks where its WebAssembly module is cut in two.
//!
//! `wasm-split-cli` moves everything that only [`lazy`] reaches into a second module, which is loaded when it is needed.
//! `app/bundle/wasm-bindgen` makes the cut, `app/bundle/finish.mjs` names the files.

#![expect(clippy::unnecessary_wraps, reason = "`wasm_split` wants a Result for a cut that can fail to load")]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use app::lazy_part::{LazyRequest, Loader, NotLoaded};
use leptos::{
    prelude::AnyView,
    wasm_split::{SplitLoaderError, wasm_split},
};

/// The cut.
#[wasm_split(later, wasm_split_path = ::leptos::wasm_split, preload(load_lazy), fallible)]
fn lazy(request: LazyRequest) -> Result<AnyView, SplitLoaderError> {
    Ok(app::lazy_part::build(request))
}

/// Once the module is loaded, the future of [`lazy`] is ready at the first poll.
fn built(request: LazyRequest) -> Option<AnyView> {
    match pin!(lazy(request)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(view) => view.ok(),
        Poll::Pending => None,
    }
}

fn main() {
    app::start(Loader { load: || Box::pin(async { load_lazy().await.map_err(|_| NotLoaded) }), build: built });
}
