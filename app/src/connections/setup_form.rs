//! The form that sets up a connection, new or existing: its name, its authorization, *Save* and *Save for later*.

use api::{Cause, Connection, Kind, Name, ProblemCode, State};
use leptos::{ev, prelude::*};

use super::{lifecycle::Lifecycle, save_request::waits_for, setup_state::SetupState};
use crate::{
    authorize::{AuthorizationFlow, AuthorizeBox, Presentation, save_words},
    client::CallError,
    context::expect_context,
    credentials::{CredentialDraft, CredentialForm, WhereJiraRuns},
    navigation::{Link, use_navigation},
    route::Route,
    session::CurrentSession,
    ui::{
        button::{Button, Look},
        choice::choice,
        failure::FailurePanel,
        field::TextField,
        focus, isolated,
        learn_more::learn_more,
        rescue_focus, when,
    },
    workspaces::WorkspaceChoices,
};

/// The form. If somebody else changed the connection meanwhile, `on_reload` loads it again. It gets the typed name,
/// which comes back as `typed`.
#[component]
pub(super) fn SetupForm(
    saved: Option<Connection>,
    typed: Option<String>,
    #[prop(into)] on_reload: Callback<Option<String>>,
) -> impl IntoView {
    let untouched = saved.as_ref().map(|saved| saved.name.to_string()).unwrap_or_default();
    let kept = typed.filter(|typed| *typed != untouched);
    let loaded = kept.as_ref().map(|_| loaded_again(&untouched));
    let state = SetupState::begin(saved.as_ref(), kept.unwrap_or_else(|| untouched.clone()));
    let SetupState { flow, draft, name, left, mutation, .. } = state;
    let presentation = presentation(draft, saved.as_ref());
    let new = saved.is_none();
    let first = state.was_never_authorized();
    let session: CurrentSession = expect_context();
    // Only administrators may have an address looked at.
    let may_choose = first && untrack(|| session.is_administrator());
    let may_rename = saved.as_ref().is_none_or(|saved| Lifecycle::may_manage(saved.may_manage));
    forget_what_was_asked_otherwise(flow, draft);
    state.suggest_name();
    state.clear_refusals();
    state.guard_changes(untouched);
    let reload = Callback::new(move |()| on_reload.run(Some(name.get_untracked())));
    let name_error = Signal::derive(move || name_error(&name.get(), left.get(), mutation.error().as_ref()));
    let chosen = Memo::new(move |_| draft.destination().is_some());
    let may_resync = saved.as_ref().is_some_and(is_resynced);
    Effect::new(move |_| {
        if state.resynced.get() {
            on_reload.run(None);
        }
    });
    view! {
        <form
            class="section setup-form in-order"
            aria-label="Setup"
            novalidate
            on:submit=|event: ev::SubmitEvent| event.prevent_default()
        >
            {loaded}
            {when(may_rename, || view! { <TextField
                id="name"
                label="Name"
                help="The name of the Jira instance, for example Staging or Production. If you authorize first, the site's name is filled in."
                value=name
                error=name_error
                on_leave=move |()| left.set(true)
            /> }.into_any())}
            {when(may_choose, || view! { <WhereJiraRuns draft /> }.into_any())}
            {when(!first, || view! { <h2>"Status"</h2> }.into_any())}
            {credentials(draft, first)}
            {when(new, || view! { <WorkspaceChoices choice=state.workspaces /> }.into_any())}
            {move || when(chosen.get(), || view! { <AuthorizeBox flow saved=saved.clone() presentation /> }.into_any())}
            {when(may_resync, || resync_all(&state))}
            {move || mutation.error().map_or_else(|| ().into_any(), |error| refusal(error, reload))}
            {buttons(&state, presentation)}
        </form>
    }
}

/// Whether all tasks can be resynced: while the connection is authorized or interrupted.
fn is_resynced(saved: &Connection) -> bool {
    let works = matches!(saved.status.state(), State::Authorized | State::Interrupted);
    works && saved.draft.is_none() && Lifecycle::may_manage(saved.may_manage)
}

/// *Resync all tasks*, which *Save* carries out.
fn resync_all(state: &SetupState) -> AnyView {
    let resync = state.resync;
    view! {
        <fieldset class="field">
            <legend>"Tasks"</legend>
            {choice("Resync all tasks".into_any(), resync, Callback::new(move |ticked| resync.set(ticked)))}
            <p class="field-help">
                "Save then compares every task of the projects that use this connection with its issue, and carries over what one \
                 side changed. Where both changed, a person chooses. " {learn_more("/help/tasks/#resync".to_owned())}
            </p>
        </fieldset>
    }
    .into_any()
}

