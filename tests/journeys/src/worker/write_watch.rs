//! Watching what a Worker writes to disk, from outside: the only way to reach the moments between its writes without
//! a door in the Worker.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use crate::{eventually, processes};

/// Between two looks. A transaction of SQLite takes about as long.
const GLANCE: Duration = Duration::from_micros(200);
/// No work takes longer, on a busy machine.
const LONGEST: Duration = Duration::from_mins(2);

/// Kills a `workerd` at one of its writes.
#[derive(Debug)]
pub struct WriteWatch {
    watching: JoinHandle<bool>,
    is_over: Arc<AtomicBool>,
    last_write: Arc<Mutex<Instant>>,
}

impl WriteWatch {
    pub(super) fn begin(state: PathBuf, workerd: Vec<u32>, number: usize) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let last_write = Arc::new(Mutex::new(Instant::now()));
        let last = Arc::clone(&last_write);
        let before = written(&state);
        let watching = thread::spawn(move || {
            let (mut before, mut seen) = (before, 0);
            while !over.load(Ordering::Relaxed) {
                let now = written(&state);
                if now != before {
                    (before, seen) = (now, seen + 1);
                    *last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                }
                if seen >= number {
                    processes::kill(&workerd);
                    return true;
                }
                thread::sleep(GLANCE);
            }
            false
        });
        Self { watching, is_over, last_write }
    }

    /// Waits until it has killed, or nothing was written for so long: then the work is done.
    pub async fn kills_or_rests(&self, rest: Duration) {
        let last = || *self.last_write.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = async || (self.watching.is_finished() || last().elapsed() >= rest).then_some(());
        let _over = eventually(LONGEST, is_over).await;
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
