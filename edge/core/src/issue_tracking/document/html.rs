//! HTML within Markdown: its text is kept, its tags are not, and scripts and styles not at all.

/// A tag between other text.
pub(super) enum HtmlTag {
    /// A script or a style begins.
    Script,
    /// It ends.
    ScriptEnd,
    /// The line ends.
    LineBreak,
    /// Anything else.
    Other,
}

/// The elements whose inside is no text.
const SCRIPTS: [&str; 4] = ["script", "style", "iframe", "object"];

/// What a tag is.
pub(super) fn tag(written: &str) -> HtmlTag {
    let name = name(written);
    match name.strip_prefix('/') {
        Some(name) if SCRIPTS.contains(&name) => HtmlTag::ScriptEnd,
        None if SCRIPTS.contains(&name.as_str()) => HtmlTag::Script,
        None if name == "br" => HtmlTag::LineBreak,
        _ => HtmlTag::Other,
    }
}

/// The name of a tag in lower case, after a slash if it ends something.
fn name(written: &str) -> String {
    let inside = written.trim_start_matches('<');
    let end = |(at, c): (usize, char)| (at > 0 || c != '/') && !c.is_ascii_alphanumeric();
    let length = inside.char_indices().find(|place| end(*place)).map_or(inside.len(), |(at, _)| at);
    inside.get(..length).unwrap_or_default().to_ascii_lowercase()
}

/// The text of a block of HTML, on one line.
pub(super) fn text(html: &str) -> String {
    let mut kept = String::new();
    let (mut rest, mut in_script) = (html, false);
    while let Some((before, after)) = rest.split_once('<') {
        if !in_script {
            kept.push_str(before);
            kept.push(' ');
        }
        rest = if after.starts_with("!--") {
            after.split_once("-->").map_or("", |(_, after)| after)
        } else {
            match tag(after) {
                HtmlTag::Script => in_script = true,
                HtmlTag::ScriptEnd => in_script = false,
                HtmlTag::LineBreak | HtmlTag::Other => {}
            }
            after.split_once('>').map_or("", |(_, after)| after)
        };
    }
    if !in_script {
        kept.push_str(rest);
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
