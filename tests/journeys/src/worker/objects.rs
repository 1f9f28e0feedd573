//! What `workerd` has stored of Durable Objects: read while it runs, changed while it does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};

/// How long ago lost alarms should have come.
const LATE: Duration = Duration::from_mins(10);

/// Has the alarms of the objects in `folder` lost, as a platform could. They are in two places, of which one is delivered:
/// the objects still find theirs set.
///
/// # Panics
/// If none of them has one, or a database cannot be written.
pub(super) fn lose_alarms(folder: &Path) {
    let delivered = opened(&folder.join("metadata.sqlite"), OpenFlags::SQLITE_OPEN_READ_WRITE);
    delivered.execute("DELETE FROM _cf_ALARM", []).expect("the alarms are in this table");
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970");
    let then = now.checked_sub(LATE).expect("a time after 1970");
    let then = i64::try_from(then.as_nanos()).expect("a time before 2262");
    // The first value is the time of the alarm, in nanoseconds.
    let lost: usize = changed(folder, |object| {
        object.execute("UPDATE _cf_METADATA SET value = ? WHERE key = 1", [then]).expect("an object has this table")
    });
    assert!(lost > 0, "no object in {} has an alarm", folder.display());
}

/// Changes each object in `folder`. Answers the sum of what `change` answers.
///
/// # Panics
/// If a database cannot be opened.
pub(super) fn changed(folder: &Path, mut change: impl FnMut(&Connection) -> usize) -> usize {
    let open = |path: &PathBuf| opened(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    objects(folder).iter().map(|path| change(&open(path))).sum()
}

/// How many rows the tables of all objects in `folder` have, by table.
///
/// # Panics
/// If a database cannot be read.
pub(super) fn rows(folder: &Path) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for path in objects(folder) {
        let object = opened(&path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let mut tables = object.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").expect("a query");
        let found = tables.query_map([], |row| row.get::<_, String>(0)).expect("names");
        let found = found.map(|name| name.expect("a name"));
        // Those of the platform and of SQLite itself are not ours.
        for name in found.filter(|name| !name.starts_with("_cf_") && !name.starts_with("sqlite_")) {
            let count = format!("SELECT count(*) FROM {name}");
            let count: i64 = object.query_row(&count, [], |row| row.get(0)).expect("a number");
            *rows.entry(name).or_default() += u64::try_from(count).expect("a number of rows");
        }
    }
    rows
}

fn objects(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the objects have a folder");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let is_object = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "sqlite");
    paths.filter(|path| is_object(path) && !path.ends_with("metadata.sqlite")).collect()
}

fn opened(path: &Path, flags: OpenFlags) -> Connection {
    let database = Connection::open_with_flags(path, flags).expect("the database can be opened");
    // The process that wrote it may not have ended quite.
    database.busy_timeout(Duration::from_secs(10)).expect("a timeout");
    database
}
