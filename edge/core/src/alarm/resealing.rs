//! Reseals every secret that is sealed with a key of `SEALING_KEYS` other than the first, so that old keys can be
//! removed. The organization's alarm drives it, a few secrets at a time.
//!
//! Every step can be the last one: at any moment a secret is sealed with either the old key or the new one. A secret
//! that does not open is left as it is.

use crate::{
    checkup::Context,
    grant::{GrantKeepers, KeeperAnswer, KeeperCommand},
    organization::{ResealCount, ResealOutcome, SealedSecret, Turn},
    ports::{Aead, Level, Log, PortFailure, Random},
    project_keeper::{ProjectCommand, ProjectIdentity, ProjectKeepers, ProjectResealed, command_project},
    sealing::{self, KeyRing, OpenError, SealingContext},
};
use api::{Cause, GrantId, ProjectId};

/// How often the keeper of a project is asked in a row. Each time it seals up to a hundred texts.
const PAGES: usize = 50;
/// The most secrets, grants and projects per alarm. A grant costs a hop to its keeper, which writes to KV.
pub const AT_ONCE: usize = 10;

/// Reseals the next secrets, if a round is due; the next alarm continues. `turn` begins a turn at the time of the call,
/// because time passes between calls.
pub async fn reseal_due<'a, W>(cx: &Context<'_, W>, turn: impl Fn() -> Turn<'a>) -> Result<(), PortFailure>
where
    W: Aead + Random + GrantKeepers + ProjectKeepers + Log,
{
    // Without keys nothing can be resealed; without postponing the round, the alarm would fire again at once, forever.
    let Ok(ring) = cx.configuration.key_ring() else { return turn().postpone_resealing() };
    let Some(ids) = turn().next_to_reseal(AT_ONCE)? else { return Ok(()) };
    let mut count = ResealCount::default();
    for id in &ids {
        let outcome = match (GrantId::parse(id.as_str()), ProjectId::parse(id.as_str())) {
            (Ok(grant), _) => reseal_grant(cx, &grant).await,
            (_, Ok(project)) => reseal_project(cx, project).await,
            _ => reseal_record(cx, ring, &turn, id).await?,
        };
        count.count(outcome);
    }
    let is_full = ids.len() == AT_ONCE;
    turn().record_resealed(count, ids.last().filter(|_| is_full).map(String::as_str))
}

async fn reseal_grant(cx: &Context<'_, impl GrantKeepers + Log>, grant: &GrantId) -> ResealOutcome {
    match cx.world.command(cx.organization, grant, KeeperCommand::Reseal).await {
        Ok(KeeperAnswer::Resealed) => ResealOutcome::Resealed,
        // The keeper has logged the cause.
        Ok(KeeperAnswer::Unavailable { cause: Cause::Unsealable, .. }) => ResealOutcome::Unopened,
        Ok(KeeperAnswer::Done | KeeperAnswer::Gone) => ResealOutcome::Unchanged,
        other => {
            let details = [("grant", grant.as_str()), ("cause", &format!("{other:?}"))];
            cx.world.log(Level::Warning, "sealing.not_resealed_yet", &details);
            ResealOutcome::Unreachable
        }
    }
}

/// Has the keeper of a project seal its texts anew, some at a time. What is left after that is for the next round.
async fn reseal_project(cx: &Context<'_, impl ProjectKeepers + Log>, project: ProjectId) -> ResealOutcome {
    let (mut after, mut is_resealed, mut unopened) = (None, false, 0_u32);
    for _ in 0..PAGES {
        let identity = ProjectIdentity { organization: cx.organization.clone(), project: project.clone() };
        let answer = command_project(cx.world, identity, ProjectCommand::Reseal { after }).await;
        let answer = answer.and_then(|answer| Ok(serde_json::from_str::<ProjectResealed>(answer.get())?));
        let done = match answer {
            Ok(done) => done,
            Err(refusal) => {
                let details = [("project", project.as_str()), ("cause", &format!("{refusal:?}"))];
                cx.world.log(Level::Warning, "sealing.not_resealed_yet", &details);
                return ResealOutcome::Unreachable;
            }
        };
        is_resealed |= done.resealed > 0;
        unopened = unopened.saturating_add(done.unopened);
        after = done.next;
        if after.is_none() {
            break;
        }
    }
    if unopened > 0 {
        let why = format!("{unopened} texts of tasks do not open");
        cx.world.log(Level::Alert, "sealing.unsealable", &[("id", project.as_str()), ("cause", &why)]);
    }
    match (is_resealed || after.is_some(), unopened) {
        (true, _) => ResealOutcome::Resealed,
        (false, 0) => ResealOutcome::Unchanged,
        (false, _) => ResealOutcome::Unopened,
    }
}

async fn reseal_record<'a, W>(
    cx: &Context<'_, W>,
    ring: &KeyRing,
    turn: &impl Fn() -> Turn<'a>,
    id: &str,
) -> Result<ResealOutcome, PortFailure>
where
    W: Aead + Random + Log,
{
    let log_unsealable = |why: &str| {
        cx.world.log(Level::Alert, "sealing.unsealable", &[("id", id), ("cause", why)]);
        ResealOutcome::Unopened
    };
    let secrets = match turn().sealed_at(id) {
        Ok(secrets) => secrets,
        Err(failure) => return Ok(log_unsealable(&failure.0)),
    };
    let mut outcome = ResealOutcome::Unchanged;
    for secret in secrets {
        match reseal_secret(cx, ring, &secret).await {
            Ok(None) => {}
            Ok(Some(sealed)) => {
                turn().replace_sealed(id, &secret.sealed, &sealed)?;
                outcome = ResealOutcome::Resealed;
            }
            Err(error) => return Ok(log_unsealable(&error.to_string())),
        }
    }
    Ok(outcome)
}

async fn reseal_secret(
    cx: &Context<'_, impl Aead + Random>,
    ring: &KeyRing,
    SealedSecret { owner, field, sealed }: &SealedSecret,
) -> Result<Option<sealing::Sealed>, OpenError> {
    let context = SealingContext { organization: cx.organization, owner, generation: 0, field };
    sealing::reseal(cx.world, cx.world, ring, &context, sealed).await
}
