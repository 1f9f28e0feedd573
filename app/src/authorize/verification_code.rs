//! The code that Jira shows after the approval: open, allow, copy, paste, verify.

use api::{AuthorizationId, VerificationCode, VerifyAuthorization};
use leptos::{prelude::*, task::spawn_local};

use super::course::Course;
use crate::{
    client::{CallError, call},
    ui::{
        button::{Button, Look},
        copy_button::CopyButton,
        failure::failure_beside,
        field::TextField,
        icon::Icon,
    },
};

/// Asks for the code.
#[component]
pub(super) fn AskForCode(course: Course, id: AuthorizationId, approve_url: String) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<CallError>);
    let verify = move |()| {
        tried.set(true);
        let pasted = code.get_untracked().trim().to_owned();
        if pasted.is_empty() || busy.get_untracked() {
            return;
        }
        let id = id.clone();
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = call::<VerifyAuthorization>(&id, &VerificationCode { code: pasted }).await;
            busy.try_set(false);
            match answer {
                Ok(told) => course.told(told),
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
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
        {move || failure_beside(failed.get())}
        <div class="buttons"><Button look=Look::Primary on_press=verify busy=busy>"Verify"</Button></div>
    }
    .into_any()
}
