//! Somebody else saved the mapping meanwhile: look at theirs, keep one's own, or take theirs.

use leptos::prelude::*;

use super::editor::{Editor, Overtaken};
use crate::ui::{
    button::{Button, Look},
    focus, isolated,
    moment::moment,
};

/// What happened, and the choice. Nothing is lost before somebody makes it.
pub(super) fn overtaken(editor: Editor) -> AnyView {
    let shown = move || editor.overtaken.get().map(|overtaken| choice(editor, overtaken));
    view! { {shown} }.into_any()
}

fn choice(editor: Editor, overtaken: Overtaken) -> AnyView {
    let theirs = overtaken.theirs;
    let by = isolated(theirs.saved_by.as_deref().unwrap_or("Somebody else"));
    let at = theirs.saved_at.map(|at| view! { " " {moment(at)} });
    let looks = overtaken.own.is_some();
    let look = move |()| editor.look_at_theirs(!looks);
    let decided = move || {
        editor.replace_theirs();
        request_animation_frame(|| focus("save-mapping"));
    };
    let keep = move |()| {
        editor.look_at_theirs(false);
        decided();
    };
    let take = move |()| {
        if !looks {
            editor.look_at_theirs(true);
        }
        decided();
    };
    let what = if looks {
        "This is theirs. Yours is kept."
    } else {
        "Nothing of theirs was overwritten, and yours is still here."
    };
    view! {
        <section class="failure notice notice-danger" role="alert">
            <p class="failure-title">"Changed meanwhile"</p>
            <p>{format!("{by} saved revision {}", theirs.revision)} {at} ", after you opened the mapping. " {what}</p>
            <div class="buttons">
                <Button id="look-at-theirs" on_press=look>{if looks { "Look at mine" } else { "Look at theirs" }}</Button>
                <Button id="keep-mine" look=Look::Primary on_press=keep>"Keep mine"</Button>
                <Button id="take-theirs" on_press=take>"Take theirs"</Button>
            </div>
            <p class="field-help">"Keep mine: Save then puts yours in the place of theirs, which stays as an earlier revision."</p>
        </section>
    }
    .into_any()
}
