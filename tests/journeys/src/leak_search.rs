//! Searches stored, sent and logged bytes for secrets.

use std::fs;
use std::path::{Path, PathBuf};

/// The files under `folder` that hold one of `needles`, each with the number of the needle. The needle itself is not
/// repeated: it is a secret.
///
/// # Panics
/// If the folder cannot be read.
pub fn in_files(folder: &Path, needles: &[String]) -> Vec<(PathBuf, usize)> {
    files(folder).into_iter().flat_map(|path| found(&fs::read(&path).unwrap_or_default(), needles, &path)).collect()
}

/// The numbers of the needles that `haystack` holds.
pub fn in_bytes(haystack: &[u8], needles: &[String]) -> Vec<usize> {
    needles.iter().enumerate().filter(|(_, needle)| holds(haystack, needle)).map(|(number, _)| number).collect()
}

/// How many files there are under `folder`, and how many bytes in them: a search of nothing proves nothing.
///
/// # Panics
/// If the folder cannot be read.
pub fn extent(folder: &Path) -> (usize, u64) {
    let files = files(folder);
    let bytes = files.iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum();
    (files.len(), bytes)
}

fn found(bytes: &[u8], needles: &[String], path: &Path) -> Vec<(PathBuf, usize)> {
    in_bytes(bytes, needles).into_iter().map(|number| (path.to_owned(), number)).collect()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    assert!(needle.len() >= 8, "a needle this short is found anywhere");
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_wherever_it_lies() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let deep = folder.path().join("a");
        fs::create_dir(&deep).expect("a folder");
        fs::write(deep.join("b"), b"\0\xffhay-needle-hay").expect("a file");
        let needles = ["not there".to_owned(), "y-needle-".to_owned()];
        assert_eq!(in_files(folder.path(), &needles), [(deep.join("b"), 1)]);
    }
}
