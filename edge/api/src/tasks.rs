//! Tasks: what products have and Causeway keeps in sync with issues of Jira.
//!
//! The words here are those of the mapping ([`Mapping`]), of its check and suggestions, of what Jira offers
//! ([`JiraMetadata`]) and of what blocks a task ([`Blocked`]).

mod causes;
mod jira_metadata;
mod mapping;
mod mapping_check;

pub use causes::*;
pub use jira_metadata::*;
pub use mapping::*;
pub use mapping_check::*;
