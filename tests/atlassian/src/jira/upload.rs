//! The files of an upload: `multipart/form-data`, as RFC 7578 writes it.

use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, header};

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) content: Bytes,
}

/// What was sent besides JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload {
    /// Whether `X-Atlassian-Token: no-check` was sent, without which a form is taken for a cross-site one.
    pub(crate) is_checked: bool,
    /// The parts that are called `file`.
    pub(crate) files: Vec<File>,
}

impl Upload {
    /// Reads the parts of a form. Empty for a body that is no form, or a broken one.
    pub(crate) async fn read(headers: &HeaderMap, body: &Bytes) -> Self {
        let value = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_checked = matches!(value(header::HeaderName::from_static("x-atlassian-token")), "no-check" | "nocheck");
        let files = match multer::parse_boundary(value(header::CONTENT_TYPE)) {
            Ok(boundary) => files(body.clone(), boundary).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        Self { is_checked, files }
    }
}

async fn files(body: Bytes, boundary: String) -> multer::Result<Vec<File>> {
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut files = Vec::new();
    while let Some(part) = parts.next_field().await? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or("file").to_owned();
        let media_type = part.content_type().map_or("application/octet-stream".to_owned(), ToString::to_string);
        files.push(File { name, media_type, content: part.bytes().await? });
    }
    Ok(files)
}
