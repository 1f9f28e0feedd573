//! What a component finds in its context.

use leptos::prelude::use_context;

/// What an ancestor has provided. To be used in place of the function of the same name in Leptos, which writes the type and
/// the place into its panic: that brings the debug formatting of strings, with its tables, into the first load.
pub(crate) fn expect_context<T: Clone + 'static>() -> T {
    use_context().expect("an ancestor has provided it")
}
