//! What is asked about somebody who becomes a member: the e-mail address, and the role.

use api::ProblemCode;
use leptos::prelude::*;

use crate::ui::{
    button::{Button, Look},
    choice::choice,
    field::{TextField, focus_first_error},
    mutation::Mutation,
};

/// What is entered, and how adding goes.
#[derive(Clone, Copy)]
pub(crate) struct MembershipForm {
    email: RwSignal<String>,
    issue_tracking: RwSignal<bool>,
    /// Whether the person has pressed *Add*: from then on, what is missing is an error.
    tried: RwSignal<bool>,
    /// The request.
    pub(crate) mutation: Mutation,
}

impl MembershipForm {
    pub(crate) fn new() -> Self {
        Self {
            email: RwSignal::new(String::new()),
            issue_tracking: RwSignal::new(false),
            tried: RwSignal::new(false),
            mutation: Mutation::new(),
        }
    }

    /// Whether what is missing is an error by now.
    pub(super) fn was_tried(self) -> bool {
        self.tried.get()
    }

    /// The address and the role, with `more` that is needed; nothing if a part is missing, which then has the focus.
    pub(crate) fn entered<T>(self, more: Option<T>) -> Option<(String, bool, T)> {
        self.tried.set(true);
        let email = self.email.get_untracked().trim().to_owned();
        let more = more.filter(|_| !email.is_empty());
        if more.is_none() {
            focus_first_error();
        }
        more.map(|more| (email, self.issue_tracking.get_untracked(), more))
    }

    /// The form. `more` is asked between the address and the role.
    pub(crate) fn view(self, more: AnyView, on_add: Callback<()>, on_cancel: Callback<()>) -> AnyView {
        let Self { email, issue_tracking, mutation, .. } = self;
        let is_missing = move || self.was_tried() && email.with(|email| email.trim().is_empty());
        let error = Signal::derive(move || {
            let missing = || is_missing().then(|| "Enter an e-mail address.".to_owned());
            mutation.refused(ProblemCode::InvalidRequest).or_else(missing)
        });
        view! {
            <TextField
                id="member-email"
                label="E-mail"
                help="The address that the person signs in with. They need not have signed in before."
                value=email
                error
                on_leave=|()| ()
            />
            {more}
            <div class="field">
                {choice(
                    "Issue tracking: may edit projects, review errors and reauthorize".into_any(),
                    false,
                    Callback::new(move |ticked| issue_tracking.set(ticked)),
                )}
            </div>
            {mutation.failure_except(ProblemCode::InvalidRequest)}
            <div class="buttons">
                <Button on_press=on_cancel>"Cancel"</Button>
                <Button look=Look::Primary submits=true on_press=on_add busy=mutation.busy()>"Add"</Button>
            </div>
        }
        .into_any()
    }
}
