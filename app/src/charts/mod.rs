//! *Charts*: the list, the editor, a chart's page, and who may be read for them.

mod access_choice;
mod access_page;
mod chart_page;
mod charts_page;
mod consent;
mod controls;
mod delegations;
mod dialogs;
mod draft;
mod editor;
mod embeds;
mod figure_keys;
mod figure_view;
mod look_form;
mod messages;
mod params_form;
mod pictures;
mod preview;
mod query_check;
mod question_form;
mod render_view;
mod saved;
mod segments;
mod source_form;
mod styles;
mod templates;
mod versions;

pub(crate) use access_page::ChartAccessPage;
pub(crate) use chart_page::ChartPage;
pub(crate) use charts_page::ChartsPage;
pub(crate) use delegations::DelegationPage;
pub(crate) use editor::{ChartEditorPage, NewChartPage};
