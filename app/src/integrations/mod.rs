//! *Settings → Integrations*: Jira as one of the tools that a product can be connected to, and what it is configured with.

mod integrations_page;
mod jira_card;
mod status_mapping;

pub(crate) use integrations_page::IntegrationsPage;
