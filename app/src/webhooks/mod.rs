//! Webhooks: the systems that Causeway notifies of events, and the deliveries to each.

mod deliveries;
mod delivery_dialog;
mod dialogs;
mod flat_delivery;
mod form;
mod messages;
mod webhook_page;
mod webhooks_page;

pub(crate) use webhook_page::WebhookPage;
pub(crate) use webhooks_page::WebhooksPage;
