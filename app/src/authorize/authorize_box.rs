//! The *Authorize* box: the status of the connection, the button, and the result of an authorization.

use api::{Authorization, Connection, Failure, Oauth1Progress, State};
use leptos::{html, prelude::*};

use super::{
    authorization_flow::AuthorizationFlow,
    authorization_state::{AuthorizationState, PopupState},
    facts::{changes, clock_time, fact, not_granted, who_and_where},
    presentation::{Destination, Presentation},
    steps::steps,
    waiting::{progress, waiting_for},
};
use crate::ui::{
    button::{Button, Look},
    failure::{FailurePanel, details},
    focus,
    icon::Icon,
    isolated,
    learn_more::learn_more,
    lozenge::Tone,
    moment::in_full,
    when,
};

/// The box, for `saved` or, without it, for a new connection.
#[component]
pub(crate) fn AuthorizeBox(
    flow: AuthorizationFlow,
    saved: Option<Connection>,
    presentation: Presentation,
) -> impl IntoView {
    let verdict = {
        let saved = saved.clone();
        move || flow.state.with(|state| verdict(state, saved.as_ref(), presentation.destination.get()))
    };
    let verdict = Memo::new(move |_| verdict());
    let saved = StoredValue::new(saved);
    let kept = KeptHeight::of(flow);
    keep_focus(flow);
    view! {
        <section class=move || format!("authorize {}", verdict.get().0.class()) aria-labelledby="authorize-title">
            <h2 class="authorize-title" id="authorize-title">
                {move || verdict.get().0.icon().view()}
                <span aria-live="polite">{move || verdict.get().1}</span>
            </h2>
            <div node_ref=kept.content style:min-height=move || kept.style()>
                {move || body(flow, presentation.destination.get(), flow.state.get(), saved)}
            </div>
            <div class="buttons">
                {move || saved.with_value(|saved| buttons(flow, presentation, saved.as_ref(), kept))}
            </div>
        </section>
    }
}

/// Keeps the height of the content while an authorization is under way: the box does not shrink, so nothing comes to lie
/// under the pointer that has just pressed *Authorize*.
#[derive(Clone, Copy)]
struct KeptHeight {
    content: NodeRef<html::Div>,
    /// In CSS pixels.
    height: RwSignal<Option<i32>>,
}

impl KeptHeight {
    fn of(flow: AuthorizationFlow) -> Self {
        let height = RwSignal::new(None);
        Effect::new(move |_| {
            if !flow.state.with(AuthorizationState::is_under_way) {
                height.set(None);
            }
        });
        Self { content: NodeRef::new(), height }
    }

    /// Must be called before the content changes.
    fn keep(self) {
        self.height.set(self.content.get_untracked().map(|content| content.offset_height()));
    }

    fn style(self) -> Option<String> {
        self.height.get().map(|height| format!("{height}px"))
    }
}

/// The box's colour and title. An authorization that failed changes nothing about a connection that has a credential.
fn verdict(state: &AuthorizationState, saved: Option<&Connection>, destination: Destination) -> (Tone, &'static str) {
    match state {
        AuthorizationState::Failed(..) | AuthorizationState::Refused(_) if has_credential(saved) => {
            verdict(&AuthorizationState::None, saved, destination)
        }
        AuthorizationState::None => match saved.map(|connection| connection.status.state()) {
            Some(State::Unauthorized) if saved.is_some_and(|connection| connection.status.since().is_none()) => {
                (Tone::Neutral, "Not authorized yet")
            }
            Some(State::Authorized) => (Tone::Success, "Authorized"),
            Some(State::Interrupted) => (Tone::Warning, "Interrupted"),
            Some(State::Deactivated) => (Tone::Neutral, "Deactivated"),
            Some(State::Unauthorized) => (Tone::Danger, "Unauthorized"),
            Some(State::Unknown(_)) => (Tone::Neutral, "Unknown"),
            None => (Tone::Neutral, "Not authorized"),
        },
        AuthorizationState::Starting if destination == Destination::Atlassian => (Tone::Neutral, "Opening Atlassian…"),
        AuthorizationState::Starting => (Tone::Neutral, "Asking Jira…"),
        AuthorizationState::Waiting(waiting) if !waiting.sites.is_empty() => (Tone::Neutral, "Choose a site"),
        AuthorizationState::Waiting(waiting) if waiting.popup == PopupState::Blocked => {
            (Tone::Warning, "The new window was blocked")
        }
        AuthorizationState::Waiting(_) if destination == Destination::Atlassian => {
            (Tone::Neutral, "Waiting for Atlassian…")
        }
        AuthorizationState::Waiting(_) => (Tone::Neutral, "Waiting for Jira…"),
        AuthorizationState::Authorized(_) => (Tone::Success, "Authorized"),
        AuthorizationState::Failed(..) => (Tone::Danger, "Unauthorized"),
        AuthorizationState::Refused(_) => (Tone::Danger, "Not started"),
    }
}

