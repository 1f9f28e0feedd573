//! What people do in Causeway, done with HTTP requests and without a browser.

use std::collections::BTreeMap;

use api::{
    Authorization, AuthorizationId, AuthorizationStatus, Connection, ConnectionDraft, ConnectionEdit, ConnectionId,
    CreateApiKey, CreateAuthorization, CreateConnection, CreatedApiKey, EditConnection, GetAuthorization,
    GetConnection, KeyScope, Kind, Name, NewApiKey, NewConnection, Nothing, StartAuthorization, StartedAuthorization,
};
use atlassian::{Model, Person};
use reqwest::Method;
use url::Url;

use super::{Answer, Visitor};

impl Visitor {
    /// Signs in, and answers where Causeway sends the browser afterwards.
    ///
    /// # Panics
    /// If the sign-in does not work.
    pub async fn signs_in_as(&self, person: Person) -> Answer {
        let callback = self.comes_back_from_the_issuer("/sign-in?return_to=/", person).await;
        self.gets(callback.as_str()).await
    }

    /// Goes from `sign_in` to the issuer, signs in there, and answers the address it is sent back to, not yet opened.
    ///
    /// # Panics
    /// If the issuer does not send it back.
    pub async fn comes_back_from_the_issuer(&self, sign_in: &str, person: Person) -> Url {
        let issuer = self.gets(sign_in).await.location();
        let page = self.gets(issuer.as_str()).await.expect(200);
        let (decide, fields) = page.form(&[("person", person.slug())]);
        self.sends(self.request(Method::POST, decide.as_str()).form(&fields)).await.location()
    }

