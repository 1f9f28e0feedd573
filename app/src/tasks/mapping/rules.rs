//! What holds for all issues of a project: labels and comments.

use api::{CommentRule, Name};
use leptos::prelude::*;

use super::editor::Editor;
use crate::ui::{choice::choice, field::TextField};

/// The section.
pub(super) fn whole_mapping(editor: Editor) -> AnyView {
    let copied = Signal::derive(move || editor.draft.with(|draft| draft.labels.copied));
    let comments = Signal::derive(move || editor.draft.with(|draft| draft.comments == CommentRule::Moves));
    let heard = Signal::derive(move || editor.draft.with(|draft| draft.comments_from_jira));
    let always = RwSignal::new(editor.draft.with_untracked(|draft| listed(&draft.labels.always)));
    Effect::new(move |before: Option<String>| {
        let now = always.get();
        if before.is_some_and(|before| before != now) {
            editor.change(|draft| draft.labels.always = read(&now));
        }
        now
    });
    let copy = move |ticked| editor.change(|draft| draft.labels.copied = ticked);
    let comment = move |ticked| {
        editor.change(|draft| draft.comments = if ticked { CommentRule::Moves } else { CommentRule::Never });
    };
    let hear = move |ticked| editor.change(|draft| draft.comments_from_jira = ticked);
    view! {
        <section class="section" aria-labelledby="labels-and-comments">
            <h2 id="labels-and-comments">"Labels and comments"</h2>
            {choice("The labels of a task become labels of its issue".into_any(), copied, Callback::new(copy))}
            {choice("Comment on an issue when its task's status moves it".into_any(), comments, Callback::new(comment))}
            {choice("Tell the product what others comment in Jira".into_any(), heard, Callback::new(hear))}
            <TextField
                id="always-labels"
                label="Labels of every issue"
                help="With commas between them."
                value=always
                error=Signal::derive(|| None)
                optional=true
                on_leave=|()| ()
            />
        </section>
    }
    .into_any()
}

fn listed(labels: &[Name]) -> String {
    labels.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// The labels in a text with commas between them, each once.
fn read(text: &str) -> Vec<Name> {
    text.split(',').filter_map(|part| Name::parse(part).ok()).fold(Vec::new(), |mut labels, label| {
        if !labels.contains(&label) {
            labels.push(label);
        }
        labels
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_they_are_written_and_each_is_there_once() {
        let labels = read(" causeway, security ,, causeway");
        assert_eq!(listed(&labels), "causeway, security");
        assert_eq!(read(&listed(&labels)), labels);
        assert!(read("").is_empty());
    }
}