/// Whether the connection goes on with the credential that it has.
fn has_credential(saved: Option<&Connection>) -> bool {
    saved.is_some_and(|connection| connection.status.state() != State::Unauthorized)
}

fn body(
    flow: AuthorizationFlow,
    destination: Destination,
    state: AuthorizationState,
    saved: StoredValue<Option<Connection>>,
) -> AnyView {
    match state {
        AuthorizationState::None => {
            let before = saved.get_value().filter(|connection| connection.draft.is_none());
            before.map_or_else(|| introduction(destination), standing)
        }
        AuthorizationState::Starting if destination.opens_window() => progress("A new window opens."),
        AuthorizationState::Starting => progress("Jira is asked."),
        AuthorizationState::Waiting(waiting) => waiting_for(flow, destination, waiting),
        AuthorizationState::Authorized(authorization) => authorized(*authorization, destination),
        AuthorizationState::Failed(failure, oauth1) => {
            match saved.get_value().filter(|connection| has_credential(Some(connection))) {
                Some(connection) => unchanged(connection, *failure),
                None => failed(*failure, oauth1),
            }
        }
        AuthorizationState::Refused(error) => {
            let before = saved.get_value().filter(|connection| has_credential(Some(connection)));
            view! { {before.map(standing)} <FailurePanel error /> }.into_any()
        }
    }
}

fn buttons(
    flow: AuthorizationFlow,
    presentation: Presentation,
    saved: Option<&Connection>,
    kept: KeptHeight,
) -> AnyView {
    // Whether it was authorized before.
    let ever = saved.is_some_and(|connection| connection.draft.is_none());
    let destination = presentation.destination.get();
    let authorize = move |()| {
        if let Some((kind, credential)) = presentation.request.run(()) {
            kept.keep();
            flow.authorize(destination, kind, credential);
        }
    };
    let window = move || when(destination.opens_window(), opens_window);
    let (under_way, none, lost) = flow.state.with(|state| {
        let lost = matches!(state, AuthorizationState::Waiting(waiting) if is_lost(waiting.popup));
        (state.is_under_way(), matches!(state, AuthorizationState::None), lost)
    });
    if under_way {
        // A second click on *Authorize* does nothing: it is in the same place, and busy.
        let first = if lost {
            view! { <Button id="authorize" on_press=authorize>"Open again" {window()}</Button> }.into_any()
        } else {
            view! { <Button id="authorize" on_press=|()| () busy=true>"Authorizing…"</Button> }.into_any()
        };
        return view! { {first} <Button look=Look::Subtle on_press=move |()| flow.cancel()>"Cancel"</Button> }
            .into_any();
    }
    let again = !none || ever;
    let look = if again { Look::Default } else { Look::Primary };
    let fresh = presentation.fresh.is_some_and(|fresh| fresh.get());
    let words = match (ever, destination) {
        _ if fresh && destination != Destination::JiraWithCode => "Authorize",
        (true, _) if presentation.fresh.is_some() && !fresh => "Reauthorize with existing credentials",
        (_, Destination::JiraWithCode) => "Generate URL",
        (true, _) => "Reauthorize",
        (false, _) if again => "Authorize again",
        (false, _) => "Authorize",
    };
    // Enter in a field authorizes what is entered, and saves what is authorized or has a credential already.
    let submits = (fresh || !ever) && !flow.state.with(|state| matches!(state, AuthorizationState::Authorized(_)));
    let other = presentation.fresh.map(|which| {
        let words = if fresh { "Use the existing credentials" } else { "Reauthorize with new credentials" };
        let turn = move |()| {
            flow.cancel();
            which.set(!fresh);
        };
        view! { <Button id="other-credentials" on_press=turn>{words}</Button> }.into_any()
    });
    view! {
        <Button id="authorize" look=look on_press=authorize submits=submits>{words} {window()}</Button>
        {other}
    }
    .into_any()
}

/// Whether the pop-up is out of sight, so that opening it again can help.
const fn is_lost(popup: PopupState) -> bool {
    matches!(popup, PopupState::Lost | PopupState::Blocked)
}

/// Announces that the button opens a window.
fn opens_window() -> AnyView {
    view! { {Icon::External.view()} <span class="assistive">" (opens a new window)"</span> }.into_any()
}

/// When a change removes the focused button, the focus goes to the button in its place.
fn keep_focus(flow: AuthorizationFlow) {
    Effect::new(move |before: Option<bool>| {
        let under_way = flow.state.with(AuthorizationState::is_under_way);
        if before.is_some_and(|before| before != under_way) {
            request_animation_frame(focus_button_if_lost);
        }
        under_way
    });
}

fn focus_button_if_lost() {
    let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if lost {
        focus("authorize");
    }
}

