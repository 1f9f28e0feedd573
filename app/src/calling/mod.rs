//! How to call Jira through a connection: its address, and a program for it in the reader's language.

mod call_jira_page;
mod calling_section;
mod snippet;
mod snippets;
mod what_now;

pub(crate) use call_jira_page::CallJiraPage;
pub(crate) use calling_section::CallingSection;
pub(crate) use snippet::CallingKey;
pub(crate) use snippets::{Snippets, origin};
pub(crate) use what_now::WhatNow;
