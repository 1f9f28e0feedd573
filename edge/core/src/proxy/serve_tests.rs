//! Claims about whole calls.

mod credentials;
mod kinds;
mod limits;
mod resending;
mod trouble;
mod what_crosses;
mod who_may;
