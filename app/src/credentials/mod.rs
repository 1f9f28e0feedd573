//! Credentials that the organization brings: where Jira runs, the ways to connect to it, a form for each, and the guide
//! for whoever administers that Jira.

mod draft;
mod form;
mod guide;
mod guide_page;
mod instance;
mod method;
mod rsa_key;
mod written;

pub(crate) use draft::Draft;
pub(crate) use form::CredentialForm;
pub(crate) use guide_page::GuidePage;
pub(crate) use instance::WhereJiraRuns;
pub(crate) use rsa_key::public_key;
