//! HTTP as bytes, for requests that no well-behaved client sends.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// How long a server may take over a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends these bytes to the server of `url` and answers everything that comes back until it closes the connection, or
/// until nothing more comes.
///
/// # Panics
/// If there is no server.
pub async fn send(url: &str, request: &[u8]) -> String {
    let mut stream = connect(url).await;
    // The server may answer and close before it has read everything; its answer counts.
    let _sent = stream.write_all(request).await;
    let mut answer = Vec::new();
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(Ok(read)) = timeout(PATIENCE, stream.read(&mut chunk)).await {
        if read == 0 {
            break;
        }
        answer.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// A connection to the server of `url`.
///
/// # Panics
/// If there is no server.
pub async fn connect(url: &str) -> TcpStream {
    let url = Url::parse(url).expect("an address");
    let port = url.port().expect("a port");
    TcpStream::connect(("127.0.0.1", port)).await.expect("somebody listens")
}

/// The status of an answer; nothing if there was none.
pub fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
