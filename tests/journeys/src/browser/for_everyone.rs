//! Whether a screen works for everyone: what axe finds, in light and dark colours, and on a narrow window.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::{Browser, Look};
use crate::checkout;

const ASK: &str = include_str!("axe.js");
const SIDEWAYS: &str = include_str!("sideways.js");

/// The number of animations that do not end at once.
const MOVING: &str = "return document.getAnimations().filter((one) => {
    const { activeDuration } = one.effect.getComputedTiming();
    return activeDuration > 100;
}).length";

/// What axe holds a page to: WCAG 2.0 to 2.2, A and AA, and its own best practices.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// axe from npm. The driver injects it, because the pages' content security policy allows no foreign script.
fn axe() -> &'static str {
    static AXE: OnceLock<String> = OnceLock::new();
    AXE.get_or_init(|| {
        let file = checkout::node_modules().join("axe-core/axe.min.js");
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}

/// The colours that people choose between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Colors {
    /// As the page's root has it.
    const fn mode(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Browser {
    /// Checks the page in front with axe in light and in dark colours; that a window of 320 pixels (a small telephone,
    /// or 400 % zoom) needs no sideways scrolling; and that nothing moves for people who ask for less motion. `screen`
    /// names the page in a failure.
    ///
    /// # Panics
    /// If axe finds anything, or something sticks out.
    pub async fn is_for_everyone(&self, screen: &str) {
        self.is_for_everyone_but_for(&[], screen).await;
    }

    /// The same for a page with a component of others, which breaks these `rules` of axe by its structure.
    ///
    /// # Panics
    /// If axe finds anything else, or something sticks out.
    pub async fn is_for_everyone_but_for(&self, rules: &[&str], screen: &str) {
        self.has_no_barriers(&format!("{screen}, light"), Colors::Light, rules).await;
        self.has_no_barriers(&format!("{screen}, dark"), Colors::Dark, rules).await;
        self.looks(Look::Narrow).await;
        self.has_no_barriers(&format!("{screen}, 320 pixels wide"), Colors::Light, rules).await;
        let out = self.sticks_out().await;
        if !out.is_empty() {
            self.fails(&format!("must scroll sideways on {screen:?}:\n{}\n", out.join("\n"))).await;
        }
        self.looks(Look::FewColors).await;
        let moving = self.runs(MOVING).await;
        if moving != 0 {
            self.fails(&format!("sees {moving} things move on {screen:?}, and asked for none")).await;
        }
        self.looks_as_before().await;
    }

    async fn has_no_barriers(&self, screen: &str, colors: Colors, known: &[&str]) {
        let mut barriers = self.barriers(colors).await;
        barriers.retain(|told| !told.split_once(':').is_some_and(|(rule, _)| known.contains(&rule)));
        if !barriers.is_empty() {
            self.fails(&format!("meets barriers on {screen}:\n{}\n", barriers.join("\n"))).await;
        }
    }

    /// What axe finds wrong with the page in front, in these colours.
    ///
    /// # Panics
    /// If axe cannot look.
    pub async fn barriers(&self, colors: Colors) -> Vec<String> {
        self.runs(&format!("document.documentElement.dataset.colorMode = '{}'", colors.mode())).await;
        if self.runs("return typeof axe").await != "object" {
            self.driver.execute(axe(), Vec::new()).await.expect("axe goes in");
        }
        let found = self.driver.execute_async(ASK, vec![json!(RULES)]).await.expect("axe answers").json().clone();
        self.runs("delete document.documentElement.dataset.colorMode").await;
        assert!(found["looked"].as_u64() > Some(0), "axe has looked at nothing: {found}");
        texts(&found["violations"])
    }

    /// The elements that are wider than the window; none if nobody has to scroll sideways.
    ///
    /// # Panics
    /// If the page cannot be measured.
    pub async fn sticks_out(&self) -> Vec<String> {
        texts(&self.runs(SIDEWAYS).await)
    }
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().expect("a list");
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
