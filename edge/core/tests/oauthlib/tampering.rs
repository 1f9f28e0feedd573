//! What somebody on the way could change about a call.

use url::Url;

use crate::jira::SignedCall;

type Changed = (String, SignedCall);

/// Another method, another path, another host, another parameter: each by itself.
pub(crate) fn on_the_way(call: &SignedCall) -> Vec<Changed> {
    let url = Url::parse(&call.url).expect("an address");
    let mut changed = queries(call, &url);
    changed.extend(paths(call, &url));
    for host in ["jira.example.net", "evil.test"] {
        let mut elsewhere = url.clone();
        elsewhere.set_host(Some(host)).expect("a host");
        changed.push((format!("host {host}"), at(call, &elsewhere)));
    }
    let mut port = url.clone();
    port.set_port(Some(8443)).expect("a port");
    changed.push(("port".to_owned(), at(call, &port)));
    let methods =
        ["GET", "POST", "PUT", "DELETE"].into_iter().filter(|method| !method.eq_ignore_ascii_case(&call.method));
    changed.extend(methods.map(|method| (method.to_owned(), SignedCall { method: method.to_owned(), ..call.clone() })));
    changed
}

fn at(call: &SignedCall, url: &Url) -> SignedCall {
    SignedCall { url: url.to_string(), ..call.clone() }
}

fn paths(call: &SignedCall, url: &Url) -> Vec<Changed> {
    // The steps are told apart by the end of their path, so the change is at its beginning.
    let path = url.path();
    let others = [format!("/x{path}"), path.replacen("/jira", "", 1), path.replacen("jira", "Jira", 1)];
    let with = |path: String| {
        let mut url = url.clone();
        url.set_path(&path);
        (format!("path {path}"), at(call, &url))
    };
    others.into_iter().map(with).collect()
}

/// One more field, and each field missing, twice, under another name, with another value.
fn queries(call: &SignedCall, url: &Url) -> Vec<Changed> {
    let fields: Vec<String> = url.query().unwrap_or_default().split('&').map(str::to_owned).collect();
    let mut others = vec![[fields.as_slice(), &["added=1".to_owned()]].concat()];
    for (at, field) in fields.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
        let instead = |of: &[String]| [&fields[..at], of, &fields[at + 1..]].concat();
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        others.extend([
            instead(&[]),
            instead(&[field.clone(), field.clone()]),
            instead(&[format!("x{name}={value}")]),
            instead(&[format!("{name}={value}x")]),
        ]);
    }
    let with = |fields: Vec<String>| {
        let (mut url, query) = (url.clone(), fields.join("&"));
        url.set_query(Some(&query));
        (format!("query {query}"), at(call, &url))
    };
    others.into_iter().map(with).collect()
}

/// Each parameter of the protocol missing or with another value, and one more.
pub(crate) fn in_the_header(call: &SignedCall) -> Vec<Changed> {
    let parameters = call.authorization.strip_prefix("OAuth ").expect("the scheme");
    let parameters: Vec<String> = parameters.split(", ").map(str::to_owned).collect();
    let mut others = vec![[parameters.as_slice(), &["oauth_added=\"1\"".to_owned()]].concat()];
    for (at, parameter) in parameters.iter().enumerate() {
        let instead = |of: &[String]| [&parameters[..at], of, &parameters[at + 1..]].concat();
        others.extend([instead(&[]), instead(&[parameter.replacen("=\"", "=\"x", 1)])]);
    }
    let with = |parameters: Vec<String>| {
        let authorization = format!("OAuth {}", parameters.join(", "));
        ("header".to_owned(), SignedCall { authorization, ..call.clone() })
    };
    others.into_iter().map(with).collect()
}
