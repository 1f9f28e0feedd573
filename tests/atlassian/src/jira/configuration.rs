//! How a Jira is configured: types, statuses, workflows with their conditions and validators, screens, fields, schemes,
//! roles and permissions. One description, [`configuration/description.json`](self), answers what issues may do, what
//! create and edit metadata say, and what the configuration resources list.
//!
//! Things refer to each other by name, as people do. Ids differ from site to site.

mod fields;
mod schemes;
mod workflow;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

pub(crate) use fields::{Field, FieldOption, Kind};
pub(crate) use schemes::{
    FieldConfiguration, Holder, IssueTypeScheme, IssueTypeScreenScheme, PermissionScheme, Screen, ScreenScheme,
    Template, WorkflowScheme,
};
pub(crate) use workflow::{Action, Condition, Transition, TransitionKind, Validator, Workflow};

/// One site's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    pub(crate) statuses: Vec<Status>,
    pub(crate) issue_types: Vec<IssueType>,
    pub(crate) priorities: Vec<Named>,
    pub(crate) resolutions: Vec<Named>,
    pub(crate) link_types: Vec<LinkType>,
    pub(crate) fields: Vec<Field>,
    pub(crate) screens: Vec<Screen>,
    pub(crate) field_configurations: Vec<FieldConfiguration>,
    pub(crate) workflows: Vec<Workflow>,
    pub(crate) workflow_schemes: Vec<WorkflowScheme>,
    pub(crate) issue_type_schemes: Vec<IssueTypeScheme>,
    pub(crate) screen_schemes: Vec<ScreenScheme>,
    pub(crate) issue_type_screen_schemes: Vec<IssueTypeScreenScheme>,
    pub(crate) roles: Vec<Named>,
    pub(crate) permission_schemes: Vec<PermissionScheme>,
    /// What projects are made from, by name.
    pub(crate) templates: BTreeMap<String, Template>,
}

/// Something with an id and a name, and little else.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) category: Category,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Category {
    New,
    Indeterminate,
    Done,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IssueType {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    /// −1 for a sub-task, 1 for an epic, 0 for all others.
    pub(crate) level: i8,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LinkType {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) inward: String,
    pub(crate) outward: String,
}

impl Configuration {
    /// The configuration whose ids are shifted by `shift`, so that those of two sites differ. Parsed once.
    pub(crate) fn shifted(shift: u64) -> Arc<Self> {
        static AS_DESCRIBED: OnceLock<Configuration> = OnceLock::new();
        let described = AS_DESCRIBED.get_or_init(|| {
            serde_json::from_str(include_str!("configuration/description.json"))
                .expect("the description is valid, a test reads it")
        });
        let mut configuration = described.clone();
        configuration.shift(shift);
        Arc::new(configuration)
    }

    /// Ids below 10,000 are Jira's own and the same everywhere.
    fn shift(&mut self, by: u64) {
        let own = |id: &mut u64| *id += if *id >= 10_000 { by } else { 0 };
        self.statuses.iter_mut().for_each(|status| own(&mut status.id));
        self.issue_types.iter_mut().for_each(|issue_type| own(&mut issue_type.id));
        self.resolutions.iter_mut().for_each(|resolution| own(&mut resolution.id));
        self.link_types.iter_mut().for_each(|link_type| own(&mut link_type.id));
        self.roles.iter_mut().for_each(|role| own(&mut role.id));
        self.workflow_schemes.iter_mut().for_each(|scheme| own(&mut scheme.id));
        self.issue_type_schemes.iter_mut().for_each(|scheme| own(&mut scheme.id));
        self.permission_schemes.iter_mut().for_each(|scheme| own(&mut scheme.id));
        self.field_configurations.iter_mut().for_each(|configuration| own(&mut configuration.id));
        let renamed: BTreeMap<String, String> =
            self.fields.iter().map(|field| (field.id.clone(), shifted_field(&field.id, by))).collect();
        let rename = |id: &mut String| {
            if let Some(new) = renamed.get(id) {
                id.clone_from(new);
            }
        };
        self.fields.iter_mut().for_each(|field| rename(&mut field.id));
        self.screens.iter_mut().flat_map(|screen| &mut screen.fields).for_each(rename);
        for configuration in &mut self.field_configurations {
            configuration.required.iter_mut().for_each(rename);
            configuration.hidden.iter_mut().for_each(rename);
        }
        for validator in self.workflows.iter_mut().flat_map(Workflow::validators_mut) {
            let Validator::FieldRequired(field) = validator;
            rename(field);
        }
    }

