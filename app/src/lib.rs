//! Causeway's single-page app.
