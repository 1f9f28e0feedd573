//! JQL cut into words.

/// A word, and the place at which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) kind: Kind,
    /// In characters, from 1.
    pub(super) place: usize,
}

/// A word, a quoted text or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain(String),
    Quoted(String),
    Sign(&'static str),
}

static SIGNS: [&str; 15] = ["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "(", ")", ",", "!", "&"];

impl Word {
    pub(super) fn text(&self) -> &str {
        match &self.kind {
            Kind::Plain(text) | Kind::Quoted(text) => text,
            Kind::Sign(sign) => sign,
        }
    }

    pub(super) fn is_quoted(&self) -> bool {
        matches!(self.kind, Kind::Quoted(_))
    }

    pub(super) fn is_sign(&self) -> bool {
        matches!(self.kind, Kind::Sign(_))
    }
}

/// Cuts JQL. `Err` is Jira's sentence.
pub(super) fn cut(jql: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = jql.trim_start();
    while let Some(first) = rest.chars().next() {
        let place = jql[..jql.len() - rest.len()].chars().count() + 1;
        let (kind, length) = if matches!(first, '"' | '\'') {
            quoted(rest, first, place)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Kind::Sign(sign), sign.len())
        } else {
            let ends = |letter: char| letter.is_whitespace() || "=!<>~(),\"'&|".contains(letter);
            let length = rest.find(ends).unwrap_or(rest.len());
            if length == 0 {
                return Err(format!(
                    "Error in the JQL Query: The character '{first}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u{:04x}' instead. (line 1, character {place})",
                    u32::from(first)
                ));
            }
            (Kind::Plain(rest[..length].to_owned()), length)
        };
        words.push(Word { kind, place });
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

fn quoted(rest: &str, quote: char, place: usize) -> Result<(Kind, usize), String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
            _ if letter == quote => return Ok((Kind::Quoted(text), place + letter.len_utf8())),
            _ => text.push(letter),
        }
    }
    Err(format!(
        "Error in the JQL Query: The quoted string '{text}' has not been completed. (line 1, character {place})"
    ))
}
