//! Queries of Jira: reading what people wrote, as far as its brackets and quotes, and adding to it.
//!
//! A chart's own query is put into brackets, and what makes a segment follows: `(project = A OR project = B) AND status =
//! "10001"`. Nothing in the query may end those brackets, so one whose quotes or brackets do not match is refused here.
//! Whether the rest is JQL is Jira's to say.
//! Source: <https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/>.

use std::fmt;

/// A query that is a condition, without an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jql {
    text: String,
}

/// Why a text is no condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJql {
    /// A quote is opened and not closed.
    OpenQuote,
    /// A bracket is not closed, or closed and not opened.
    Brackets,
    /// A backslash stands outside quotes, where nobody agrees what it means.
    Backslash,
    /// Nothing is left beside the order.
    Empty,
}

impl fmt::Display for NotJql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenQuote => "A quote in this query is not closed.",
            Self::Brackets => "The brackets of this query do not match.",
            Self::Backslash => "A backslash may only stand between quotes.",
            Self::Empty => "Say which issues: a query without a condition would find all of them.",
        })
    }
}

impl std::error::Error for NotJql {}

/// What a query is made of, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// Letters, digits and whatever else is no quote, bracket or space.
    Word(&'a str),
    /// A text in quotes, without them and with its escapes.
    Quoted(&'a str),
    Open(char),
    Close(char),
    Sign,
}

impl Jql {
    /// Reads what somebody wrote. `ORDER BY` and what follows it are left out.
    pub fn read(text: &str) -> Result<Self, NotJql> {
        let tokens = tokens(text)?;
        let mut open = Vec::new();
        let mut end = text.len();
        for (at, (start, token)) in tokens.iter().enumerate() {
            match token {
                Token::Open(bracket) => open.push(*bracket),
                Token::Close(bracket) if open.pop() != Some(*bracket) => return Err(NotJql::Brackets),
                Token::Word(word) if open.is_empty() && word.eq_ignore_ascii_case("order") => {
                    let next = tokens.get(at + 1).map(|(_, next)| next);
                    if matches!(next, Some(Token::Word(by)) if by.eq_ignore_ascii_case("by")) {
                        end = end.min(*start);
                    }
                }
                _ => {}
            }
        }
        if !open.is_empty() {
            return Err(NotJql::Brackets);
        }
        let condition = text.get(..end).unwrap_or_default().trim();
        if condition.is_empty() { Err(NotJql::Empty) } else { Ok(Self { text: condition.to_owned() }) }
    }

    /// The query.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Those of its issues that match `condition`, which is written here and never by people.
    #[must_use]
    pub fn and(&self, condition: &str) -> Self {
        Self { text: format!("({}) AND {condition}", self.text) }
    }

    /// What in it means another thing for everybody who asks: a function such as `currentUser()`, or a field such as
    /// `lastViewed`.
    pub fn personal(&self) -> Option<String> {
        self.find(|token, next| match token {
            Token::Word(word) | Token::Quoted(word)
                if next == Some(Token::Open('(')) && is_among(PERSONAL_FUNCTIONS, word) =>
            {
                Some(format!("{word}()"))
            }
            Token::Word(word) if is_among(PERSONAL_FIELDS, word) => Some(word.to_owned()),
            Token::Quoted(word) if is_operator(next) && is_among(PERSONAL_FIELDS, word) => Some(word.to_owned()),
            _ => None,
        })
    }

    /// The field of saved filters, if it names one: what those find can be changed without changing this query.
    pub fn saved_filter(&self) -> Option<String> {
        self.find(|token, next| match token {
            Token::Word(word) | Token::Quoted(word) if is_operator(next) && is_among(FILTER_FIELDS, word) => {
                Some(word.to_owned())
            }
            _ => None,
        })
    }

    /// What `look` finds in a token and the one after it.
    fn find(&self, look: impl Fn(Token<'_>, Option<Token<'_>>) -> Option<String>) -> Option<String> {
        // It was read before, so that it has tokens.
        let tokens = tokens(&self.text).unwrap_or_default();
        tokens.iter().enumerate().find_map(|(at, (_, token))| look(*token, tokens.get(at + 1).map(|(_, next)| *next)))
    }
}

/// Whether what stands before is a field.
fn is_operator(token: Option<Token<'_>>) -> bool {
    match token {
        Some(Token::Sign) => true,
        Some(Token::Word(word)) => {
            ["in", "not", "is", "was", "changed"].iter().any(|one| one.eq_ignore_ascii_case(word))
        }
        _ => false,
    }
}

/// What a query calls the field that holds the saved filters which find an issue, in small letters.
const FILTER_FIELDS: &[&str] = &["filter", "request", "savedfilter", "searchrequest"];
/// Functions whose value depends on who asks, in small letters.
const PERSONAL_FUNCTIONS: &[&str] = &[
    "currentuser",
    "currentlogin",
    "lastlogin",
    "issuehistory",
    "watchedissues",
    "votedissues",
    "projectsleadbyuser",
    "spacesleadbyuser",
    "componentsleadbyuser",
    "projectswhereuserhaspermission",
    "projectswhereuserhasrole",
    "spaceswhereuserhaspermission",
    "spaceswhereuserhasrole",
    "myapproval",
    "mypending",
    "myapproved",
    "mypendingapproval",
];
/// Fields whose value depends on who asks, in small letters.
const PERSONAL_FIELDS: &[&str] = &["lastviewed"];

/// A name in quotes may be written with escapes, and is then taken for each of `words`.
fn is_among(words: &[&str], word: &str) -> bool {
    word.contains('\\') || words.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Splits a query, each token with where it begins.
fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, NotJql> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let token = match first {
            '"' | '\'' => {
                let end = loop {
                    match chars.next() {
                        Some((_, '\\')) => drop(chars.next()),
                        Some((at, last)) if last == first => break at,
                        Some(_) => {}
                        None => return Err(NotJql::OpenQuote),
                    }
                };
                Token::Quoted(text.get(start + 1..end).unwrap_or_default())
            }
            '\\' => return Err(NotJql::Backslash),
            '(' | '[' | '{' => Token::Open(first),
            ')' => Token::Close('('),
            ']' => Token::Close('['),
            '}' => Token::Close('{'),
            space if space.is_whitespace() => continue,
            sign if is_sign(sign) => Token::Sign,
            _ => {
                let mut end = start + first.len_utf8();
                while let Some((at, next)) = chars.next_if(|(_, next)| is_word(*next)) {
                    end = at + next.len_utf8();
                }
                Token::Word(text.get(start..end).unwrap_or_default())
            }
        };
        tokens.push((start, token));
    }
    Ok(tokens)
}

