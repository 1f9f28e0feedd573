//! The whole HTTP surface, natively: routes, cookies and pages over the organization in SQLite and an Atlassian whose
//! answers each test sets.

mod alarm;
mod audit;
mod authorizing;
mod bringing;
mod calls;
mod charts;
mod checkup;
mod connection_export;
mod connection_resyncs;
mod contract;
mod delegations;
mod doors;
mod embeds;
mod forge;
mod guesses;
mod hostile_input;
mod jira_events;
mod jira_projects;
mod lifecycle;
mod odd_requests;
mod organizations;
mod own_faults;
mod own_host;
mod permissions;
mod resealing;
mod signing_in;
mod tasks;
mod timeline;
mod viewers;
mod webhooks;
mod workspaces;
mod world;
