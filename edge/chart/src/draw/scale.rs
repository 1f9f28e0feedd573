//! From values to coordinates: a linear scale with round ticks, and bands for what is side by side.

use super::number::many;

/// A linear scale. It always contains zero, because a bar that does not start there lies about its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Linear {
    low: f64,
    high: f64,
    step: f64,
    start: f64,
    end: f64,
}

impl Linear {
    /// A scale over `values`, with about `ticks` steps. `is_whole` if the values are counts: then no tick is a fraction.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>, ticks: f64, is_whole: bool) -> Self {
        let (low, high) = ends(values);
        let span = if high > low { high - low } else { 1.0 };
        let step = step(span / ticks.max(1.0), is_whole);
        let high = if high > low { (high / step).ceil() * step } else { step };
        Self { low: (low / step).floor() * step, high, step, start: 0.0, end: 1.0 }
    }

    /// A scale that ends where the values end: where numbers stand at the marks and there are no ticks.
    pub(crate) fn exactly(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = ends(values);
        let high = if high > low { high } else { 1.0 };
        Self { low, high, step: high - low, start: 0.0, end: 1.0 }
    }

    /// The same, from the coordinate of its lowest value to that of its highest.
    pub(crate) fn between(self, start: f64, end: f64) -> Self {
        Self { start, end, ..self }
    }

    /// The coordinate of a value.
    pub(crate) fn at(self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }

    /// The values with a tick, from the lowest to the highest.
    pub(crate) fn ticks(self) -> impl Iterator<Item = f64> {
        let count = super::number::whole((self.high - self.low) / self.step);
        (0..=count).map(move |index| {
            #[expect(clippy::cast_precision_loss, reason = "a scale has a dozen ticks")]
            let passed = index as f64;
            self.low + passed * self.step
        })
    }
}

/// The lowest and the highest value, zero among them.
fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let known = values.into_iter().filter(|value| value.is_finite());
    known.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)))
}

/// The smallest round number that is at least `least`: 1, 2, 2.5 or 5 times a power of ten.
fn step(least: f64, is_whole: bool) -> f64 {
    let least = if is_whole { least.max(1.0) } else { least };
    let mut power = 1.0;
    while power * 10.0 <= least {
        power *= 10.0;
    }
    while power > least && power > 1e-9 {
        power /= 10.0;
    }
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|times| times * power);
    round
        .filter(|step| !is_whole || (step - step.round()).abs() < 1e-9)
        .find(|step| *step >= least * 0.999_999)
        .unwrap_or(power * 10.0)
}

/// Places side by side, all of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bands {
    start: f64,
    /// From the start of one place to that of the next.
    pub(crate) step: f64,
    /// The size of what stands in a place.
    pub(crate) size: f64,
}

impl Bands {
    /// `count` places between two coordinates. `fill` is the part of a place that is used; the rest is the gap.
    pub(crate) fn new(count: usize, start: f64, end: f64, fill: f64, largest: f64) -> Self {
        let step = (end - start) / many(count.max(1));
        Self { start, step, size: (step * fill).min(largest) }
    }

    /// Where a place begins.
    pub(crate) fn at(self, index: usize) -> f64 {
        self.centre(index) - self.size / 2.0
    }

    /// The middle of a place.
    pub(crate) fn centre(self, index: usize) -> f64 {
        self.start + self.step * (many(index) + 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(values: &[f64], is_whole: bool) -> Vec<f64> {
        Linear::over(values.iter().copied(), 5.0, is_whole).ticks().collect()
    }

    #[test]
    fn ticks_are_round_and_contain_zero_and_every_value() {
        assert_eq!(ticks(&[42.0, 7.0], true), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(ticks(&[900.0], true), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(ticks(&[-3.0, 8.0], false), [-5.0, -2.5, 0.0, 2.5, 5.0, 7.5, 10.0]);
        assert_eq!(ticks(&[-8.0, -2.0], true), [-8.0, -6.0, -4.0, -2.0, 0.0]);
    }

    #[test]
    fn counts_have_no_tick_between_whole_numbers() {
        assert_eq!(ticks(&[1.0], true), [0.0, 1.0]);
        assert_eq!(ticks(&[3.0], true), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(&[11.0], true).last(), Some(&15.0));
    }

    #[test]
    fn nothing_and_what_is_no_number_still_make_a_scale() {
        assert_eq!(ticks(&[], true), [0.0, 1.0]);
        assert_eq!(ticks(&[0.0, f64::NAN, f64::INFINITY], true), [0.0, 1.0]);
    }

    #[test]
    fn a_scale_runs_either_way() {
        let scale = Linear::over([10.0], 5.0, true).between(200.0, 0.0);
        assert!((scale.at(0.0) - 200.0).abs() < 1e-9 && scale.at(10.0).abs() < 1e-9);
    }

    #[test]
    fn places_are_of_one_size_and_in_the_middle_of_their_steps() {
        let bands = Bands::new(4, 0.0, 100.0, 0.5, 10.0);
        assert!((bands.centre(0) - 12.5).abs() < 1e-9 && (bands.at(0) - 7.5).abs() < 1e-9);
    }
}
