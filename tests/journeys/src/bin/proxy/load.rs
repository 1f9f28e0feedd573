//! Sends the same call again and again, each thread over one connection, and measures each.
//!
//! Threads and blocking sockets of the standard library, because it is compiled with optimisation also where this is not,
//! and the load must not cost more than what it measures.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use crate::workerd::Running;

/// A call through the connection.
#[derive(Clone)]
pub(crate) struct Call {
    key: Option<String>,
    connection: String,
    path: String,
}

impl Call {
    pub(crate) fn new(key: &str, connection: &str) -> Self {
        Self { key: Some(key.to_owned()), connection: connection.to_owned(), path: String::new() }
    }

    /// The same for an answer of another size.
    pub(crate) fn sized(&self, size: &str) -> Self {
        Self { path: format!("rest/api/3/search/{size}?fields=summary"), ..self.clone() }
    }

    /// The same by somebody without a key.
    pub(crate) fn without_key(&self) -> Self {
        Self { key: None, ..self.clone() }
    }

    /// What the Worker in JavaScript knows the key and its connection by.
    pub(crate) fn known_as(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let key = self.key.as_deref().unwrap_or_default();
        format!("{} {}", STANDARD.encode(Sha256::digest(key)), self.connection)
    }

    /// The request, with the headers that a client of Jira sends.
    fn text(&self, port: u16) -> String {
        let authorization = self.key.as_ref().map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
        format!(
            "GET /api/v1/connections/{}/jira/{} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept: application/json\r\n\
             accept-language: en\r\nuser-agent: bench\r\ncontent-type: application/json\r\n{authorization}\r\n",
            self.connection, self.path
        )
    }
}

/// What a Worker did under load.
pub(crate) struct Load {
    pub(crate) per_second: f64,
    /// In microseconds, in order.
    latencies: Vec<u64>,
    /// What a call cost `workerd`, in microseconds of processor time; not known on every system.
    pub(crate) processor: Option<f64>,
}

impl Load {
    /// The latency of this share of calls or less, in milliseconds.
    pub(crate) fn latency(&self, percent: usize) -> f64 {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        Duration::from_micros(self.latencies.get(at).copied().unwrap_or_default()).as_secs_f64() * 1000.0
    }
}

/// Calls for `span`, `at_once` calls at a time.
///
/// # Panics
/// If one is not answered with 200.
pub(crate) fn run(worker: &Running, call: &Call, at_once: usize, span: Duration) -> Load {
    let (before, began) = (worker.processor_time(), Instant::now());
    let text = call.text(worker.port);
    let mut latencies: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(|| calls(worker.port, &text, began + span))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("every call is answered")).collect()
    });
    let took = began.elapsed();
    latencies.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "calls are counted in thousands")]
    let count = latencies.len() as f64;
    let spent = before.zip(worker.processor_time()).map(|(before, after)| after.saturating_sub(before));
    let processor = spent.map(|spent| spent.as_secs_f64() * 1e6 / count);
    Load { per_second: count / took.as_secs_f64(), latencies, processor }
}

/// One call over a new connection.
pub(crate) fn once(worker: &Running, call: &Call) -> Duration {
    let began = Instant::now();
    let mut connection = Connection::open(worker.port).expect("it listens");
    let status = connection.call(&call.text(worker.port)).expect("an answer");
    assert_eq!(status, 200, "a proxied call succeeds");
    began.elapsed()
}

/// The status of the answer to a call; nothing if nobody listens.
pub(crate) fn status(port: u16, call: &Call) -> Option<u16> {
    Connection::open(port)?.call(&call.text(port))
}

fn calls(port: u16, text: &str, until: Instant) -> Vec<u64> {
    let mut connection = Connection::open(port).expect("it listens");
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        let status = connection.call(text).expect("an answer");
        latencies.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        assert_eq!(status, 200, "a proxied call succeeds");
    }
    latencies
}

/// A connection that is kept open between calls.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends a call, reads the whole answer and returns its status. Answers say how long they are, or come in chunks.
    fn call(&mut self, text: &str) -> Option<u16> {
        self.stream.write_all(text.as_bytes()).ok()?;
        let mut filled = 0;
        let head = loop {
            filled += self.reads(filled)?;
            if let Some(end) = end_of_head(self.buffer.get(..filled)?) {
                break end;
            }
        };
        let text = std::str::from_utf8(self.buffer.get(..head)?).ok()?.to_ascii_lowercase();
        let status = text.split(' ').nth(1)?.parse().ok()?;
        let length: Option<usize> =
            text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        match length {
            Some(length) => self.rest((head + length).saturating_sub(filled))?,
            None => self.chunks(filled)?,
        }
        Some(status)
    }

    fn reads(&mut self, at: usize) -> Option<usize> {
        self.stream.read(self.buffer.get_mut(at..)?).ok().filter(|read| *read > 0)
    }

    fn rest(&mut self, mut left: usize) -> Option<()> {
        while left > 0 {
            left = left.saturating_sub(self.reads(0)?);
        }
        Some(())
    }

    /// Reads to the last chunk, which is empty.
    fn chunks(&mut self, mut filled: usize) -> Option<()> {
        while !self.buffer.get(..filled)?.ends_with(b"0\r\n\r\n") {
            let keep = filled.min(8);
            self.buffer.copy_within(filled - keep..filled, 0);
            filled = keep + self.reads(keep)?;
        }
        Some(())
    }
}

/// Where the head of a message ends.
pub(crate) fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}