    pub(crate) fn status(&self, id: u64) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    /// A status by id or by name, whatever its case.
    pub(crate) fn status_named(&self, id_or_name: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| is(status.id, &status.name, id_or_name))
    }

    pub(crate) fn issue_type(&self, id: u64) -> Option<&IssueType> {
        self.issue_types.iter().find(|issue_type| issue_type.id == id)
    }

    pub(crate) fn issue_type_named(&self, id_or_name: &str) -> Option<&IssueType> {
        self.issue_types.iter().find(|issue_type| is(issue_type.id, &issue_type.name, id_or_name))
    }

    pub(crate) fn priority_named(&self, id_or_name: &str) -> Option<&Named> {
        named(&self.priorities, id_or_name)
    }

    pub(crate) fn resolution_named(&self, id_or_name: &str) -> Option<&Named> {
        named(&self.resolutions, id_or_name)
    }

    pub(crate) fn role_named(&self, id_or_name: &str) -> Option<&Named> {
        named(&self.roles, id_or_name)
    }

    /// A field by its id.
    pub(crate) fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// A field as JQL names it: by id, by name, or as `cf[10020]`.
    pub(crate) fn field_named(&self, name: &str) -> Option<&Field> {
        let by_number = name.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']'));
        let id = by_number.map_or_else(|| name.to_owned(), |number| format!("customfield_{number}"));
        let by_id = self.fields.iter().find(|field| field.id.eq_ignore_ascii_case(&id));
        by_id.or_else(|| self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)))
    }

    pub(crate) fn screen(&self, name: &str) -> Option<&Screen> {
        self.screens.iter().find(|screen| screen.name == name)
    }

    pub(crate) fn template(&self, name: &str) -> &Template {
        self.templates.get(name).expect("projects are made from templates that are described")
    }

    /// The types that a project made from `template` offers.
    pub(crate) fn types_of(&self, template: &str) -> Vec<&IssueType> {
        let scheme = &self.template(template).issue_type_scheme;
        let scheme = self.issue_type_schemes.iter().find(|one| one.name == *scheme);
        let names = scheme.map(|scheme| scheme.types.as_slice()).unwrap_or_default();
        names.iter().filter_map(|name| self.issue_type_named(name)).collect()
    }

    /// The workflow of a type in a project made from `template`.
    pub(crate) fn workflow_of(&self, template: &str, type_id: u64) -> &Workflow {
        let scheme = &self.template(template).workflow_scheme;
        let scheme = self.workflow_schemes.iter().find(|one| one.name == *scheme);
        let scheme = scheme.expect("templates name schemes that are described");
        let type_name = self.issue_type(type_id).map_or("", |issue_type| issue_type.name.as_str());
        let name = scheme.types.get(type_name).unwrap_or(&scheme.default);
        self.workflows
            .iter()
            .find(|workflow| workflow.name == *name)
            .expect("schemes name workflows that are described")
    }

    /// The screen on which an issue of a type is created or edited.
    pub(crate) fn screen_of(&self, template: &str, type_id: u64, creates: bool) -> &Screen {
        let scheme = &self.template(template).screens;
        let of_types = self.issue_type_screen_schemes.iter().find(|one| one.name == *scheme);
        let of_types = of_types.expect("templates name schemes that are described");
        let type_name = self.issue_type(type_id).map_or("", |issue_type| issue_type.name.as_str());
        let name = of_types.types.get(type_name).unwrap_or(&of_types.default);
        let scheme = self.screen_schemes.iter().find(|scheme| scheme.name == *name);
        let scheme = scheme.expect("schemes of types name screen schemes that are described");
        let screen = if creates { &scheme.create } else { &scheme.edit };
        self.screen(screen).expect("screen schemes name screens that are described")
    }

    pub(crate) fn field_configuration_of(&self, template: &str) -> &FieldConfiguration {
        let name = &self.template(template).field_configuration;
        let found = self.field_configurations.iter().find(|one| one.name == *name);
        found.expect("templates name field configurations that are described")
    }

    pub(crate) fn permission_scheme_of(&self, template: &str) -> &PermissionScheme {
        let name = &self.template(template).permission_scheme;
        let found = self.permission_schemes.iter().find(|one| one.name == *name);
        found.expect("templates name permission schemes that are described")
    }
}

