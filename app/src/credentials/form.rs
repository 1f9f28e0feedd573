//! The form of a credential: the same few fields, labelled as the chosen method calls them, in the order of the work.

use api::{BasicForm, DataCenterScope, Kind};
use leptos::prelude::*;

use super::{
    draft::CredentialDraft,
    guide::{ShareGuide, steps},
    rsa_key::SigningKey,
    validation::{AuthMethod, CredentialField, completed, identity_name, may_expire, secret_name},
};
use crate::ui::{choice::radio, field::TextField, icon::Icon, when};

/// The form for the chosen method; nothing for Cloud OAuth 2.0.
#[component]
pub(crate) fn CredentialForm(draft: CredentialDraft) -> impl IntoView {
    let form = move || match draft.method.get() {
        Some(method) if method.0 != Kind::CloudOauth2 => form(draft, method),
        _ => ().into_any(),
    };
    view! { {form} }
}

fn form(draft: CredentialDraft, method: AuthMethod) -> AnyView {
    let guided = matches!(method.0, Kind::DataCenterOauth2 | Kind::Oauth1);
    let is_oauth1 = method.0 == Kind::Oauth1;
    // The guide of OAuth 1.0a shows the consumer key and the public key; that of OAuth 2.0 ends with the client ID.
    let (before, after) = if is_oauth1 { (true, false) } else { (false, true) };
    view! {
        {warning(method)}
        {when(draft.may_move, || address(draft))}
        {when(before, || identity(draft, method).into_any())}
        {when(is_oauth1, || view! { <SigningKey draft /> }.into_any())}
        {when(method.0 == Kind::DataCenterOauth2, || view! { {scopes(draft)} {shared_redirect_url(draft)} }.into_any())}
        {when(guided, || guide(draft))}
        {where_tokens_are_made(draft, method)}
        {when(after, || identity(draft, method).into_any())}
        {secret(draft, method)}
        {when(may_expire(method), || expiry(draft))}
        {when(is_oauth1, || approval(draft))}
    }
    .into_any()
}

/// The address of the existing site, which can be changed.
fn address(draft: CredentialDraft) -> AnyView {
    view! {
        <TextField
            id=CredentialField::Address.id()
            label="Address of Jira"
            help="Change it only if this Jira has moved. The new credential, and every call, goes to this address."
            value=draft.address
            error=draft.error_in(CredentialField::Address)
            on_leave=move |()| draft.address.update(|address| *address = completed(address))
            kind="url"
        />
    }
    .into_any()
}

fn identity(draft: CredentialDraft, method: AuthMethod) -> Option<AnyView> {
    let help = match method.0 {
        Kind::Oauth1 => {
            "One word that you choose: letters, digits, - and _. The application link in Jira has the same."
        }
        Kind::DataCenterOauth2 => "Jira shows it at the end of the steps above.",
        _ => "Of the account whose rights the connection should have.",
    };
    let (value, error, id) =
        (draft.identity, draft.error_in(CredentialField::Identity), CredentialField::Identity.id());
    let field = |label| view! { <TextField id label help value error on_leave=|()| () /> }.into_any();
    identity_name(method).map(field)
}

fn secret(draft: CredentialDraft, method: AuthMethod) -> Option<AnyView> {
    let help = "It is sealed and never shown again, here or anywhere.";
    let (value, error, id) = (draft.secret, draft.error_in(CredentialField::Secret), CredentialField::Secret.id());
    let field = |label| view! { <TextField id label help value error on_leave=|()| () kind="password" /> }.into_any();
    secret_name(method).map(field)
}

/// A link to the page where the token is made.
fn where_tokens_are_made(draft: CredentialDraft, (_, form): AuthMethod) -> AnyView {
    let link = move |words: &'static str, address: String| {
        view! {
            <p>
                <a href=address target="_blank" rel="noopener noreferrer">
                    {words} {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
                </a>
            </p>
        }
        .into_any()
    };
    match form {
        Some(BasicForm::ApiToken) => link("Create an API token at Atlassian", API_TOKENS.to_owned()),
        Some(BasicForm::ScopedApiToken) => link("Create an API token with scopes at Atlassian", API_TOKENS.to_owned()),
        Some(BasicForm::PersonalAccessToken) => {
            let page = move || {
                link("Create a personal access token in Jira", format!("{}{ACCESS_TOKENS}", draft.address.get()))
            };
            view! { {page} }.into_any()
        }
        Some(BasicForm::Password) | None => ().into_any(),
    }
}

