//! Sealing anew what another key than the first of `SEALING_KEYS` sealed, so that the others may go one day. The
//! organization's alarm does it, a few things at a time.
//!
//! Each step may be the last: a secret lies sealed with one key or the other, never with none. What does not open stays.

use crate::{
    checkup::Surroundings,
    grant::{KeeperAnswer, KeeperCommand},
    organization::{Looked, Lying, ResealCount, Turn},
    ports::{Aead, GrantKeepers, Level, Log, PortFailure, Random},
    sealing::{self, KeyRing, OpenError, Place},
};
use api::{Cause, GrantId};

/// The most things of one alarm. A grant costs a hop to its keeper, which writes to KV.
pub const AT_ONCE: usize = 10;

/// Looks at what is next, if a look is due; the rest at the next alarm. `organization` gives the organization as it is when
/// it is called: time passes meanwhile.
pub async fn reseal_due<'a, W>(around: &Surroundings<'_, W>, turn: impl Fn() -> Turn<'a>) -> Result<(), PortFailure>
where
    W: Aead + Random + GrantKeepers + Log,
{
    // Without keys nothing can be looked at, and an alarm that finds it due again would go off without end.
    let Ok(ring) = around.configuration.key_ring() else { return turn().put_off_resealing() };
    let Some(places) = turn().next_to_reseal(AT_ONCE)? else { return Ok(()) };
    let mut count = ResealCount::default();
    for id in &places {
        let looked = match GrantId::parse(id.as_str()) {
            Ok(grant) => ask_keeper(around, &grant).await,
            Err(_) => reseal_own(around, ring, &turn, id).await?,
        };
        count.count(looked);
    }
    let is_full = places.len() == AT_ONCE;
    turn().record_resealed(count, places.last().filter(|_| is_full).map(String::as_str))
}

async fn ask_keeper(around: &Surroundings<'_, impl GrantKeepers + Log>, grant: &GrantId) -> Looked {
    match around.world.ask(around.organization, grant, KeeperCommand::Reseal).await {
        Ok(KeeperAnswer::Resealed) => Looked::Anew,
        // The keeper has said so.
        Ok(KeeperAnswer::Unavailable { cause: Cause::Unsealable, .. }) => Looked::Unopened,
        Ok(KeeperAnswer::Done | KeeperAnswer::Gone) => Looked::Fine,
        other => {
            let details = [("grant", grant.as_str()), ("cause", &format!("{other:?}"))];
            around.world.log(Level::Warning, "not_resealed_yet", &details);
            Looked::Silent
        }
    }
}

async fn reseal_own<'a, W>(
    around: &Surroundings<'_, W>,
    ring: &KeyRing,
    turn: &impl Fn() -> Turn<'a>,
    id: &str,
) -> Result<Looked, PortFailure>
where
    W: Aead + Random + Log,
{
    let stays = |why: &str| {
        around.world.log(Level::Alert, "unsealable", &[("id", id), ("cause", why)]);
        Looked::Unopened
    };
    let lying = match turn().sealed_at(id) {
        Ok(lying) => lying,
        Err(failure) => return Ok(stays(&failure.0)),
    };
    let mut looked = Looked::Fine;
    for secret in lying {
        match anew(around, ring, &secret).await {
            Ok(None) => {}
            Ok(Some(sealed)) => {
                turn().replace_sealed(id, &secret.sealed, &sealed)?;
                looked = Looked::Anew;
            }
            Err(error) => return Ok(stays(&error.to_string())),
        }
    }
    Ok(looked)
}

async fn anew(
    around: &Surroundings<'_, impl Aead + Random>,
    ring: &KeyRing,
    Lying { owner, field, sealed }: &Lying,
) -> Result<Option<sealing::Sealed>, OpenError> {
    let place = Place { organization: around.organization, owner, generation: 0, field };
    sealing::reseal(around.world, around.world, ring, &place, sealed).await
}
