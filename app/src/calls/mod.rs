//! Calls through a connection: how they ended, which failed last, and what the site said about its rate limit.

mod calls_section;
mod failed_calls;
mod plot;
mod rate_limit;
mod sparkline;

pub(crate) use calls_section::CallsSection;
pub(crate) use sparkline::sparkline;
