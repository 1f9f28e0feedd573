//! Files that are kept when a test fails.

use std::fs;
use std::path::{Path, PathBuf};

use crate::checkout;

/// A folder for the running test, named after it.
///
/// # Panics
/// If the folder cannot be made.
pub(crate) fn folder() -> PathBuf {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("unnamed").replace("::", "/");
    let folder = checkout::evidence().join(test);
    fs::create_dir_all(&folder).expect("a folder for evidence can be made");
    folder
}

/// Keeps a copy of `file`, and says where.
pub(crate) fn keep(file: &Path) -> Option<PathBuf> {
    let kept = folder().join(file.file_name()?);
    fs::copy(file, &kept).ok()?;
    Some(kept)
}
