//! Starting `workerd` itself, without Miniflare: nothing stands before the Worker, and a start is a start of `workerd`.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use journeys::checkout;

use crate::load::{self, Call};

/// How long a start may take.
const START: Duration = Duration::from_mins(1);

/// The program; installed with the other JavaScript tools.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let asked = Command::new("node")
            .args(["-p", "require('workerd').default"])
            .env("NODE_PATH", checkout::node_modules())
            .env("PATH", checkout::path_with_node())
            .output();
        PathBuf::from(String::from_utf8_lossy(&asked.expect("node can be started").stdout).trim())
    })
}

/// Which version it is.
pub(crate) fn version() -> String {
    let said = Command::new(program()).arg("--version").output().expect("workerd can be started");
    String::from_utf8_lossy(&said.stdout).trim().to_owned()
}

/// A running `workerd`. It ends when this is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
    began: Instant,
}

impl Running {
    /// Starts the Worker that a configuration in the folder `place` describes.
    ///
    /// # Panics
    /// If `workerd` is not there.
    pub(crate) fn start(place: &Path, port: u16) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(place.join("log")).expect("a log");
        let began = Instant::now();
        let child = Command::new(program())
            .args(["serve", "--experimental", "config.capnp"])
            .current_dir(place)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn();
        Self { child: child.expect("workerd can be started"), port, began }
    }

    /// Waits until somebody can connect.
    pub(crate) fn waits_until_it_listens(&self) {
        self.waits_for(|| TcpStream::connect(("127.0.0.1", self.port)).ok());
    }

    /// The time from its start to its first answer, whatever that is.
    pub(crate) fn answers_first(&self, call: &Call) -> Duration {
        self.waits_for(|| load::status(self.port, call));
        self.began.elapsed()
    }

    fn waits_for<T>(&self, look: impl Fn() -> Option<T>) {
        while look().is_none() {
            assert!(self.began.elapsed() < START, "workerd does not answer; see its log");
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// The processor time that its threads have used; `None` on systems that do not tell.
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let spent = threads.flatten().map(|thread| {
            let told = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            told.split(' ')
                .next()
                .and_then(|nanoseconds| nanoseconds.parse().ok())
                .map_or(Duration::ZERO, Duration::from_nanos)
        });
        Some(spent.sum()).filter(|spent: &Duration| !spent.is_zero())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// What a Worker is made of, for the configuration of `workerd`.
#[derive(Default)]
pub(crate) struct Settings {
    /// Files in the folder of the configuration, and what they are: `esModule` or `wasm`. The first is the entry.
    pub(crate) modules: Vec<(String, &'static str)>,
    /// Texts by name.
    pub(crate) variables: Vec<(String, String)>,
    /// The Durable Objects: their bindings and their classes.
    pub(crate) objects: Vec<(&'static str, &'static str)>,
    /// The binding of a KV namespace.
    pub(crate) kv: Option<&'static str>,
}

impl Settings {
    /// Writes the configuration to the folder `place`.
    pub(crate) fn write(&self, place: &Path, port: u16) {
        let modules =
            joined(self.modules.iter().map(|(file, kind)| format!("(name = {file:?}, {kind} = embed {file:?})")));
        let variables = self.variables.iter().map(|(name, text)| format!("(name = {name:?}, text = {text:?})"));
        let objects = self.objects.iter();
        let objects = objects.map(|(name, class)| format!("(name = {name:?}, durableObjectNamespace = {class:?})"));
        let kv = self.kv.iter().map(|name| format!("(name = {name:?}, kvNamespace = \"kv\")"));
        let bindings = joined(variables.chain(objects).chain(kv));
        let classes = self.objects.iter();
        let classes =
            classes.map(|(_, class)| format!("(className = {class:?}, uniqueKey = {class:?}, enableSql = true)"));
        let classes = joined(classes);
        std::fs::create_dir_all(place.join("objects")).expect("a folder");
        std::fs::copy(checkout::root().join("tests/bench/proxy/kv.mjs"), place.join("kv.mjs")).expect("KV's Worker");
        let storage = if self.objects.is_empty() { "" } else { "durableObjectStorage = (localDisk = \"objects\")," };
        let text = format!(
            r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [{modules}],
      bindings = [{bindings}],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["global_fetch_strictly_public"],
      durableObjectNamespaces = [{classes}],
      {storage}
      globalOutbound = "internet"
    )),
    (name = "kv", worker = (
      modules = [(name = "kv.mjs", esModule = embed "kv.mjs")],
      compatibilityDate = "2026-11-01"
    )),
    (name = "objects", disk = (path = "objects", writable = true)),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")]
);
"#
        );
        std::fs::write(place.join("config.capnp"), text).expect("the configuration can be written");
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
