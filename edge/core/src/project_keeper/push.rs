//! What a push of the product does to a task. The same push twice does what it does once.

use api::{
    BatchTask, Name, NewTask, ProblemCode, TASK_BODY_CHARACTERS, TASK_LABELS, TASK_PROPERTIES,
    TASK_PROPERTY_CHARACTERS, TASK_TITLE_CHARACTERS, TASK_URL_CHARACTERS, TaskEvent, TaskId, TaskRefused, TaskState,
    Timestamp, external_id_refused,
};
use url::Url;

use super::{
    messages::PushRules,
    task::{Content, StoredBody, StoredTask},
};
use crate::issue_tracking::{ProductSide, PushedStatus};

/// What a push did.
#[derive(Debug)]
pub(super) enum Pushed {
    /// Nothing: the task says all of this already.
    Unchanged,
    /// The task as it is now, and what happened to it.
    Changed(Box<StoredTask>, TaskEvent, String),
}

/// Why a task cannot be stored, whatever is stored already.
pub(super) fn refused(pushed: &BatchTask, rules: &PushRules) -> Option<TaskRefused> {
    let invalid = |detail: &str| Some(TaskRefused { code: ProblemCode::InvalidRequest, detail: detail.to_owned() });
    if let Some(why) = external_id_refused(&pushed.external_id) {
        return invalid(why);
    }
    let task = &pushed.task;
    let title = task.title.trim();
    if title.is_empty() || title.chars().count() > TASK_TITLE_CHARACTERS || title.contains(char::is_control) {
        return invalid("The title is one line of 1 to 1,000 characters.");
    }
    if task.body.as_ref().is_some_and(|body| body.chars().count() > TASK_BODY_CHARACTERS) {
        return invalid("The body has more than 40,000 characters.");
    }
    if task.url.as_deref().is_some_and(|url| !is_web_address(url)) {
        return invalid("The URL is no http or https address of at most 2,048 characters.");
    }
    if task.labels.len() > TASK_LABELS {
        return invalid("A task has 50 labels at most.");
    }
    let fits = |(name, value): (&String, &String)| {
        Name::parse(name).is_ok() && value.chars().count() <= TASK_PROPERTY_CHARACTERS
    };
    if task.properties.len() > TASK_PROPERTIES || !task.properties.iter().all(fits) {
        return invalid(
            "A task has 50 properties at most, with names of 1 to 255 and values of 4,000 characters at most.",
        );
    }
    match &rules.statuses {
        Some(known) if !known.contains(&task.status) => {
            let known: Vec<_> = known.iter().map(Name::as_str).collect();
            let detail = format!("The mapping has no status {}. It has: {}.", task.status, known.join(", "));
            Some(TaskRefused { code: ProblemCode::StatusUnknown, detail })
        }
        _ => None,
    }
}

fn is_web_address(text: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.host().is_some();
    text.len() <= TASK_URL_CHARACTERS && Url::parse(text).is_ok_and(is_web)
}

/// A task that is pushed for the first time.
pub(super) fn created(id: TaskId, external_id: &str, new: NewTask, body: Option<StoredBody>, now: Timestamp) -> Pushed {
    let sentence = format!("The product pushed the task with the status {}.", new.status);
    let product = ProductSide::new(new.status.clone(), new.changed_at);
    let mut task = StoredTask::new(id, external_id, content(new), product, now);
    task.body = body;
    Pushed::Changed(Box::new(task), TaskEvent::Pushed, sentence)
}

/// A task that exists and is pushed again.
pub(super) fn updated(mut task: StoredTask, new: NewTask, body: Option<StoredBody>, now: Timestamp) -> Pushed {
    let before = task.clone();
    let (status, changed_at) = (new.status.clone(), new.changed_at);
    task.content = content(new);
    let other_body = body.filter(|body| task.body.as_ref().is_none_or(|stored| stored.digest != body.digest));
    if let Some(body) = other_body {
        // A description that is in Jira already is people's, so what follows is only remembered.
        task.body = Some(if task.link.is_some() { StoredBody { sealed: None, ..body } } else { body });
    }
    let said = task.product_mut().push(&status, changed_at);
    // Without a date it may be repeated until the product hears of the change, and is no news.
    let is_told = said == PushedStatus::Stale && changed_at.is_some();
    if task == before && !is_told {
        return Pushed::Unchanged;
    }
    task.version = task.version.saturating_add(1);
    task.updated_at = now;
    let stands = &before.product().status;
    let (event, sentence) = match said {
        PushedStatus::Unchanged => {
            (TaskEvent::Changed, "The product pushed the task anew. Its status is the same.".to_owned())
        }
        PushedStatus::Changed => {
            (TaskEvent::Changed, format!("The product changed the status from {stands} to {status}."))
        }
        PushedStatus::Stale => (
            TaskEvent::StaleIgnored,
            format!("The product pushed the status {status}, which is older than {stands}. The status stays {stands}."),
        ),
    };
    if goes_on(&task, said == PushedStatus::Changed) {
        task.hurry(now);
        if task.link.is_some() && task.state == TaskState::InSync {
            (task.state, task.since) = (TaskState::Syncing, now);
        }
    }
    Pushed::Changed(Box::new(task), event, sentence)
}

