//! Keys with which machines call.

mod create_dialog;
mod draft;
mod key_table;
mod new_key;
mod page;
mod revoke_dialog;

pub(crate) use page::ApiKeysPage;
