//! The form that sets up a connection, new or existing: its name, its authorization, *Save*.

use api::{
    AuthorizationId, Connection, ConnectionEdit, CreateConnection, EditConnection, Kind, Name, NewConnection,
    ProblemCode,
};
use leptos::prelude::*;

use super::lifecycle::Lifecycle;
use crate::{
    authorize::{AuthorizationFlow, AuthorizationState, AuthorizeBox, Presentation, save_words},
    client::{CallError, call, call_if_match},
    credentials::{CredentialDraft, CredentialForm, WhereJiraRuns},
    navigation::{Link, use_navigation},
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        failure::FailurePanel,
        field::TextField,
        flags::Flags,
        focus, isolated,
        mutation::Mutation,
        rescue_focus, when,
    },
    workspaces::WorkspaceChoices,
};

/// The request that *Save* sends.
#[derive(Clone, Debug, PartialEq, Eq)]
enum SaveRequest {
    /// Creates a connection.
    Create(NewConnection),
    /// Edits the connection that was loaded.
    Edit(ConnectionEdit),
}

/// The request that *Save* sends; `None` if the button is disabled: the name is invalid, a new connection is not
/// authorized, or nothing changed.
fn save_request(name: &str, authorized: Option<&AuthorizationId>, saved: Option<&Connection>) -> Option<SaveRequest> {
    let name = Name::parse(name).ok()?;
    let Some(saved) = saved else {
        return Some(SaveRequest::Create(NewConnection {
            name,
            authorization_id: authorized?.clone(),
            workspaces: Vec::new(),
        }));
    };
    let edit = ConnectionEdit {
        name: Some(name).filter(|name| *name != saved.name),
        authorization_id: authorized.cloned(),
        ..ConnectionEdit::default()
    };
    (edit != ConnectionEdit::default()).then_some(SaveRequest::Edit(edit))
}

async fn send(intent: SaveRequest, saved: Option<Connection>) -> Result<Connection, CallError> {
    match (intent, saved) {
        (SaveRequest::Create(new), _) => call::<CreateConnection>(&(), &new).await,
        (SaveRequest::Edit(edit), Some(saved)) => {
            call_if_match::<EditConnection>(&saved.id, &edit, saved.version).await
        }
        (SaveRequest::Edit(_), None) => unreachable!("an edit is made from a connection that was read"),
    }
}

/// The form. If somebody else changed the connection meanwhile, `on_reload` loads it again. It gets the typed name,
/// which comes back as `typed`.
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
    let mutation = Mutation::new();
    let flow = AuthorizationFlow::begin(saved.as_ref().map(|saved| saved.id.clone()));
    let draft = CredentialDraft::begin(saved.as_ref());
    let presentation = presentation(draft, saved.as_ref());
    let new = saved.is_none();
    let may_rename = saved.as_ref().is_none_or(|saved| Lifecycle::may_manage(saved.may_manage));
    let read = StoredValue::new(saved.clone());
    forget_what_was_asked_otherwise(flow, draft);

    let request = Memo::new(move |_| {
        let authorized = flow.state.with(|state| match state {
            AuthorizationState::Authorized(authorization) => Some(authorization.id.clone()),
            _ => None,
        });
        read.with_value(|saved| save_request(&name.get(), authorized.as_ref(), saved.as_ref()))
    });
    let reload = Callback::new(move |()| on_reload.run(Some(name.get_untracked())));
    Effect::new(move |_| {
        let pending = flow.state.with(|state| state.id().is_some());
        navigation.set_unsaved(pending || draft.touched() || name.with(|name| *name != untouched));
    });
    on_cleanup(move || navigation.set_unsaved(false));

    let granted = RwSignal::new(Vec::new());
    let save = move |()| {
        let Some(mut request) = request.get_untracked() else { return };
        if let SaveRequest::Create(new) = &mut request {
            new.workspaces = granted.get_untracked();
        }
        let reauthorized = matches!(&request, SaveRequest::Edit(ConnectionEdit { authorization_id: Some(_), .. }));
        let saving = async move {
            let connection = send(request, read.get_value()).await?;
            // Called even if the screen was left meanwhile.
            lifecycle.saved(&connection);
            Ok(connection)
        };
        mutation.run(saving, move |connection| {
            flow.saved();
            navigation.set_unsaved(false);
            flags.done(format!("Saved {}", isolated(connection.name.as_str())));
            // The overview offers to revert a reauthorization.
            let overview = Route::Connection(connection.id, Tab::Overview);
            navigation.go(&if reauthorized { overview } else { Route::Connections }.path());
        });
    };
    let name_error = Signal::derive(move || name_error(&name.get(), left.get(), mutation.error().as_ref()));
    // A refusal of the name is shown until the name is changed.
    Effect::new(move |before: Option<String>| {
        let now = name.get();
        if before.is_some_and(|before| before != now) {
            let error = untrack(|| mutation.error());
            if error.as_ref().and_then(CallError::code) == Some(ProblemCode::NameTaken) {
                mutation.clear();
            }
        }
        now
    });
    let chosen = Memo::new(move |_| draft.destination().is_some());
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
            {move || when(chosen.get(), || view! { <AuthorizeBox flow saved=saved.clone() presentation /> }.into_any())}
            {move || mutation.error().map_or_else(|| ().into_any(), |error| refusal(error, reload))}
            <div class="buttons">
                <Button look=Look::Primary on_press=save busy=mutation.busy() disabled=Signal::derive(move || request.get().is_none())>
                    {move || save_words(presentation.destination.get())}
                </Button>
                <Link to=Route::Connections.path() class=Look::Subtle.class()>"Back to connections"</Link>
            </div>
        </section>
    }
}

