//! Many connections that fail for one reason, told as one story.

use std::collections::BTreeMap;

use crate::{Account, Cause, Connection, ConnectionId, Site, Timestamp};

/// So many connections that fail alike are one message instead of as many.
const MANY: usize = 3;
/// A consent that was removed ends every connection of its account within this time, in milliseconds: an hour. What ended
/// longer apart has reasons of its own.
const ONE_INCIDENT: i64 = 3_600_000;

/// One reason and all the connections that it stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The reason.
    pub cause: Cause,
    /// Whom or what it concerns.
    pub about: About,
    /// When the first of the connections failed.
    pub since: Timestamp,
    /// The connections, in the order given.
    pub connections: Vec<ConnectionId>,
}

/// Whom or what a story concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A connection that fails: why, and since when.
type Member<'a> = (&'a Connection, Cause, Timestamp);

/// What a connection's failure has in common with others.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shared {
    Everything,
    Site(String),
    Account(String),
}

/// Puts connections that fail for one reason together: three and more by a reason that concerns all of Atlassian or one
/// site; two and more whose one account's consent ended within an hour. Connections that were deleted tell no story.
pub fn stories(connections: &[Connection]) -> Vec<Story> {
    let mut groups: BTreeMap<(Shared, &'static str), Vec<Member<'_>>> = BTreeMap::new();
    for connection in connections {
        if let Some((shared, cause, since)) = failure(connection) {
            groups.entry((shared, cause.sentence())).or_default().push((connection, cause, since));
        }
    }
    let parts = groups.into_iter().flat_map(|((shared, _), members)| match shared {
        Shared::Account(_) => incidents(members),
        _ => vec![members],
    });
    let mut told: Vec<Story> = parts.filter_map(|members| story(&members)).collect();
    told.sort_by_key(|story| story.since);
    told
}

fn failure(connection: &Connection) -> Option<(Shared, Cause, Timestamp)> {
    if connection.deleted.is_some() {
        return None;
    }
    let (cause, since) = (connection.status.cause()?, connection.status.since()?);
    let shared = match cause {
        Cause::AtlassianUnreachable | Cause::ClientRefused | Cause::RateLimited | Cause::Unsealable => {
            Shared::Everything
        }
        Cause::IpAllowList | Cause::SiteUnreachable => Shared::Site(connection.site.as_ref()?.cloud_id.clone()),
        Cause::GrantRefused => Shared::Account(connection.account.as_ref()?.account_id.clone()),
        // Each has a reason of its own.
        Cause::RotationLost | Cause::SiteRefused | Cause::SiteGone | Cause::ScopesMissing | Cause::Unknown => {
            return None;
        }
    };
    Some((shared, cause, since))
}

/// Parts what ended more than an hour apart.
fn incidents(mut members: Vec<Member<'_>>) -> Vec<Vec<Member<'_>>> {
    members.sort_by_key(|(_, _, since)| *since);
    let mut parts: Vec<Vec<Member<'_>>> = Vec::new();
    for member in members {
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|last| member.2.since(last.2) <= ONE_INCIDENT) => part.push(member),
            _ => parts.push(vec![member]),
        }
    }
    parts
}

fn story(members: &[Member<'_>]) -> Option<Story> {
    let (first, cause, _) = members.first()?;
    let about = match cause {
        Cause::GrantRefused => About::Account(first.account.clone()?),
        Cause::IpAllowList | Cause::SiteUnreachable => About::Site(first.site.clone()?),
        _ => About::Everything,
    };
    let enough = if matches!(about, About::Account(_)) { 2 } else { MANY };
    let since = members.iter().map(|(_, _, since)| *since).min()?;
    let connections = members.iter().map(|(connection, ..)| connection.id.clone()).collect();
    (members.len() >= enough).then_some(Story { cause: *cause, about, since, connections })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Deleted, Kind, Name, Status};

    const START: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn connection(number: u32, site: &str, account: &str, status: Status) -> Connection {
        Connection {
            id: ConnectionId::parse(format!("con_{number}")).expect("an id"),
            name: Name::parse(&format!("Connection {number}")).expect("a name"),
            kind: Kind::CloudOauth2,
            site: Some(Site { cloud_id: site.into(), name: site.into(), url: String::new(), avatar_url: None }),
            status,
            account: Some(Account { account_id: account.into(), name: account.into(), email: None }),
            scopes: Vec::new(),
            created_at: START,
            authorized_at: None,
            last_activity_at: START,
            reauthorize_before: None,
            checked_at: None,
            missing_scopes: Vec::new(),
            deleted: None,
            revert_until: None,
            revert_to: None,
            version: 1,
        }
    }

    fn interrupted(cause: Cause) -> Status {
        Status::Interrupted { cause, since: START }
    }

    fn ended(minutes: i64) -> Status {
        let since = Some(START.plus_seconds(minutes * 60));
        Status::Unauthorized { cause: Some(Cause::GrantRefused), since, by: None }
    }

    fn sizes(connections: &[Connection]) -> Vec<(Cause, usize)> {
        stories(connections).into_iter().map(|story| (story.cause, story.connections.len())).collect()
    }

    #[test]
    fn four_connections_of_a_removed_consent_are_one_story() {
        let four: Vec<_> = (0..4).map(|n| connection(n, &format!("site-{n}"), "ada", ended(i64::from(n)))).collect();
        let told = stories(&four);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].cause, told[0].since, told[0].connections.len()), (Cause::GrantRefused, START, 4));
        assert!(told[0].sentence().starts_with("ada: Atlassian ended this authorization"));
    }

    #[test]
    fn what_ended_at_other_times_or_for_other_accounts_is_another_story() {
        let apart = [
            connection(1, "a", "ada", ended(0)),
            connection(2, "a", "ada", ended(30)),
            connection(3, "a", "ada", ended(600)),
            connection(4, "a", "max", ended(0)),
        ];
        assert_eq!(sizes(&apart), [(Cause::GrantRefused, 2)]);
    }

    #[test]
    fn atlassian_looks_down_when_three_sites_say_so() {
        let down = |n| connection(n, &format!("site-{n}"), "ada", interrupted(Cause::AtlassianUnreachable));
        assert!(stories(&[down(1), down(2)]).is_empty(), "two may be chance");
        let told = stories(&[down(1), down(2), down(3)]);
        assert_eq!(
            (told[0].about.clone(), told[0].sentence()),
            (About::Everything, "Atlassian looks down.".to_owned())
        );
    }

    #[test]
    fn an_allow_list_is_one_sites_story() {
        let refused = |n, site: &str| connection(n, site, "ada", interrupted(Cause::IpAllowList));
        let told = stories(&[refused(1, "a"), refused(2, "a"), refused(3, "a"), refused(4, "b")]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].connections.len(), 3);
        assert_eq!(told[0].sentence(), "a: The site's IP allowlist refuses calls from Causeway.");
    }

    #[test]
    fn what_works_was_deleted_or_fails_for_its_own_reason_tells_no_story() {
        let deleted = Deleted { at: START, by: "Ada".into(), purge_at: START };
        let down = interrupted(Cause::AtlassianUnreachable);
        let mut many: Vec<_> = (0..3).map(|n| connection(n, "a", "ada", down.clone())).collect();
        for connection in &mut many {
            connection.deleted = Some(deleted.clone());
        }
        many.extend((3..6).map(|n| connection(n, "a", "ada", Status::Authorized)));
        many.extend((6..9).map(|n| connection(n, "a", "ada", interrupted(Cause::SiteGone))));
        assert!(stories(&many).is_empty());
    }
}
