//! The files whose names carry a hash of their content, so that browsers keep them for a year.

/// The folder of these files, in addresses.
pub const HASHED_FILES: &str = "/assets/";

/// Whether the platform's response is the file. For a path without a file the platform answers the app's page. A browser
/// that has the file already gets 304, without a content type.
pub fn is_the_file(status: u16, content_type: Option<&str>) -> bool {
    let is_page = content_type.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
    status == 304 || status == 200 && !is_page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apps_page_is_not_taken_for_a_file() {
        assert!(is_the_file(200, Some("text/javascript; charset=utf-8")));
        assert!(is_the_file(200, Some("application/wasm")));
        assert!(is_the_file(304, None));
        for (status, kind) in
            [(200, Some("text/html; charset=utf-8")), (200, Some("Text/HTML")), (404, None), (307, None)]
        {
            assert!(!is_the_file(status, kind), "{status} {kind:?}");
        }
    }
}
