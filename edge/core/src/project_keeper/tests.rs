//! The keeper of a project, over SQLite in memory and a Jira in memory whose answers can be lost.

mod being_killed;
mod creating;
mod jira;
mod listening;
mod pushing;
mod resyncing;
mod stories;
mod transitions;
mod trying;
mod world;
