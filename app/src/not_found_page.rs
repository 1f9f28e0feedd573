//! The screen for an address that names nothing.

use leptos::prelude::*;

use crate::{
    navigation::Link,
    ui::{button::Look, page_title::PageTitle},
};

/// *Page not found*.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <PageTitle>"Page not found"</PageTitle>
        <p>"There is nothing at this address. It may have been mistyped, or removed."</p>
        <div class="buttons">
            <Link to="/" class=Look::Primary.class()>"Go to connections"</Link>
        </div>
    }
}
