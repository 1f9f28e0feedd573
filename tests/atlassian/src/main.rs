//! The model of Atlassian as a program, for `make run`.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use atlassian::{Instance, Model, Options};
use lexopt::ValueExt;
use lexopt::prelude::{Long, Short};
use tokio::signal::unix::{SignalKind, signal};

const HELP: &str = "\
A running model of Atlassian, for development and tests.

Usage: atlassian [--address 127.0.0.1:PORT] [--public-url URL] [--state FILE]

  --address ADDRESS   where to listen; port 0 takes a free one (127.0.0.1:4010)
  --public-url URL    where Causeway runs, whose callbacks are registered (http://localhost:8787)
  --state FILE        remembers consents, tokens, issues and the clock between two runs
  --help              this text
";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = options()? else {
        print!("{HELP}");
        return Ok(());
    };
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let model = Model::start(options).await?;
    let address = |instance| {
        let jira = model.data_center(instance);
        format!("Jira Data Center {}: {}\n", jira.settings().version, jira.base_url())
    };
    let instances: String = Instance::ALL.map(address).concat();
    let greeting = format!("The model of Atlassian listens on {0}; its controls are at {0}/model\n", model.url());
    // In one write, because a reader may close the pipe after the first line.
    print!("{}", greeting + &instances);
    tokio::select! {
        _terminated = terminate.recv() => {}
        _interrupted = interrupt.recv() => {}
    }
    model.shutdown().await;
    Ok(())
}

/// The options of the command line; none if help was asked for.
fn options() -> Result<Option<Options>, Box<dyn Error>> {
    let (mut address, mut public_url) = (SocketAddr::from(([127, 0, 0, 1], 4010)), "http://localhost:8787".to_owned());
    let mut state_file = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("address") => address = arguments.value()?.parse()?,
            Long("public-url") => public_url = arguments.value()?.string()?,
            Long("state") => state_file = Some(PathBuf::from(arguments.value()?)),
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Some(Options { address, state_file, ..Options::for_public_url(&public_url) }))
}
