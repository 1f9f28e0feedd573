//! Charts that others see with somebody's access: letting them, who does, and what one has let them.

mod access_form;
mod dialog;
mod given;
mod page;
mod placing;
mod shown_with;
mod stopping;
mod who_sees;
mod words;

pub(super) use access_form::AccessForm;
pub(super) use dialog::{LetOthersDialog, Readers};
pub(super) use given::{AskedNotice, GivenAccess};
pub(crate) use page::DelegationPage;
pub(super) use shown_with::{ShownWith, first_choice, load_delegations, shown_with};
pub(super) use who_sees::WhoSees;
pub(super) use words::{day, state as state_of, whose};
