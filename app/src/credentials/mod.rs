//! Credentials that an organization enters: where Jira runs, the methods, a form for each, and the guide for whoever
//! administers that Jira.

mod draft;
mod form;
mod guide;
mod guide_page;
mod instance;
mod method;
mod rsa_key;
mod validation;

pub(crate) use draft::CredentialDraft;
pub(crate) use form::CredentialForm;
pub(crate) use guide_page::GuidePage;
pub(crate) use instance::WhereJiraRuns;
pub(crate) use rsa_key::public_key;
