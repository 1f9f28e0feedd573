//! How wide a text is, without a font: estimated from classes of letters, and rather too wide than too narrow.

use super::number::many;

/// The ellipsis that stands for what was cut off.
const ELLIPSIS: char = '…';

/// The width of a text in a sans-serif font of this size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// The width of a letter, in parts of the font's size.
fn em(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' => 0.27,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | ' ' | '-' | '"' | '/' => 0.37,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.9,
        'A'..='Z' => 0.69,
        '0'..='9' | 'a'..='z' => 0.58,
        letter if joins(letter) => 0.0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}' => 1.0,
        '\u{1f000}'..='\u{1faff}' => 1.35,
        _ => 0.64,
    }
}

/// Whether a letter belongs to the one before it, or shows nothing.
fn joins(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{5b0}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{e31}'
        | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// A zero-width joiner makes one sign of the letters on both sides.
const JOINER: char = '\u{200d}';

/// The text, cut so that it is at most this wide. A letter is never parted from its accents.
pub(crate) fn cut(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let room = most - em(ELLIPSIS) * size;
    let mut used = 0.0;
    let fits = |letter: &char| {
        used += em(*letter) * size;
        used <= room
    };
    let mut kept: Vec<char> = text.chars().take_while(fits).collect();
    let mut next = text.chars().nth(kept.len());
    while next.is_some_and(joins) || kept.last() == Some(&JOINER) {
        next = kept.pop();
    }
    while kept.last().is_some_and(|letter| letter.is_whitespace()) {
        kept.pop();
    }
    kept.into_iter().chain([ELLIPSIS]).collect()
}

/// The text in lines that are at most this wide. Words that are wider than a line are cut.
pub(crate) fn lines(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}")).filter(|line| width(line, size) <= most);
        match (longer, lines.last_mut()) {
            (Some(longer), Some(last)) => *last = longer,
            _ => lines.push(cut(word, size, most)),
        }
    }
    lines
}

/// The width of the widest of some texts.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: f64) -> f64 {
    texts.into_iter().map(|text| width(text, size)).fold(many(0), f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_not_cut_and_what_does_not_fits_afterwards() {
        assert_eq!(cut("In progress", 12.0, 200.0), "In progress");
        for text in ["Waiting for somebody at the customer's", "進行中のすべての課題と未解決の課題", "WWWWWWWWWWWW"]
        {
            let cut = cut(text, 12.0, 80.0);
            assert!(cut.ends_with('…') && width(&cut, 12.0) <= 80.0, "{cut}");
        }
        assert_eq!(cut("Waiting", 12.0, 5.0), "…");
    }

    #[test]
    fn a_cut_parts_no_letter_from_its_accents_and_no_family() {
        let accents = "e\u{301}".repeat(20);
        let cut_accents = cut(&accents, 12.0, 40.0);
        assert!(cut_accents.trim_end_matches('…').ends_with('\u{301}'), "{cut_accents:?}");
        let family = "👩\u{200d}👩\u{200d}👧".repeat(4);
        let cut_family = cut(&family, 12.0, 50.0);
        assert!(!cut_family.contains("\u{200d}…"), "{cut_family:?}");
    }

    #[test]
    fn lines_are_broken_between_words() {
        let broken = lines("In progress is largest: 42 of 120, 35 %.", 12.0, 120.0);
        assert!(broken.len() > 1 && broken.iter().all(|line| width(line, 12.0) <= 120.0), "{broken:?}");
        assert_eq!(broken.join(" "), "In progress is largest: 42 of 120, 35 %.");
        assert!(lines("", 12.0, 100.0).is_empty());
    }
}
