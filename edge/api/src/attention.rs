//! What needs a person, over the whole organization: many connections that fail for one reason as one story, the others
//! one by one.

use serde::{Deserialize, Serialize};

use crate::{Account, Affected, Cause, Site, Timestamp, endpoint::endpoints, words::words};

/// What needs a person, and what many would ask about. A connection is in one place only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attention {
    /// Reasons that several connections share, at most six; those that a person must end first.
    pub stories: Vec<Story>,
    /// What needs a person and is in no story, at most twenty, most urgent first.
    pub needs: Vec<Need>,
    /// How many connections need a person, those of stories included; a story that names none counts for one.
    pub total: u32,
    /// How many of these are in neither list.
    pub more: u32,
}

/// One reason and the connections that it stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Story {
    /// The reason.
    pub cause: Cause,
    /// Whom or what it concerns.
    pub about: About,
    /// When the first of the connections failed.
    pub since: Timestamp,
    /// The first ten of the connections, by name.
    pub connections: Vec<Affected>,
    /// How many there are.
    pub total: u32,
}

/// Whom or what a story concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Atlassian as a whole, or Causeway itself: no one site and no one account.
    Everything,
    /// One site.
    Site(Site),
    /// One Atlassian account, whose consent all of the connections shared.
    Account(Account),
}

impl Story {
    /// What happened, in a sentence or two: the cause, and whom it concerns.
    pub fn sentence(&self) -> String {
        match (&self.about, self.cause) {
            (About::Everything, Cause::AtlassianUnreachable) => "Atlassian looks down.".to_owned(),
            (About::Everything, cause) => cause.sentence().to_owned(),
            (About::Site(site), cause) => format!("{}: {}", site.name, cause.sentence()),
            (About::Account(account), cause) => format!("{}: {}", account.name, cause.sentence()),
        }
    }
}

/// A connection that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Need {
    /// The connection.
    pub connection: Affected,
    /// Why, in a sentence.
    pub why: String,
    /// What to do, in a sentence.
    pub remedy: String,
    /// What to do, in a word.
    pub action: NeedAction,
}

words! {
    /// What a person must do.
    open NeedAction {}
    /// Authorize it again.
    Reauthorize = "reauthorize";
    /// See what was not granted, and whether that is wanted.
    Review = "review";
    /// Refresh the credential now, which moves the horizon.
    Renew = "renew";
    /// Ask an administrator of the Atlassian site.
    AskAdministrator = "ask_administrator";
    /// Ask the operator of Causeway.
    AskOperator = "ask_operator";
    /// Look at the connection: this version does not know its cause.
    Look = "look";
}

impl NeedAction {
    /// What ends `cause`. `None`: it ends by itself, and nobody needs to do anything.
    pub const fn ending(cause: Cause) -> Option<Self> {
        match cause {
            Cause::AtlassianUnreachable | Cause::SiteUnreachable | Cause::RateLimited | Cause::Withheld => None,
            Cause::IpAllowList
            | Cause::SiteRefused
            | Cause::BasicDisabled
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
        let story = Story { cause, about, since, connections, total: 4 };
        assert!(story.sentence().starts_with("Ada: Atlassian ended this authorization"));
        let need = Need { connection, why: "W.".into(), remedy: "R.".into(), action: NeedAction::AskAdministrator };
        let shown = serde_json::json!({"id": "con_1", "name": "Staging", "site": null});
        let expected = serde_json::json!({
            "stories": [{
                "cause": "grant_refused", "about": {"account": {"account_id": "ada", "name": "Ada", "email": null}},
                "since": since, "connections": [shown], "total": 4,
            }],
            "needs": [{"connection": shown, "why": "W.", "remedy": "R.", "action": "ask_administrator"}],
            "total": 5, "more": 0,
        });
        let attention = Attention { stories: vec![story], needs: vec![need], total: 5, more: 0 };
        assert_eq!(serde_json::to_value(&attention).ok(), Some(expected));
        assert_eq!(serde_json::to_value(About::Everything).ok(), Some("everything".into()));
        assert_eq!(serde_json::from_str::<NeedAction>("\"dance\"").ok(), Some(NeedAction::read("dance")));
    }

    #[test]
    fn who_must_act_is_whom_the_remedy_names() {
        for cause in Cause::ALL {
            let (action, remedy) = (NeedAction::ending(*cause), cause.remedy());
            let named = match action {
                None => "Nothing for you to do",
                Some(NeedAction::AskAdministrator) if remedy.starts_with("A Jira") => "A Jira administrator must",
                Some(NeedAction::AskAdministrator) => "An Atlassian administrator must",
                // What Jira itself says is looked at first.
                Some(NeedAction::Review) if matches!(cause, Cause::SiteMoved | Cause::AddressRefused) => continue,
                Some(NeedAction::AskOperator) => "The operator of Causeway must",
                Some(_) => "Reauthorize the connection",
            };
            assert!(remedy.starts_with(named), "{cause:?}: {remedy}");
        }
    }
}
