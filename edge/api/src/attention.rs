//! Connections that need attention, in the whole organization. Connections that fail for one reason are one story; the
//! others are listed one by one.

use serde::{Deserialize, Serialize};

use crate::{Account, Affected, Cause, Responsible, Site, Timestamp, endpoint::endpoints, words::words};

/// The connections that need attention. Each is in one story, or in the list of needs, never in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attention {
    /// Causes that several connections share, at most six. Those that a person must resolve come first.
    pub stories: Vec<Story>,
    /// Connections that need attention and are in no story, at most twenty, the most urgent first.
    pub needs: Vec<Need>,
    /// How many connections need attention from a person, including those of stories. A story without connections counts as
    /// one.
    pub total: u32,
    /// How many connections do not work and need nobody: they recover by themselves.
    pub waiting: u32,
    /// How many of all these connections are in neither list.
    pub more: u32,
}

/// One cause and the connections that fail because of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Story {
    /// The cause that the connections share.
    pub cause: Cause,
    /// The site or account that the cause concerns.
    pub about: About,
    /// When the first of the connections failed.
    pub since: Timestamp,
    /// What happened, in a few words without a full stop.
    pub headline: String,
    /// What happened and why, in a sentence or two.
    pub why: String,
    /// What to do about it, in a sentence or two.
    pub remedy: String,
    /// Who does it.
    pub who: Responsible,
    /// Where the operator of Causeway can be reached, where only the operator can help.
    pub support_url: Option<String>,
    /// The first ten of the connections, sorted by name.
    pub connections: Vec<Affected>,
    /// How many connections share the cause.
    pub total: u32,
}

/// The site or account that a story concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Atlassian as a whole, or Causeway itself: no one site and no one account.
    Everything,
    /// One Jira site.
    Site(Site),
    /// Several Jira sites that failed at about the same time.
    Sites(SeveralSites),
    /// One Atlassian account. All of the connections used its consent.
    Account(Account),
}

/// Several Jira sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeveralSites {
    /// The names of the first three sites, sorted.
    pub names: Vec<String>,
    /// How many sites there are.
    pub total: u32,
}

impl SeveralSites {
    /// How many sites there are, and their names, as far as they are known.
    pub fn title(&self) -> String {
        let (total, named) = (self.total, u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let more = if total > named { " and others" } else { "" };
        format!("{total} sites ({}{more})", self.names.join(", "))
    }
}

impl Story {
    /// Whom it concerns, and what happened, in a line.
    pub fn title(&self) -> String {
        let headline = &self.headline;
        match &self.about {
            About::Everything => headline.clone(),
            About::Site(site) => format!("{}: {headline}", site.name),
            About::Sites(sites) => format!("{}: {headline}", sites.title()),
            About::Account(account) => format!("{}: {headline}", account.name),
        }
    }

    /// What happened, in a sentence or two: whom it concerns, and why.
    pub fn sentence(&self) -> String {
        match &self.about {
            About::Everything if self.cause == Cause::AtlassianUnreachable => "Atlassian looks down.".to_owned(),
            About::Everything => self.why.clone(),
            About::Site(site) => format!("{}: {}", site.name, self.why),
            About::Sites(sites) => format!("{}: {}", sites.title(), self.why),
            About::Account(account) => format!("{}: {}", account.name, self.why),
        }
    }
}

/// A connection that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Need {
    /// The connection that needs attention.
    pub connection: Affected,
    /// Why it needs attention, in a sentence or two.
    pub why: String,
    /// What to do about it, in a sentence or two.
    pub remedy: String,
    /// Who does it.
    pub who: Responsible,
    /// What to do about it, as a word to match on.
    pub action: NeedAction,
}

words! {
    /// What a person must do about a connection.
    open NeedAction {}
    /// Authorize the connection again.
    Reauthorize = "reauthorize";
    /// Review what was not granted or has changed.
    Review = "review";
    /// Refresh the credential now, which postpones its end.
    Renew = "renew";
    /// Ask an administrator of the Atlassian site.
    AskAdministrator = "ask_administrator";
    /// Ask the operator of Causeway.
    AskOperator = "ask_operator";
    /// Look at the connection: this version does not know its cause.
    Look = "look";
    /// Nothing: it recovers by itself.
    Wait = "wait";
}

