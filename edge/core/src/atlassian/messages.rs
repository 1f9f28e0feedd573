//! Messages and remedies for each failure of an authorization.

use api::FailureCode;

/// Causeway failed. Who authorizes can only try again; the cause is in the operator's log.
const INTERNAL: (&str, &str) = (
    "Causeway could not finish the authorization because of a fault of its own.",
    "Authorize again. If it persists, tell the operator of Causeway.",
);

/// A value of the operator's configuration is missing or malformed.
const MISCONFIGURED: (&str, &str) = (
    "Causeway is not configured for this authorization.",
    "The operator of Causeway opens /healthz, which names the value, and corrects it. Then authorize again.",
);

/// The browser came back at the address of another server, or with another issuer.
const OTHER_SERVER: (&str, &str) = (
    "The answer came from another server than the one that you were sent to. Its code was sent nowhere.",
    "Authorize again. If it persists, tell the operator of Causeway: the Jira that you were sent to may be trying to obtain \
     an authorization for another one.",
);

/// Somebody else consented than whoever looks at the charts.
const OTHER_ACCOUNT: (&str, &str) = (
    "The consent came from another Atlassian account than the one that looks at the charts. Nothing was stored.",
    "Log in to Atlassian with the account that you use on the page, then choose Load chart again.",
);

pub(super) const fn of(code: FailureCode) -> (&'static str, &'static str) {
    match code {
        FailureCode::Denied => {
            ("Access was not granted: Cancel was chosen at Atlassian.", "Authorize again and choose Accept.")
        }
        FailureCode::Cancelled => ("The authorization was cancelled.", "Authorize again when you are ready."),
        FailureCode::Expired => ("Ten minutes have passed since this authorization was started.", "Authorize again."),
        FailureCode::OtherBrowser => (
            "The answer from Atlassian came back in another browser.",
            "Authorize again, and finish in the window that opens.",
        ),
        FailureCode::OtherServer => OTHER_SERVER,
        FailureCode::ProviderError => (
            "Atlassian reported an error instead of granting access.",
            "Authorize again. If it persists, give the details to the operator of Causeway.",
        ),
        FailureCode::CodeRefused => ("Atlassian refused the authorization code.", "Authorize again."),
        FailureCode::ClientRefused => (
            "Atlassian refuses Causeway's own client ID or secret.",
            "The operator of Causeway must correct ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET. Then authorize again.",
        ),
        FailureCode::ProviderUnavailable => {
            ("Atlassian did not answer as expected.", "Wait a moment, then authorize again.")
        }
        FailureCode::NoRefreshToken => (
            "Atlassian gave access for one hour only, without a way to renew it.",
            "The operator of Causeway must enable the scope offline_access for the app. Then authorize again.",
        ),
        FailureCode::NoSite => (
            "The consent covers no Jira site: the account has access to none, or none was chosen.",
            "Authorize again with an account that has access to a Jira site, and choose that site. An Atlassian administrator gives access.",
        ),
        FailureCode::OtherSite => (
            "The consent covers another site than the one of this connection.",
            "Authorize again and choose the site of this connection.",
        ),
        FailureCode::OtherAccount => OTHER_ACCOUNT,
        FailureCode::IpAllowList => (
            "The site's IP allowlist refuses calls from Causeway.",
            "An Atlassian administrator must add Causeway's addresses to the site's IP allowlist. Then authorize again.",
        ),
        FailureCode::Unknown(_) => ("The authorization did not work.", "Authorize again."),
        FailureCode::AddressRefused => (
            "The address is not a public one that may be called.",
            "Use the public https address of the Jira instance.",
        ),
        FailureCode::InstanceUnreachable => (
            "The Jira instance does not answer as Jira does.",
            "Check the address, and that Jira can be reached from the internet. Then try again.",
        ),
        FailureCode::LinkUnknown => (
            "Jira does not know this client ID or consumer key, or refuses the client secret.",
            "Compare the values with the application link in Jira, correct them and authorize again.",
        ),
        FailureCode::SignatureInvalid => (
            "Jira does not accept the signature: its application link has another public key, or a reverse proxy changes the address.",
            "Put this connection's public key into the application link, and check that the proxy passes the base URL on.",
        ),
        FailureCode::ClockSkew => (
            "Jira's clock and Causeway's are too far apart.",
            "The operator of the Jira site must correct its clock. Then authorize again.",
        ),
        FailureCode::TokenRefused => {
            ("Jira refused the request token: it was used, has expired, or is another one.", "Authorize again.")
        }
        FailureCode::CodeWrong => {
            ("Jira refused the verification code.", "Begin again, and copy the whole code that Jira shows.")
        }
        FailureCode::PasswordRefused => (
            "Jira refuses this password or token.",
            "Check it, and the user name or e-mail address if there is one. After several failures Jira may ask for a CAPTCHA: sign in to Jira in a browser before you try again.",
        ),
        FailureCode::CaptchaRequired => (
            "Jira asks for a CAPTCHA after too many failed logins.",
            "Sign in to Jira once in a browser as this user and solve the CAPTCHA. Then try again.",
        ),
        FailureCode::BasicDisabled => (
            "Jira has Basic authentication switched off.",
            "Use OAuth 2.0 or a personal access token. Or a Jira administrator switches Basic authentication on.",
        ),
        FailureCode::TokenExpired => ("The token has expired.", "Create a new token in Jira, then try again with it."),
        FailureCode::Anonymous => (
            "Jira answered without looking at the credential.",
            "Check the name and the password or token, and that Jira allows this way to sign in.",
        ),
        FailureCode::ScopeRefused => (
            "The incoming link in Jira does not allow what was asked for.",
            "A Jira administrator must give the incoming link this permission, or ask for less.",
        ),
        FailureCode::BasicNotAllowed => (
            "Basic authentication for Jira Cloud is switched off in this Causeway.",
            "Connect the site with OAuth 2.0.",
        ),
        FailureCode::Internal => INTERNAL,
        FailureCode::Misconfigured => MISCONFIGURED,
        FailureCode::SiteRefused => (
            "The site does not let this account call Jira.",
            "Check that the account can open Jira on this site and that the app is allowed there. Then authorize again.",
        ),
    }
}
