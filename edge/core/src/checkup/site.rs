//! Checks that the site still exists, and that the token has the required scopes there.

use api::{Cause, Site};
use http::StatusCode;

use crate::{
    atlassian::{AccessibleSite, is_jira_scope, read_sites},
    checkup::{EventsWanted, evidence::ProbeAnswer, step_result::StepResult},
    configuration::EVENTS_SCOPE,
};

/// Evaluates the response of accessible-resources. It also returns the site as Atlassian reports it now: the cloudId
/// stays, but name, address and avatar may have changed.
pub(super) fn judge(answer: &ProbeAnswer, known: &Site) -> (StepResult, Option<AccessibleSite>) {
    let unknown = |why: String| (StepResult::skipped(why), None);
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return unknown(format!("Skipped: Atlassian did not list the sites: {failure}.")),
    };
    if answer.status() != StatusCode::OK {
        return unknown(format!("Skipped: Atlassian did not list the sites ({}).", answer.status()));
    }
    let Some(sites) = read_sites(answer.body()) else {
        return unknown("Skipped: Atlassian's list of sites cannot be read.".to_owned());
    };
    match sites.into_iter().find(|site_reached| site_reached.site.key() == known.key()) {
        Some(site_reached) => (StepResult::passed(there(&site_reached.site, known)), Some(site_reached)),
        None => (StepResult::caused(Cause::SiteGone), None),
    }
}

/// Whether Atlassian lists no site at all for the account.
pub(super) fn is_empty(answer: &ProbeAnswer) -> bool {
    let listed = answer.as_ref().ok().filter(|answer| answer.status() == StatusCode::OK);
    listed.and_then(|answer| read_sites(answer.body())).is_some_and(|sites| sites.is_empty())
}

fn there(now: &Site, before: &Site) -> String {
    if (&now.name, &now.url) == (&before.name, &before.url) {
        format!("The site is there: {} ({}).", now.name, now.url)
    } else {
        format!("The site was renamed: it was {} ({}), it is {} ({}).", before.name, before.url, now.name, now.url)
    }
}

impl AccessibleSite {
    /// The scopes that a token really has: the Jira scopes that the site reports now (a later consent may have narrowed
    /// them), and the other `granted` scopes.
    pub(super) fn scopes_beside(&self, granted: &[String]) -> Vec<String> {
        let kept = granted.iter().filter(|scope| !is_jira_scope(scope) || self.scopes.contains(scope));
        let mut scopes: Vec<String> = kept.cloned().collect();
        scopes.extend(self.scopes.iter().filter(|scope| !granted.contains(scope)).cloned());
        scopes
    }
}

/// The required scopes that are missing. `granted` are those of the consent (empty if Atlassian did not say), `there`
/// the Jira scopes that the token has at the site now.
pub(super) fn missing_scopes(needed: &[&str], granted: &[String], there: Option<&[String]>) -> Vec<String> {
    let lacks = |have: &[String], scope: &str| !have.iter().any(|one| one == scope);
    let missing = |scope: &&&str| match there.filter(|_| is_jira_scope(scope)) {
        Some(there) => lacks(there, scope),
        None => !granted.is_empty() && lacks(granted, scope),
    };
    needed.iter().filter(missing).map(|scope| (*scope).to_owned()).collect()
}

/// Evaluates the missing scopes.
pub(super) fn judge_scopes(missing: &[String]) -> StepResult {
    if missing.is_empty() {
        StepResult::passed("Every scope that Causeway needs was granted.")
    } else {
        StepResult::failed(Cause::ScopesMissing, format!("Not granted: {}.", missing.join(", ")))
    }
}

