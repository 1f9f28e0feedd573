//! The setup of a connection: its name, its authorization, *Save*. The same for a new one and for one that exists.

use api::{
    AuthorizationId, Connection, ConnectionEdit, CreateConnection, EditConnection, Kind, Name, NewConnection,
    ProblemCode,
};
use leptos::{prelude::*, task::spawn_local};

use super::lifecycle::{Lifecycle, isolated};
use crate::{
    authorize::{Attempt, AuthorizeBox, Course, Way, save_words},
    client::{CallError, call, call_if_match},
    credentials::{CredentialForm, Draft, WhereJiraRuns},
    navigation::{Link, use_navigation},
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        failure::FailurePanel,
        field::TextField,
        flags::Flags,
        focus, rescue_focus, when,
    },
    workspaces::WorkspaceChoices,
};

/// What *Save* would send.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Intent {
    /// A new connection.
    Create(NewConnection),
    /// An edit of what was read.
    Edit(ConnectionEdit),
}

/// What *Save* would send, or `None` if it cannot be pressed: the name is wrong, a new connection is not authorized,
/// or nothing changed.
fn intent(name: &str, authorized: Option<&AuthorizationId>, saved: Option<&Connection>) -> Option<Intent> {
    let name = Name::parse(name).ok()?;
    let Some(saved) = saved else {
        return Some(Intent::Create(NewConnection {
            name,
            authorization_id: authorized?.clone(),
            workspaces: Vec::new(),
        }));
    };
    let edit = ConnectionEdit {
        name: Some(name).filter(|name| *name != saved.name),
        authorization_id: authorized.cloned(),
        admins: None,
    };
    (edit != ConnectionEdit::default()).then_some(Intent::Edit(edit))
}

async fn send(intent: Intent, saved: Option<Connection>) -> Result<Connection, CallError> {
    match (intent, saved) {
        (Intent::Create(new), _) => call::<CreateConnection>(&(), &new).await,
        (Intent::Edit(edit), Some(saved)) => call_if_match::<EditConnection>(&saved.id, &edit, saved.version).await,
        (Intent::Edit(_), None) => unreachable!("an edit is made from a connection that was read"),
    }
}

