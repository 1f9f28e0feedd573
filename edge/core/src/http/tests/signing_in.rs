//! Signing in at an OpenID provider whose documents, keys and claims each test sets.

mod accounts;
mod beginning;
mod cookies;
mod keys;
mod provider;
mod providers;
mod shapes;
