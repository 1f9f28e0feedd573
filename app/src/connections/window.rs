//! Which rows of a long table are in the document, and the heights of all others.
//!
//! Arithmetic only; `scrolling` measures and scrolls. Heights are in CSS pixels. Rows differ in height, because their
//! status takes one line or five. A row keeps the height measured last; until then the usual height is assumed.

use std::ops::Range;

/// How far beyond the view rows are kept in the document, so that scrolling finds them.
const BEYOND: f64 = 400.0;
/// The height assumed before any row was measured: two lines and their padding.
const USUAL: f32 = 49.0;

/// The heights of a table's rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heights {
    usual: f32,
    /// By row; zero if not measured.
    measured: Vec<f32>,
}

impl Default for Heights {
    fn default() -> Self {
        Self { usual: USUAL, measured: Vec::new() }
    }
}

impl Heights {
    /// Sets the number of rows. Measured heights stay.
    pub(super) fn set_count(&mut self, count: usize) {
        self.measured.resize(count, 0.0);
    }

    /// Forgets all measured heights, because the rows have another width.
    pub(super) fn forget(&mut self) {
        self.measured.fill(0.0);
    }

    /// Takes measured heights. The first ones decide the usual height. Returns whether any height changed.
    pub(super) fn measure(&mut self, rows: &[(usize, f32)]) -> bool {
        let mut news = false;
        if self.measured.iter().all(|height| *height == 0.0) && !rows.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "a window has some dozens of rows")]
            let mean = rows.iter().map(|(_, height)| height).sum::<f32>() / rows.len() as f32;
            news = differ(self.usual, mean);
            self.usual = mean;
        }
        for (row, height) in rows {
            if let Some(known) = self.measured.get_mut(*row).filter(|known| differ(**known, *height)) {
                news = true;
                *known = *height;
            }
        }
        news
    }

    /// The sum of the heights of these rows. Rows that do not exist count as nothing.
    pub(super) fn of(&self, rows: Range<usize>) -> f64 {
        let end = rows.end.min(self.measured.len());
        self.measured
            .get(rows.start.min(end)..end)
            .map_or(0.0, |rows| rows.iter().map(|height| self.height(*height)).sum())
    }

    /// The row at `offset` from the top of the first row. Below the table, the last row.
    pub(super) fn row_at(&self, offset: f64) -> usize {
        let mut below = 0.0;
        let passed = self.measured.iter().take_while(|height| {
            below += self.height(**height);
            below <= offset
        });
        passed.count().min(self.measured.len().saturating_sub(1))
    }

    /// The rows to keep in the document when the view reaches from `top` to `bottom`.
    pub(super) fn window(&self, top: f64, bottom: f64) -> Range<usize> {
        if self.measured.is_empty() {
            return 0..0;
        }
        self.row_at(top - BEYOND)..self.row_at(bottom + BEYOND) + 1
    }

    fn height(&self, measured: f32) -> f64 {
        f64::from(if measured == 0.0 { self.usual } else { measured })
    }
}

/// Whether two heights differ. The last digits of a measured height depend on the scroll position.
fn differ(one: f32, other: f32) -> bool {
    (one - other).abs() >= 0.5
}

/// A part of the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Piece {
    /// Rows that are not in the document, from the first to before the second.
    Gap(usize, usize),
    /// A row.
    Row(usize),
}

