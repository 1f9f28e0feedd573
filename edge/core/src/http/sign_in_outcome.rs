//! What becomes of a person whom the provider authenticated: a session, or a page that says whom to ask.

use api::ProblemCode;
use axum::{extract::Request, response::Response};
use http::{StatusCode, header};

use crate::{
    http::{
        Edge, Platform, cookies,
        failure::RequestFailure,
        openid::Person,
        page,
        request_id::RequestId,
        sign_in::{not_ours, redirect},
    },
    organization::{CheckNeeds, Needs, OpenSession, Opened},
    ports::Level,
    secrets::{Secret, SecretUse},
};

impl<P: Platform> Edge<P> {
    async fn is_signed_in(&self, request: &Request) -> bool {
        let Ok((edge, caller)) = self.clone().for_caller(request.headers()).await else { return false };
        edge.send_as(&caller, &CheckNeeds { needs: Needs::AnySession }).await.is_ok()
    }

    /// Another tab has finished this sign-in: a browser that is signed in already needs no second session.
    pub(super) async fn finished_already(&self, request: &Request) -> Result<Response, RequestFailure> {
        if self.is_signed_in(request).await { Ok(redirect("/", &[])) } else { Err(not_ours()) }
    }

    /// Opens a session for a person with access (303), or says why there is none (403).
    pub(super) async fn open_session(
        &self,
        request: &Request,
        person: Person,
        state: &Secret,
        return_to: &str,
    ) -> Result<Response, RequestFailure> {
        let session = self.issue(SecretUse::Credential).await?;
        let email = person.email.clone();
        let open = OpenSession {
            state: state.digest(),
            account: person.account,
            email: person.email,
            name: person.name,
            session: session.digest(),
            replaces: cookies::secret(request.headers(), cookies::SESSION).map(|old| old.digest()),
        };
        match self.send(&open).await? {
            Opened::Signed(_) => {
                let set = cookies::set(cookies::SESSION, &session, cookies::SESSION_SECONDS);
                Ok(redirect(return_to, &[(header::SET_COOKIE, set)]))
            }
            Opened::Stranger { ask } => Ok(no_access(&email, &self.whom_to_ask(&ask), self.support())),
            Opened::OtherAccount { ask } => {
                let id = RequestId::of(request);
                self.platform.log(Level::Info, "sign_in.account_changed", &[("request", &id.0)]);
                Ok(other_account(&email, &self.whom_to_ask(&ask), self.support(), &id))
            }
            Opened::Spent => self.finished_already(request).await,
        }
    }

    fn support(&self) -> Option<&str> {
        self.configuration.operator().support_url.as_deref()
    }

    /// Names the administrators, if the operator wants strangers to see their addresses.
    fn whom_to_ask(&self, administrators: &[String]) -> String {
        if self.configuration.shows_admins() {
            format!("Ask an administrator: {}.", administrators.join(", "))
        } else {
            "Ask an administrator of Causeway in your organization.".to_owned()
        }
    }
}

/// Where to continue if this account may not sign in.
pub(super) const ANOTHER_ACCOUNT: (&str, &str) = ("Sign in with another account", "/sign-in?prompt=select_account");

/// For a person who has no access. `ask` says whom to ask, `support` where the operator is.
fn no_access(email: &str, ask: &str, support: Option<&str>) -> Response {
    let page = page::Page {
        title: "You have no access yet",
        message: &format!("You are signed in as {email}, but nobody has given this address access to Causeway."),
        remedy: &format!("{ask} If you have another account, sign in with that one."),
        code: Some(ProblemCode::NoAccess),
        request: None,
        next: Some(ANOTHER_ACCOUNT),
        support,
        closes: false,
    };
    page::write(StatusCode::FORBIDDEN, &page)
}

/// For a person whose address belongs to a member with another account. `ask` says whom to ask.
fn other_account(email: &str, ask: &str, support: Option<&str>, id: &RequestId) -> Response {
    let page = page::Page {
        title: ProblemCode::AccountChanged.title(),
        message: &format!("Whoever has the address {email} in Causeway signed in with another account before."),
        remedy: &format!(
            "If that was you, sign in with the account from then. If your account or your address is new, somebody has to \
             release it. {ask}"
        ),
        code: Some(ProblemCode::AccountChanged),
        request: Some(&id.0),
        next: Some(ANOTHER_ACCOUNT),
        support,
        closes: false,
    };
    page::write(StatusCode::FORBIDDEN, &page)
}
