//! The drawing of charts alone, for a browser that measures it.

use chart::{
    Data, Spec,
    draw::{Direction, Frame, Provenance, draw},
};
use wasm_bindgen::prelude::*;

/// A chart that was read already, so that drawing alone is measured.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Drawing {
    spec: Spec,
    data: Data,
}

#[wasm_bindgen]
impl Drawing {
    /// Reads a spec and its numbers, as JSON.
    ///
    /// # Errors
    /// In words, if one of them cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(spec: &str, data: &str) -> Result<Drawing, String> {
        let spec = serde_json::from_str(spec).map_err(|error| error.to_string())?;
        let data = serde_json::from_str(data).map_err(|error| error.to_string())?;
        Ok(Self { spec, data })
    }

    /// The whole figure as HTML, as pages get it: the picture, the sentence and the table.
    pub fn figure(&self, width: u16) -> String {
        let frame = Frame::new("bench", width, Direction::LeftToRight);
        draw(&self.spec, &self.data, &frame).figure(Provenance { at: "14:02", access: "with your access" })
    }

    /// The picture alone, as the two libraries draw one.
    pub fn picture(&self, width: u16) -> String {
        let figure = self.figure(width);
        let picture = figure.find("<svg").zip(figure.find("</svg>"));
        picture.and_then(|(from, to)| figure.get(from..to + 6)).unwrap_or_default().to_owned()
    }
}
