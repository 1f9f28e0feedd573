//! Charts that are open in several tabs: one that is saved in one tab is shown as it is now in the others.

use api::ChartId;

use crate::ui::broadcast;

const CHANNEL: &str = "causeway-charts";

/// Tells other tabs that a chart was saved.
pub(super) fn tell_saved(chart: &ChartId) {
    broadcast::send(CHANNEL, chart.as_str(), "other tabs were not told that the chart was saved");
}

/// Calls `act` when a chart was saved in another tab, until the owner is disposed of.
pub(super) fn on_saved(chart: ChartId, act: impl Fn() + 'static) {
    broadcast::listen(CHANNEL, move |saved| {
        if saved == chart.as_str() {
            act();
        }
    });
}
