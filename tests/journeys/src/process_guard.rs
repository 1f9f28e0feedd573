//! Processes that end with us, however we end.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a process group may take to end in order.
const ORDERLY: Duration = Duration::from_secs(8);

/// Runs a command in a process group of its own and ends the group when standard input closes. That happens when the
/// [`ProcessGuard`] is dropped, and also when this process dies in a way that runs no destructor. The signal is
/// sent repeatedly, because the command may not have started at the first; what outlives the command is killed with it.
const HOLD: &str = "exec 3<&0; trap : TERM; \
    { trap '' TERM; read -r _ <&3; while kill -TERM 0; do sleep 1; done; } & \
    \"$@\" </dev/null 3<&-; kill -KILL 0";

/// A running command. It and everything it started ends when this is dropped.
#[derive(Debug)]
pub struct ProcessGuard {
    child: Child,
}

impl ProcessGuard {
    /// Starts `program` with what `prepare` adds; everything it prints goes to `log`.
    ///
    /// # Errors
    /// If the log cannot be written or the shell cannot be started.
    pub fn start(program: &Path, log: &Path, prepare: impl FnOnce(&mut Command)) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        let output = std::fs::File::options().create(true).append(true).open(log)?;
        let mut command = Command::new("sh");
        command.args(["-c", HOLD, "process-guard"]).arg(program);
        prepare(&mut command);
        command.process_group(0).stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output);
        Ok(Self { child: command.spawn()? })
    }

    /// The process id of the guard's shell: the command and what it started are its descendants.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the command has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the command and everything it started, and waits until that is done.
    pub fn end(&mut self) {
        drop(self.child.stdin.take());
        if self.ends_within(ORDERLY) {
            return;
        }
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by now; then there is nothing to kill.
            let _gone = kill_process_group(group, Signal::KILL);
        }
        let _status = self.child.wait();
    }

    fn ends_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if self.has_ended() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.has_ended()
    }
}

impl Drop for ProcessGuard {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processes;

    #[test]
    fn what_a_leashed_command_started_ends_with_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let guard = ProcessGuard::start(Path::new("sh"), &folder.path().join("log"), |command| {
            command.args(["-c", "sleep 1000 & wait"]);
        });
        let guard = guard.expect("a shell starts");
        let group = guard.id();
        drop(guard);
        assert_eq!(processes::running_in_group(group), Vec::<u32>::new());
    }
}
