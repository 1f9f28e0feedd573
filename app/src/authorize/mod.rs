//! Authorizing a connection: the box on the connection's screen, and the pages in the pop-up.
//!
//! Only the edge's answer decides the state of an authorization. What the opener sees of the pop-up, and what the pages
//! broadcast, only decide when to ask the edge and which help to show.

mod authorization_flow;
mod authorization_state;
mod authorize_box;
mod facts;
mod popup;
mod popup_channel;
mod presentation;
mod result_page;
mod scopes;
mod site_chooser;
mod steps;
mod verification_code;
mod waiting;
mod waiting_page;

pub(crate) use authorization_flow::AuthorizationFlow;
pub(crate) use authorization_state::AuthorizationState;
pub(crate) use authorize_box::{AuthorizeBox, save_words};
pub(crate) use facts::{fact, site_and_account};
pub(crate) use presentation::{Destination, Presentation};
pub(crate) use result_page::AuthorizeResultPage;
pub(crate) use scopes::missing_list;
pub(crate) use waiting::{progress, waiting_for};
pub(crate) use waiting_page::AuthorizeWaitingPage;
