//! `make run`: the Worker and a model of Atlassian on this machine, until Ctrl-C.
//!
//! With `HTTPS=1` people reach the Worker by https, with a certificate that nobody has signed: for Safari, which keeps no
//! `Secure` cookie of an http address.
//!
//! State is kept in `.run/` for the next start. Values in `.dev.vars` override the example's, so the same command runs
//! against the real Atlassian; it then starts no model.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use atlassian::{Instance, Listener, Model, Options};
use journeys::configuration::{Configuration, OWN};
use journeys::{Launcher, TlsFront, Worker, checkout, port_or_free};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

/// What the model replaces, unless `.dev.vars` names the real one.
const MODELLED: [&str; 3] = ["ATLASSIAN_AUTH_URL", "ATLASSIAN_API_URL", "OIDC_ISSUER"];
/// Says which callback URL is registered for the app at Atlassian.
const CALLBACK_PATH: &str = "ATLASSIAN_CALLBACK_PATH";
/// Says that people use https.
const HTTPS: &str = "HTTPS";
const WORKER_PORT: u16 = 8787;
const MODEL_PORT: u16 = 8788;

#[tokio::main]
async fn main() -> ExitCode {
    let place = checkout::root().join(".run");
    match run(&place).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// The Forge app that the model knows.
const FORGE_APP: &str = "ari:cloud:ecosystem::app/3f6f1c1e-0000-4000-8000-000000000000";

async fn run(place: &Path) -> Result<(), String> {
    fs::create_dir_all(place).map_err(|error| format!("{} cannot be made: {error}", place.display()))?;
    let _only_one = alone(place)?;
    let own = own_configuration()?;
    let port = port_or_free(own.get("PUBLIC_URL").and_then(loopback_port).unwrap_or(WORKER_PORT));
    let front = if uses_https() { Some(TlsFront::listen_at(port).await) } else { None };
    let public_url = public_url(&own, port);
    let mut configuration = Configuration::example().overlaid_by(own.clone()).with("PUBLIC_URL", &public_url);
    if own.get("ATLASSIAN_AUTH_URL").is_some() && own.get(CALLBACK_PATH).is_none() {
        // The example's is the model's: an app at the real Atlassian has the callback that it was registered with.
        configuration = configuration.without(CALLBACK_PATH);
    }

    let modelled: Vec<_> = MODELLED.into_iter().filter(|name| own.get(name).is_none()).collect();
    let model = if modelled.is_empty() { None } else { Some(model(place, &public_url, &configuration).await?) };
    if let Some(model) = &model {
        configuration = modelled.iter().fold(configuration, |all, name| all.with(name, model.url()));
        if own.get("FORGE_APP_ID").is_none() {
            let keys = format!("{}/forge/jwks.json", model.url());
            configuration = configuration.with("FORGE_APP_ID", FORGE_APP).with("FORGE_JWKS_URL", keys);
        }
    }

    println!("Starting the Worker on workerd, with KV and Durable Objects in {} …", place.display());
    let mut worker = Worker::start(
        Launcher::WranglerDev,
        checkout::copy_what_was_built(&place.join("built")),
        place,
        front.as_ref().map_or(port, TlsFront::worker_port),
        configuration,
    )
    .await;
    greet(&public_url, model.as_ref(), &worker);
    until_told_or_ended(&mut worker).await
}

/// Two at once would write to the same databases.
fn alone(place: &Path) -> Result<File, String> {
    let lock = File::create(place.join("lock")).map_err(|error| error.to_string())?;
    lock.try_lock().map_err(|_| format!("Causeway is running already, with its state in {}.", place.display()))?;
    Ok(lock)
}

fn own_configuration() -> Result<Configuration, String> {
    let path = checkout::root().join(OWN);
    if !path.exists() {
        return Ok(Configuration::default());
    }
    Configuration::read(&path).map_err(|error| format!("{OWN} cannot be read: {error}"))
}

/// The port of an address on this machine.
fn loopback_port(url: &str) -> Option<u16> {
    let url = Url::parse(url).ok()?;
    matches!(url.host_str(), Some("localhost" | "127.0.0.1")).then_some(url.port()?)
}

/// What people open: their own address if it leads elsewhere, such as through a tunnel; otherwise this machine.
fn public_url(own: &Configuration, port: u16) -> String {
    match own.get("PUBLIC_URL") {
        Some(url) if loopback_port(url).is_none() => url.to_owned(),
        _ if uses_https() => format!("https://localhost:{port}"),
        _ => format!("http://localhost:{port}"),
    }
}

fn uses_https() -> bool {
    std::env::var_os(HTTPS).is_some_and(|value| !value.is_empty() && value != "0")
}

async fn model(place: &Path, public_url: &str, configuration: &Configuration) -> Result<Model, String> {
    let value = |name: &str| configuration.get(name).unwrap_or_default().to_owned();
    let mut options = Options::for_public_url(public_url);
    options.client_id = value("ATLASSIAN_CLIENT_ID");
    options.client_secret = value("ATLASSIAN_CLIENT_SECRET");
    options.oidc_client_id = value("OIDC_CLIENT_ID");
    options.oidc_client_secret = value("OIDC_CLIENT_SECRET");
    options.state_file = Some(place.join("atlassian.json"));
    FORGE_APP.clone_into(&mut options.forge_app_id);
    options.forge_app = Some(checkout::forge_app());
    options.address.set_port(port_or_free(MODEL_PORT));
    // The same ports at every start, so that connections made earlier still find their Jira.
    for (port, listener) in (MODEL_PORT + 1..).zip(Listener::ALL) {
        options.listeners.insert(listener, SocketAddr::from((Ipv4Addr::LOCALHOST, port_or_free(port))));
    }
    Model::start(options).await.map_err(|error| format!("The model of Atlassian cannot start: {error}"))
}

fn greet(public_url: &str, model: Option<&Model>, worker: &Worker) {
    println!("\nCauseway is at   {public_url}");
    match model {
        Some(model) => {
            println!("A model of Atlassian is at   {}/model", model.url());
            for instance in Instance::ALL {
                let jira = model.data_center(instance);
                println!("Jira Data Center {} is at   {}", jira.settings().version, jira.base_url());
            }
            println!("\nOpen {public_url} and sign in as Ada Admin. Ctrl-C ends everything.");
        }
        None => println!("\nOpen {public_url} and sign in. Ctrl-C ends everything."),
    }
    if uses_https() {
        println!("The browser warns of the certificate, which only this machine knows: go on to the page.");
    }
    println!("The Worker's log: {}", worker.log_file().display());
}

async fn until_told_or_ended(worker: &mut Worker) -> Result<(), String> {
    let cannot_listen = |error: std::io::Error| format!("Signals cannot be heard: {error}");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot_listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot_listen)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = worker.ends() => return Err(format!("The Worker has ended:\n{}", worker.log())),
    }
    println!("\nEnding …");
    Ok(())
}
