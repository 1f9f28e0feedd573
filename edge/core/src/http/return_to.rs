//! Where a person goes after signing in: only a path of our own.

/// The longest path that is remembered.
const LONGEST: usize = 1024;

/// `asked`, if a browser would resolve it to a path of this origin; else `/`.
///
/// Browsers take a backslash for a slash and skip tabs and line breaks, so `/\evil`, `/%09/evil` and `//evil` all lead
/// away. Anything that decodes to such a character is refused, not repaired.
pub(super) fn own_path(asked: Option<&str>) -> &str {
    asked.filter(|path| is_own(path)).unwrap_or("/")
}

fn is_own(path: &str) -> bool {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let harmless = !before_query.contains('%') && !before_query.contains(':') && !before_query.contains("//");
    path.starts_with('/') && path.len() <= LONGEST && plain && harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_address_leads_only_to_a_path_of_our_own() {
        let long = format!("/{}", "a".repeat(2048));
        let evil = [
            "//evil",
            "/\\evil",
            "/%09/evil",
            "/\t/evil",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "https://evil",
            "",
            "evil",
            "\\\\evil",
            "/%2f/evil",
            "/%5cevil",
            "///evil",
            "/a//evil",
            "/\u{0}",
            "/ä",
            &long,
            " /a",
            "/javascript:x",
        ];
        for address in evil {
            assert_eq!(own_path(Some(address)), "/", "{address:?} was taken");
        }
        assert_eq!(own_path(None), "/");
        for good in ["/", "/connections/con_1", "/connections?q=a%20b&status=authorized"] {
            assert_eq!(own_path(Some(good)), good);
        }
    }
}
