//! Scheduled checkups: the daily one of each connection, and the one after a failed call. The organization's alarm runs
//! them.

use futures::future::join_all;

use crate::{
    checkup::{Checkup, Context},
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::Turn,
    ports::{Clock, Http, Level, Log, PortFailure, Random},
};

/// The most checkups per alarm. They run concurrently, and a Worker has six outgoing connections, which webhook
/// deliveries share.
pub const AT_ONCE: usize = 3;

/// Runs the checkups that are due, at most [`AT_ONCE`]; the next alarm runs the rest. `turn` begins a turn at the time of
/// the call, because time passes between calls.
pub async fn run_due_checkups<'a, W>(cx: &Context<'_, W>, turn: impl Fn() -> Turn<'a>) -> Result<(), PortFailure>
where
    W: Http + Clock + GrantKeepers + Rsa + Random + Log,
{
    let now = turn();
    let due = now.transaction(|| now.take_due_checkups(AT_ONCE))?;
    let checkups = due.into_iter().map(async |subject| {
        let connection = subject.connection.id.clone();
        let findings = Checkup::of(subject).finish(cx).await;
        let now = turn();
        if let Err(refusal) = now.transaction(|| now.record_own_checkup(&connection, &findings)) {
            let details = [("connection", connection.as_str()), ("cause", &format!("{refusal:?}"))];
            cx.world.log(Level::Warning, "checkup.not_stored", &details);
        }
    });
    join_all(checkups).await;
    Ok(())
}
