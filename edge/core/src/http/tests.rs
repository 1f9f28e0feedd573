//! The whole HTTP surface, natively: routes, cookies and pages over the organization in SQLite and an Atlassian that
//! answers as it is told.

mod authorizing;
mod bringing;
mod checkup;
mod contract;
mod doors;
mod hostile_input;
mod lifecycle;
mod own_faults;
mod resealing;
mod timeline;
mod webhooks;
mod workspaces;
mod world;