impl NeedAction {
    /// What resolves `cause`. `None`: it passes by itself, and nobody needs to do anything.
    pub const fn ending(cause: Cause) -> Option<Self> {
        match cause {
            Cause::AtlassianUnreachable | Cause::SiteUnreachable | Cause::RateLimited | Cause::Withheld => None,
            Cause::IpAllowList
            | Cause::SiteRefused
            | Cause::BasicDisabled
            | Cause::CredentialRefused
            | Cause::SignatureInvalid
            | Cause::ConsumerUnknown
            | Cause::ClockSkew => Some(Self::AskAdministrator),
            Cause::ClientRefused | Cause::Unsealable => Some(Self::AskOperator),
            Cause::ScopesMissing | Cause::SiteMoved | Cause::AddressRefused => Some(Self::Review),
            Cause::GrantRefused
            | Cause::RotationLost
            | Cause::SiteGone
            | Cause::PasswordRefused
            | Cause::CaptchaRequired
            | Cause::TokenExpired
            | Cause::OwnerDeactivated => Some(Self::Reauthorize),
            Cause::Unknown(_) => Some(Self::Look),
        }
    }
}

endpoints! {
    /// List connections that need attention.
    ///
    /// Connections that fail for one reason are one story; the others are listed one by one. Administrators.
    GetAttention: Get "/api/v1/attention" {
        answer: 200 Attention,
        problems: [],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConnectionId, Name};

    #[test]
    fn attention_on_the_wire_is_what_clients_were_promised() {
        // A change here breaks the app's banner and whoever watches this address.
        let id = ConnectionId::parse("con_1".to_owned()).expect("an id");
        let connection = Affected { id, name: Name::parse("Staging").expect("a name"), site: None };
        let about = About::Account(Account { account_id: "ada".into(), name: "Ada".into(), email: None });
        let since = Timestamp::from_millis(1_795_323_600_000);
        let (cause, connections) = (Cause::GrantRefused, vec![connection.clone()]);
        let (why, remedy, who) = ("W.".to_owned(), "R.".to_owned(), Responsible::Reauthorizer);
        let (headline, support_url) = ("H".to_owned(), None);
        let story = Story { cause, about, since, headline, why, remedy, who, support_url, connections, total: 4 };
        assert_eq!((story.title().as_str(), story.sentence().as_str()), ("Ada: H", "Ada: W."));
        let (who, action) = (Responsible::JiraAdministrator, NeedAction::AskAdministrator);
        let need = Need { connection, why: "W.".into(), remedy: "R.".into(), who, action };
        let shown = serde_json::json!({"id": "con_1", "name": "Staging", "site": null});
        let expected = serde_json::json!({
            "stories": [{
                "cause": "grant_refused", "about": {"account": {"account_id": "ada", "name": "Ada", "email": null}},
                "since": since, "headline": "H", "why": "W.", "remedy": "R.", "who": "reauthorizer", "support_url": null,
                "connections": [shown], "total": 4,
            }],
            "needs": [{
                "connection": shown, "why": "W.", "remedy": "R.", "who": "jira_administrator",
                "action": "ask_administrator",
            }],
            "total": 5, "waiting": 0, "more": 0,
        });
        let attention = Attention { stories: vec![story], needs: vec![need], total: 5, waiting: 0, more: 0 };
        assert_eq!(serde_json::to_value(&attention).ok(), Some(expected));
        assert_eq!(serde_json::to_value(About::Everything).ok(), Some("everything".into()));
        assert_eq!(serde_json::from_str::<NeedAction>("\"dance\"").ok(), Some(NeedAction::read("dance")));
    }

    #[test]
    fn sites_that_fail_together_are_named_and_the_rest_is_counted() {
        let title = |names: &[&str], total| {
            SeveralSites { names: names.iter().map(ToString::to_string).collect(), total }.title()
        };
        assert_eq!(title(&["Acme", "Beta"], 2), "2 sites (Acme, Beta)");
        assert_eq!(title(&["Acme", "Beta", "Gamma"], 9), "9 sites (Acme, Beta, Gamma and others)");
    }

    #[test]
    fn who_must_act_is_whom_the_remedy_names() {
        for cause in Cause::ALL {
            let (action, remedy) = (NeedAction::ending(*cause), cause.remedy());
            let named = match action {
                None => "No action needed",
                Some(NeedAction::AskAdministrator) if remedy.starts_with("A Jira") => "A Jira administrator must",
                Some(NeedAction::AskAdministrator) => "An Atlassian administrator must",
                // Their remedies begin with what to look at.
                Some(NeedAction::Review) if matches!(cause, Cause::SiteMoved | Cause::AddressRefused) => continue,
                Some(_) if *cause == Cause::CaptchaRequired => "Sign in to Jira in a browser",
                Some(NeedAction::AskOperator) => "The operator of Causeway must",
                Some(_) => "Reauthorize the connection",
            };
            assert!(remedy.starts_with(named), "{cause:?}: {remedy}");
        }
    }
}