/// The form. After somebody else changed the connection `on_reload` loads it again, given what was typed, which then
/// comes back in `typed`.
#[component]
pub(super) fn SetupForm(
    saved: Option<Connection>,
    typed: Option<String>,
    #[prop(into)] on_reload: Callback<Option<String>>,
) -> impl IntoView {
    let navigation = use_navigation();
    let flags: Flags = expect_context();
    let lifecycle: Lifecycle = expect_context();
    let untouched = saved.as_ref().map(|saved| saved.name.to_string()).unwrap_or_default();
    let kept = typed.filter(|typed| *typed != untouched);
    let loaded = kept.as_ref().map(|_| loaded_again(&untouched));
    let name = RwSignal::new(kept.unwrap_or_else(|| untouched.clone()));
    let left = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<CallError>);
    let course = Course::begin(saved.as_ref().map(|saved| saved.id.clone()));
    let draft = Draft::begin(saved.as_ref());
    let way = way(draft, saved.as_ref());
    let new = saved.is_none();
    let may_rename = saved.as_ref().is_none_or(Lifecycle::may);
    let read = StoredValue::new(saved.clone());
    forget_what_was_asked_otherwise(course, draft);

    let intended = Memo::new(move |_| {
        let authorized = course.attempt.with(|attempt| match attempt {
            Attempt::Authorized(authorization) => Some(authorization.id.clone()),
            _ => None,
        });
        read.with_value(|saved| intent(&name.get(), authorized.as_ref(), saved.as_ref()))
    });
    let reload = Callback::new(move |()| on_reload.run(Some(name.get_untracked())));
    Effect::new(move |_| {
        let pending = course.attempt.with(|attempt| attempt.id().is_some());
        navigation.set_unsaved(pending || draft.touched() || name.with(|name| *name != untouched));
    });
    on_cleanup(move || navigation.set_unsaved(false));

    let granted = RwSignal::new(Vec::new());
    let save = move |()| {
        let Some(mut intent) = intended.get_untracked() else { return };
        if let Intent::Create(new) = &mut intent {
            new.workspaces = granted.get_untracked();
        }
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let reauthorized = matches!(&intent, Intent::Edit(ConnectionEdit { authorization_id: Some(_), .. }));
            let answer = send(intent, read.get_value()).await;
            busy.try_set(false);
            match answer {
                Ok(connection) => {
                    course.saved();
                    navigation.set_unsaved(false);
                    flags.done(format!("Saved \u{2068}{}\u{2069}", connection.name));
                    lifecycle.saved(&connection);
                    // Where the way back is shown, if there is one.
                    let overview = Route::Connection(connection.id, Tab::Overview);
                    navigation.go(&if reauthorized { overview } else { Route::Connections }.path());
                }
                Err(error) => {
                    refused.try_set(Some(error));
                }
            }
        });
    };
    let name_error = Signal::derive(move || name_error(&name.get(), left.get(), refused.get().as_ref()));
    // A name that is taken is told at the field until another is written.
    Effect::new(move |before: Option<String>| {
        let now = name.get();
        if before.is_some_and(|before| before != now) {
            refused.update(|error| {
                if error.as_ref().and_then(CallError::code) == Some(ProblemCode::NameTaken) {
                    *error = None;
                }
            });
        }
        now
    });
    let chosen = Memo::new(move |_| draft.by().is_some());
    view! {
        <section class="section" aria-label="Setup">
            {loaded}
            {when(may_rename, || view! { <TextField
                id="name"
                label="Name"
                help="The name of the Jira instance, for example Staging or Production."
                value=name
                error=name_error
                on_leave=move |()| left.set(true)
            /> }.into_any())}
            {when(new, || view! { <WhereJiraRuns draft /> }.into_any())}
            {when(!new, || view! { <h2>"Status"</h2> }.into_any())}
            {credentials(draft, new)}
            {when(new, || view! { <WorkspaceChoices chosen=granted /> }.into_any())}
            {move || when(chosen.get(), || view! { <AuthorizeBox course saved=saved.clone() way /> }.into_any())}
            {move || refused.get().map_or_else(|| ().into_any(), |error| refusal(error, reload))}
            <div class="buttons">
                <Button look=Look::Primary on_press=save busy=busy disabled=Signal::derive(move || intended.get().is_none())>
                    {move || save_words(way.by.get())}
                </Button>
                <Link to=Route::Connections.path() class=Look::Subtle.class()>"Back to connections"</Link>
            </div>
        </section>
    }
    .into_any()
}

/// How a person authorizes here. What a connection has can be used again, except for Cloud, where nothing is brought.
fn way(draft: Draft, saved: Option<&Connection>) -> Way {
    let brought = saved.is_some_and(|saved| saved.kind != Kind::CloudOauth2 && saved.credential.is_some());
    let navigation = use_navigation();
    if brought && navigation.param("credentials") == "new" {
        navigation.set_query("");
        draft.fresh.set(true);
    }
    Way {
        by: Signal::derive(move || draft.by().unwrap_or_default()),
        request: Callback::new(move |()| draft.request()),
        fresh: brought.then_some(draft.fresh),
    }
}

/// An attempt is for what was written when it was made.
fn forget_what_was_asked_otherwise(course: Course, draft: Draft) {
    Effect::new(move |_| {
        let other = draft.differs_from_what_was_asked();
        if other && course.attempt.with_untracked(|attempt| attempt.is_under_way() || attempt.id().is_some()) {
            course.cancel();
        }
    });
}

