//! Which colour a mark gets. A hue is a class and a pattern: which colour it is, the style sheet says, for each theme.

use crate::{Category, Color, SegmentKey};

/// How many hues of the palette can be told apart.
pub(crate) const SLOTS: usize = 6;

/// The colour of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hue {
    /// The one that all have, where names stand beside the marks.
    Single,
    /// A place in the palette, from 0 on. From [`SLOTS`] on they begin again.
    Slot(usize),
    /// A hue that the spec names.
    Named(Color),
    /// The category of a status, as Jira colours it.
    Status(Category),
    /// Values that no segment stands for.
    Other,
    /// No value.
    Empty,
}

impl Hue {
    /// The hue of a segment or column, unless something else decides than `usual`.
    pub(crate) fn of(key: &SegmentKey, color: Option<Color>, category: Option<Category>, usual: Self) -> Self {
        match (color, category, key) {
            (Some(color), ..) => Self::Named(color),
            (None, Some(category), _) => Self::Status(category),
            (None, None, SegmentKey::Other) => Self::Other,
            (None, None, SegmentKey::None) => Self::Empty,
            (None, None, _) => usual,
        }
    }

    /// The class that the style sheet colours.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Single => "chart-single",
            Self::Slot(slot) => match slot % SLOTS {
                0 => "chart-1",
                1 => "chart-2",
                2 => "chart-3",
                3 => "chart-4",
                4 => "chart-5",
                _ => "chart-6",
            },
            Self::Named(Color::Blue) => "chart-blue",
            Self::Named(Color::Teal) => "chart-teal",
            Self::Named(Color::Orange) => "chart-orange",
            Self::Named(Color::Green) => "chart-green",
            Self::Named(Color::Magenta) => "chart-magenta",
            Self::Named(Color::Yellow) => "chart-yellow",
            Self::Named(Color::Purple) => "chart-purple",
            Self::Named(Color::Red) => "chart-red",
            Self::Named(Color::Gray) => "chart-gray",
            Self::Status(Category::New) => "chart-new",
            Self::Status(Category::Indeterminate) => "chart-indeterminate",
            Self::Status(Category::Done) => "chart-done",
            Self::Other => "chart-other",
            Self::Empty => "chart-none",
        }
    }

    /// The pattern where colours are forced, as its place in [`super::svg`]'s list. Beyond the palette's hues a pattern
    /// can repeat: then the labels tell marks apart.
    pub(crate) fn pattern(self) -> usize {
        match self {
            Self::Single | Self::Status(Category::Done) => 0,
            Self::Slot(slot) => slot % SLOTS,
            Self::Named(color) => Color::ALL.iter().position(|one| *one == color).unwrap_or_default() % SLOTS,
            Self::Status(Category::New) => 1,
            Self::Status(Category::Indeterminate) => 2,
            Self::Other => 4,
            Self::Empty => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spec_decides_before_the_status_and_the_status_before_the_palette() {
        let key = SegmentKey::Value("1".to_owned());
        assert_eq!(Hue::of(&key, Some(Color::Red), Some(Category::Done), Hue::Slot(3)), Hue::Named(Color::Red));
        assert_eq!(Hue::of(&key, None, Some(Category::Done), Hue::Slot(3)), Hue::Status(Category::Done));
        assert_eq!(Hue::of(&key, None, None, Hue::Slot(3)), Hue::Slot(3));
        assert_eq!(Hue::of(&SegmentKey::Other, None, None, Hue::Single), Hue::Other);
        assert_eq!(Hue::of(&SegmentKey::None, None, None, Hue::Single), Hue::Empty);
    }

    #[test]
    fn the_palette_begins_again_after_its_last_hue() {
        assert_eq!(Hue::Slot(SLOTS).class(), Hue::Slot(0).class());
        let classes: std::collections::BTreeSet<_> = (0..SLOTS).map(|slot| Hue::Slot(slot).class()).collect();
        assert_eq!(classes.len(), SLOTS);
    }
}
