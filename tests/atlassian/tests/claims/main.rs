//! Tests of the model over a real socket: each rule of Atlassian's is a test, and its OAuth and OpenID Connect are
//! tested with clients that we did not write.

mod api_tokens;
mod asking;
mod authorizing;
mod calling_jira;
mod configuring;
mod controlling;
mod counting;
mod data_center;
mod failing;
mod following_workflows;
mod foreign_jira_clients;
mod foreign_oauth_client;
mod foreign_oidc_client;
mod hearing_of_changes;
mod keeping_history;
mod limiting;
mod permitting;
mod reading_everything;
mod refreshing;
mod restarting;
mod saving_searches;
mod searching;
mod seeing_resources;
mod vouching_for_pages;
mod working_in_bulk;
mod working_on_issues;
