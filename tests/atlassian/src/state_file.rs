//! Stores the model's state between two runs, so that saved connections can still be refreshed.
//!
//! The file has tokens in the clear: they are valid only in this model.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::state::State;

/// Reads the file; a new state if there is none yet.
pub(crate) fn read(path: &Path) -> io::Result<State> {
    match fs::read(path) {
        Ok(bytes) => {
            let mut state: State = serde_json::from_slice(&bytes).map_err(|error| unreadable(path, &error))?;
            state.data_centers.complete();
            Ok(state)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

/// An error that names the file, which may be removed to start with an empty model.
fn unreadable(path: &Path, error: &serde_json::Error) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the state file {} cannot be read: {error}", path.display()))
}

/// Replaces the file as a whole: a crash leaves the old one or the new one.
pub(crate) fn write(path: &Path, state: &State) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(state)?)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::people::Person;

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let mut state = State::default();
        state.clock.advance(Duration::from_hours(2));
        state.log_ins.insert("cookie".into(), Person::Max);
        write(&path, &state).unwrap();
        let read = read(&path).unwrap();
        assert_eq!(read.clock.ahead(), Duration::from_hours(2));
        assert_eq!(read.log_ins["cookie"], Person::Max);
    }

    #[test]
    fn a_file_of_before_there_were_workflows_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        write(&path, &State::default()).unwrap();
        let mut older: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        older.as_object_mut().unwrap().remove("jira_sites");
        older["data_centers"]["quarry"].as_object_mut().unwrap().remove("jira_site");
        fs::write(&path, older.to_string()).unwrap();
        let state = read(&path).unwrap();
        assert!(state.data_centers.of(crate::data_center::Instance::Quarry).jira_site.project("PIT").is_some());
        assert!(state.jira_sites.values().all(|site| !site.projects.is_empty()));
    }

    #[test]
    fn no_file_is_a_new_beginning_and_a_broken_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        assert!(read(&path).unwrap().families.all().is_empty());
        fs::write(&path, "{").unwrap();
        assert!(read(&path).is_err());
    }
}
