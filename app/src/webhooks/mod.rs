//! Webhooks: whom Causeway tells what happens to connections, and what became of each message.

mod deliveries;
mod delivery;
mod dialogs;
mod form;
mod webhook_page;
mod webhooks_page;
mod words;

pub(crate) use webhook_page::WebhookPage;
pub(crate) use webhooks_page::WebhooksPage;
