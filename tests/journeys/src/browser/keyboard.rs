//! A person without a mouse. The focus must be seen wherever it goes, and never be lost.

use serde::Deserialize;
use thirtyfour::{Key, TypingData};

use super::Browser;
use crate::{PATIENCE, eventually};

const FOCUSED: &str = concat!(include_str!("name.js"), include_str!("focused.js"));

/// More stops than any screen has.
const STOPS: usize = 80;

/// What has the focus.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Focused {
    /// What it is called.
    pub name: String,
    /// Its element, such as `button`.
    pub tag: String,
    /// Its role, if one is written down.
    pub role: String,
    /// Whether it is in sight with a ring around it.
    pub visible: bool,
}

impl Focused {
    /// Whether a person would take it for these words. A name may go on for screen readers.
    fn is_called(&self, words: &str) -> bool {
        self.name.starts_with(words)
    }
}

impl Browser {
    /// Presses keys, one after the other.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn types(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.expect("keys can be pressed");
    }

    /// What has the focus now; nothing if it is lost.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn focused(&self) -> Option<Focused> {
        let found = self.driver.execute(FOCUSED, Vec::new()).await.ok()?;
        serde_json::from_value(found.json().clone()).ok()
    }

    /// Presses Tab until the focus is on what is called `words`, and sees it at every stop.
    ///
    /// # Panics
    /// If it does not come there, or the focus cannot be seen on the way.
    pub async fn tabs_to(&self, words: &str) {
        for _ in 0..STOPS {
            let stop = self.focused().await;
            if let Some(there) = stop.filter(|stop| stop.is_called(words)) {
                return self.sees_the_focus(&there).await;
            }
            self.types(Key::Tab).await;
            // Past the last stop the focus leaves the page, and comes in again at its start.
            if let Some(next) = self.focused().await {
                self.sees_the_focus(&next).await;
            }
        }
        self.fails(&format!("does not come to {words:?} by Tab")).await;
    }

    /// Comes there by Tab and presses Enter.
    ///
    /// # Panics
    /// As [`tabs_to`](Self::tabs_to).
    pub async fn enters(&self, words: &str) {
        self.tabs_to(words).await;
        self.types(Key::Enter).await;
    }

    /// Waits until the focus is on what is called `words`, without a key pressed.
    ///
    /// # Panics
    /// If it is elsewhere or lost.
    pub async fn has_the_focus_on(&self, words: &str) {
        let there = eventually(PATIENCE, async || self.focused().await.filter(|stop| stop.is_called(words)));
        if there.await.is_none() {
            let now = self.focused().await;
            self.fails(&format!("has the focus not on {words:?} but on {now:?}")).await;
        }
    }

    /// Waits until the focus is somewhere: after what had it is gone.
    ///
    /// # Panics
    /// If it stays lost.
    pub async fn has_not_lost_the_focus(&self) {
        if eventually(PATIENCE, async || self.focused().await).await.is_none() {
            self.fails("has lost the focus").await;
        }
    }

    async fn sees_the_focus(&self, stop: &Focused) {
        if !stop.visible {
            self.fails(&format!("does not see that {stop:?} has the focus")).await;
        }
    }
}
