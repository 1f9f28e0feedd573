//! JQL cut into words.

/// A word, a quoted text or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Plain(String),
    Quoted(String),
    Sign(&'static str),
}

static SIGNS: [&str; 15] = ["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "(", ")", ",", "!", "&"];

impl Word {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Quoted(text) => text,
            Self::Sign(sign) => sign,
        }
    }
}

/// Cuts JQL. `Err` is Jira's sentence.
pub(super) fn cut(jql: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = jql.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = if matches!(first, '"' | '\'') {
            quoted(rest, first)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Word::Sign(sign), sign.len())
        } else {
            let length = rest
                .find(|letter: char| letter.is_whitespace() || "=!<>~(),\"'&|".contains(letter))
                .unwrap_or(rest.len());
            if length == 0 {
                return Err(format!(
                    "Error in the JQL Query: The character '{first}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u' instead."
                ));
            }
            (Word::Plain(rest[..length].to_owned()), length)
        };
        words.push(word);
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

fn quoted(rest: &str, quote: char) -> Result<(Word, usize), String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
            _ if letter == quote => return Ok((Word::Quoted(text), place + letter.len_utf8())),
            _ => text.push(letter),
        }
    }
    Err(format!("Error in the JQL Query: The quoted string '{text}' has not been completed."))
}