/// *Save*, which says what it waits for, and *Save for later*.
fn buttons(state: &SetupState, presentation: Presentation) -> AnyView {
    let state = *state;
    let words = move || save_words(presentation.destination.get());
    let waits = move || waits_for(&state.missing(), words());
    let busy = state.mutation.busy();
    let later = move || {
        when(state.may_be_kept(), || {
            let keep = move |()| state.save_for_later(Route::Connections.path());
            view! { <Button on_press=keep busy described_by=KEPT>"Save for later"</Button> }.into_any()
        })
    };
    let kept = move || {
        let secret = if state.draft.has_secret() { " The secret that you typed is not kept." } else { "" };
        let words =
            format!("Save for later keeps everything but secrets, for you or somebody else to continue.{secret}");
        when(state.may_be_kept(), || {
            view! { <p class="field-help" id=KEPT>{words} " " {learn_more("/help/ways-to-connect/#later".to_owned())}</p> }
                .into_any()
        })
    };
    view! {
        <div class="buttons">
            <Button look=Look::Primary on_press=move |()| state.save() busy submits=true described_by=WAITS>
                {words}
            </Button>
            {later}
            <Link to=Route::Connections.path() class=Look::Subtle.class()>"Back to connections"</Link>
        </div>
        <p class="field-help" id=WAITS>{waits}</p>
        {kept}
    }
    .into_any()
}

/// The id of what *Save* waits for.
const WAITS: &str = "save-waits-for";
/// The id of what *Save for later* keeps.
const KEPT: &str = "save-for-later-keeps";

/// How an existing credential can be used again, except for Cloud OAuth 2.0, which has none of its own.
fn presentation(draft: CredentialDraft, saved: Option<&Connection>) -> Presentation {
    let brought = saved.is_some_and(|saved| saved.kind != Kind::CloudOauth2 && saved.credential.is_some());
    let usable = saved.is_some_and(has_something_to_try);
    let navigation = use_navigation();
    let asked = navigation.param("credentials") == "new";
    if brought && asked {
        navigation.set_query("");
    }
    if brought && (asked || !usable) {
        draft.fresh.set(true);
    }
    Presentation {
        destination: Signal::derive(move || draft.destination().unwrap_or_default()),
        request: Callback::new(move |()| draft.request()),
        fresh: (brought && usable).then_some(draft.fresh),
    }
}

/// Whether the credential that the connection has can be tried again. Links and keys can; a password or token only if it
/// was not refused and has not ended.
fn has_something_to_try(saved: &Connection) -> bool {
    let refused = [Cause::CredentialRefused, Cause::PasswordRefused, Cause::TokenExpired];
    let is_over = saved.status.state() == State::Unauthorized;
    saved.credential.is_some()
        && (saved.kind != Kind::Basic
            || !(is_over || saved.status.cause().is_some_and(|cause| refused.contains(&cause))))
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
        Some(ProblemCode::NameTaken | ProblemCode::WorkspaceRequired) => ().into_any(),
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

    #[test]
    fn a_name_is_faulted_when_the_field_was_left_or_the_edge_says_so() {
        assert_eq!(name_error("", false, None), None);
        assert_eq!(name_error("", true, None).as_deref(), Some("Enter a name."));
        let taken = Problem::new(ProblemCode::NameTaken, "Another connection is called Staging.", "req_1");
        let told = name_error("Staging", false, Some(&CallError::Refused(Box::new(taken))));
        assert_eq!(told.as_deref(), Some("Another connection is called Staging. Choose another name."));
    }

    #[test]
    fn a_credential_that_jira_refuses_is_not_offered_to_be_tried_again() {
        let offered = |kind: &str, status: &str| {
            let json = r#"{"id":"con_1","name":"Staging","kind":"KIND","site":null,"status":STATUS,"account":null,"scopes":[],
                "created_at":"2026-01-01T00:00:00Z","authorized_at":null,"last_activity_at":"2026-01-01T00:00:00Z",
                "reauthorize_before":null,"version":3,"credential":{"kind":"later"}}"#;
            let connection = json.replace("KIND", kind).replace("STATUS", status);
            has_something_to_try(&serde_json::from_str(&connection).expect("a connection"))
        };
        let interrupted = |cause: &str| {
            r#"{"state":"interrupted","cause":"CAUSE","since":"2026-01-01T00:00:00Z"}"#.replace("CAUSE", cause)
        };
        let over = r#"{"state":"unauthorized","cause":"password_refused","since":"2026-01-01T00:00:00Z"}"#;
        assert!(offered("basic", r#"{"state":"authorized"}"#));
        assert!(offered("basic", &interrupted("site_unreachable")));
        assert!(!offered("basic", &interrupted("credential_refused")));
        assert!(!offered("basic", over));
        assert!(offered("oauth1", over), "the key and the link are still there");
    }
}
