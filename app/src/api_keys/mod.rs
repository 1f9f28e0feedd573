//! API keys, with which machines call Causeway.

mod api_keys_page;
mod create_dialog;
mod draft;
mod expiry;
mod key_table;
mod new_key;
mod revoke_dialog;
mod rotate_dialog;

pub(crate) use api_keys_page::ApiKeysPage;
