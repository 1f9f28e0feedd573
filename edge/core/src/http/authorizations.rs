//! Attempts to authorize, as the app starts, watches and ends them.

use api::{
    Authorization, CancelAuthorization, ChooseAuthorizationSite, CreateAuthorization, FailureCode, GetAuthorization,
    GrantId, Kind, Nothing, ProblemCode, StartAuthorization, StartedAuthorization,
};

use crate::{
    atlassian,
    authorization::Consent,
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Platform, credential_authorizations,
        failure::Failed,
        routing::{EndpointRequest, NOTHING, Reply, checked, finished, relayed},
    },
    organization::{BeginAuthorization, Call, Caller, Choice, FailSiteChoice, Guarded, Needs, SettleAuthorization},
    secrets::Secret,
};

relayed! { GetAuthorization }
checked! { CreateAuthorization => begin; }
finished! {
    ChooseAuthorizationSite => choose;
    VerifyAuthorization => credential_authorizations::verify;
    CancelAuthorization => cancel;
}

impl Guarded for CreateAuthorization {
    fn needs((): &(), new: &StartAuthorization) -> Needs {
        Needs::Authorizing(new.connection_id.clone())
    }
}

async fn begin<P: Platform>(
    request: EndpointRequest<P, CreateAuthorization>,
) -> Result<Reply<StartedAuthorization>, Failed> {
    if request.call.request.kind != Kind::CloudOauth2 {
        return credential_authorizations::begin(request).await;
    }
    if request.call.request.credential.is_some() {
        return Err(Failed::new(ProblemCode::InvalidRequest, "cloud_oauth2 takes no credential."));
    }
    let edge = &request.edge;
    edge.configuration.atlassian()?;
    edge.configuration.key_ring()?;
    let (id, ticket) = (edge.new_id(), edge.issue().await?);
    let (connection, kind) = (request.call.request.connection_id.clone(), Kind::CloudOauth2);
    let begin = BeginAuthorization { id, ticket: ticket.digest(), connection, kind, auth: None };
    let begun = request.send(&begin).await?;
    let start_url = Some(format!("/oauth/start/{}", ticket.expose()));
    Ok(StartedAuthorization { id: begin.id, start_url, expires_at: begun.expires_at }.into())
}

/// Settles the site: 1. the choice is one that was offered, 2. the keeper gives a token, 3. the site answers, 4. the
/// attempt is authorized. A site that refuses ends the attempt and its grant.
async fn choose<P: Platform>(
    request: EndpointRequest<P, ChooseAuthorizationSite>,
    choice: Choice,
) -> Result<Reply<Authorization>, Failed> {
    let (id, Choice { consent, site }) = (request.call.params.clone(), choice);
    let edge = &request.edge;
    let token = KeeperCommand::Token { seen: None, refused: false };
    let kept = edge.platform.command(&edge.organization, &consent.grant, token).await;
    // Only a consent at Atlassian covers several sites.
    let token = match kept.map(|answer| {
        if let KeeperAnswer::Token { token } = answer { token.credential.bearer().cloned() } else { None }
    }) {
        Ok(Some(token)) => token,
        Ok(None) => {
            return Err(Failed::new(
                ProblemCode::AuthorizationNotReady,
                "The authorization has no usable token any more.",
            ));
        }
        Err(failure) => {
            let failed = Failed::new(ProblemCode::Unavailable, "The token cannot be reached.");
            return Err(Failed { cause: Some(failure.0), ..failed });
        }
    };
    match atlassian::probe(&*edge.platform, &edge.configuration.atlassian()?, site.key(), &token).await {
        Ok(account) => {
            let consent = Consent { account: consent.account.or(Some(account)), ..consent };
            Ok(edge.relay_as(&Caller::Edge, &SettleAuthorization { id, consent, site, ends_at: None }).await?)
        }
        // Atlassian may answer in a moment, so the choice can be made again.
        Err(failure) if failure.code == FailureCode::ProviderUnavailable => {
            Err(Failed::new(ProblemCode::Unavailable, "The site did not answer. The choice can be made again."))
        }
        Err(failure) => {
            let dropped = edge.send(&FailSiteChoice { id: id.clone(), failure }).await?;
            edge.retire(dropped).await;
            Ok(request.relay(&Call::<GetAuthorization>::new(id, NOTHING)).await?)
        }
    }
}

async fn cancel<P: Platform>(
    request: EndpointRequest<P, CancelAuthorization>,
    dropped: Option<GrantId>,
) -> Result<Reply<Nothing>, Failed> {
    request.edge.retire(dropped).await;
    Ok(NOTHING.into())
}
