//! The grant that is explored, and the configuration of its keeper.

use api::GrantId;
use edge_core::{
    address::{Policy, StoredAddress},
    grant::{CloudClient, Credential, KeeperSettings, NewGrant, Provider, Renewal, Token, TokenClient},
    organization_id::OrganizationId,
    sealing::KeyRing,
};

use crate::outside::{HOUR, Outside};
/// 32 bytes.
const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn token(text: &str) -> Token {
    Token::parse(text).expect("a token")
}

/// The configuration of every instance.
pub(crate) fn settings() -> KeeperSettings {
    let client = TokenClient {
        token_url: oauth2::TokenUrl::new("https://auth.example/oauth/token".to_owned()).expect("an address"),
        id: oauth2::ClientId::new("client".to_owned()),
        secret: oauth2::ClientSecret::new("client-secret".to_owned()),
    };
    KeeperSettings {
        client: Some(client),
        viewer_client: None,
        policy: Policy::default(),
        ring: KeyRing::parse(&format!("k1:{KEY}")).expect("a key ring"),
        organization: OrganizationId::default(),
        grant: GrantId::parse("grt_f".to_owned()).expect("a grant id"),
    }
}

/// A credential of Atlassian, or of a Data Center site.
pub(crate) fn new_grant(outside: &Outside, has_leeway: bool) -> NewGrant {
    let provider = Provider {
        address: StoredAddress::from("https://jira.example.com/jira".to_owned()),
        client_id: "client".to_owned(),
        client_secret: token("client-secret"),
        redirect_uri: "https://causeway.example/oauth/callback".to_owned(),
    };
    let provider = (!has_leeway).then_some(provider);
    NewGrant {
        credential: Credential::Bearer(token("access-0")),
        renewal: Some(Renewal { refresh_token: token("refresh-0"), provider, client: CloudClient::First }),
        expires_at: outside.ours().plus_millis(HOUR),
        scopes: Vec::new(),
        pending_until: outside.ours().plus_millis(HOUR),
    }
}
