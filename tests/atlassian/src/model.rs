//! The handle that tests have of a running model.

use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt, Collected};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::commands::Command;
use crate::consents::Consent;
use crate::deliveries::{self, Delivery, DeliveryOrder, WebhookDelivery};
use crate::families::{Death, Family};
use crate::faults::{Fault, Hold};
use crate::jira::upload::Upload;
use crate::jira::{Asked, Visitor, Where, api};
use crate::listeners::Listener;
use crate::options::Options;
use crate::people::{Person, Profile};
use crate::rate_limit::RateLimit;
use crate::recorder::{Endpoint, Recorded};
use crate::settings::{Resources, Settings};
use crate::sites::Site;
use crate::state::State;
use crate::world::{Shared, World};
use crate::{authorize, listeners, server};

/// A running model. Clones are handles to the same one; it ends with the last of them.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) world: Shared,
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

impl Model {
    /// Listens, and serves on the current tokio runtime. Fails if the address is taken or the state file unreadable.
    pub async fn start(options: Options) -> io::Result<Self> {
        let main = TcpListener::bind(options.address).await?;
        let open = listeners::open(&options.listeners).await?;
        let mut addresses = BTreeMap::new();
        for (listener, socket) in &open {
            addresses.insert(*listener, socket.local_addr()?);
        }
        let world = World::begin(options, main.local_addr()?, addresses)?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(server::serve(main, server::router(Arc::clone(&world)), stopped.clone()));
        for (listener, socket) in open {
            tasks.spawn(server::serve(socket, listener.router(&world), stopped.clone()));
        }
        Ok(Self { world, server: Arc::new(Server { stop, tasks: Mutex::new(tasks) }) })
    }

    /// Scheme, host and port of another listener.
    pub fn address_of(&self, listener: Listener) -> String {
        self.world.address_of(listener)
    }

    /// `http://127.0.0.1:PORT`: authorization server, API gateway and OIDC issuer alike.
    pub fn url(&self) -> String {
        self.world.url()
    }

