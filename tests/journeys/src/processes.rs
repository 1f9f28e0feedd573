//! The processes of this machine and their parents, read from `/proc`.

use std::collections::BTreeMap;
use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// The process ids of every descendant of `ancestor` whose program is `name` and whose arguments `matches` accepts.
pub(crate) fn descendants_named(ancestor: u32, name: &str, matches: impl Fn(&[String]) -> bool) -> Vec<u32> {
    let wanted = |id: &u32| {
        command_line(*id).is_some_and(|words| {
            let program = words.first().and_then(|path| path.rsplit('/').next());
            program == Some(name) && matches(&words)
        })
    };
    descendants(ancestor).into_iter().filter(wanted).collect()
}

/// Kills (SIGKILL) descendants of ours.
///
/// # Panics
/// If one of them cannot be ended.
pub(crate) fn kill(ids: &[u32]) {
    for id in ids {
        let id = i32::try_from(*id).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, Signal::KILL).expect("a descendant of ours can be ended");
    }
}

/// The resident memory of a process, in bytes; `None` if it has ended.
pub(crate) fn resident_memory(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn descendants(ancestor: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, p)| **p == parent).map(|(child, _)| *child));
        next += 1;
    }
    found.split_off(1)
}

/// The parent of every process.
fn parents() -> BTreeMap<u32, u32> {
    ids().into_iter().filter_map(|id| Some((id, fields(id)?.get(1)?.parse().ok()?))).collect()
}

/// The processes of a process group that have not ended. Zombies, which nobody has waited for yet, do not count.
#[cfg(test)]
pub(crate) fn running_in_group(group: u32) -> Vec<u32> {
    let runs = |id: &u32| fields(*id).is_some_and(|f| f[0] != "Z" && f.get(2) == Some(&group.to_string()));
    ids().into_iter().filter(runs).collect()
}

fn ids() -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc lists the processes");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// State, parent, group and more, of `pid (name) state parent group …`. The name may contain anything, so only what
/// follows the last parenthesis is read.
fn fields(id: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// The program and its arguments; nothing once it has ended.
fn command_line(id: u32) -> Option<Vec<String>> {
    let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    Some(line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect())
}
