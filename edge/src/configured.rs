//! Reads the configuration from the Worker's variables and secrets.

use edge_core::configuration::Configuration;
use worker::Env;

/// Reads it all. Variables and secrets are read alike.
pub(crate) fn configuration(env: &Env) -> Configuration {
    Configuration::read(|name| env.var(name).ok().map(|value| value.to_string()))
}