/// What will happen, before there is a connection.
fn introduction(destination: Destination) -> AnyView {
    let what = match destination {
        Destination::Atlassian => {
            "Causeway asks Atlassian for access to one Jira site. You sign in to Atlassian in a new window and choose the site there."
        }
        Destination::Jira => "Causeway asks Jira for access. You sign in to Jira in a new window and allow it there.",
        Destination::JiraWithCode => {
            "Causeway asks Jira for access. Jira gives an address, where you allow it and get a code to paste here."
        }
        Destination::Nowhere => {
            "Causeway asks Jira once who this is. A credential that Jira refuses is not tried again."
        }
    };
    view! {
        <p>{what}</p>
        <p class="subtle">"Use the account whose rights the connection should have."</p>
    }
    .into_any()
}

/// The status of a connection, while no authorization is under way.
fn standing(connection: Connection) -> AnyView {
    let cause = connection.status.cause().map(|cause| {
        // The edge's words are written for this connection; without them those for the cause in general stand.
        let words = match &connection.diagnosis {
            Some(diagnosis) => format!("{} {} ", diagnosis.why, diagnosis.remedy),
            None => format!("{} {} ", cause.sentence(), cause.remedy()),
        };
        view! { <p>{words} {learn_more(cause.help_path())}</p> }.into_any()
    });
    let when = connection.authorized_at.map(|at| fact("Authorized", in_full(at)));
    let horizon = connection.reauthorize_before.map(|at| fact("Reauthorize before", in_full(at)));
    view! {
        {cause}
        <dl class="facts">{who_and_where(connection.site, connection.account, &connection.scopes)} {when} {horizon}</dl>
    }
    .into_any()
}

fn authorized(authorization: Authorization, destination: Destination) -> AnyView {
    let done = authorization.oauth1.map(|progress| steps(progress.step, false));
    let address = authorization.site.as_ref().map(|site| site.url.clone()).unwrap_or_default();
    view! {
        {done}
        <dl class="facts">{who_and_where(authorization.site, authorization.account, &authorization.scopes)}</dl>
        {not_granted(&authorization.missing_scopes)}
        {authorization.changes.map(|what| changes(what, &address))}
        <p class="authorize-unsaved">"Not saved yet. It is kept until " {clock_time(authorization.expires_at)} ": choose " <em>{save_words(destination)}</em> "."</p>
    }
    .into_any()
}

/// The words on the save button. With a verification code, saving is the last of several steps.
pub(crate) const fn save_words(destination: Destination) -> &'static str {
    if matches!(destination, Destination::JiraWithCode) { "Complete connection" } else { "Save" }
}

/// A failed authorization of a connection that goes on as before: what it has, and beneath it what did not work.
fn unchanged(connection: Connection, failure: Failure) -> AnyView {
    let goes_on = match (connection.status.state(), &connection.account) {
        (State::Authorized, Some(account)) => format!("The connection keeps working as {}.", isolated(&account.name)),
        (State::Authorized, None) => "The connection keeps working as before.".to_owned(),
        _ => "The connection stays as it was.".to_owned(),
    };
    view! {
        {standing(connection)}
        <section class="notice notice-warning" role="alert">
            <p><strong>"The new authorization did not work: "</strong> {failure.message}</p>
            <p>{failure.remedy} " " {learn_more(failure.code.help_path())}</p>
            {failure.details.map(details)}
            <p><strong>{goes_on}</strong></p>
        </section>
    }
    .into_any()
}

fn failed(failure: Failure, oauth1: Option<Oauth1Progress>) -> AnyView {
    view! {
        {oauth1.map(|progress| steps(progress.step, true))}
        <div role="alert"><p>{failure.message}</p><p>{failure.remedy} " " {learn_more(failure.code.help_path())}</p></div>
        {failure.details.map(details)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use api::FailureCode;

    use super::*;

    fn connection(status: &str) -> Connection {
        let json = format!(
            r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{status},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}}"#
        );
        serde_json::from_str(&json).expect("a connection")
    }

    fn failed_as(status: Option<&str>) -> (Tone, &'static str) {
        let failure =
            Failure { code: FailureCode::OtherSite, message: String::new(), remedy: String::new(), details: None };
        let state = AuthorizationState::Failed(Box::new(failure), None);
        verdict(&state, status.map(connection).as_ref(), Destination::Atlassian)
    }

    #[test]
    fn a_failed_reauthorization_does_not_paint_a_working_connection_red() {
        assert_eq!(failed_as(Some(r#"{"state":"authorized"}"#)), (Tone::Success, "Authorized"));
        let off = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        assert_eq!(failed_as(Some(off)), (Tone::Neutral, "Deactivated"));
    }

    #[test]
    fn a_failed_authorization_of_what_has_no_credential_reads_unauthorized() {
        assert_eq!(failed_as(None), (Tone::Danger, "Unauthorized"));
        let never = r#"{"state":"unauthorized","cause":null,"since":null}"#;
        assert_eq!(failed_as(Some(never)), (Tone::Danger, "Unauthorized"));
        let none = verdict(&AuthorizationState::None, Some(&connection(never)), Destination::Atlassian);
        assert_eq!(none, (Tone::Neutral, "Not authorized yet"));
    }
}
