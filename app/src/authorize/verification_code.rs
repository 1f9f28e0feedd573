//! The form for the verification code that Jira shows after the approval.

use api::{AuthorizationId, VerificationCode, VerifyAuthorization};
use leptos::prelude::*;

use super::authorization_flow::AuthorizationFlow;
use crate::{
    client::call,
    ui::{
        button::{Button, Look},
        copy_button::CopyButton,
        field::TextField,
        icon::Icon,
        mutation::Mutation,
    },
};

/// The address to open, and the field for the code.
#[component]
pub(super) fn VerificationCodeForm(flow: AuthorizationFlow, id: AuthorizationId, approve_url: String) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let mutation = Mutation::new();
    let verify = move |()| {
        tried.set(true);
        let code = code.get_untracked().trim().to_owned();
        if code.is_empty() || mutation.busy().get_untracked() {
            return;
        }
        let id = id.clone();
        let verifying = async move { call::<VerifyAuthorization>(&id, &VerificationCode { code }).await };
        mutation.run(verifying, move |authorization| flow.update(authorization));
    };
    let error = Signal::derive(move || {
        (tried.get() && code.with(|code| code.trim().is_empty())).then(|| "Paste the verification code.".to_owned())
    });
    view! {
        <p>"Open the address, sign in to Jira and choose " <em>"Allow"</em> ". Jira then shows a verification code: copy it."</p>
        <p>
            <a href=approve_url.clone() target="_blank" rel="noopener noreferrer">
                "Open Jira" {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
            </a>
        </p>
        <p class="subtle"><code>{approve_url.clone()}</code></p>
        <CopyButton text=approve_url what="Copy address" />
        <TextField
            id="verification-code"
            label="Verification code"
            help="Paste it as Jira shows it."
            value=code
            error
            on_leave=|()| ()
        />
        {mutation.failure()}
        <div class="buttons"><Button look=Look::Primary on_press=verify busy=mutation.busy()>"Verify"</Button></div>
    }
}
