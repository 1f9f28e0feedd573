//! Watching what a Worker writes to disk, from outside: the only way to reach the moments between its writes without
//! a door in the Worker.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use crate::processes;

/// Between two looks. A transaction of SQLite takes about as long.
const GLANCE: Duration = Duration::from_micros(200);

/// Kills a `workerd` at one of its writes.
#[derive(Debug)]
pub struct WriteWatch {
    watching: JoinHandle<bool>,
    is_over: Arc<AtomicBool>,
}

impl WriteWatch {
    pub(super) fn begin(state: PathBuf, workerd: Vec<u32>, number: usize) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let before = written(&state);
        let watching = thread::spawn(move || {
            let (mut before, mut seen) = (before, 0);
            while !over.load(Ordering::Relaxed) {
                let now = written(&state);
                if now != before {
                    (before, seen) = (now, seen + 1);
                }
                if seen >= number {
                    processes::kill(&workerd);
                    return true;
                }
                thread::sleep(GLANCE);
            }
            false
        });
        Self { watching, is_over }
    }

    /// Whether it has killed.
    pub fn has_killed(&self) -> bool {
        self.watching.is_finished()
    }

    /// Ends the watch. Answers whether it killed.
    ///
    /// # Panics
    /// If the process could not be killed.
    pub fn ends(self) -> bool {
        self.is_over.store(true, Ordering::Relaxed);
        self.watching.join().expect("the process can be killed")
    }
}

/// The files of the databases with their sizes and times, without the indexes of their logs.
fn written(folder: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if entry.path().extension().is_none_or(|ending| ending != "sqlite-shm")
                && let Ok(changed) = metadata.modified()
            {
                files.push((entry.path(), metadata.len(), changed));
            }
        }
    }
    files.sort();
    files
}
