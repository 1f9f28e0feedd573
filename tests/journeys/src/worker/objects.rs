//! Losing alarms of Durable Objects, as a platform could: `workerd` keeps them in two places, and delivers those of the one.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rusqlite::Connection;

/// How long ago the alarms should have come.
const LATE: Duration = Duration::from_mins(10);

/// Removes the alarms of the objects in `folder` from those that are delivered. The objects still find theirs set.
///
/// # Panics
/// If none of them has one, or a database cannot be written.
pub(super) fn lose(folder: &Path) {
    let delivered = open(&folder.join("metadata.sqlite"));
    delivered.execute("DELETE FROM _cf_ALARM", []).expect("the alarms are in this table");
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970") - LATE;
    let then = i64::try_from(since_epoch.as_nanos()).expect("a time before 2262");
    let mut lost = 0;
    for entry in fs::read_dir(folder).expect("the objects have a folder") {
        let path = entry.expect("a file").path();
        let is_object = path.extension().is_some_and(|ending| ending == "sqlite") && !path.ends_with("metadata.sqlite");
        if is_object {
            // The first value is the time of the alarm, in nanoseconds.
            let moved = "UPDATE _cf_METADATA SET value = ? WHERE key = 1";
            lost += open(&path).execute(moved, [then]).expect("an object with an alarm has this table");
        }
    }
    assert!(lost > 0, "no object in {} has an alarm", folder.display());
}

fn open(path: &Path) -> Connection {
    let database = Connection::open(path).expect("the database can be opened");
    // The process that wrote it may not have ended quite.
    database.busy_timeout(Duration::from_secs(10)).expect("a timeout");
    database
}