/// The pieces of a table of `count` rows, from top to bottom: the window, and the row `held`, which has the focus.
pub(super) fn pieces(count: usize, window: Range<usize>, held: Option<usize>) -> Vec<Piece> {
    let window = window.start.min(count)..window.end.min(count);
    let held = held.filter(|row| *row < count && !window.contains(row));
    let before = held.filter(|row| *row < window.start);
    let after = held.filter(|row| *row >= window.end);
    let mut pieces = Vec::with_capacity(window.len() + 4);
    let mut at = 0;
    for row in before.into_iter().chain(window).chain(after) {
        if row > at {
            pieces.push(Piece::Gap(at, row));
        }
        pieces.push(Piece::Row(row));
        at = row + 1;
    }
    if at < count {
        pieces.push(Piece::Gap(at, count));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heights(count: usize) -> Heights {
        let mut heights = Heights::default();
        heights.set_count(count);
        heights
    }

    /// The height of the table that consists of these pieces.
    fn total(heights: &Heights, pieces: &[Piece]) -> f64 {
        let height = |piece: &Piece| match *piece {
            Piece::Gap(from, to) => heights.of(from..to),
            Piece::Row(row) => heights.of(row..row + 1),
        };
        pieces.iter().map(height).sum()
    }

    #[test]
    fn ten_thousand_rows_are_some_dozens_in_the_document_wherever_one_looks() {
        let heights = heights(10_000);
        for top in [0.0, 12_345.0, 569_000.0, 9_999_999.0, -500.0] {
            let window = heights.window(top, top + 1_000.0);
            assert!((1..40).contains(&window.len()), "{top}: {window:?}");
        }
        assert_eq!(heights.window(0.0, 1_000.0).start, 0);
        assert_eq!(heights.window(569_000.0, 570_000.0).end, 10_000);
    }

    #[test]
    fn what_is_seen_is_always_in_the_window() {
        let mut heights = heights(500);
        let uneven: Vec<(usize, f32)> = [40.0_f32, 300.0, 57.0].into_iter().cycle().take(300).enumerate().collect();
        heights.measure(&uneven);
        for step in 0..800_u32 {
            let top = f64::from(step) * 50.0;
            let window = heights.window(top, top + 600.0);
            assert!(heights.of(0..window.start) <= top.max(0.0) || window.end == 500, "{top}");
            assert!(heights.of(0..window.end) >= top + 600.0 || window.end == 500, "{top}");
        }
    }

    #[test]
    fn the_table_is_as_high_whichever_rows_are_left_out() {
        let mut heights = heights(1_000);
        heights.measure(&[(0, 81.0), (3, 60.5), (700, 240.0)]);
        let whole = heights.of(0..1_000);
        for (top, held) in [(0.0, None), (20_000.0, Some(2)), (20_000.0, Some(990)), (99_999.0, Some(999))] {
            let pieces = pieces(1_000, heights.window(top, top + 800.0), held);
            assert!((total(&heights, &pieces) - whole).abs() < 0.01, "{top}");
        }
    }

    #[test]
    fn every_row_is_in_one_piece_and_the_one_with_the_focus_stays_in_the_document() {
        for held in [None, Some(0), Some(39), Some(40), Some(55), Some(60), Some(99), Some(100)] {
            let pieces = pieces(100, 40..60, held);
            let mut next = 0;
            for piece in &pieces {
                let (from, to) = match *piece {
                    Piece::Gap(from, to) => (from, to),
                    Piece::Row(row) => (row, row + 1),
                };
                assert_eq!(from, next, "{held:?}");
                assert!(to > from);
                next = to;
            }
            assert_eq!(next, 100);
            assert_eq!(held.is_none_or(|row| pieces.contains(&Piece::Row(row))), held != Some(100));
        }
    }

    #[test]
    fn the_first_rows_measured_tell_how_high_the_others_are() {
        let mut heights = heights(100);
        assert!(heights.measure(&[(0, 240.0), (1, 260.0)]));
        assert!((heights.of(0..100) - 25_000.0).abs() < 0.01);
        assert!(heights.measure(&[(2, 100.0)]));
        assert!((heights.of(0..100) - 24_850.0).abs() < 0.01);
        assert!(!heights.measure(&[(2, 100.0)]));
    }

    #[test]
    fn a_table_without_rows_has_no_window() {
        assert_eq!(heights(0).window(0.0, 1_000.0), 0..0);
        assert_eq!(pieces(0, 0..30, Some(0)), []);
    }
}
