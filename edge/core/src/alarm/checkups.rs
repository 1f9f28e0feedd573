//! Scheduled checkups: the daily one of each connection, and the one after a failed call. The organization's alarm has
//! them run, each in the object of the connection's grant, and records what they find.

use futures::{StreamExt as _, stream::FuturesUnordered};

use crate::{
    checkup::{Checkup, CheckupFindings, CheckupRunner, Context, Subject},
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::Turn,
    ports::{Clock, Http, Level, Log, PortFailure, Random},
};

/// The most checkups at the same time. They call out from other objects, so the six outgoing connections of this one do
/// not limit them.
const AT_ONCE: usize = 100;
/// The most checkups of an alarm; each is a request of the object, and the platform limits those of one alarm.
const MOST: usize = 500;
/// For how long an alarm begins checkups, in milliseconds: other parts of the alarm come again after that.
const BEGINS_FOR: i64 = 30_000;
/// The pause before another attempt to have a checkup run, in milliseconds: a minute.
const TRY_AGAIN: i64 = 60_000;

/// Has the checkups that are due run; when one ends, the next begins. What is left is for the next alarm. `turn` begins a
/// turn at the time of the call, because time passes between calls.
pub async fn run_due_checkups<'a, W>(cx: &Context<'_, W>, turn: impl Fn() -> Turn<'a>) -> Result<(), PortFailure>
where
    W: CheckupRunner + Http + Clock + GrantKeepers + Rsa + Random + Log,
{
    let began_at = cx.world.now();
    let (mut running, mut begun, mut outcome) = (FuturesUnordered::new(), 0, Ok(()));
    loop {
        let is_time = outcome.is_ok() && (0..BEGINS_FOR).contains(&cx.world.now().since(began_at));
        let room = AT_ONCE.saturating_sub(running.len()).min(MOST.saturating_sub(begun));
        if is_time && room > 0 {
            let now = turn();
            match now.transaction(|| now.take_due_checkups(room)) {
                Ok(due) => {
                    begun += due.len();
                    running.extend(due.into_iter().map(|subject| run(cx, &turn, subject)));
                }
                // Those that run are finished all the same.
                Err(failure) => outcome = Err(failure),
            }
        }
        if running.next().await.is_none() {
            return outcome;
        }
    }
}

/// Runs a checkup, and records what it found.
async fn run<'a, W>(cx: &Context<'_, W>, turn: &impl Fn() -> Turn<'a>, subject: Subject)
where
    W: CheckupRunner + Http + Clock + GrantKeepers + Rsa + Random + Log,
{
    let connection = subject.connection.id.clone();
    let findings = findings_of(cx, subject).await;
    let now = turn();
    let recorded = now.transaction(|| match &findings {
        Ok(findings) => now.record_own_checkup(&connection, findings).map(drop),
        Err(_) => now.check_no_later(&connection, now.now.plus_millis(TRY_AGAIN)),
    });
    let connection = ("connection", connection.as_str());
    if let Err(PortFailure(why)) = &findings {
        cx.world.log(Level::Warning, "checkup.not_run", &[connection, ("cause", why.as_str())]);
    }
    if let Err(refusal) = recorded {
        cx.world.log(Level::Warning, "checkup.not_stored", &[connection, ("cause", &format!("{refusal:?}"))]);
    }
}

async fn findings_of<W>(cx: &Context<'_, W>, subject: Subject) -> Result<CheckupFindings, PortFailure>
where
    W: CheckupRunner + Http + Clock + GrantKeepers + Rsa + Random + Log,
{
    match subject.grant.clone() {
        Some(grant) => cx.world.run_checkup(cx.organization, &grant, &subject).await,
        // It has no object, and calls nobody.
        None => Ok(Checkup::of(subject).finish(cx).await),
    }
}

#[cfg(test)]
mod tests;