/// How an existing credential can be used again, except for Cloud OAuth 2.0, which has none of its own.
fn presentation(draft: CredentialDraft, saved: Option<&Connection>) -> Presentation {
    let brought = saved.is_some_and(|saved| saved.kind != Kind::CloudOauth2 && saved.credential.is_some());
    let navigation = use_navigation();
    if brought && navigation.param("credentials") == "new" {
        navigation.set_query("");
        draft.fresh.set(true);
    }
    Presentation {
        destination: Signal::derive(move || draft.destination().unwrap_or_default()),
        request: Callback::new(move |()| draft.request()),
        fresh: brought.then_some(draft.fresh),
    }
}

/// Cancels an authorization as soon as the form differs from what it was started with.
fn forget_what_was_asked_otherwise(flow: AuthorizationFlow, draft: CredentialDraft) {
    Effect::new(move |_| {
        let other = draft.differs_from_what_was_asked();
        if other && flow.state.with_untracked(|state| state.is_under_way() || state.id().is_some()) {
            flow.cancel();
        }
    });
}

/// The form for new credentials, while they are entered.
fn credentials(draft: CredentialDraft, new: bool) -> AnyView {
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

/// The error of the name field: what the edge refused or, once the field was left, why the name is invalid.
fn name_error(name: &str, left: bool, refused: Option<&CallError>) -> Option<String> {
    match refused {
        Some(CallError::Refused(problem)) if problem.code == ProblemCode::NameTaken => {
            Some(format!("{} {}", problem.detail, problem.remedy))
        }
        _ => Name::parse(name).err().filter(|_| left).map(|error| error.to_string()),
    }
}

/// Shown after an edit conflict was reloaded: the saved name, and that *Save* replaces it by the typed one.
fn loaded_again(now: &str) -> AnyView {
    view! {
        <p class="notice" role="status">
            {format!("Loaded again. The connection is now called {}. ", isolated(now))}
            "The name that you wrote is below: Save puts it in its place."
        </p>
    }
    .into_any()
}

/// A refused *Save*. The form keeps what was typed. After an edit conflict the person reloads; nothing is overwritten.
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
        assert_eq!(save_request("Staging", None, None), None);
        assert_eq!(save_request("  ", Some(&authorized), None), None);
        let new =
            NewConnection { name: named("Staging"), authorization_id: authorized.clone(), workspaces: Vec::new() };
        assert_eq!(save_request(" Staging ", Some(&authorized), None), Some(SaveRequest::Create(new)));
    }

    #[test]
    fn an_edit_sends_only_what_changed_and_nothing_if_nothing_did() {
        let authorized = AuthorizationId::parse("aut_1").expect("an id");
        assert_eq!(save_request("Staging ", None, Some(&saved())), None);
        let renamed = ConnectionEdit { name: Some(named("Production")), ..ConnectionEdit::default() };
        assert_eq!(save_request("Production", None, Some(&saved())), Some(SaveRequest::Edit(renamed)));
        let reauthorized = ConnectionEdit { authorization_id: Some(authorized.clone()), ..ConnectionEdit::default() };
        assert_eq!(save_request("Staging", Some(&authorized), Some(&saved())), Some(SaveRequest::Edit(reauthorized)));
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
