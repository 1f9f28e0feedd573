//! Checks that everything is configured that calls need.

use api::{CredentialShown, Finding, SHARED_CALLBACK_PATH};

use crate::{
    checkup::step_result::StepResult,
    configuration::{Atlassian, Configuration},
};

/// What calls need: Atlassian's addresses, our client there, and the sealing keys.
pub(super) fn needed(configuration: &Configuration) -> Result<Atlassian<'_>, &Finding> {
    configuration.key_ring()?;
    configuration.atlassian()
}

/// The redirect address of an incoming link. Sites that share one can pass the answer of another server off as their own
/// (RFC 9700, section 4.4), so a link that was registered with the shared one should be renewed.
pub(super) fn judge_link(link: Option<&CredentialShown>) -> StepResult {
    match link {
        Some(CredentialShown::DataCenterOauth2 { callback_path, .. }) if callback_path == SHARED_CALLBACK_PATH => {
            StepResult::advised(
                "Everything that calls need is configured. The incoming link in Jira has a redirect URL that other sites \
                 share.",
                "Choose Reauthorize with new credentials under Setup. It shows a redirect URL of this site's own: a Jira \
                 administrator enters it into the incoming link. Then authorize with the link's client ID and secret. \
                 Until then everything works as before.",
            )
        }
        _ => judge(None),
    }
}

/// The app at Atlassian, which works with the shared callback URL as well.
pub(super) fn judge_app(configuration: &Configuration) -> StepResult {
    match configuration.advice().into_iter().next() {
        Some(advice) => StepResult::advised(
            advice.message,
            "The operator of Causeway should change this. Nobody needs to reauthorize, and until then everything works.",
        ),
        None => judge(None),
    }
}

/// A finding names the setting and never contains its value.
pub(super) fn judge(finding: Option<&Finding>) -> StepResult {
    match finding {
        None => StepResult::passed("Everything that calls need is configured."),
        Some(finding) => StepResult::flawed(
            finding.message.clone(),
            "The operator of Causeway must correct this value. Nobody needs to reauthorize.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;

    use super::*;

    #[test]
    fn a_link_or_app_with_the_shared_redirect_address_works_and_is_told_to_be_renewed() {
        let link = |callback_path: &str| {
            let callback_path = callback_path.to_owned();
            judge_link(Some(&CredentialShown::DataCenterOauth2 {
                client_id: "c".into(),
                scopes: vec![],
                callback_path,
            }))
        };
        let app = |path: &'static str| {
            judge_app(&Configuration::read(|name| (name == "ATLASSIAN_CALLBACK_PATH").then(|| path.to_owned())))
        };
        for old in [link("/oauth/callback"), app(""), app("/oauth/callback")] {
            assert_eq!(old.outcome, StepOutcome::Passed);
            assert!(old.remedy.is_some(), "{old:?}");
        }
        for own in
            [link("/oauth/callback/data-center/jira.example.com"), app("/oauth/callback/cloud"), judge_link(None)]
        {
            assert_eq!(own, judge(None));
        }
    }

    #[test]
    fn a_missing_value_is_named_and_the_operator_must_act() {
        let configuration = Configuration::read(|_| None);
        let judged = judge(needed(&configuration).err());
        assert_eq!((judged.outcome, judged.cause), (StepOutcome::Failed, None));
        assert!(judged.detail.contains("SEALING_KEYS"), "{}", judged.detail);
        assert_eq!(judge(None).outcome, StepOutcome::Passed);
    }
}
