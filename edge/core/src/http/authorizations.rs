//! Attempts to authorize, as the app starts, watches and ends them.

use api::{
    Authorization, AuthorizationId, CancelAuthorization, ChooseAuthorizationSite, CreateAuthorization, FailureCode,
    GetAuthorization, Kind, Nothing, ProblemCode, StartedAuthorization, Timestamp, VerifyAuthorization,
};
use axum::Router;
use serde::Deserialize;

use crate::{
    atlassian,
    authorization::Consent,
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Edge, Platform, brought,
        failure::Failed,
        mount::{Asking, NOTHING, Reply, mount},
    },
    organization::{
        BeginAttempt, Caller, CancelAttempt, Choice, FailChoice, FindChoice, SettleAttempt, ShowAttempt, ask_as,
    },
    secrets::Secret,
};
use api::ProblemCode::{AuthorizationNotReady, Unavailable};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, CreateAuthorization, _>(routes, edge, begin);
    let routes = mount::<P, GetAuthorization, _>(routes, edge, show);
    let routes = mount::<P, ChooseAuthorizationSite, _>(routes, edge, choose);
    let routes = mount::<P, VerifyAuthorization, _>(routes, edge, brought::verify);
    mount::<P, CancelAuthorization, _>(routes, edge, cancel)
}

/// What is read of an attempt that began.
#[derive(Deserialize)]
struct Begun {
    id: AuthorizationId,
    expires_at: Timestamp,
}

async fn begin<P: Platform>(asking: Asking<P, CreateAuthorization>) -> Result<Reply<StartedAuthorization>, Failed> {
    if asking.request.kind != Kind::CloudOauth2 {
        return brought::begin(asking).await;
    }
    if asking.request.credential.is_some() {
        return Err(Failed::new(ProblemCode::InvalidRequest, "cloud_oauth2 takes no credential."));
    }
    asking.edge.configuration.atlassian()?;
    asking.edge.configuration.key_ring()?;
    let ticket = Secret::generate(&*asking.edge.platform);
    let begin = BeginAttempt { ticket: ticket.digest(), connection: asking.request.connection_id.clone() };
    let (edge, caller) = (&asking.edge, asking.caller.clone());
    let attempt: Begun = ask_as(&*edge.platform, &edge.organization, caller, &begin).await?;
    let start_url = format!("/oauth/start/{}", ticket.expose());
    Ok(StartedAuthorization { id: attempt.id, start_url: Some(start_url), expires_at: attempt.expires_at }.into())
}

async fn show<P: Platform>(asking: Asking<P, GetAuthorization>) -> Result<Reply<Authorization>, Failed> {
    Ok(asking.pass_on(&ShowAttempt { id: asking.params.clone() }).await?)
}

/// Settles the site: 1. the choice is one that was offered, 2. the keeper gives a token, 3. the site answers, 4. the
/// attempt is authorized. A site that refuses ends the attempt and its grant.
async fn choose<P: Platform>(asking: Asking<P, ChooseAuthorizationSite>) -> Result<Reply<Authorization>, Failed> {
    let id = asking.params.clone();
    let find = FindChoice { id: id.clone(), cloud_id: asking.request.cloud_id.clone() };
    let Choice { consent, site } = asking.ask(&find).await?;
    let edge = &asking.edge;
    let token = KeeperCommand::Token { seen: None, refused: false };
    let kept = edge.platform.command(&edge.organization, &consent.grant, token).await;
    // Only a consent at Atlassian covers several sites.
    let token = match kept.map(|answer| {
        if let KeeperAnswer::Token { token } = answer { token.credential.bearer().cloned() } else { None }
    }) {
        Ok(Some(token)) => token,
        Ok(None) => return Err(Failed::new(AuthorizationNotReady, "The authorization has no usable token any more.")),
        Err(failure) => {
            let failed = Failed::new(Unavailable, "The token cannot be reached.");
            return Err(Failed { cause: Some(failure.0), ..failed });
        }
    };
    match atlassian::probe(&*edge.platform, &edge.configuration.atlassian()?, site.key(), &token).await {
        Ok(account) => {
            let consent = Consent { account: consent.account.or(Some(account)), ..consent };
            Ok(edge.pass_on(Caller::Edge, &SettleAttempt { id, consent, site }).await?)
        }
        // Atlassian may answer in a moment, so the choice can be made again.
        Err(failure) if failure.code == FailureCode::ProviderUnavailable => {
            Err(Failed::new(Unavailable, "The site did not answer. The choice can be made again."))
        }
        Err(failure) => {
            let dropped = asking.ask_as_edge(&FailChoice { id: id.clone(), failure }).await?;
            edge.retire(dropped).await;
            Ok(asking.pass_on(&ShowAttempt { id }).await?)
        }
    }
}

async fn cancel<P: Platform>(asking: Asking<P, CancelAuthorization>) -> Result<Reply<Nothing>, Failed> {
    let dropped = asking.ask(&CancelAttempt { id: asking.params.clone() }).await?;
    asking.edge.retire(dropped).await;
    Ok(NOTHING.into())
}
