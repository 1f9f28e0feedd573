//! Claims about whole calls.

mod checkup_requests;
mod counting;
mod credentials;
mod epoch;
mod families;
mod gateway;
mod kinds;
mod limits;
mod resending;
mod what_crosses;
mod who_may;
