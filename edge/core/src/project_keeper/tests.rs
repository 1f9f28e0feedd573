//! The keeper of a project, over SQLite in memory and a Jira in memory whose answers can be lost.

mod being_killed;
mod comments;
mod creating;
mod data_center;
mod jira;
mod limits;
mod listening;
mod nudging;
mod pushing;
mod quota;
mod resealing;
mod resyncing;
mod stories;
mod transitions;
mod trying;
mod world;
