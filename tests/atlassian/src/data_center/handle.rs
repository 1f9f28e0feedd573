//! The handle that tests have of one instance.

use std::time::Duration;

use super::installation::Installation;
use super::oauth2::Approved;
use super::{ApplicationLink, IncomingLink, Instance, InstanceSettings, Oauth2Grant, Scope};
use crate::clock::Moment;
use crate::listeners::Listener;
use crate::model::Model;
use crate::people::Person;
use crate::recorder::Recorded;

/// A Data Center instance of a running model.
#[derive(Clone, Debug)]
pub struct DataCenter {
    model: Model,
    instance: Instance,
}

impl Model {
    /// One of the Data Center instances.
    pub fn data_center(&self, instance: Instance) -> DataCenter {
        DataCenter { model: self.clone(), instance }
    }
}

impl DataCenter {
    /// The base URL, context path included and no slash at the end, where the instance is now.
    pub fn base_url(&self) -> String {
        self.model.world.base_url(self.instance)
    }

    /// The base URL before it moved.
    pub fn first_base_url(&self) -> String {
        self.at(Listener::Instance(self.instance))
    }

    /// The base URL after it moved.
    pub fn new_base_url(&self) -> String {
        self.at(Listener::NewAddress(self.instance))
    }

    /// Moves the instance to its new address. The first one redirects there, and `serverInfo` names the new one.
    pub fn move_to_new_address(&self) {
        self.change(|installation| installation.moved = true);
    }

    /// How the instance is set.
    pub fn settings(&self) -> InstanceSettings {
        self.read(|installation| installation.settings.clone())
    }

    /// Sets the instance.
    pub fn change_settings(&self, change: impl FnOnce(&mut InstanceSettings)) {
        self.change(|installation| change(&mut installation.settings));
    }

    /// Installs another version; its defaults apply.
    pub fn upgrade(&self, version: &str) {
        self.change_settings(|settings| version.clone_into(&mut settings.version));
    }

    /// The password of somebody's account here; none without an account. The user name is [`Person::slug`].
    pub fn password_of(&self, person: Person) -> Option<String> {
        self.read(|installation| {
            let account = installation.accounts.all().iter().find(|account| account.person == person);
            account.map(|account| account.password.clone())
        })
    }

    /// Changes a password. Tokens stay, as in Jira.
    ///
    /// # Panics
    /// If the person has no account here.
    pub fn set_password(&self, person: Person, password: &str) {
        self.change(|installation| {
            let account = installation.accounts.of_person(person).expect("the caller names somebody with an account");
            password.clone_into(&mut account.password);
        });
    }

    /// Deactivates an account, or activates it again.
    ///
    /// # Panics
    /// If the person has no account here.
    pub fn set_active(&self, person: Person, active: bool) {
        self.change(|installation| {
            installation.accounts.of_person(person).expect("the caller names somebody with an account").active = active;
        });
    }

    /// A personal access token that lives so long, or for ever.
    pub fn create_personal_access_token(&self, person: Person, life: Option<Duration>) -> String {
        let now = self.clock();
        self.change(|installation| installation.personal_access_tokens.create(person, life, now))
    }

    /// Revokes a personal access token. False if there is none such.
    pub fn revoke_personal_access_token(&self, token: &str) -> bool {
        self.change(|installation| installation.personal_access_tokens.revoke(token))
    }

    /// Registers an incoming application link, or replaces name and public key of the one with that consumer key, as a
    /// Jira administrator does. `Err` is what the form would complain about.
    pub fn register_application_link(&self, link: ApplicationLink) -> Result<(), String> {
        self.change(|installation| installation.oauth1.links.register(link))
    }

    /// The incoming application links.
    pub fn application_links(&self) -> Vec<ApplicationLink> {
        self.read(|installation| installation.oauth1.links.all().to_vec())
    }

    /// Removes an application link; its tokens end with it. False if there is none such.
    pub fn remove_application_link(&self, consumer_key: &str) -> bool {
        self.change(|installation| installation.oauth1.remove_link(consumer_key))
    }

    /// Allows what a request token asks, without a browser: the verifier. None if there is nothing to decide.
    pub fn approve_request_token(&self, token: &str, person: Person) -> Option<String> {
        let clock = self.clock();
        self.change(|installation| installation.oauth1.tokens.allow(token, person, clock))
    }

    /// Creates an incoming link of an external application, as a Jira administrator does. `Err` is what the form would
    /// complain about.
    pub fn create_incoming_link(&self, name: &str, redirect_url: &str, most: Scope) -> Result<IncomingLink, String> {
        self.change(|installation| installation.oauth2.links.create(name, redirect_url, most))
    }

    /// The incoming links of external applications.
    pub fn incoming_links(&self) -> Vec<IncomingLink> {
        self.read(|installation| installation.oauth2.links.all().to_vec())
    }

    /// Removes an incoming link; its tokens end with it. False if there is none such.
    pub fn remove_incoming_link(&self, client_id: &str) -> bool {
        self.change(|installation| installation.oauth2.remove_link(client_id))
    }

    /// Allows what a client asks, without a browser: the code that its callback would have got. It was asked for without
    /// a PKCE challenge.
    pub fn approve_incoming_link(&self, link: &IncomingLink, person: Person, scope: Scope) -> String {
        let (client_id, redirect_uri) = (link.client_id.clone(), link.redirect_url.clone());
        let (approved, clock) = (Approved { client_id, person, scope, redirect_uri }, self.clock());
        self.change(|installation| installation.oauth2.allow(approved, None, clock))
    }

    /// Every pair of OAuth 2.0 tokens ever issued, oldest first.
    pub fn oauth2_grants(&self) -> Vec<Oauth2Grant> {
        self.read(|installation| installation.oauth2.grants.all().to_vec())
    }

    /// The person, or an administrator, takes back every access given to applications by OAuth.
    pub fn revoke_access(&self, person: Person) {
        self.change(|installation| installation.revoke_access(person));
    }

    /// The requests that reached this instance at either address, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        let listeners = [Listener::Instance(self.instance), Listener::NewAddress(self.instance)];
        let addresses = listeners.map(|listener| self.model.address_of(listener));
        self.model.requests().into_iter().filter(|request| addresses.contains(&request.at)).collect()
    }

    fn at(&self, listener: Listener) -> String {
        format!("{}{}", self.model.address_of(listener), self.instance.context_path())
    }

    fn clock(&self) -> Moment {
        let now = self.model.world.now();
        self.read(|installation| installation.clock(now))
    }

    fn read<T>(&self, look: impl FnOnce(&Installation) -> T) -> T {
        self.model.world.read(|state| look(state.data_centers.of(self.instance)))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Installation) -> T) -> T {
        self.model.world.change(|state| change(state.data_centers.of_mut(self.instance)))
    }
}
