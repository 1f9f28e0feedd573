//! The form for the verification code that Jira shows after the approval.

use api::{AuthorizationId, Failure, VerificationCode, VerifyAuthorization};
use leptos::{ev, prelude::*};

use super::authorization_flow::AuthorizationFlow;
use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        copy_button::CopyButton,
        field::TextField,
        focus,
        icon::Icon,
        mutation::Mutation,
    },
};

/// The id of the field.
const FIELD: &str = "verification-code";

/// The address to open, and the field for the code. `refused` says why Jira refused the code that is in the field.
#[component]
pub(super) fn VerificationCodeForm(
    flow: AuthorizationFlow,
    id: AuthorizationId,
    approve_url: String,
    refused: Option<Failure>,
) -> impl IntoView {
    let code = flow.code;
    let tried = RwSignal::new(false);
    if refused.is_some() {
        request_animation_frame(|| focus(FIELD));
    }
    let refused = StoredValue::new(refused.map(|failure| {
        let words = format!("{} {}", failure.message, failure.remedy);
        (code.get_untracked(), words)
    }));
    let mutation = Mutation::new();
    let id = StoredValue::new(id);
    let verify = move |()| {
        tried.set(true);
        let code = code.get_untracked().trim().to_owned();
        if code.is_empty() {
            focus(FIELD);
        }
        if code.is_empty() || mutation.busy().get_untracked() {
            return;
        }
        let id = id.get_value();
        let verifying = async move { call::<VerifyAuthorization>(&id, &VerificationCode { code }).await };
        mutation.run(verifying, move |authorization| flow.update(authorization));
    };
    let error = Signal::derive(move || {
        let is_refused = |code: &String| {
            refused.with_value(|refused| refused.clone().filter(|(tried, _)| tried == code).map(|(_, words)| words))
        };
        if tried.get() && code.with(|code| code.trim().is_empty()) {
            return Some("Paste the verification code.".to_owned());
        }
        code.with(is_refused)
    });
    let enter = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            verify(());
        }
    };
    view! {
        <p>"Open the address, sign in to Jira and choose " <em>"Allow"</em> ". Jira then shows a verification code: copy it."</p>
        <p>
            <a href=approve_url.clone() target="_blank" rel="noopener noreferrer">
                "Open Jira" {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
            </a>
        </p>
        <p class="subtle"><code>{approve_url.clone()}</code></p>
        <CopyButton text=approve_url what="Copy address" />
        <div on:keydown=enter>
            <TextField
                id=FIELD
                label="Verification code"
                help="Paste it as Jira shows it."
                value=code
                error
                on_leave=|()| ()
            />
        </div>
        {mutation.failure()}
        <div class="buttons"><Button look=Look::Primary on_press=verify busy=mutation.busy()>"Verify"</Button></div>
    }
}
