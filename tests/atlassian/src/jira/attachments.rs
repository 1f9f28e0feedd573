//! Attachments: those of issues, and made-up ones of a known size, which are streamed and never held as a whole.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use http::header;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::people::user;
use super::site::{Attachment, Issue, JiraSite};

/// The first id of an attachment that was uploaded; lower ones belong to the settings.
const FIRST: u64 = 20_000;

/// `POST issue/{key}/attachments`.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite, issue: u64) -> Answer {
    if !call.upload.is_checked {
        return Answer::refusal(403, "XSRF check failed");
    }
    if call.upload.files.is_empty() {
        return Answer::refusal(400, "No file was sent.");
    }
    let used = jira.issues.iter().flat_map(|issue| &issue.attachments).map(|attachment| attachment.id).max();
    let ids = used.map_or(FIRST, |last| last + 1)..;
    let added: Vec<Attachment> = ids
        .zip(&call.upload.files)
        .map(|(id, file)| Attachment {
            id,
            file_name: file.name.clone(),
            media_type: file.media_type.clone(),
            author: call.person,
            created: call.now,
            content: STANDARD.encode(&file.content),
        })
        .collect();
    let described = added.iter().map(|attachment| describe(call, attachment)).collect();
    if let Some(issue) = jira.issues.iter_mut().find(|other| other.id == issue) {
        issue.attachments.extend(added);
        issue.updated = call.now;
    }
    Answer::ok(described)
}

/// `DELETE attachment/{id}`.
pub(super) fn delete(jira: &mut JiraSite, id: &str) -> Answer {
    if jira.attachment(id).is_none() {
        return not_found(id);
    }
    for issue in &mut jira.issues {
        issue.attachments.retain(|attachment| attachment.id.to_string() != id);
    }
    Answer::no_content()
}

/// `GET attachment/{id}`.
pub(super) fn read(call: &Call<'_>, jira: &JiraSite, id: &str) -> Answer {
    jira.attachment(id).map_or_else(|| not_found(id), |attachment| Answer::ok(describe(call, attachment)))
}

pub(super) fn not_found(id: &str) -> Answer {
    Answer::refusal(404, &format!("The attachment with id '{id}' does not exist"))
}

/// Those of an issue.
pub(super) fn describe_all(call: &Call<'_>, issue: &Issue) -> Vec<Value> {
    issue.attachments.iter().map(|attachment| describe(call, attachment)).collect()
}

fn describe(call: &Call<'_>, attachment: &Attachment) -> Value {
    json!({
        "self": format!("{}/attachment/{}", call.api, attachment.id),
        "id": attachment.id.to_string(),
        "filename": attachment.file_name,
        "author": user(call, attachment.author),
        "created": attachment.created.as_jira_date(),
        "size": STANDARD.decode(&attachment.content).map_or(0, |content| content.len()),
        "mimeType": attachment.media_type,
        "content": call.content_address(attachment.id, &attachment.file_name),
    })
}

/// The bytes of an attachment that was uploaded.
pub(super) fn uploaded(attachment: &Attachment) -> Response {
    let content = STANDARD.decode(&attachment.content).unwrap_or_default();
    let disposition = format!("attachment; filename*=UTF-8''{}", percent_encoded(&attachment.file_name));
    let headers = [(header::CONTENT_TYPE, attachment.media_type.clone()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, content).into_response()
}

fn percent_encoded(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

const CHUNK: u64 = 64 * 1024;

/// A file of that many bytes, all of them the letter `a`.
pub(super) fn content(length: u64) -> Response {
    let chunk = Bytes::from(vec![b'a'; usize::try_from(CHUNK.min(length)).unwrap_or(0)]);
    let chunks = stream::unfold(length, move |left| {
        let chunk = chunk.clone();
        async move {
            let size = left.min(CHUNK);
            let part = chunk.slice(..usize::try_from(size).unwrap_or(0));
            (left > 0).then(|| (Ok::<_, std::convert::Infallible>(part), left - size))
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/octet-stream"));
    let name = http::HeaderValue::from_static("attachment; filename=\"berth-plan.bin\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}
