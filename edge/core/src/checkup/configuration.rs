//! Checks that everything is configured that calls need.

use api::Finding;

use crate::{
    checkup::step_result::StepResult,
    configuration::{Atlassian, Configuration},
};

/// What calls need: Atlassian's addresses, our client there, and the sealing keys.
pub(super) fn needed(configuration: &Configuration) -> Result<Atlassian<'_>, &Finding> {
    configuration.key_ring()?;
    configuration.atlassian()
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
    fn a_missing_value_is_named_and_the_operator_must_act() {
        let configuration = Configuration::read(|_| None);
        let judged = judge(needed(&configuration).err());
        assert_eq!((judged.outcome, judged.cause), (StepOutcome::Failed, None));
        assert!(judged.detail.contains("SEALING_KEYS"), "{}", judged.detail);
        assert_eq!(judge(None).outcome, StepOutcome::Passed);
    }
}
