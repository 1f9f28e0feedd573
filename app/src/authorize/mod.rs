//! Authorizing a connection: the box on the connection's screen, and the pages in the pop-up.
//!
//! The edge's answer is the only authority on how an attempt stands. Whether the pop-up looks open, and what a page
//! broadcasts, only decides when to ask the edge and what help to offer.

mod attempt;
mod authorize_box;
mod course;
mod facts;
mod hint;
mod popup;
mod result_page;
mod scopes;
mod site_chooser;
mod steps;
mod verification_code;
mod waiting;
mod waiting_page;
mod way;

pub(crate) use attempt::Attempt;
pub(crate) use authorize_box::{AuthorizeBox, save_words};
pub(crate) use course::Course;
pub(crate) use facts::{fact, who_and_where};
pub(crate) use result_page::AuthorizeResultPage;
pub(crate) use scopes::{needed_for, plain};
pub(crate) use waiting_page::AuthorizeWaitingPage;
pub(crate) use way::{By, Way};
