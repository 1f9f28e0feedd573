//! The three steps of OAuth 1.0a, and their progress.

use api::Oauth1Step;
use leptos::prelude::*;

use crate::ui::icon::Icon;

const STEPS: [(Oauth1Step, &str, &str); 3] = [
    (Oauth1Step::RequestToken, "Request token", "Causeway asks Jira for a request token, signed with the key."),
    (Oauth1Step::Approval, "Approval", "You allow it in Jira."),
    (Oauth1Step::AccessToken, "Access token", "Jira gives Causeway a token for calls."),
];

/// The steps. Step `at` is under way or, if `failed`, has failed.
pub(super) fn steps(at: Oauth1Step, failed: bool) -> AnyView {
    let line = |(step, name, what): (Oauth1Step, &'static str, &'static str)| {
        let (icon, tone, state) = match step {
            _ if step < at => (Icon::Success, "tone-success", "done"),
            _ if step > at => (Icon::Nothing, "tone-neutral", "to come"),
            _ if failed => (Icon::Failure, "tone-danger", "failed"),
            _ => (Icon::Nothing, "tone-neutral", "under way"),
        };
        view! {
            <li aria-current=(step == at).then_some("step")>
                <span class=format!("lozenge {tone}")>{icon.view()} {name} ": " {state}</span>
                <br />
                <span class="subtle">{what}</span>
            </li>
        }
        .into_any()
    };
    view! { <ol class="steps" aria-label="Steps">{STEPS.map(line).into_iter().collect::<Vec<_>>()}</ol> }.into_any()
}