    /// Stops serving, whoever else holds a handle, and returns when the ports are free.
    pub async fn shutdown(self) {
        self.server.stop.send_replace(true);
        let mut tasks = mem::take(&mut *self.server.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                eprintln!("atlassian: a server did not end by itself: {error}");
            }
        }
    }

    /// The model's current time.
    pub fn now(&self) -> SystemTime {
        self.world.now().as_system_time()
    }

    /// Moves the model's clock forward.
    pub fn advance_clock(&self, by: Duration) {
        self.world.change(|state| state.clock.advance(by));
    }

    /// Injects a fault. The handle releases the requests that a slow fault holds; other faults need no handle.
    pub fn inject_fault(&self, fault: Fault) -> Hold {
        self.world.faults.inject(fault)
    }

    /// Removes all injected faults and releases the requests that they hold.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// Every request so far, oldest first, without the model's own controls.
    pub fn requests(&self) -> Vec<Recorded> {
        self.world.recorder.requests()
    }

    /// Forgets the recorded requests, but not how many token requests there were.
    pub fn forget_requests(&self) {
        self.world.recorder.forget();
    }

    /// How many requests reached the token endpoint, answered or not.
    pub fn token_requests(&self) -> usize {
        self.count(Endpoint::Token)
    }

    /// Waits until the token endpoint has been reached that often since the start.
    pub async fn wait_for_token_request(&self, count: usize) {
        self.wait_for(Endpoint::Token, count).await;
    }

    /// How many requests reached an endpoint since the start, answered or not.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.world.recorder.count(endpoint)
    }

    /// How many points of the app's hourly quota calls have cost since the start.
    pub fn points_spent(&self) -> u64 {
        self.world.points_spent()
    }

    /// Waits until an endpoint has been reached that often since the start.
    pub async fn wait_for(&self, endpoint: Endpoint, count: usize) {
        self.world.recorder.wait_for(endpoint, count).await;
    }

    /// Every token ever issued, of Cloud and of Data Center, in the clear: what a search for leaks looks for.
    pub fn tokens_issued(&self) -> Vec<String> {
        self.world.read(State::tokens_issued)
    }

    /// All token families, oldest first.
    pub fn families(&self) -> Vec<Family> {
        self.world.read(|state| state.families.all().to_vec())
    }

    /// What a person has allowed the app.
    pub fn consent_of(&self, person: Person) -> Option<Consent> {
        self.world.read(|state| state.consents.of(person).cloned())
    }

    /// The sites as they are now.
    pub fn sites(&self) -> Vec<Site> {
        self.world.read(|state| state.sites.clone())
    }

    /// Gives a person's consent for those sites with all enabled scopes, without a browser. Returns the code that the
    /// callback would have got; it was asked for without a PKCE challenge.
    pub fn authorize_direct(&self, person: Person, site_ids: &[&str]) -> String {
        authorize::grant_without_a_browser(&self.world, person, site_ids)
    }

    /// The person removes the app on their Atlassian account page: every family of theirs ends.
    pub fn revoke_consent(&self, person: Person) {
        self.world.change(|state| state.revoke_consent(person));
    }

    /// The person changes the password: every family of theirs ends, the consent stays.
    pub fn change_password(&self, person: Person) {
        self.world.change(|state| state.end_families_of(person, Death::PasswordChanged));
    }

    /// The account is deactivated: every family of the person ends.
    pub fn deactivate(&self, person: Person) {
        self.world.change(|state| state.deactivate(person));
    }

    /// Changes a person's e-mail address, and whether the issuer vouches for it.
    pub fn set_email(&self, person: Person, email: &str, verified: bool) {
        self.change_profile(person, |profile| {
            email.clone_into(&mut profile.email);
            profile.email_verified = verified;
        });
    }

    /// Changes a person's display name, at Atlassian and at the issuer. The model's own pages keep the old one.
    pub fn set_name(&self, person: Person, name: &str) {
        self.change_profile(person, |profile| profile.calls_themselves = Some(name.to_owned()));
    }

    /// Gives a site a new name and address. Its cloudId stays.
    pub fn rename_site(&self, site_id: &str, name: &str, url: &str) {
        self.change_site(site_id, |site| {
            name.clone_into(&mut site.name);
            url.clone_into(&mut site.url);
        });
    }

    /// Makes a site refuse API calls from addresses that are not on its list, which is every address.
    pub fn set_ip_allow_list(&self, site_id: &str, refuses: bool) {
        self.change_site(site_id, |site| site.ip_allow_list = refuses);
    }

    /// Who has access to a site.
    pub fn set_site_people(&self, site_id: &str, people: &[Person]) {
        self.change_site(site_id, |site| site.people = people.to_vec());
    }

    /// What accessible-resources answers from now on.
    pub fn set_resources(&self, resources: Resources) {
        self.change_settings(|settings| settings.resources = resources);
    }

    /// Refuses Jira calls with 429, or stops doing so.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.change_settings(|settings| settings.rate_limit = limit);
    }

    /// How long the search index is behind what was written.
    pub fn set_index_lag(&self, lag: Duration) {
        self.change_settings(|settings| settings.index_lag = lag.as_secs());
    }

    /// When webhooks are sent from now on.
    pub fn set_webhook_delivery(&self, delivery: WebhookDelivery) {
        self.change_settings(|settings| settings.webhook_delivery = delivery);
    }

    /// Lets held webhooks go, each so many times. How many there were. Needs a tokio runtime.
    pub fn deliver_webhooks(&self, order: DeliveryOrder, times: usize) -> usize {
        deliveries::let_go(&self.world, order, times)
    }

    /// The webhooks that are held, oldest first.
    pub fn held_webhooks(&self) -> Vec<Delivery> {
        self.world.deliveries.held()
    }

    /// The last thousand webhooks that were sent, each with what came back.
    pub fn sent_webhooks(&self) -> Vec<Delivery> {
        self.world.deliveries.sent()
    }

    /// Calls version 3 of a Cloud site's API as somebody, past the gateway: without a token, scopes or limits, and without
    /// a trace in [`Model::requests`]. `path` is what follows `rest/api/3/`, with its query. What came back, null if
    /// nothing did.
    ///
    /// # Panics
    /// If there is no such site.
    pub async fn call_jira(
        &self,
        site_id: &str,
        person: Person,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let site = self.world.read(|state| state.site(site_id).cloned()).expect("the caller names a site of the model");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let visitor = Visitor::at_site(&self.world, site.url.clone(), person, &site);
        let (path, upload) = (format!("rest/api/3/{path}"), Upload::default());
        let asked = Asked { method: &method, path: &path, query, body: &body, upload: &upload };
        let response = api::answer(&self.world, Where::Site(&site), visitor, &asked);
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Takes a permission such as `TRANSITION_ISSUES` from somebody in a project, or gives it back.
    ///
    /// # Panics
    /// If there is no such site or project.
    pub fn withhold_permission(&self, site_id: &str, project: &str, permission: &str, person: Person, withheld: bool) {
        let (site, project, permission) = (site_id.to_owned(), project.to_owned(), permission.to_owned());
        self.orders(Command::WithholdPermission { site, project, permission, person, withheld });
    }

    /// Somebody drags an issue to another status, whatever the workflow says.
    ///
    /// # Panics
    /// If there is no such site, issue or status.
    pub fn drag_issue(&self, site_id: &str, issue: &str, status: &str, person: Person) {
        let (site, issue, status) = (site_id.to_owned(), issue.to_owned(), status.to_owned());
        self.orders(Command::DragIssue { site, issue, status, person });
    }

    /// Somebody moves an issue to another project: its key changes, its id stays.
    ///
    /// # Panics
    /// If there is no such site, issue or project.
    pub fn move_issue(&self, site_id: &str, issue: &str, project: &str, person: Person) {
        let (site, issue, project) = (site_id.to_owned(), issue.to_owned(), project.to_owned());
        self.orders(Command::MoveIssue { site, issue, project, person });
    }

    /// Somebody deletes an issue.
    ///
    /// # Panics
    /// If there is no such site or issue.
    pub fn delete_issue(&self, site_id: &str, issue: &str, person: Person) {
        let (site, issue) = (site_id.to_owned(), issue.to_owned());
        self.orders(Command::DeleteIssue { site, issue, person });
    }

    fn orders(&self, command: Command) {
        command.apply(&self.world).expect("the caller names what is there");
    }

    /// How the model is set.
    pub fn settings(&self) -> Settings {
        self.world.read(|state| state.settings.clone())
    }

    /// Sets the model.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.world.change(|state| change(&mut state.settings));
    }

    fn change_site(&self, site_id: &str, change: impl FnOnce(&mut Site)) {
        let changed = self.world.change(|state| state.change_site(site_id, change));
        changed.expect("the caller names a site of the model");
    }

    fn change_profile(&self, person: Person, change: impl FnOnce(&mut Profile)) {
        self.world.change(|state| state.change_profile(person, change));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
