//! What a person reads about one connection, in its row or on its own screen.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::json;

use super::Browser;
use crate::{PATIENCE, eventually};

const READING: &str = include_str!("reading.js");

/// Words and dates, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reading {
    /// The words.
    pub words: String,
    /// The dates among them, in milliseconds since 1970. A date that cannot be read is `None`.
    pub dates: Vec<Option<i64>>,
}

impl Reading {
    /// Whether one of the dates lies between `from` and now, give or take a second for clocks that count in seconds.
    pub fn has_a_date_since(&self, from: SystemTime) -> bool {
        const SECOND: Duration = Duration::from_secs(1);
        let millis = |moment: SystemTime| {
            i64::try_from(moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
        };
        let (from, until) = (millis(from - SECOND), millis(SystemTime::now() + SECOND));
        self.dates.iter().flatten().any(|date| (from..=until).contains(date))
    }
}

impl Browser {
    /// The row of the connection of that name; nothing if the list does not show it.
    pub async fn row(&self, name: &str) -> Option<Reading> {
        self.reading(json!(name)).await
    }

    /// The whole screen in front, without what is on every screen; nothing while it changes.
    pub async fn screen(&self) -> Option<Reading> {
        self.reading(json!(null)).await
    }

    async fn reading(&self, name: serde_json::Value) -> Option<Reading> {
        let found = self.driver.execute(READING, vec![name]).await.ok()?;
        serde_json::from_value(found.json().clone()).ok()
    }

    /// Waits until the row of the connection `name` shows all these words, and answers it.
    ///
    /// # Panics
    /// If it does not.
    pub async fn sees_in_the_row(&self, name: &str, words: &[&str]) -> Reading {
        let row = async || self.row(name).await.filter(|row| missing(row, words).is_empty());
        if let Some(row) = eventually(PATIENCE, row).await {
            return row;
        }
        let shown = self.row(name).await;
        let lacks = shown.as_ref().map(|row| missing(row, words));
        self.fails(&format!("does not see {lacks:?} in the row {name:?}, which shows {shown:?}")).await
    }

    /// Waits until the screen in front shows all these words, and answers it.
    ///
    /// # Panics
    /// If it does not.
    pub async fn sees_on_the_screen(&self, words: &[&str]) -> Reading {
        let screen = async || self.screen().await.filter(|screen| missing(screen, words).is_empty());
        if let Some(screen) = eventually(PATIENCE, screen).await {
            return screen;
        }
        let shown = self.screen().await;
        let lacks = shown.as_ref().map(|screen| missing(screen, words));
        self.fails(&format!("does not see {lacks:?} on the screen")).await
    }
}

/// Those of the words that are not shown.
fn missing(shown: &Reading, words: &[&str]) -> Vec<String> {
    words.iter().filter(|word| !shown.words.contains(*word)).map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_counts_from_the_moment_on_and_not_before_it() {
        let now = SystemTime::now();
        let millis = i64::try_from(now.duration_since(UNIX_EPOCH).expect("after 1970").as_millis()).expect("not soon");
        let reading = |date| Reading { words: String::new(), dates: vec![None, Some(date)] };
        assert!(reading(millis).has_a_date_since(now));
        assert!(!reading(millis - 60_000).has_a_date_since(now));
        assert!(!reading(millis + 60_000).has_a_date_since(now));
    }
}
