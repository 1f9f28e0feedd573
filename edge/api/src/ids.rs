//! Opaque ids, each with the prefix that tells what it names.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::endpoint::{Params, fill_one};

/// Longest id accepted, prefix included. What we make is 4 + 22 characters.
const MAX_LENGTH: usize = 64;

/// A text that is not an id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId {
    /// The prefix that an id of this kind has.
    pub prefix: &'static str,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an id: it begins with {} and has letters, digits, - and _ only", self.prefix)
    }
}

impl std::error::Error for NotAnId {}

fn check(text: &str, prefix: &'static str) -> Result<(), NotAnId> {
    let rest = text.strip_prefix(prefix).ok_or(NotAnId { prefix })?;
    let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if rest.is_empty() || text.len() > MAX_LENGTH || !plain { Err(NotAnId { prefix }) } else { Ok(()) }
}

/// An id that can be made from random text.
pub trait Id {
    /// What every id of this kind begins with.
    const PREFIX: &'static str;

    /// The id that ends in `opaque`: 1 to 60 letters, digits, `-` and `_`.
    fn from_opaque(opaque: &str) -> Self;
}

macro_rules! ids {
    ($(#[doc = $doc:tt] $name:ident = $prefix:tt, $what:tt;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Takes a whole id, prefix included.
            pub fn parse(text: impl Into<String>) -> Result<Self, NotAnId> {
                let text = text.into();
                check(&text, Self::PREFIX)?;
                Ok(Self(text))
            }

            /// The id as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }

        impl Id for $name {
            const PREFIX: &'static str = $prefix;

            fn from_opaque(opaque: &str) -> Self {
                Self(format!("{}{opaque}", $prefix))
            }
        }

        impl Params for $name {
            fn fill(&self, template: &str) -> String {
                fill_one(template, &self.0)
            }

            fn read(values: &[&str]) -> Option<Self> {
                Self::parse(*values.first()?).ok()
            }

            #[cfg(feature = "openapi")]
            fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
                vec![("id", concat!("The id of the ", $what, "."), <Self as utoipa::PartialSchema>::schema())]
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some($doc.trim()))
                    .pattern(Some(concat!("^", $prefix, "[A-Za-z0-9_-]+$")))
                    .min_length(Some($prefix.len() + 1))
                    .max_length(Some(MAX_LENGTH))
                    .examples([serde_json::json!(concat!($prefix, "3q2-7wAbCdEfGhIjKlMnOp"))])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

ids! {
    /// The id of a connection.
    ConnectionId = "con_", "connection";
    /// The id of an authorization.
    AuthorizationId = "aut_", "authorization";
    /// The id of a grant: the credential that an authorization obtained.
    GrantId = "grt_", "grant";
    /// The id of an API key, which is not the key itself.
    ApiKeyId = "key_", "API key";
    /// The id of a member of the organization.
    MemberId = "mem_", "member";
    /// The id of a webhook.
    WebhookId = "whk_", "webhook";
    /// The id of a delivery to a webhook.
    DeliveryId = "dlv_", "delivery";
    /// The id of a workspace.
    WorkspaceId = "wsp_", "workspace";
    /// The id of a project of a workspace.
    ProjectId = "prj_", "project";
    /// The id of a task.
    TaskId = "tsk_", "task";
    /// The id of a chart.
    ChartId = "cht_", "chart";
    /// The id of a viewer: a member who lets Causeway read Jira as them.
    ViewerId = "vwr_", "viewer";
    /// The id of a delegation: that others may see a chart with somebody's access.
    DelegationId = "dlg_", "delegation";
    /// The id of an embed: a chart in pages of others.
    EmbedId = "emb_", "embed";
    /// The id of a resync: it names the project, too.
    ResyncId = "rsy_", "resync";
    /// The id of an RSA key pair for OAuth 1.0a.
    RsaKeyId = "rsa_", "key pair";
}

impl ResyncId {
    /// The characters of random text at the end of an id.
    const RANDOM: usize = 22;

    /// The id of a resync of a project, which ends in 22 characters of random text.
    pub fn of(project: &ProjectId, random: &str) -> Self {
        let project = project.as_str().trim_start_matches(ProjectId::PREFIX);
        Self::from_opaque(&format!("{project}-{random}"))
    }

    /// The project whose resync this is; `None` if the id names none.
    pub fn project(&self) -> Option<ProjectId> {
        let opaque = self.0.strip_prefix(Self::PREFIX)?;
        let (project, random) = opaque.split_at_checked(opaque.len().checked_sub(Self::RANDOM + 1)?)?;
        random.starts_with('-').then(|| ProjectId::parse(format!("{}{project}", ProjectId::PREFIX)).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_resync_tells_its_project_whatever_both_are_made_of() {
        for project in ["prj_1", "prj_3q2-7wAbCdEfGh-_KlMnOp", "prj_-"] {
            let project = ProjectId::parse(project).expect("an id");
            let id = ResyncId::of(&project, "-_2-7wAbCdEfGhIjKlMnOp");
            assert_eq!(ResyncId::parse(id.as_str()).ok().and_then(|id| id.project()), Some(project));
        }
        for other in ["rsy_1", "rsy_-2-7wAbCdEfGhIjKlMnOpQ", "rsy_1+"] {
            assert_eq!(ResyncId::parse(other).ok().and_then(|id| id.project()), None, "{other}");
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!(ConnectionId::parse("con_abc-_1").is_ok());
        for bad in ["", "con_", "grt_abc", "con_a/b", "con_a.b", "con_ä", &format!("con_{}", "a".repeat(80))] {
            assert!(ConnectionId::parse(bad).is_err(), "{bad:?} was accepted");
        }
    }
}
