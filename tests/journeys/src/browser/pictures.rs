//! Pictures of screens, as different people see them.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Browser;

/// How a screen is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// On a desk, in light colours.
    Light,
    /// On a desk, in dark colours.
    Dark,
    /// On a tablet, in light colours: 768 CSS pixels wide.
    Tablet,
    /// On a tablet, in dark colours.
    DarkTablet,
    /// 320 CSS pixels wide: a small telephone, or 400 % zoom.
    Narrow,
    /// The same in dark colours.
    DarkNarrow,
    /// On a desk, in the few colours that the person's system allows, and without motion.
    FewColors,
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Light, Self::Dark, Self::Tablet, Self::DarkTablet, Self::Narrow, Self::DarkNarrow, Self::FewColors];

    /// The name in a file's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "1280-light",
            Self::Dark => "1280-dark",
            Self::Tablet => "768-light",
            Self::DarkTablet => "768-dark",
            Self::Narrow => "320-light",
            Self::DarkNarrow => "320-dark",
            Self::FewColors => "1280-few-colours",
        }
    }

    /// What the page can ask the browser about the person.
    fn features(self) -> Value {
        let (scheme, colors, motion) = match self {
            Self::Light | Self::Tablet | Self::Narrow => ("light", "none", "no-preference"),
            Self::Dark | Self::DarkTablet | Self::DarkNarrow => ("dark", "none", "no-preference"),
            Self::FewColors => ("dark", "active", "reduce"),
        };
        json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": colors },
            { "name": "prefers-reduced-motion", "value": motion },
        ])
    }

    /// Width and height of the window in CSS pixels.
    const fn size(self) -> (u32, u32) {
        match self {
            Self::Light | Self::Dark | Self::FewColors => (1280, 800),
            Self::Tablet | Self::DarkTablet => (768, 1024),
            Self::Narrow | Self::DarkNarrow => (320, 720),
        }
    }
}

impl Browser {
    /// Writes a picture of the whole page in front to `path` (PNG).
    ///
    /// # Panics
    /// If the browser takes none.
    pub async fn takes_a_picture(&self, look: Look, path: &Path) {
        let (width, height) = look.size();
        self.looks(look).await;
        let content =
            self.sends_to_devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"]["height"].as_f64();
        let whole = content.unwrap_or_default().ceil().clamp(f64::from(height), 8000.0);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": whole, "scale": 1 });
        let parameters = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.sends_to_devtools("Page.captureScreenshot", parameters).await;
        let text = picture["data"].as_str().expect("a picture");
        fs::write(path, STANDARD.decode(text).expect("base64")).expect("the picture can be written");
        self.looks_as_before().await;
    }

    /// Looks at the page in front in another way, until [`looks_as_before`](Self::looks_as_before).
    ///
    /// # Panics
    /// If the browser does not change.
    pub async fn looks(&self, look: Look) {
        let (width, height) = look.size();
        self.sends_to_devtools("Emulation.setEmulatedMedia", json!({ "features": look.features() })).await;
        self.resizes(width, height).await;
    }

    /// Looks at the page in front as a new browser does.
    pub(super) async fn looks_as_before(&self) {
        self.sends_to_devtools("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
        self.sends_to_devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }

    async fn resizes(&self, width: u32, height: u32) {
        let parameters = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.sends_to_devtools("Emulation.setDeviceMetricsOverride", parameters).await;
        // Two frames later the layout is final.
        let settled =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.driver.execute_async(settled, Vec::new()).await.expect("frames are drawn");
    }

    async fn sends_to_devtools(&self, method: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}
