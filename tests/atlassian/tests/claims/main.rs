//! What the model claims to be, asked over a real socket: each rule of Atlassian's as a test, and its OAuth and OIDC
//! against clients that are not ours.

mod api_tokens;
mod asking;
mod authorizing;
mod calling_jira;
mod controlling;
mod data_center;
mod failing;
mod foreign_oauth_client;
mod foreign_oidc_client;
mod refreshing;
mod restarting;
mod seeing_resources;
