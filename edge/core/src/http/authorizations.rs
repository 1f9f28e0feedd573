//! Authorizations as the app starts, polls, settles and cancels them.

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
        failure::RequestFailure,
        routing::{EndpointRequest, NOTHING, Reply, checked, finished, relayed},
    },
    organization::{BeginAuthorization, Call, Caller, Choice, FailSiteChoice, Guarded, Needs, SettleAuthorization},
    secrets::SecretUse,
};

relayed! { GetAuthorization }
checked! { CreateAuthorization => create; }
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

/// Starts an authorization: for Cloud's OAuth 2.0 here, for every other kind in [`credential_authorizations`].
///
/// 1. A Cloud authorization has no credential in its request (400), and Atlassian and sealing are configured (503).
/// 2. The organization creates the authorization (404, 409, 429).
/// 3. The response has the address at which the pop-up starts.
async fn create<P: Platform>(
    request: EndpointRequest<P, CreateAuthorization>,
) -> Result<Reply<StartedAuthorization>, RequestFailure> {
    if request.call.request.kind != Kind::CloudOauth2 {
        return credential_authorizations::create(request).await;
    }
    if request.call.request.credential.is_some() {
        return Err(RequestFailure::new(ProblemCode::InvalidRequest, "cloud_oauth2 takes no credential."));
    }
    let edge = &request.edge;
    edge.configuration.atlassian()?;
    edge.configuration.key_ring()?;
    let (id, ticket) = (edge.new_id(), edge.issue(SecretUse::Ticket).await?);
    let (connection, kind) = (request.call.request.connection_id.clone(), Kind::CloudOauth2);
    let cloud_callback = edge.configuration.atlassian_callback()?.clone();
    let begin = BeginAuthorization { id, ticket: ticket.digest(), connection, kind, auth: None, cloud_callback };
    let started = request.send(&begin).await?;
    let start_url = Some(format!("/oauth/start/{}", ticket.expose()));
    Ok(StartedAuthorization { id: begin.id, start_url, expires_at: started.expires_at }.into())
}

/// Settles the site after the organization accepted the choice.
///
/// 1. The keeper gives a token (409 if the grant has none any more, 503 if the keeper does not answer).
/// 2. The site accepts a call with it (503 if the site does not answer; the choice can be made again). A site that
///    refuses ends the authorization and its grant, and the response shows why.
/// 3. The authorization is `authorized`.
async fn choose<P: Platform>(
    request: EndpointRequest<P, ChooseAuthorizationSite>,
    choice: Choice,
) -> Result<Reply<Authorization>, RequestFailure> {
    let (id, Choice { consent, site }) = (request.call.params.clone(), choice);
    let edge = &request.edge;
    let token = KeeperCommand::Token { seen: None, refused: false };
    let answer = edge.platform.command(&edge.organization, &consent.grant, token).await;
    // Only a consent at Atlassian covers several sites.
    let token = match answer.map(|answer| {
        if let KeeperAnswer::Token { token } = answer { token.credential.bearer().cloned() } else { None }
    }) {
        Ok(Some(token)) => token,
        Ok(None) => {
            return Err(RequestFailure::new(
                ProblemCode::AuthorizationNotReady,
                "The authorization has no usable token any more.",
            ));
        }
        Err(failure) => {
            return Err(
                RequestFailure::new(ProblemCode::Unavailable, "The token cannot be reached.").with_cause(failure.0)
            );
        }
    };
    match atlassian::probe(&*edge.platform, &edge.configuration.atlassian()?, site.key(), &token).await {
        Ok(account) => {
            let consent = Consent { account: consent.account.or(Some(account)), ..consent };
            Ok(edge.relay_as(&Caller::Edge, &SettleAuthorization { id, consent, site, ends_at: None }).await?)
        }
        // Atlassian may answer in a moment, so the choice can be made again.
        Err(failure) if failure.code == FailureCode::ProviderUnavailable => {
            Err(RequestFailure::new(ProblemCode::Unavailable, "The site did not answer. The choice can be made again."))
        }
        Err(failure) => {
            let unused = edge.send(&FailSiteChoice { id: id.clone(), failure }).await?;
            edge.retire(unused).await;
            Ok(request.relay(&Call::<GetAuthorization>::new(id, NOTHING)).await?)
        }
    }
}

async fn cancel<P: Platform>(
    request: EndpointRequest<P, CancelAuthorization>,
    unused: Option<GrantId>,
) -> Result<Reply<Nothing>, RequestFailure> {
    request.edge.retire(unused).await;
    Ok(NOTHING.into())
}
