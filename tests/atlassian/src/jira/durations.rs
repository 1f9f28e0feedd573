//! Durations as Jira reads and writes them, with days of eight hours and weeks of five days: `1w 2d 3h 30m`.

const DAY: u64 = 8 * 3600;
const UNITS: [(u64, char); 4] = [(5 * DAY, 'w'), (DAY, 'd'), (3600, 'h'), (60, 'm')];

/// The seconds of a duration. A number without a unit is in minutes. None for what is no duration.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let parts = text.split_whitespace().map(|part| {
        let (number, unit) = match part.chars().last()? {
            digit if digit.is_ascii_digit() => (part, 60),
            letter => {
                let (seconds, _) = UNITS.iter().find(|(_, unit)| *unit == letter)?;
                (&part[..part.len() - 1], *seconds)
            }
        };
        number.parse::<u64>().ok()?.checked_mul(unit)
    });
    parts.collect::<Option<Vec<u64>>>().filter(|all| !all.is_empty())?.iter().sum::<u64>().into()
}

/// A duration as people write it.
pub(super) fn pretty(seconds: u64) -> String {
    let mut left = seconds;
    let mut shown = Vec::new();
    for (unit, letter) in UNITS {
        if left >= unit {
            shown.push(format!("{}{letter}", left / unit));
            left %= unit;
        }
    }
    if shown.is_empty() { "0m".into() } else { shown.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        assert_eq!(seconds("1d 30m"), Some(30_600));
        assert_eq!(seconds("90"), Some(5_400));
        assert_eq!(pretty(30_600), "1d 30m");
        assert_eq!(pretty(5 * DAY + 60), "1w 1m");
        assert_eq!(pretty(0), "0m");
        for wrong in ["", "soon", "2x", "d", "1d,2h"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
