//! The keeper over ports in memory, against a token endpoint that rotates as Atlassian's. Named after the cases.

mod ambiguity;
mod background_tasks;
mod decisions;
mod lifecycle;
mod moments;
mod no_leeway;
mod opened_tokens;
mod random_schedules;
mod refresh;
mod renewal;
mod resealing;
mod static_credentials;
mod storage;
mod world;