    /// Creates an authorization.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn starts_to_authorize(&self, connection: Option<&ConnectionId>) -> StartedAuthorization {
        let asked =
            StartAuthorization { kind: Kind::CloudOauth2, connection_id: connection.cloned(), credential: None };
        self.calls::<CreateAuthorization>(&(), &asked).await.expect(201).json()
    }

    /// Redeems the ticket, and answers the `state` that goes to Atlassian.
    ///
    /// # Panics
    /// If the ticket is refused.
    pub async fn spends_the_ticket(&self, started: &StartedAuthorization) -> String {
        let atlassian = self.gets(started.start_url.as_deref().expect("a browser goes to Atlassian")).await.location();
        let state = atlassian.query_pairs().find(|(name, _)| name == "state");
        state.expect("Atlassian is told a state").1.into_owned()
    }

    /// Goes to Atlassian, logs in, accepts for those sites, and answers the callback's address, not yet opened.
    ///
    /// # Panics
    /// If Atlassian does not send it back.
    pub async fn accepts(&self, started: &StartedAuthorization, person: Person, sites: &[&str]) -> Url {
        let mut choices: Vec<_> = sites.iter().map(|site| ("site", *site)).collect();
        choices.push(("decision", "accept"));
        self.decides(started, person, &choices).await
    }

    /// Goes to Atlassian, logs in, cancels, and answers the callback's address, not yet opened.
    ///
    /// # Panics
    /// If Atlassian does not send it back.
    pub async fn cancels(&self, started: &StartedAuthorization, person: Person) -> Url {
        self.decides(started, person, &[("decision", "cancel")]).await
    }

    async fn decides(&self, started: &StartedAuthorization, person: Person, choices: &[(&str, &str)]) -> Url {
        let mut page = self.gets(started.start_url.as_deref().expect("a browser goes to Atlassian")).await;
        page = self.gets(page.location().as_str()).await;
        if (300..400).contains(&page.status) {
            page = self.gets(page.location().as_str()).await.expect(200);
            let (log_in, fields) = page.form(&[("person", person.slug())]);
            page = self.sends(self.request(Method::POST, log_in.as_str()).form(&fields)).await;
            page = self.gets(page.location().as_str()).await;
        }
        let (decide, fields) = page.expect(200).form(choices);
        self.sends(self.request(Method::POST, decide.as_str()).form(&fields)).await.location()
    }

    /// The authorization's current status.
    ///
    /// # Panics
    /// If it is not this visitor's.
    pub async fn looks_at(&self, attempt: &AuthorizationId) -> Authorization {
        self.calls::<GetAuthorization>(attempt, &Nothing {}).await.expect(200).json()
    }

    /// Authorizes one site. The authorization then waits for *Save*.
    ///
    /// # Panics
    /// If it does not come that far.
    pub async fn authorizes(&self, person: Person, site: &str) -> AuthorizationId {
        let started = self.starts_to_authorize(None).await;
        let callback = self.accepts(&started, person, &[site]).await;
        self.gets(callback.as_str()).await;
        let attempt = self.looks_at(&started.id).await;
        assert_eq!(attempt.status, AuthorizationStatus::Authorized, "{attempt:?}");
        started.id
    }

    /// Makes a connection, from the click to *Save*.
    ///
    /// # Panics
    /// If it does not come that far.
    pub async fn connects(&self, name: &str, person: Person, site: &str) -> Connection {
        let authorization_id = self.authorizes(person, site).await;
        self.saves(name, authorization_id).await.expect(201).json()
    }

    /// Saves an authorization as a new connection.
    ///
    /// # Panics
    /// If `name` is not one.
    pub async fn saves(&self, name: &str, authorization_id: AuthorizationId) -> Answer {
        let name = Name::parse(name).expect("a name");
        self.calls::<CreateConnection>(
            &(),
            &NewConnection { name, authorization_id: Some(authorization_id), draft: None, workspaces: Vec::new() },
        )
        .await
    }

    /// Saves a connection to Jira Cloud that is not authorized yet.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn drafts(&self, name: &str) -> Connection {
        let (name, draft) = (Name::parse(name).expect("a name"), Some(ConnectionDraft::CloudOauth2 {}));
        let new = NewConnection { name, authorization_id: None, draft, workspaces: Vec::new() };
        self.calls::<CreateConnection>(&(), &new).await.expect(201).json()
    }

    /// Looks at a connection.
    ///
    /// # Panics
    /// If there is none.
    pub async fn connection(&self, id: &ConnectionId) -> Connection {
        self.calls::<GetConnection>(id, &Nothing {}).await.expect(200).json()
    }

    /// Edits a connection as it was at `version`.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn edits(&self, id: &ConnectionId, edit: &ConnectionEdit, version: u64) -> Answer {
        let request = self.call::<EditConnection>(id, edit).header("if-match", format!("\"{version}\""));
        self.sends(request).await
    }

    /// Makes an API key with these scopes for all connections.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn makes_a_key(&self, scopes: &[KeyScope]) -> CreatedApiKey {
        let name = Name::parse("A key of a journey").expect("a name");
        let key = NewApiKey { name, scopes: scopes.to_vec(), connections: None, workspace: None, expires_at: None };
        self.calls::<CreateApiKey>(&(), &key).await.expect(201).json()
    }

    /// How many messages the Worker has sent to Durable Objects since this was last asked, by binding, such as
    /// `ORGANIZATION`. The Worker must [count them](crate::Causeway::start_counting).
    ///
    /// # Panics
    /// If it does not.
    pub async fn counted_messages(&self) -> BTreeMap<String, usize> {
        self.gets("/api/counted-messages").await.expect(200).json()
    }

    /// Calls Jira through a connection, as a machine with an API key does.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn calls_jira(&self, key: &str, connection: &ConnectionId, path: &str) -> Answer {
        let address = format!("/api/v1/connections/{connection}/jira{path}");
        self.sends(self.client.get(self.whole(&address)).bearer_auth(key)).await
    }
}

/// A person, a connection of theirs and a key that may call through it: where most of the proxy's claims begin.
#[derive(Debug)]
pub struct Connected {
    /// Signed in as Ada, the administrator.
    pub administrator: Visitor,
    /// The connection, to *Harbour Logistics*.
    pub connection: Connection,
    /// A key with every scope.
    pub key: String,
}

impl Connected {
    /// Signs in, connects and makes a key.
    ///
    /// # Panics
    /// If any of it does not work.
    pub async fn at(causeway: &crate::Causeway) -> Self {
        Self::of(causeway.visitor()).await
    }

    /// The same for somebody who has done nothing yet.
    ///
    /// # Panics
    /// If any of it does not work.
    pub async fn of(administrator: Visitor) -> Self {
        administrator.signs_in_as(Person::Ada).await;
        let connection = administrator.connects("Harbour", Person::Ada, atlassian::sites::HARBOUR).await;
        let scopes = [KeyScope::ConnectionsRead, KeyScope::ConnectionsWrite, KeyScope::Proxy];
        let key = administrator.makes_a_key(&scopes).await.key;
        Self { administrator, connection, key }
    }

    /// Calls Jira through the connection.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn calls(&self, path: &str) -> Answer {
        self.administrator.calls_jira(&self.key, &self.connection.id, path).await
    }
}

/// Whether `model` was asked for anything of Jira.
pub fn jira_calls(model: &Model) -> usize {
    model.requests().iter().filter(|request| request.endpoint == atlassian::Endpoint::Jira).count()
}
