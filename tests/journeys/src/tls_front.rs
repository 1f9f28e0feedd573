//! TLS in front of the Worker, as Cloudflare has it: WebKit, and so Safari, keeps no `Secure` cookie of an http address.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A listener on its own port that forwards to the Worker.
#[derive(Debug)]
pub struct TlsFront {
    port: u16,
    worker_port: u16,
}

impl TlsFront {
    /// Starts to listen on any port.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn listen() -> Self {
        Self::listen_at(0).await
    }

    /// Starts to listen, with a certificate for `localhost` that nobody has signed. Connections are closed until a Worker
    /// listens on [`Self::worker_port`].
    ///
    /// # Panics
    /// If the port is not free.
    pub async fn listen_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let front = Self { port, worker_port: crate::free_port() };
        let (worker_port, acceptor) = (front.worker_port, acceptor());
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(pass(acceptor.clone(), browser, worker_port));
            }
        });
        front
    }

    /// The port that the browser uses.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port at which the Worker is expected.
    pub fn worker_port(&self) -> u16 {
        self.worker_port
    }
}

fn acceptor() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a name that can be certified");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let settings = versions.expect("the provider knows TLS 1.2 and 1.3").with_no_client_auth();
    let settings = settings.with_single_cert(vec![made.cert.into()], key).expect("the key is the certificate's");
    TlsAcceptor::from(Arc::new(settings))
}

/// A browser that breaks off, or does not trust the certificate, ends its connection and nothing else.
async fn pass(acceptor: TlsAcceptor, browser: TcpStream, worker_port: u16) {
    let Ok(mut browser) = acceptor.accept(browser).await else { return };
    let Ok(mut worker) = TcpStream::connect(("127.0.0.1", worker_port)).await else { return };
    drop(copy_bidirectional(&mut browser, &mut worker).await);
}
