//! The path that a person returns to after signing in: only one of this origin.

/// The most bytes of a path that is stored.
const LONGEST: usize = 1024;

/// `requested`, if a browser would resolve it to a path of this origin; else `/`.
///
/// Browsers treat a backslash as a slash and remove tabs and line breaks, so `/\evil`, `/%09/evil` and `//evil` all lead to
/// another origin. A path with such a character, encoded or not, is refused, not repaired.
pub(super) fn own_path(requested: Option<&str>) -> &str {
    requested.filter(|path| is_own(path)).unwrap_or("/")
}

fn is_own(path: &str) -> bool {
    let is_graphic = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let is_unambiguous = !before_query.contains('%') && !before_query.contains(':') && !before_query.contains("//");
    path.starts_with('/') && path.len() <= LONGEST && is_graphic && is_unambiguous
}

#[cfg(test)]
mod fuzzed {
    use url::Url;

    use super::*;

    #[test]
    fn a_return_address_never_leaves_our_origin() {
        let base = Url::parse("https://causeway.example/sign-in").expect("an address");
        crate::fuzz::fuzz(include_str!("../../corpus/callbacks.txt"), |text| {
            let path = own_path(Some(text));
            let to = base.join(path).expect("an address");
            assert_eq!(to.origin(), base.origin());
            assert!(http::HeaderValue::from_str(path).is_ok() && path.len() <= LONGEST);
        });
    }
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