/// Where people make API tokens. Source: Atlassian, *Manage API tokens for your Atlassian account*.
const API_TOKENS: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";
/// Where people make personal access tokens, below Jira's address. Source: Atlassian, *Using personal access tokens*: the
/// tab of the profile.
const ACCESS_TOKENS: &str =
    "/secure/ViewProfile.jspa?selectedTab=com.atlassian.pats.pats-plugin:jira-user-personal-access-tokens";

fn expiry(draft: CredentialDraft) -> AnyView {
    view! {
        <TextField
            id=CredentialField::Expires.id()
            label="Expires on (optional)"
            help="The day that Jira showed when the token was created. Causeway then warns in good time."
            value=draft.expires
            error=draft.error_in(CredentialField::Expires)
            on_leave=|()| ()
            kind="date"
            optional=true
        />
    }
    .into_any()
}

/// A warning about methods whose secret can do more than the connection needs.
fn warning((_, form): AuthMethod) -> Option<AnyView> {
    let words = match form? {
        BasicForm::ApiToken => {
            "This token can do everything that its account can. Atlassian wants apps that serve customers to use OAuth 2.0: use a token only for your own organization, and look at your organization's rules first."
        }
        BasicForm::ScopedApiToken => {
            "Atlassian wants apps that serve customers to use OAuth 2.0: use a token only for your own organization, and look at your organization's rules first."
        }
        BasicForm::Password => {
            "A password can do everything that its user can, and every wrong one counts towards a CAPTCHA. Use an account made for this, or a personal access token."
        }
        BasicForm::PersonalAccessToken => return None,
    };
    Some(view! { <p class="notice notice-warning">{words}</p> }.into_any())
}

fn scopes(draft: CredentialDraft) -> AnyView {
    let choice = move |scope: DataCenterScope, words: &'static str| {
        let chosen = Signal::derive(move || draft.scope.get() == scope);
        radio("scope", words.into_any(), chosen, false, Callback::new(move |()| draft.scope.set(scope)))
    };
    view! {
        <fieldset class="field">
            <legend>"Permission of the link"</legend>
            {choice(DataCenterScope::Read, "View projects and issues (READ)")}
            {choice(DataCenterScope::Write, "View, create and edit them (WRITE)")}
            {choice(DataCenterScope::Admin, "Administer Jira as well (ADMIN)")}
        </fieldset>
    }
    .into_any()
}

/// A warning about a redirect URL that other sites share. The right one is in the guide.
fn shared_redirect_url(draft: CredentialDraft) -> AnyView {
    let renew = "The incoming link in Jira has an older redirect URL, which other sites share. A Jira administrator changes it to the one below before you authorize.";
    when(draft.shares_redirect_url, || view! { <p class="notice notice-warning">{renew}</p> }.into_any())
}

/// How the approval comes back to Causeway.
fn approval(draft: CredentialDraft) -> AnyView {
    let choice = move |by_code: bool, words: &'static str| {
        let chosen = Signal::derive(move || draft.by_code.get() == by_code);
        radio("approval", words.into_any(), chosen, false, Callback::new(move |()| draft.by_code.set(by_code)))
    };
    view! {
        <fieldset class="field">
            <legend>"After the approval, Jira"</legend>
            {choice(false, "Sends you back here by itself")}
            {choice(true, "Shows a verification code, which you paste here. For when somebody else approves, or Jira cannot send you back.")}
        </fieldset>
    }
    .into_any()
}

fn guide(draft: CredentialDraft) -> AnyView {
    view! {
        <details class="details" open>
            <summary>"What to enter in Jira, step by step"</summary>
            {move || steps(&draft.guide())}
            <ShareGuide draft />
        </details>
    }
    .into_any()
}