fn is_sign(char: char) -> bool {
    matches!(char, '=' | '!' | '<' | '>' | '~' | ',' | '&' | '|')
}

fn is_word(char: char) -> bool {
    !char.is_whitespace() && !is_sign(char) && !matches!(char, '"' | '\'' | '\\' | '(' | ')' | '[' | ']' | '{' | '}')
}

/// A value as a query writes it, in quotes.
pub fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for char in value.chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// What a query calls the field with this id.
pub fn clause(field: &str) -> String {
    let name = match field {
        "issuetype" => "issuetype",
        "components" => "component",
        "fixVersions" => "fixVersion",
        "versions" => "affectedVersion",
        "duedate" => "due",
        "resolutiondate" => "resolved",
        "statuscategorychangedate" => "statusCategoryChangedDate",
        "timeoriginalestimate" => "originalEstimate",
        "timeestimate" => "remainingEstimate",
        "timespent" => "timeSpent",
        "security" => "level",
        other => other,
    };
    match field.strip_prefix("customfield_") {
        Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("cf[{number}]")
        }
        _ if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => name.to_owned(),
        _ => quoted(name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_order_is_no_condition() {
        for (text, condition) in [
            ("project = A ORDER BY created DESC", Ok("project = A")),
            ("project = A\norder\tby rank", Ok("project = A")),
            ("summary ~ \"order by\"", Ok("summary ~ \"order by\"")),
            ("status in (order, by)", Ok("status in (order, by)")),
            ("order = 5", Ok("order = 5")),
            ("a = 1) OR (b = 2", Err(NotJql::Brackets)),
            ("(a = 1", Err(NotJql::Brackets)),
            ("cf[1 = (2]", Err(NotJql::Brackets)),
            ("a = \"1", Err(NotJql::OpenQuote)),
            ("a = '1\\'", Err(NotJql::OpenQuote)),
            ("a = \"it's)\"", Ok("a = \"it's)\"")),
            ("a = 1\\) OR b = (2", Err(NotJql::Backslash)),
            ("ORDER BY a)", Err(NotJql::Brackets)),
            ("  ", Err(NotJql::Empty)),
            ("ORDER BY created", Err(NotJql::Empty)),
        ] {
            assert_eq!(Jql::read(text).as_ref().map(Jql::as_str), condition.as_ref().map(|one| &**one), "{text}");
        }
    }

    #[test]
    fn what_depends_on_who_asks_is_found_outside_quotes() {
        let personal = |text: &str| Jql::read(text).expect("a query").personal();
        assert_eq!(personal("assignee = currentUser()").as_deref(), Some("currentUser()"));
        assert_eq!(personal("assignee in (CURRENTUSER ())").as_deref(), Some("CURRENTUSER()"));
        assert_eq!(personal("key in watchedIssues()").as_deref(), Some("watchedIssues()"));
        assert_eq!(personal("lastViewed > -1d").as_deref(), Some("lastViewed"));
        assert_eq!(personal("summary ~ \"currentUser()\""), None);
        assert_eq!(personal("reporter in membersOf(\"a\") AND due < endOfDay()"), None);
        assert_eq!(personal("component = currentUser"), None, "a value without brackets is a value");
        assert_eq!(personal("assignee = \"currentUser\"()").as_deref(), Some("currentUser()"), "Jira takes that, too");
        assert!(personal("assignee = \"current\\u0055ser\"()").is_some() && personal("'lastViewed' > -1d").is_some());
        assert_eq!(personal("summary ~ \"a\\\"b\" AND x = \"lastViewed\""), None);
    }

    #[test]
    fn a_query_that_rests_on_a_saved_filter_is_known() {
        let rests = |text: &str| Jql::read(text).expect("a query").saved_filter();
        for text in ["filter = 10001", "a = 1 AND (savedFilter in (\"Mine\"))", "\"filter\" != 1", "REQUEST not in (1)"]
        {
            assert!(rests(text).is_some(), "{text}");
        }
        assert_eq!(rests("summary ~ filter AND labels = \"filter\""), None);
    }

    #[test]
    fn fields_are_called_by_their_name_in_queries() {
        for (field, name) in [
            ("status", "status"),
            ("customfield_10016", "cf[10016]"),
            ("fixVersions", "fixVersion"),
            ("duedate", "due"),
            ("customfield_x", "\"customfield_x\""),
            ("a.b-c", "\"a.b-c\""),
        ] {
            assert_eq!(clause(field), name);
        }
    }

    /// Jira's rules for brackets and quotes once more, in another form: how deep each character lies, `None` in quotes.
    fn depths(text: &str) -> Vec<Option<i32>> {
        let (mut depth, mut quote, mut escaped) = (0, None, false);
        let step = |char: char| {
            if let Some(end) = quote {
                if escaped {
                    escaped = false;
                } else if char == '\\' {
                    escaped = true;
                } else if char == end {
                    quote = None;
                }
                return None;
            }
            match char {
                '"' | '\'' => {
                    quote = Some(char);
                    return None;
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            Some(depth)
        };
        text.chars().map(step).collect()
    }

    proptest! {
        #[test]
        fn a_query_never_leaves_its_brackets(text in "[a-zA-Z=()'\"\\\\ \\[\\]{}äorderby]{0,40}") {
            if let Ok(jql) = Jql::read(&text) {
                let composed = jql.and("x = \"1\"");
                let depths = depths(composed.as_str());
                let inner = 1..=jql.as_str().chars().count();
                for (at, depth) in depths.iter().enumerate() {
                    if inner.contains(&at) {
                        prop_assert!(depth.is_none_or(|depth| depth >= 1), "{composed:?}");
                    }
                }
                prop_assert_eq!(depths[*inner.end() + 1], Some(0), "the bracket closes where we close it: {:?}", composed);
            }
        }

        #[test]
        fn a_value_never_leaves_its_quotes(value in "\\PC{0,40}") {
            let text = quoted(&value);
            let jql = Jql::read(&format!("a = {text}")).expect("a query");
            prop_assert_eq!(jql.as_str(), format!("a = {text}"), "an order in quotes is none");
            let depths = depths(&text);
            prop_assert!(depths.iter().all(Option::is_none));
            prop_assert!(!text.chars().any(|one| matches!(one, '\n' | '\r')));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = Jql::read(&text).map(|jql| jql.personal());
        }
    }
}
