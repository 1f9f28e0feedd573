//! Jira for the bench: answers of known sizes at once, from memory; everything else is the model's to answer.

use std::{
    io::{Read, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::Arc,
};

use crate::load::end_of_head;

/// The longest head of a request, in bytes.
const HEAD: usize = 64 * 1024;

/// It runs until this process ends.
pub(crate) struct Upstream {
    port: u16,
}

impl Upstream {
    /// Starts it; `model` is the address of the model.
    pub(crate) fn start(model: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let model = model.trim_start_matches("http://").to_owned();
        let answers = Arc::new([("/10kb", answer(10 * 1024)), ("/1mb", answer(1024 * 1024))]);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, model) = (Arc::clone(&answers), model.clone());
                std::thread::spawn(move || serve(stream, &*answers, &model));
            }
        });
        Self { port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// An answer of Jira Cloud's, with the headers that it has there and a body of `length` bytes.
fn answer(length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ndate: Tue, 01 Dec 2026 08:00:00 GMT\r\ncontent-type: application/json;charset=UTF-8\r\n\
         content-length: {length}\r\nserver: AtlassianEdge\r\ntiming-allow-origin: *\r\nx-arequestid: 4f1d0a2b6c\r\n\
         x-aaccount-id: 5b10a2844c20165700ede21g\r\ncache-control: no-cache, no-store, no-transform\r\n\
         x-content-type-options: nosniff\r\nx-xss-protection: 1; mode=block\r\natl-traceid: 3c5a7e1f9b2d4c6e\r\n\
         atl-request-id: 0f8a7c1e-5d7b-4f5e-9a55-3d6f0c1f2e4b\r\nstrict-transport-security: max-age=63072000; preload\r\n\
         vary: Accept-Encoding\r\nreport-to: {{\"group\": \"endpoint-1\"}}\r\nnel: {{\"max_age\": 600}}\r\n\r\n"
    );
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + length, b'x');
    bytes
}

fn serve(mut stream: TcpStream, answers: &[(&str, Vec<u8>)], model: &str) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer = vec![0; HEAD];
    loop {
        let mut filled = 0;
        let head = loop {
            filled += stream.read(buffer.get_mut(filled..)?).ok().filter(|read| *read > 0)?;
            if let Some(end) = end_of_head(buffer.get(..filled)?) {
                break end;
            }
        };
        let head = std::str::from_utf8(buffer.get(..head)?).ok()?;
        let path = head.split(' ').nth(1)?.split('?').next()?;
        match answers.iter().find(|(end, _)| path.ends_with(end)) {
            Some((_, answer)) => stream.write_all(answer).ok()?,
            None => return relay(&stream, head, buffer.get(head.len()..filled)?, model),
        }
    }
}

/// Lets the model answer this request, which is then the last over this connection.
fn relay(stream: &TcpStream, head: &str, body: &[u8], model: &str) -> Option<()> {
    let mut to_model = TcpStream::connect(model).ok()?;
    let (line, headers) = head.split_once("\r\n")?;
    let kept = headers.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let headers: Vec<_> = kept.collect();
    to_model.write_all(format!("{line}\r\nconnection: close\r\n{}", headers.join("\r\n")).as_bytes()).ok()?;
    to_model.write_all(body).ok()?;
    let (mut from, mut to) = (stream.try_clone().ok()?, to_model.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut to_model, &mut stream.try_clone().ok()?).ok()?;
    stream.shutdown(Shutdown::Both).ok()
}