/// Whether what was pushed gives the keeper something to do.
fn goes_on(task: &StoredTask, other_status: bool) -> bool {
    match task.state {
        TaskState::Unlinked | TaskState::Missing | TaskState::OutcomeUnknown | TaskState::Unknown(_) => false,
        TaskState::Waiting | TaskState::Retrying | TaskState::Blocked => true,
        TaskState::InSync | TaskState::Syncing | TaskState::Conflict | TaskState::Moved => other_status,
    }
}

fn content(new: NewTask) -> Content {
    let NewTask { title, url, kind, priority, labels, properties, .. } = new;
    Content { title: title.trim().to_owned(), url, kind, priority, labels, properties }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Digest;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn name(text: &str) -> Name {
        Name::parse(text).expect("a name")
    }

    fn pushed(status: &str) -> NewTask {
        serde_json::from_value(serde_json::json!({"title": "Contrast", "status": status})).expect("a task")
    }

    fn at(status: &str, changed: i64) -> NewTask {
        NewTask { changed_at: Some(NOW.plus_seconds(changed)), ..pushed(status) }
    }

    fn first(new: NewTask) -> StoredTask {
        let id = TaskId::parse("tsk_1").expect("an id");
        let Pushed::Changed(task, ..) = created(id, "F-1", new, None, NOW) else { panic!("it is new") };
        *task
    }

    fn again(task: StoredTask, new: NewTask) -> (StoredTask, Option<TaskEvent>) {
        match updated(task.clone(), new, None, NOW.plus_seconds(60)) {
            Pushed::Unchanged => (task, None),
            Pushed::Changed(task, event, _) => (*task, Some(event)),
        }
    }

    #[test]
    fn pushes_that_overtake_each_other_end_with_the_newest_status() {
        let (task, event) = again(first(at("fixed", 20)), at("open", 10));
        assert_eq!((task.product().status.as_str(), event), ("fixed", Some(TaskEvent::StaleIgnored)));
        let (task, event) = again(task, at("open", 30));
        assert_eq!((task.product().status.as_str(), event), ("open", Some(TaskEvent::Changed)));
    }

    #[test]
    fn the_same_push_twice_does_what_it_does_once() {
        let (task, _) = again(first(pushed("open")), pushed("triaged"));
        assert_eq!(task.version, 2);
        assert_eq!(again(task.clone(), pushed("triaged")), (task, None));
    }

    #[test]
    fn another_body_counts_and_the_same_does_not() {
        let digest = |text| Some(StoredBody { digest: Digest::of(text), sealed: Some("{}".into()) });
        let Pushed::Changed(task, ..) = updated(first(pushed("open")), pushed("open"), digest("a"), NOW) else {
            panic!("there was none")
        };
        assert!(matches!(updated((*task).clone(), pushed("open"), digest("a"), NOW), Pushed::Unchanged));
        assert!(matches!(updated(*task, pushed("open"), digest("b"), NOW), Pushed::Changed(..)));
    }

    #[test]
    fn what_is_no_task_is_refused_in_words() {
        let rules = PushRules { statuses: Some(vec![name("open"), name("fixed")]) };
        let refused_as = |external_id: &str, task: NewTask| {
            refused(&BatchTask { external_id: external_id.to_owned(), task }, &rules).map(|why| (why.code, why.detail))
        };
        assert_eq!(refused_as("F-1", pushed("open")), None);
        assert_eq!(refused_as("a/b c", pushed("open")), None, "a slash is part of an id like any other character");
        for bad in ["", ".", "..", "a\nb", &"x".repeat(256)] {
            assert!(
                refused_as(bad, pushed("open")).is_some_and(|(code, _)| code == ProblemCode::InvalidRequest),
                "{bad:?}"
            );
        }
        let (code, detail) = refused_as("F-1", pushed("lost")).expect("an unknown status");
        assert_eq!(code, ProblemCode::StatusUnknown);
        assert!(detail.contains("open, fixed"), "{detail}");
        for url in ["javascript:alert(1)", "ftp://a.example", "https://", "x"] {
            let task = NewTask { url: Some(url.to_owned()), ..pushed("open") };
            assert!(refused_as("F-1", task).is_some(), "{url}");
        }
        let long = NewTask { body: Some("é".repeat(40_001)), ..pushed("open") };
        assert!(refused_as("F-1", long).is_some_and(|(_, detail)| detail.contains("40,000")));
    }
}
