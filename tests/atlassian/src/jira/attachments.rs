//! Attachments: those of issues, and made-up ones of a known size, which are streamed and never held as a whole. Their
//! bytes lie at the media host: see [`super::media`].

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use http::header;
use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::issue::{Attachment, ChangeItem, Issue};
use super::site::JiraSite;
use super::users::user;
use super::{editing, issues};

/// The most bytes of a file.
const UPLOAD_LIMIT: usize = 10 * 1024 * 1024;

/// `POST issue/{issueIdOrKey}/attachments`.
pub(super) fn add(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    if !call.upload.is_checked {
        return Err(Answer::refusal(403, "XSRF check failed"));
    }
    let issue = issues::permitted(call, jira, "CREATE_ATTACHMENTS", 403)?.id;
    if call.upload.files.is_empty() {
        return Err(Answer::refusal(400, "No file was sent."));
    }
    if call.upload.files.iter().any(|file| file.content.len() > UPLOAD_LIMIT) {
        return Err(Answer::refusal(413, "The file is larger than the limit of this site."));
    }
    let added: Vec<Attachment> = call
        .upload
        .files
        .iter()
        .map(|file| Attachment {
            id: jira.next_id(),
            file_name: file.name.clone(),
            media_type: file.media_type.clone(),
            author: call.person,
            created: call.now,
            content: STANDARD.encode(&file.content),
        })
        .collect();
    let described = added.iter().map(|attachment| describe(call, attachment)).collect();
    let logged = |one: &Attachment| (Some(one.id.to_string()), Some(one.file_name.clone()));
    let items =
        added.iter().map(|one| ChangeItem::new("Attachment", "attachment", (None, None), logged(one))).collect();
    jira.issue_mut(issue).ok_or_else(Answer::no_issue)?.attachments.extend(added);
    editing::log(call, jira, issue, items);
    Ok(Answer::ok(described))
}

/// `DELETE attachment/{id}`.
pub(super) fn delete(call: &Call<'_>, jira: &mut JiraSite) -> Outcome {
    let (issue, attachment) = found(call, jira)?;
    let project = jira.project_of(issue);
    let is_own = attachment.author == call.person;
    if !is_own && !jira.permits(call.person, project, "DELETE_ALL_ATTACHMENTS", Some(issue)) {
        return Err(Answer::refusal(403, "You do not have the permission to delete this attachment."));
    }
    let (issue, id) = (issue.id, attachment.id);
    let logged = (Some(id.to_string()), Some(attachment.file_name.clone()));
    if let Some(issue) = jira.issue_mut(issue) {
        issue.attachments.retain(|attachment| attachment.id != id);
    }
    editing::log(call, jira, issue, vec![ChangeItem::new("Attachment", "attachment", logged, (None, None))]);
    Ok(Answer::no_content())
}

/// `GET attachment/{id}`.
pub(super) fn get(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let (_, attachment) = found(call, jira)?;
    let mut described = describe(call, attachment);
    if call.is_cloud() {
        // A number here, and a text in the list of an issue, as the document has it.
        described["id"] = json!(attachment.id);
    }
    Ok(Answer::ok(described))
}

/// `GET attachment/meta`.
pub(super) fn meta(_call: &Call<'_>, _jira: &JiraSite) -> Answer {
    Answer::ok(json!({ "enabled": true, "uploadLimit": UPLOAD_LIMIT }))
}

/// The attachment of the path, if the caller may browse its issue.
fn found<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<(&'j Issue, &'j Attachment), Answer> {
    let id = call.captured("id");
    let all = jira.issues.iter().flat_map(|issue| issue.attachments.iter().map(move |attachment| (issue, attachment)));
    let found = all.into_iter().find(|(_, attachment)| attachment.id.to_string() == id);
    found.filter(|(issue, _)| jira.may_browse(call.person, issue)).ok_or_else(|| not_found(id))
}

/// Whether the caller may read the bytes of the attachment of the path.
pub(super) fn may_read(call: &Call<'_>, jira: &JiraSite) -> bool {
    found(call, jira).is_ok()
}

/// The attachment of that id, whoever asks.
pub(super) fn by_id<'j>(jira: &'j JiraSite, id: &str) -> Option<&'j Attachment> {
    let mut all = jira.issues.iter().flat_map(|issue| &issue.attachments);
    all.find(|attachment| attachment.id.to_string() == id)
}

pub(super) fn not_found(id: &str) -> Answer {
    Answer::refusal(404, &format!("The attachment with id '{id}' does not exist"))
}

/// Those of an issue.
pub(super) fn describe_all(call: &Call<'_>, issue: &Issue) -> Vec<Value> {
    issue.attachments.iter().map(|attachment| describe(call, attachment)).collect()
}

fn describe(call: &Call<'_>, attachment: &Attachment) -> Value {
    let mut described = json!({
        "self": format!("{}/attachment/{}", call.api, attachment.id),
        "id": attachment.id.to_string(),
        "filename": attachment.file_name,
        "author": user(call, attachment.author),
        "created": call.date(attachment.created),
        "size": STANDARD.decode(&attachment.content).map_or(0, |content| content.len()),
        "mimeType": attachment.media_type,
        "content": call.content_address(attachment.id, &attachment.file_name),
    });
    if attachment.media_type.starts_with("image/") {
        described["thumbnail"] = json!(call.thumbnail_address(attachment.id, &attachment.file_name));
    }
    described
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
