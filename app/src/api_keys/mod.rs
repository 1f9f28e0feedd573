//! Keys with which machines call.

mod create_dialog;
mod draft;
mod key_table;
mod page;
mod revoke_dialog;
mod shown_once;

pub(crate) use page::ApiKeysPage;
