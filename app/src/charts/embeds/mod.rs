//! Embeds: a chart in pages of others.

mod anonymous;
mod key;
mod make;
mod section;
mod snippet;

pub(super) use anonymous::AnonymousCharts;
pub(super) use section::Embeds;