/// The form of new credentials, while they are being written.
fn credentials(draft: Draft, new: bool) -> AnyView {
    Effect::new(move |before: Option<bool>| {
        let fresh = draft.fresh.get();
        if before.is_some_and(|before| before != fresh) {
            rescue_focus();
            request_animation_frame(move || focus(if fresh { "new-credentials" } else { "other-credentials" }));
        }
        fresh
    });
    let title = || view! { <h3 id="new-credentials" tabindex="-1">"New credentials"</h3> }.into_any();
    let form = move || {
        when(draft.fresh.get(), || {
            view! { {when(!new && draft.by_brings(), title)} <CredentialForm draft /> }.into_any()
        })
    };
    view! { {form} }.into_any()
}

/// What is wrong with the name, once the person left the field or the edge said so.
fn name_error(name: &str, left: bool, refused: Option<&CallError>) -> Option<String> {
    match refused {
        Some(CallError::Refused(problem)) if problem.code == ProblemCode::NameTaken => {
            Some(format!("{} {}", problem.detail, problem.remedy))
        }
        _ => Name::parse(name).err().filter(|_| left).map(|error| error.to_string()),
    }
}

/// Told after a collision: what stands now, and that *Save* would replace it.
fn loaded_again(now: &str) -> AnyView {
    view! {
        <p class="notice" role="status">
            {format!("Loaded again. The connection is now called {}. ", isolated(now))}
            "The name that you wrote is below: Save puts it in its place."
        </p>
    }
    .into_any()
}

/// A refused *Save*. What was written stays; a conflict is solved by loading again, never by overwriting.
fn refusal(error: CallError, on_reload: Callback<()>) -> AnyView {
    match error.code() {
        Some(ProblemCode::NameTaken) => ().into_any(),
        Some(ProblemCode::EditConflict) => view! {
            <section class="failure notice notice-danger" role="alert">
                <p class="failure-title">"Changed meanwhile"</p>
                <p>"Somebody else saved this connection after you opened it. Nothing of theirs was overwritten, and nothing of yours was saved."</p>
                <p>"Load what they saved, then decide. The name that you wrote is kept; an authorization that is not saved must be made again."</p>
                <div class="buttons"><Button on_press=on_reload>"Load again"</Button></div>
            </section>
        }
        .into_any(),
        _ => view! { <FailurePanel error /> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use api::Problem;

    use super::*;

    fn named(name: &str) -> Name {
        Name::parse(name).expect("a name")
    }

    fn saved() -> Connection {
        let json = r#"{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{"state":"authorized"},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}"#;
        serde_json::from_str(json).expect("a connection")
    }

    #[test]
    fn a_new_connection_is_saved_with_a_name_and_an_authorization_only() {
        let authorized = AuthorizationId::parse("aut_1").expect("an id");
        assert_eq!(intent("Staging", None, None), None);
        assert_eq!(intent("  ", Some(&authorized), None), None);
        let new =
            NewConnection { name: named("Staging"), authorization_id: authorized.clone(), workspaces: Vec::new() };
        assert_eq!(intent(" Staging ", Some(&authorized), None), Some(Intent::Create(new)));
    }

    #[test]
    fn an_edit_sends_only_what_changed_and_nothing_if_nothing_did() {
        let authorized = AuthorizationId::parse("aut_1").expect("an id");
        assert_eq!(intent("Staging ", None, Some(&saved())), None);
        let renamed = ConnectionEdit { name: Some(named("Production")), ..ConnectionEdit::default() };
        assert_eq!(intent("Production", None, Some(&saved())), Some(Intent::Edit(renamed)));
        let reauthorized = ConnectionEdit { name: None, authorization_id: Some(authorized.clone()), admins: None };
        assert_eq!(intent("Staging", Some(&authorized), Some(&saved())), Some(Intent::Edit(reauthorized)));
    }

    #[test]
    fn a_name_is_faulted_when_the_field_was_left_or_the_edge_says_so() {
        assert_eq!(name_error("", false, None), None);
        assert_eq!(name_error("", true, None).as_deref(), Some("Enter a name."));
        let taken = Problem::new(ProblemCode::NameTaken, "Another connection is called Staging.", "req_1");
        let told = name_error("Staging", false, Some(&CallError::Refused(Box::new(taken))));
        assert_eq!(told.as_deref(), Some("Another connection is called Staging. Choose another name."));
    }
}