/// What else is to be said of the scopes: whether Jira tells of changes. That it does not is no failure, because Causeway also
/// looks by itself.
pub(super) fn judge_events(judged: StepResult, lacks_scope: bool, wanted: &EventsWanted) -> StepResult {
    let StepResult { detail, .. } = judged;
    let looks = "Causeway looks for changes by itself, every 1 to 15 minutes.";
    match &wanted.refused {
        _ if lacks_scope => StepResult::advised(
            format!("{detail} Jira does not tell Causeway of changes: {EVENTS_SCOPE} was not granted. {looks}"),
            "Reauthorize the connection, so that changes in Jira are heard of within seconds.",
        ),
        Some(why) => StepResult::advised(
            format!("{detail} Jira does not tell Causeway of changes: \u{201c}{why}\u{201d} {looks}"),
            "Causeway asks again once a day. Jira allows an app five webhooks for each account in a site.",
        ),
        None if wanted.until.is_some() => StepResult::passed(format!("{detail} Jira tells Causeway of changes.")),
        None => StepResult::passed(format!("{detail} {looks}")),
    }
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;

    use super::*;
    use crate::{checkup::tests::answer, configuration::SCOPES, ports::HttpFailure};

    fn known() -> Site {
        Site {
            cloud_id: Some("one".into()),
            name: "Acme".into(),
            url: "https://acme.example".into(),
            avatar_url: None,
            version: None,
        }
    }

    fn listed(id: &str, name: &str) -> String {
        format!(r#"[{{"id":"{id}","name":"{name}","url":"https://{name}.example","scopes":["read:jira-work"]}}]"#)
    }

    #[test]
    fn a_site_is_known_by_its_cloud_id_whatever_its_name_is_now() {
        let (judged, site_reached) = judge(&Ok(answer(200, &listed("one", "apex"))), &known());
        assert_eq!(judged.outcome, StepOutcome::Passed);
        assert!(judged.detail.contains("it was Acme (https://acme.example), it is apex (https://apex.example)"));
        assert_eq!(site_reached.map(|site_reached| site_reached.site.name), Some("apex".to_owned()));
    }

    #[test]
    fn a_site_that_the_token_does_not_reach_is_gone() {
        for body in ["[]", &listed("two", "acme")] {
            assert_eq!(judge(&Ok(answer(200, body)), &known()).0.cause, Some(Cause::SiteGone), "{body}");
            assert_eq!(is_empty(&Ok(answer(200, body))), body == "[]");
        }
        assert!(!is_empty(&Ok(answer(503, "[]"))));
    }

    #[test]
    fn without_a_list_nothing_is_said_about_the_site() {
        for other in [Ok(answer(503, "")), Ok(answer(401, "")), Ok(answer(200, "<html>")), Err(HttpFailure::Timeout)] {
            let (judged, site_reached) = judge(&other, &known());
            assert_eq!((judged.outcome, judged.cause, site_reached), (StepOutcome::Skipped, None, None), "{other:?}");
        }
    }

    #[test]
    fn a_scope_is_missing_if_the_consent_or_the_site_lacks_it() {
        let all: Vec<String> = SCOPES.iter().map(ToString::to_string).collect();
        let of = |scopes: &[&str]| scopes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let jira = of(&["read:jira-work", "read:jira-user", "write:jira-work"]);
        assert!(missing_scopes(SCOPES, &all, Some(&jira)).is_empty());
        assert!(missing_scopes(SCOPES, &all, None).is_empty(), "the site was not heard");
        assert!(missing_scopes(SCOPES, &[], Some(&jira)).is_empty(), "Atlassian did not say what was granted");
        let narrowed = of(&["read:jira-work"]);
        assert_eq!(missing_scopes(SCOPES, &all, Some(&narrowed)), ["read:jira-user", "write:jira-work"]);
        assert_eq!(missing_scopes(SCOPES, &jira, Some(&jira)), ["offline_access", "read:me"]);
        assert_eq!(judge_scopes(&of(&["read:me"])).cause, Some(Cause::ScopesMissing));
    }

    #[test]
    fn that_jira_tells_of_no_changes_is_said_and_is_no_failure() {
        let wanted = |until, refused: Option<&str>| EventsWanted { until, refused: refused.map(str::to_owned) };
        let judged = |lacks, wanted| judge_events(judge_scopes(&[]), lacks, &wanted);
        for (step, words) in [
            (judged(true, wanted(None, None)), "manage:jira-webhook was not granted. Causeway looks"),
            (judged(false, wanted(None, Some("Five at most."))), "\u{201c}Five at most.\u{201d} Causeway looks"),
            (judged(false, wanted(Some(api::Timestamp::EPOCH), None)), "Jira tells Causeway of changes."),
        ] {
            assert_eq!((step.outcome, step.cause), (StepOutcome::Passed, None));
            assert!(step.detail.contains(words), "{}", step.detail);
        }
    }

    #[test]
    fn the_scopes_follow_the_site_in_both_directions() {
        let of = |scopes: &[&str]| scopes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let site_reached = AccessibleSite { site: known(), scopes: of(&["read:jira-work", "write:jira-work"]) };
        let before = of(&["read:jira-user", "read:jira-work", "offline_access"]);
        assert_eq!(site_reached.scopes_beside(&before), ["read:jira-work", "offline_access", "write:jira-work"]);
    }
}
