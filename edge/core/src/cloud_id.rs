//! cloudIds, by which Atlassian tells Cloud sites apart.

/// Whether `text` can be a cloudId: letters, digits and hyphens. It becomes a path segment of calls to Atlassian's
/// gateway, so nothing else is taken.
pub(crate) fn is_cloud_id(text: &str) -> bool {
    (1..=api::CLOUD_ID_CHARACTERS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
