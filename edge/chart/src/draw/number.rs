//! Numbers as people read them, and coordinates as SVG reads them. Written without the standard library's formatting of
//! floats, which would be most of this crate's size in WebAssembly.

/// The largest number that is written with its decimals; larger ones would not survive being counted in hundredths.
const LARGEST: f64 = 9.0e13;

/// A number with thousands separated and at most two decimals: `12,345`, `3.5`, `-0.25`.
pub(crate) fn words(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let hundredths = whole(value.abs().min(LARGEST) * 100.0);
    let sign = if value < 0.0 && hundredths > 0 { "−" } else { "" };
    let ones = grouped(hundredths / 100);
    match hundredths % 100 {
        0 => format!("{sign}{ones}"),
        tens if tens % 10 == 0 => format!("{sign}{ones}.{}", tens / 10),
        both => format!("{sign}{ones}.{both:02}"),
    }
}

/// A share of a whole in whole percent. A part that is not nothing is never 0, and one that is not everything never 100.
pub(crate) fn percent(part: f64, of: f64) -> u64 {
    if of <= 0.0 || part <= 0.0 {
        return 0;
    }
    let rounded = whole(part / of * 100.0);
    if part >= of { rounded } else { rounded.clamp(1, 99) }
}

/// A coordinate with at most one decimal. The sign of a coordinate is a hyphen, unlike that of a number.
pub(crate) fn coordinate(value: f64) -> String {
    let tenths = whole(value.abs() * 10.0);
    let sign = if value < 0.0 && tenths > 0 { "-" } else { "" };
    match tenths % 10 {
        0 => format!("{sign}{}", tenths / 10),
        tenth => format!("{sign}{}.{tenth}", tenths / 10),
    }
}

/// How many there are, for arithmetic with coordinates.
#[expect(clippy::cast_precision_loss, reason = "a chart has at most a few hundred of anything")]
pub(crate) fn many(count: usize) -> f64 {
    count as f64
}

/// The nearest whole number; 0 for what is negative or no number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers keep to what fits; a cast saturates"
)]
pub(crate) fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_as_few_decimals_as_they_have() {
        let written = [
            (0.0, "0"),
            (42.0, "42"),
            (999.0, "999"),
            (1_000.0, "1,000"),
            (1_234_567.0, "1,234,567"),
            (3.5, "3.5"),
            (0.25, "0.25"),
            (2.999, "3"),
            (1.05, "1.05"),
            (-12.5, "−12.5"),
            (-0.001, "0"),
            (f64::NAN, "–"),
        ];
        for (value, words_of_it) in written {
            assert_eq!(words(value), words_of_it, "{value}");
        }
    }

    #[test]
    fn a_small_part_is_never_nothing_and_a_large_one_never_everything() {
        assert_eq!([percent(1.0, 1000.0), percent(999.0, 1000.0), percent(5.0, 5.0)], [1, 99, 100]);
        assert_eq!([percent(0.0, 5.0), percent(42.0, 120.0), percent(1.0, 0.0)], [0, 35, 0]);
    }

    #[test]
    fn coordinates_have_one_decimal_at_most() {
        assert_eq!([coordinate(12.04), coordinate(-0.96), coordinate(-0.01), coordinate(7.0)], ["12", "-1", "0", "7"]);
    }
}
