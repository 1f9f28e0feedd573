//! *Mapping*: how a project's tasks become issues, and how the statuses of both sides follow each other.

mod draft;
mod editor;
mod fields;
mod findings;
mod issue_type;
mod mapping_tab;
mod named_targets;
mod pairs;
mod product_statuses;
mod rules;
mod theirs;
mod trial;

pub(super) use mapping_tab::MappingTab;
