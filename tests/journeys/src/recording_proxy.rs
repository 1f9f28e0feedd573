//! A proxy between browser and Worker that records everything the browser receives.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The header that asks for compression, and one of the same length that does not: compressed responses cannot be
/// searched.
const COMPRESSED: (&[u8], &[u8]) = (b"Accept-Encoding:", b"X-Not-Encoding: ");

/// A listener on its own port that forwards to the Worker and records the responses.
#[derive(Debug)]
pub struct RecordingProxy {
    port: u16,
    worker_port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl RecordingProxy {
    /// Starts to listen. Connections are closed until a Worker listens on [`Self::worker_port`].
    ///
    /// # Panics
    /// If no port is free.
    pub async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let tap = Self { port, worker_port: crate::free_port(), heard: Arc::default() };
        let (worker_port, heard) = (tap.worker_port, Arc::clone(&tap.heard));
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(pass(browser, worker_port, Arc::clone(&heard)));
            }
        });
        tap
    }

    /// The port that the browser uses.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port at which the Worker is expected.
    pub fn worker_port(&self) -> u16 {
        self.worker_port
    }

    /// Everything that the Worker has sent so far.
    pub fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(browser: TcpStream, worker_port: u16, heard: Arc<Mutex<Vec<u8>>>) {
    let Ok(worker) = TcpStream::connect(("127.0.0.1", worker_port)).await else { return };
    let (mut from_browser, mut to_browser) = browser.into_split();
    let (mut from_worker, mut to_worker) = worker.into_split();
    let up = async {
        let mut chunk = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from_browser.read(&mut chunk).await {
            if to_worker.write_all(&uncompressed(&chunk[..read])).await.is_err() {
                break;
            }
        }
    };
    let down = async {
        let mut chunk = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from_worker.read(&mut chunk).await {
            heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..read]);
            if to_browser.write_all(&chunk[..read]).await.is_err() {
                break;
            }
        }
    };
    // Whichever side closes first ends both.
    tokio::select! {
        () = up => {}
        () = down => {}
    }
}

fn uncompressed(request: &[u8]) -> Vec<u8> {
    let (from, to) = COMPRESSED;
    let mut bytes = request.to_vec();
    let place = bytes.windows(from.len()).position(|window| window.eq_ignore_ascii_case(from));
    if let Some(place) = place {
        bytes[place..place + to.len()].copy_from_slice(to);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_asks_for_no_compression() {
        let asked = uncompressed(b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\n\r\n");
        assert!(!String::from_utf8_lossy(&asked).contains("Accept-Encoding"));
        assert_eq!(asked.len(), b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\n\r\n".len());
    }
}
