//! Values on top of each other: positive ones upwards from zero, negative ones downwards.

use super::figures::Figures;

/// A part of a stack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    /// The column that it stands for.
    pub(crate) column: usize,
    /// Its value.
    pub(crate) value: f64,
    /// Where it begins, as a value.
    pub(crate) from: f64,
    /// Where it ends; at least where it begins.
    pub(crate) to: f64,
}

/// The parts of a segment that are not nothing.
pub(crate) fn pieces(figures: Figures, segment: usize) -> Vec<Piece> {
    let (mut above, mut below) = (0.0, 0.0);
    let piece = |column| {
        let value = figures.value(segment, Some(column)).filter(|value| *value != 0.0)?;
        let (from, to) = if value > 0.0 { (above, above + value) } else { (below + value, below) };
        if value > 0.0 {
            above = to;
        } else {
            below = from;
        }
        Some(Piece { column, value, from, to })
    };
    (0..figures.columns()).filter_map(piece).collect()
}