impl Category {
    /// As `statusCategory.key`.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Indeterminate => "indeterminate",
            Self::Done => "done",
        }
    }

    pub(crate) fn id(self) -> u64 {
        match self {
            Self::New => 2,
            Self::Indeterminate => 4,
            Self::Done => 3,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::New => "To Do",
            Self::Indeterminate => "In Progress",
            Self::Done => "Done",
        }
    }

    pub(crate) fn color(self) -> &'static str {
        match self {
            Self::New => "blue-gray",
            Self::Indeterminate => "yellow",
            Self::Done => "green",
        }
    }

    /// As the newer configuration resources write it.
    pub(crate) fn constant(self) -> &'static str {
        match self {
            Self::New => "TODO",
            Self::Indeterminate => "IN_PROGRESS",
            Self::Done => "DONE",
        }
    }
}

impl IssueType {
    pub(crate) fn is_subtask(&self) -> bool {
        self.level < 0
    }
}

fn shifted_field(id: &str, by: u64) -> String {
    let number = id.strip_prefix("customfield_").and_then(|number| number.parse::<u64>().ok());
    number.map_or_else(|| id.to_owned(), |number| format!("customfield_{}", number + by))
}

fn named<'a>(all: &'a [Named], id_or_name: &str) -> Option<&'a Named> {
    all.iter().find(|one| is(one.id, &one.name, id_or_name))
}

fn is(id: u64, name: &str, id_or_name: &str) -> bool {
    id.to_string() == id_or_name || name.eq_ignore_ascii_case(id_or_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_the_description_uses_is_described() {
        let configuration = Configuration::shifted(0);
        for (template, described) in &configuration.templates {
            assert!(!configuration.types_of(template).is_empty());
            for issue_type in configuration.types_of(template) {
                let workflow = configuration.workflow_of(template, issue_type.id);
                assert!(workflow.initial().is_some(), "{} cannot be created", workflow.name);
                let screens = [true, false].map(|creates| configuration.screen_of(template, issue_type.id, creates));
                for field in screens.iter().flat_map(|screen| &screen.fields) {
                    assert!(configuration.field(field).is_some(), "no field {field}");
                }
                for transition in &workflow.transitions {
                    assert!(
                        workflow.statuses.contains(&transition.to),
                        "{} leads out of its workflow",
                        transition.name
                    );
                    assert!(transition.screen.as_ref().is_none_or(|name| configuration.screen(name).is_some()));
                }
            }
            assert!(configuration.field_configuration_of(template).required.contains(&"summary".to_owned()));
            assert!(!configuration.permission_scheme_of(template).grants.is_empty(), "{described:?}");
        }
    }

    #[test]
    fn ids_differ_from_site_to_site_but_for_jiras_own() {
        let (one, other) = (Configuration::shifted(0), Configuration::shifted(100));
        let id = |configuration: &Configuration, name| configuration.status_named(name).map(|status| status.id);
        assert_ne!(id(&one, "Done"), id(&other, "Done"));
        assert_eq!(id(&one, "In Progress"), id(&other, "In Progress"));
        assert_eq!(other.field_named("Origin").map(|field| field.id.as_str()), Some("customfield_10122"));
        assert_eq!(other.field_named("cf[10122]").map(|field| field.name.as_str()), Some("Origin"));
    }
}
