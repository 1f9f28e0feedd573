//! A Data Center site accepts each refresh token once: a rotation invalidates the old tokens immediately. After a
//! refresh whose response may be lost, the keeper therefore first calls Jira with the old access token to find out
//! whether the rotation happened. Only Jira's own word decides; without it the keeper asks again until the access token
//! has expired, and then the token endpoint decides.

use api::Cause;
use http::{Request, Response, StatusCode, header};

use super::{Keeper, KeeperPorts, KeeperSettings, TokenClient};
use crate::{
    address::AddressRefused,
    grant::{
        CloudClient, Credential, Generation, Provider, Renewal,
        record::{Record, Tokens},
        refresh_state,
    },
    jira::{DENIED_REASON, LOGIN_REASON, of_seraph},
    myself::read_account,
    ports::{Http as _, HttpFailure, HttpLimits, Level, PortFailure},
};

/// Whether the previous refresh may have succeeded without our seeing the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RotationState {
    /// Known: the refresh token can be presented.
    Settled,
    /// Unknown: nothing may be presented now.
    Remains,
}

/// The result of a call with the old access token.
enum ProbeResult {
    Opens,
    Refused,
    Unknown(String),
}

/// Whether Jira itself refuses the access token: by a header of Seraph, or by the challenge of RFC 6750, section 3.1. A
/// bare 401 may come from something in front of Jira.
fn is_refused_by_jira(answer: &Response<Vec<u8>>) -> bool {
    let text = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let challenge = text("www-authenticate");
    answer.status() == StatusCode::UNAUTHORIZED
        && (of_seraph(text(LOGIN_REASON), text(DENIED_REASON)).is_some() || challenge.contains("invalid_token"))
}

impl KeeperSettings {
    /// The OAuth client for this refresh token, or what keeps it from being presented.
    pub(super) fn client_for(&self, renewal: &Renewal) -> Result<TokenClient, Cause> {
        match &renewal.provider {
            None => match renewal.client {
                CloudClient::First => self.client.clone(),
                CloudClient::Viewers => self.viewer_client.clone(),
            }
            .ok_or(Cause::ClientRefused),
            Some(provider) => {
                let url = self.address_at(provider, Provider::TOKEN_PATH).map_err(|_| Cause::AddressRefused)?;
                Ok(TokenClient {
                    token_url: oauth2::TokenUrl::new(url).map_err(|_| Cause::AddressRefused)?,
                    id: oauth2::ClientId::new(provider.client_id.clone()),
                    secret: oauth2::ClientSecret::new(provider.client_secret.expose().to_owned()),
                })
            }
        }
    }

    /// The address is checked again for each call.
    fn address_at(&self, provider: &Provider, path: &str) -> Result<String, AddressRefused> {
        provider.address.recheck(&self.policy)?.join(path).ok_or(AddressRefused::Path)
    }
}

impl<P: KeeperPorts> Keeper<P> {
    /// Determines whether the refresh token was spent, if that is unknown.
    pub(super) async fn probe_rotation(&self) -> Result<RotationState, PortFailure> {
        let record = self.record().await?;
        let stored = record
            .as_ref()
            .and_then(Record::stored)
            .filter(|stored| refresh_state::is_to_be_probed(stored, self.now()));
        let Some(stored) = stored else { return Ok(RotationState::Settled) };
        let generation = stored.tokens.generation;
        match self.probe(&stored.tokens).await {
            ProbeResult::Opens => {
                self.change_generation(generation, refresh_state::not_spent).await?;
                return Ok(RotationState::Settled);
            }
            ProbeResult::Refused => self.rotation_is_lost(generation).await?,
            ProbeResult::Unknown(why) => {
                self.log(Level::Warning, "grant.rotation_unknown", &[("error", &why)]);
                self.wait_for_rotation(generation).await?;
            }
        }
        Ok(RotationState::Remains)
    }

    /// Calls `/myself` with the old access token.
    async fn probe(&self, tokens: &Tokens) -> ProbeResult {
        let request = match self.probe_request(tokens).await {
            Ok(request) => request,
            Err(why) => return ProbeResult::Unknown(why),
        };
        match self.ports.http().send(request, HttpLimits::RESOURCE).await {
            Ok(answer) if is_refused_by_jira(&answer) => ProbeResult::Refused,
            Ok(answer) if answer.status() == StatusCode::OK && read_account(answer.body()).is_some() => {
                ProbeResult::Opens
            }
            Ok(answer) => ProbeResult::Unknown(answer.status().to_string()),
            Err(failure) => ProbeResult::Unknown(HttpFailure::to_string(&failure)),
        }
    }

    async fn probe_request(&self, tokens: &Tokens) -> Result<Request<Vec<u8>>, String> {
        let opened = self.open(tokens).await.map_err(|error| error.to_string())?;
        let renewal = self.open_renewal(tokens).await.map_err(|error| error.to_string())?;
        let (Credential::Bearer(token), Some(provider)) = (opened, renewal.and_then(|renewal| renewal.provider)) else {
            return Err("there is nothing to ask with".to_owned());
        };
        let url = self.settings.address_at(&provider, Provider::PROBE_PATH).map_err(|refused| refused.to_string())?;
        let request = Request::get(url).header(header::ACCEPT, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.expose()));
        request.body(Vec::new()).map_err(|error| error.to_string())
    }

    /// The old access token does not work any more, so the refresh succeeded. Unless a rescue copy exists, its response
    /// is lost.
    async fn rotation_is_lost(&self, generation: Generation) -> Result<(), PortFailure> {
        let now = self.now();
        match self.find_newer(generation).await {
            Ok(Some(tokens)) => return self.adopt(generation, tokens, now).await,
            Ok(None) => {
                self.give_up(
                    generation,
                    |stored| refresh_state::may_still_appear(stored, false, now),
                    refresh_state::lost,
                )
                .await?;
            }
            Err(_) => {}
        }
        self.wait_for_rotation(generation).await
    }

    async fn wait_for_rotation(&self, generation: Generation) -> Result<(), PortFailure> {
        let (now, jitter) = (self.now(), self.jitter());
        self.change_generation(generation, |stored| refresh_state::waiting_for_kv(stored, now, jitter)).await.map(drop)
    }
}
